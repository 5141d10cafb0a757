"""Jobs over a broker: a relay publishes the ids of rows that may run, Celery workers claim the same rows.

A message is only a hint that a row may be worth claiming: lost, late or doubled ones do no harm.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog
from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError

from core.database.writer import Lane
from core.errors import HotlineError
from core.events import Event, EventsMissed
from core.jobs import queue
from core.jobs.errors import BrokerUnreachable
from core.jobs.queue import JobsQueued
from core.jobs.runner import Runner
from core.jobs.settings import BrokerSettings

if TYPE_CHECKING:
    from core.database import Database

log = structlog.get_logger(__name__)

TASK = "hotline.run_job"
#: Jobs that become due without news, and leases that ran out, are published within so many seconds.
LOOK_EVERY_S = 0.5
BATCH = 500


def make_celery(settings: BrokerSettings) -> Celery:
    """A Celery application that loses nothing on RabbitMQ: late acknowledgement, confirmed publishing, no results."""
    celery = Celery("hotline", broker=settings.url, set_as_current=False)
    celery.conf.update(
        task_default_queue=settings.queue,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=5,
        broker_transport_options={"confirm_publish": True},
        broker_pool_limit=2,
    )
    return celery


def check_broker(settings: BrokerSettings) -> None:
    """Raises BrokerUnreachable."""
    with Connection(settings.url, connect_timeout=3) as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=5)
        except (OperationalError, OSError, *connection.connection_errors) as error:
            raise BrokerUnreachable(url=connection.as_uri(), reason=str(error) or type(error).__name__) from error


def run_worker(settings: BrokerSettings, runner: Runner) -> int:
    """Run jobs until told to stop (SIGTERM: what runs is finished first); the exit code."""
    celery = make_celery(settings)

    @celery.task(name=TASK)  # type: ignore[untyped-decorator]
    def run_job(job_id: int) -> None:
        for claimed in runner.claim(1, job_id=job_id):
            runner.run(claimed)

    runner.start()
    worker = celery.Worker(
        pool="threads",
        concurrency=settings.threads,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )
    try:
        worker.start()
    finally:
        runner.close()
    return int(worker.exitcode or 0)


class Relay:
    """A thread of the server that tells the broker which rows may run; any number of servers may relay."""

    def __init__(self, database: "Database", settings: BrokerSettings) -> None:
        self._database = database
        self._settings = settings
        self._celery = make_celery(settings)
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hotline-relay", daemon=True)
        self._unsubscribe = database.subscribe(self._hear)

    def start(self) -> None:
        """What the server before us may not have told is told at once, not after `again_s`."""
        self._database.write(queue.tell_anew, lane=Lane.JOBS)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        self._unsubscribe()
        self._thread.join()
        self._celery.close()

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, JobsQueued | EventsMissed) for event in events):
            self._wake.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                published = self._publish_some()
            except (HotlineError, OperationalError, OSError) as error:
                log.warning("jobs not published", reason=type(error).__name__)
                self._stop.wait(1)
                continue
            except Exception:
                log.exception("jobs not published")
                self._stop.wait(1)
                continue
            if published < BATCH:
                self._wake.wait(LOOK_EVERY_S)

    def _publish_some(self) -> int:
        now = self._database.clock.now()
        if not self._database.read(queue.is_anything_untold, now=now):
            return 0
        job_ids: list[int] = self._database.write(
            queue.to_publish, again_s=self._settings.again_s, at_most=BATCH, now=now, lane=Lane.JOBS
        )
        told = 0
        try:
            for job_id in job_ids:
                self._send(job_id)
                told += 1
        finally:
            if told < len(job_ids):
                self._database.write(queue.unpublish, job_ids[told:], lane=Lane.JOBS)
        return told

    def _send(self, job_id: int) -> Any:
        retry = {"max_retries": 1, "interval_start": 0.1}
        return self._celery.send_task(TASK, (job_id,), retry=True, retry_policy=retry, delivery_mode="persistent")
