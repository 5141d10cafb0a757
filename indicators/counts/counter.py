"""The thread that counts changed tickets again, a few seconds after they changed."""

import threading

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database, Lane
from core.errors import HotlineError
from indicators.counts.actions import count_again
from indicators.counts.model import StaleAnswer, StaleTicket

log = structlog.get_logger(__name__)

EVERY_S = 5.0


class TicketCounter:
    """A thread per process; of all processes one counts at a time, and nothing is lost when it is killed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hotline-counter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """What is left is counted by the next one; the figures know of it all the same."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                while not self._stop.is_set() and count_some(self._database):
                    continue
            except HotlineError as error:
                log.warning("tickets not counted", reason=error.code)
            except Exception:
                log.exception("tickets not counted")


def count_some(database: Database) -> int:
    """One transaction's worth; how many marks were taken away."""
    if not database.read(_is_any_stale):
        return 0
    return database.write(count_again, now=database.clock.now(), lane=Lane.JOBS)


def count_all(database: Database) -> int:
    """Until no ticket waits; how many marks were taken away.  Another process may be counting too."""
    counted = 0
    while n := count_some(database):
        counted += n
    return counted


def _is_any_stale(session: Session) -> bool:
    return any(session.scalar(select(model.id).limit(1)) is not None for model in (StaleTicket, StaleAnswer))
