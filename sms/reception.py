"""Keeps what gateways push in every process, and one process connected to them while nothing is sent."""

import threading
import uuid
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.database import Database, Lane
from core.errors import HotlineError
from core.leases import give_up_lease, take_lease
from sms.inbox import record_late_answer, record_reply, record_report
from sms.model import GatewayLink
from sms.office import SmsOffice
from sms.providers.gateway.provider import GatewayProvider, LinkStatus
from sms.providers.provider import Inbound, LateAnswer, Report
from sms.settings import ProviderName

log = structlog.get_logger(__name__)

LEASE = "sms gateways"
#: a process that died is followed after so long
LEASE_S = 30.0
EVERY_S = 5.0


class Reception:
    """A thread per process that has gateways.  Who sends is connected too, and then keeps what is pushed there."""

    def __init__(self, database: Database, office: SmsOffice) -> None:
        self._database, self._office = database, office
        providers = office.providers.values()
        self._gateways = [provider for provider in providers if isinstance(provider, GatewayProvider)]
        self._holder = uuid.uuid4().hex
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hotline-reception", daemon=True)

    def start(self) -> None:
        """Before the first message is sent, so that nothing pushed stays without a listener."""
        for gateway in self._gateways:
            gateway.listen(self.keep)
        if self._gateways:
            self._thread.start()

    def close(self) -> None:
        """Hang up, and let the next process in at once."""
        if not self._gateways:
            return
        self._stop.set()
        self._thread.join()
        for gateway in self._gateways:
            gateway.close()
        try:
            now = self._database.clock.now()
            self._database.write(give_up_lease, LEASE, holder=self._holder, now=now, lane=Lane.JOBS)
        except HotlineError as error:
            log.warning("sms gateway lease not given up", reason=error.code)

    def keep(self, said: Report | Inbound | LateAnswer) -> None:
        """Committed when it returns; the gateway is answered after that."""
        now = self._database.clock.now()
        match said:
            case Report():
                self._database.write(record_report, said, now=now, lane=Lane.JOBS)
            case Inbound():
                key = self._office.phone_key
                self._database.write(_keep_reply, said, phone_key=key, now=now, lane=Lane.JOBS)
            case LateAnswer():
                after = self._office.providers[said.provider].asked_after
                self._database.write(record_late_answer, said, check_after=after, now=now, lane=Lane.JOBS)

    def look(self) -> bool:
        """Stay connected if it is our turn, and note how the lines stand; whether it was."""
        stood = {gateway.name: gateway.status for gateway in self._gateways}
        is_ours = self._database.write(
            _take_turn, stood, holder=self._holder, now=self._database.clock.now(), lane=Lane.JOBS
        )
        for gateway in self._gateways:
            if is_ours:
                gateway.stay()
            else:
                gateway.stay_no_more()
        return is_ours

    def _work(self) -> None:
        while True:
            try:
                self.look()
            except HotlineError as error:
                log.warning("sms gateways not looked after", reason=error.code)
            except Exception:
                log.exception("sms gateways not looked after")
            if self._stop.wait(EVERY_S):
                return


def _keep_reply(session: Session, inbound: Inbound, *, phone_key: bytes, now: datetime) -> None:
    """What leaves a transaction is no row."""
    record_reply(session, inbound, phone_key=phone_key, now=now)


def _take_turn(session: Session, stood: dict[ProviderName, LinkStatus], *, holder: str, now: datetime) -> bool:
    """Only the holder's lines are noted: the others come and go with what they send."""
    if take_lease(session, LEASE, holder=holder, for_s=LEASE_S, now=now) is None:
        return False
    for name, status in stood.items():
        row = GatewayLink(provider=name, is_up=status.is_up, since=status.since, error=status.error[:200], seen_at=now)
        session.merge(row)
    return True
