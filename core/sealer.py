"""The one leased sealer: chains what transactions appended, within a second."""

import threading
import uuid
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from core.chain import ALGORITHM, Chain, Reached, end_of, hash_at, seal, unsealed
from core.database import Database, Lane
from core.errors import HotlineError
from core.leases import give_up_lease, take_lease

log = structlog.get_logger(__name__)

EVERY_S = 0.4
LEASE_S = 10.0
BATCH = 1000


class Sealer:
    """A thread per process; of all processes only the holder of a chain's lease seals it."""

    def __init__(self, database: Database, chains: Sequence[Chain], *, algorithm: str = ALGORITHM) -> None:
        self._database = database
        self._chains = tuple(chains)
        self._algorithm = algorithm
        self._holder = uuid.uuid4().hex
        #: where each chain ended when this process sealed last: whoever cuts its tail meanwhile is noticed
        self._ends: dict[str, Reached] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hotline-sealer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Seal what is left, and let the next sealer in."""
        self._stop.set()
        self._thread.join()
        for chain in self._chains:
            try:
                self.seal_all(chain)
                self._database.write(
                    give_up_lease,
                    _lease_name(chain),
                    holder=self._holder,
                    now=self._database.clock.now(),
                    lane=Lane.JOBS,
                )
            except HotlineError as error:
                log.warning("chain left unsealed at the end", chain=chain.name, reason=error.code)

    def seal_all(self, chain: Chain) -> int:
        """Seal until nothing waits; how many rows."""
        sealed = 0
        while self._database.read(unsealed, chain, at_most=1):
            n = self._database.write(self._seal_some, chain, lane=Lane.JOBS)
            if n == 0:
                break
            sealed += n
        return sealed

    def _seal_some(self, session: Session, chain: Chain) -> int:
        now = self._database.clock.now()
        if take_lease(session, _lease_name(chain), holder=self._holder, for_s=LEASE_S, now=now) is None:
            return 0
        if (end := self._ends.get(chain.name)) and hash_at(session, chain, end.seq) != end.head:
            log.error("chain was cut or rebuilt behind the sealer", chain=chain.name, seq=end.seq)
        n = seal(session, chain, now=now, at_most=BATCH, algorithm=self._algorithm)
        self._ends[chain.name] = end_of(session, chain)
        return n

    def _work(self) -> None:
        while not self._stop.wait(EVERY_S):
            for chain in self._chains:
                try:
                    self.seal_all(chain)
                except HotlineError as error:
                    log.warning("chain not sealed", chain=chain.name, reason=error.code)
                except Exception:
                    log.exception("chain not sealed", chain=chain.name)


def _lease_name(chain: Chain) -> str:
    return f"seal {chain.name}"
