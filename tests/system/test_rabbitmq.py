"""The private RabbitMQ node that other tests rely on."""

from pathlib import Path

import pytest
from kombu import Connection

from tests.system.rabbitmq import Rabbit, running_rabbit

pytestmark = pytest.mark.needs("rabbitmq")


def test_a_message_put_into_the_node_comes_out(rabbitmq: Rabbit) -> None:
    with Connection(rabbitmq.url, connect_timeout=5) as connection:
        queue = connection.SimpleQueue("ring")
        queue.put({"call_id": 7})

        message = queue.get(timeout=5)

        assert message.payload == {"call_id": 7}
        message.ack()
        queue.close()


def test_a_confirmed_message_outlives_a_killed_node(tmp_path: Path) -> None:
    with running_rabbit(tmp_path) as first:
        with Connection(first.url, transport_options={"confirm_publish": True}) as connection:
            queue = connection.SimpleQueue("kept")
            queue.put({"job": 1})
        first.kill()

    with running_rabbit(tmp_path, first.port) as again, Connection(again.url) as connection:
        message = connection.SimpleQueue("kept").get(timeout=10)

    assert message.payload == {"job": 1}
