"""A gateway as a provider: connects when something is to be sent, and stays connected where it is told to."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog

from core.clock import Clock
from sms.providers.gateway.dialect import Dialect
from sms.providers.gateway.frames import FrameBroken
from sms.providers.gateway.link import Keep, Link
from sms.providers.provider import Accepted, Outgoing, ProviderNotReached, Rejected, Report, TurnedAway

log = structlog.get_logger(__name__)

#: after a connection that failed: 1 s, 2 s, 4 s … and never longer than this
LONGEST_PAUSE_S = 60.0
FIRST_PAUSE_S = 1.0


@dataclass(frozen=True)
class LinkStatus:
    """How the connection of this process stands, and why not."""

    is_up: bool
    since: datetime | None
    error: str = ""


class GatewayProvider:
    """`send` may be called from any thread.  A gateway cannot be asked about a message: it tells, or nobody knows."""

    def __init__(self, dialect: Dialect, *, clock: Clock) -> None:
        self.name = dialect.name
        self.asked_after = timedelta(hours=1)
        self._dialect, self._clock = dialect, clock
        self._keep: Keep | None = None
        self._is_kept = False
        self._link: Link | None = None
        self._linking = threading.Lock()
        self._pause_s, self._not_before_s = FIRST_PAUSE_S, 0.0
        self._since: datetime | None = None
        self._error = ""

    def listen(self, keep: Keep) -> None:
        """From the next connection on `keep` gets whatever is pushed; until then nothing pushed is answered."""
        self._keep = keep

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        """A line that ended before anything left, perhaps just then because it was idle, is made anew once."""
        until_s = monotonic() + self._dialect.settings.timeout_s
        link = self._linked()
        try:
            return link.submit(outgoing, until_s=until_s)
        except ProviderNotReached:
            if link.is_up:
                raise
        return self._linked().submit(outgoing, until_s=until_s)

    def find(self, outgoing: Outgoing) -> Accepted | None:
        """Neither protocol has a question about one message; a report or a late answer settles it, or a person."""
        return None

    def reports(self, outgoing: Outgoing, provider_id: str | None) -> list[Report]:
        """Reports are only ever pushed."""
        return []

    def stay(self) -> LinkStatus:
        """Be connected also while nothing is sent, so that reports and replies arrive; how it stands."""
        self._is_kept = True
        with suppress(ProviderNotReached):
            self._linked()
        return self.status

    def stay_no_more(self) -> None:
        """Another process stays connected; ours is let go when it has been silent for long."""
        self._is_kept = False

    @property
    def status(self) -> LinkStatus:
        link = self._link
        if link is not None and link.is_up:
            return LinkStatus(True, self._since)
        return LinkStatus(False, None, (link.error if link else "") or self._error)

    def close(self) -> None:
        with self._linking:
            if self._link is not None:
                self._link.close()

    def _linked(self) -> Link:
        """The connection that is up, or a new one.  Raises ProviderNotReached, at once during a pause."""
        with self._linking:
            if self._link is not None and self._link.is_up:
                return self._link
            if monotonic() < self._not_before_s:
                raise ProviderNotReached(provider=self.name, retry_after_s=int(self._pause_s) + 1)
            try:
                self._link = self._connected()
            except (OSError, FrameBroken) as error:
                self._error = str(error) or type(error).__name__
                log.warning("sms gateway not reached", provider=self.name, reason=self._error)
                self._not_before_s = monotonic() + self._pause_s
                self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
                raise ProviderNotReached(provider=self.name, retry_after_s=int(self._pause_s)) from error
            self._pause_s, self._error = FIRST_PAUSE_S, ""
            self._since = self._clock.now()
            log.info("sms gateway linked", provider=self.name)
            return self._link

    def _connected(self) -> Link:
        settings = self._dialect.settings
        sock = socket.create_connection((settings.host, settings.port), timeout=settings.timeout_s)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(self._dialect, sock, keep=self._keep, is_kept=lambda: self._is_kept)
            link.log_in(self._clock.now())
        except BaseException:
            sock.close()
            raise
        return link
