"""Keeps one logged-in connection to Asterisk up: log-in, answered pings, back-off, state."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog

from core.clock import Clock
from core.errors import HotlineError, Unavailable
from telephony.ami.events import AmiEvent, Reply, moment_of
from telephony.ami.wire import Fields, Heard, Link, ListQuestion, Question, answer, contained, field_of, fields_of
from telephony.errors import ActionRefused, AmiDown, AmiLogInRefused
from telephony.settings import AmiSettings

log = structlog.get_logger(__name__)


class LinkState(StrEnum):
    """Where the connection to Asterisk stands."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    REFUSED = "refused"


@dataclass(frozen=True)
class LinkStatus:
    """The state, since when, and the code of the error that led to it."""

    state: LinkState
    since: datetime
    error: str | None = None


class AmiClient:
    """Keeps one logged-in connection to Asterisk, hands on its events in order, and sends actions."""

    def __init__(
        self,
        settings: AmiSettings,
        *,
        clock: Clock,
        heard: Callable[[AmiEvent], object],
        changed: Callable[[LinkStatus], object] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._heard = heard
        self._changed = changed
        self._link: Link | None = None
        self.status = LinkStatus(LinkState.DOWN, clock.now())
        self._logged: tuple[LinkState, str | None] | None = None

    async def run(self) -> None:
        """Connect, log in, stay, and begin again; ends only when cancelled."""
        try:
            await self._run()
        finally:
            self._set(LinkState.DOWN)

    async def _run(self) -> None:
        settings = self._settings
        pauses = BackOff(settings.reconnect_after_s, settings.reconnect_at_most_s)
        refusals = BackOff(settings.refused_after_s, settings.refused_at_most_s)
        while True:
            try:
                await self._connected(on_up=(pauses.reset, refusals.reset))
            except AmiLogInRefused as error:
                self._set(LinkState.REFUSED, error)
                await asyncio.sleep(refusals.next_s())
            except Unavailable as error:
                self._set(LinkState.DOWN, error)
                await asyncio.sleep(pauses.next_s())

    async def ask(self, action: str, fields: Fields | None = None, *, within_s: float | None = None) -> Reply:
        """Send an action that is answered by one response.

        After AmiTimeout, or AmiDown while waiting, it is not known whether the action was carried out; it is never
        sent a second time.  Originate waits here until the far end has answered, so give it the time.
        Raises AmiDown, AmiTimeout, ActionRefused, LineBreakInAction.
        """
        response = (await answer(self._up(), Question, action, fields, within_s or self._settings.answer_within_s))[0]
        return Reply(field_of(response, "Message"), fields_of(response))

    async def ask_list(self, action: str, fields: Fields | None = None) -> list[AmiEvent]:
        """Send an action that is answered by a list of events, without its first and last line.  Raises as `ask`."""
        messages = await answer(self._up(), ListQuestion, action, fields, self._settings.answer_within_s)
        return [self._event(message) for message in messages if "Event" in message and "EventList" not in message]

    def _up(self) -> Link:
        if self._link is None or self.status.state is not LinkState.UP:
            raise AmiDown
        return self._link

    async def _connected(self, *, on_up: Sequence[Callable[[], None]]) -> None:
        """One connection, from opening to loss.  Always raises: AmiLogInRefused, AmiTimeout, NotAsterisk or AmiDown."""
        self._set(LinkState.CONNECTING)
        link = await self._open()
        try:
            await self._log_in(link)
            self._link = link
            self._set(LinkState.UP)
            for tell in on_up:
                tell()
            await self._stay(link)
        finally:
            self._link = None
            link.protocol.close_because(AmiDown())

    async def _open(self) -> Link:
        """A connection to something that has shown itself to be Asterisk: our secret is for nobody else."""
        link = Link(self._settings)
        opening = link.connect()
        is_open = False
        try:
            async with asyncio.timeout(self._settings.connect_within_s):
                await opening
                await link.protocol.greeted
            is_open = True
        except (OSError, TimeoutError) as error:
            raise AmiDown from error
        finally:
            if not is_open and link.protocol is not None:
                link.protocol.close_because(AmiDown())
        return link

    async def _log_in(self, link: Link) -> None:
        booted = asyncio.Event()
        link.register_event("FullyBooted", lambda _link, _event: booted.set())
        link.register_event("*", lambda _link, message: self._heard(self._event(message)))
        settings = self._settings
        fields = {"Username": settings.username, "Secret": settings.secret.get_secret_value(), "Events": "on"}
        try:
            await answer(link, Question, "Login", fields, settings.answer_within_s)
        except ActionRefused as error:
            raise AmiLogInRefused from error
        with suppress(TimeoutError):
            async with asyncio.timeout(settings.boot_within_s):
                await booted.wait()

    async def _stay(self, link: Link) -> None:
        """Ping until the connection is lost or a ping is not answered; then raises."""
        while True:
            done, _ = await asyncio.wait([link.lost], timeout=self._settings.ping_every_s)
            if done:
                raise link.protocol.closed_because or AmiDown()
            with suppress(ActionRefused):  # a refusal is an answer too
                await answer(link, Question, "Ping", None, self._settings.answer_within_s)

    def _event(self, message: Heard) -> AmiEvent:
        at = moment_of(field_of(message, "Timestamp")) or self._clock.now()
        return AmiEvent(field_of(message, "Event"), at, fields_of(message))

    def _set(self, state: LinkState, error: HotlineError | None = None) -> None:
        self.status = LinkStatus(state, self._clock.now(), error.code if error else None)
        news = (state, self.status.error)
        if state is not LinkState.CONNECTING and news != self._logged:  # one line for an outage, not two a second
            self._logged = news
            write = log.warning if error else log.info
            write("ami link", state=state.value, error=self.status.error, host=self._settings.host)
        contained(self._changed, self.status)


class BackOff:
    """Pauses that double from the first to the longest."""

    def __init__(self, first_s: float, at_most_s: float) -> None:
        self._first_s = self._s = first_s
        self._at_most_s = at_most_s

    def next_s(self) -> float:
        """The pause to make now."""
        now_s = self._s
        self._s = min(self._s * 2, self._at_most_s)
        return now_s

    def reset(self) -> None:
        """Begin again with the first pause."""
        self._s = self._first_s
