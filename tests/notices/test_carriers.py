"""Group robots and mail servers, over real sockets: what they are given, and what each kind of failure means."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.fakes import MailServer, RobotServer
from tickets.notices.carriers import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    CarrierNotReached,
    CarrierRefused,
    CarrierUnsure,
    MailCarrier,
    Outgoing,
    WebhookCarrier,
)

KEY = b"a key that only tests use"
SAID = "您单位有1件待签收(尾号8210,特急,30分钟内),请登录平台办理"
AT = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def robot() -> Iterator[RobotServer]:
    server = RobotServer()
    yield server
    server.close()


@pytest.fixture
def mails() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


def webhook(*text_hosts: str) -> WebhookCarrier:
    return WebhookCarrier(KEY, timeout_s=5, text_hosts=text_hosts)


def to(address: str) -> Outgoing:
    return Outgoing(7, address, SAID, 1, AT)


def mail_carrier(port: int) -> MailCarrier:
    return MailCarrier("127.0.0.1", port, sender="hotline@12345.example", timeout_s=5)


def test_a_webhook_is_signed_over_its_moment_and_its_body(robot: RobotServer) -> None:
    webhook().send(to(robot.url))

    headers, body = robot.posts[0]
    signed = hmac.new(KEY, headers[TIMESTAMP_HEADER].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE_HEADER] == f"sha256={signed}"
    assert headers[TIMESTAMP_HEADER] == str(int(AT.timestamp()))
    assert json.loads(body) == {"id": 7, "n": 1, "text": SAID, "at": AT.isoformat()}


def test_a_wechat_work_robot_gets_its_text_message(robot: RobotServer) -> None:
    webhook("127.0.0.1").send(to(robot.url))

    assert json.loads(robot.posts[0][1]) == {"msgtype": "text", "text": {"content": SAID}}


@pytest.mark.parametrize(
    ("status", "body", "text_hosts", "raised"),
    [
        (500, b"", (), CarrierNotReached),
        (429, b"", (), CarrierNotReached),
        (404, b"", (), CarrierRefused),
        (302, b"", (), CarrierRefused),
        (200, b'{"errcode":93000}', ("127.0.0.1",), CarrierRefused),
        (200, b"not json", ("127.0.0.1",), CarrierUnsure),
        (0, b"", (), CarrierUnsure),
    ],
)
def test_what_a_robots_answer_means(
    robot: RobotServer, status: int, body: bytes, text_hosts: tuple[str, ...], raised: type[Exception]
) -> None:
    robot.status, robot.body = status, body

    with pytest.raises(raised):
        webhook(*text_hosts).send(to(robot.url))


def test_a_robot_that_is_not_there_was_not_reached(robot: RobotServer) -> None:
    other = RobotServer()
    other.close()

    with pytest.raises(CarrierNotReached):
        webhook().send(to(other.url))


def test_a_mail_says_the_sentence_and_nothing_else(mails: MailServer) -> None:
    mail_carrier(mails.port).send(to("duty@heating.example"))

    text = mails.mails[0]
    assert "To: duty@heating.example" in text
    assert "Message-ID: <notice-7@12345.example>" in text
    assert len(mails.mails) == 1


@pytest.mark.parametrize(
    ("answers", "raised"),
    [
        ({"RCPT": "550 no such user"}, CarrierRefused),
        ({"DATA": "451 later"}, CarrierNotReached),
        ({"END": "cut"}, CarrierUnsure),
    ],
)
def test_what_a_mail_servers_answer_means(mails: MailServer, answers: dict[str, str], raised: type[Exception]) -> None:
    mails.answers = answers

    with pytest.raises(raised):
        mail_carrier(mails.port).send(to("duty@heating.example"))


def test_a_mail_server_that_is_not_there_was_not_reached() -> None:
    server = MailServer()
    server.close()

    with pytest.raises(CarrierNotReached):
        mail_carrier(server.port).send(to("duty@heating.example"))
