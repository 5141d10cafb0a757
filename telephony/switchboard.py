"""Makes Asterisk's queue agree with our seats, and carries out what seats ask for their calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Lane, ServingDatabase
from core.errors import HotlineError
from telephony.ami import AmiClient, LinkState
from telephony.bridges.actions import fail_bridge, take_bridges
from telephony.bridges.hearing import originate_fields
from telephony.bridges.queries import has_bridges_asked
from telephony.dial_in.actions import TakenDialIn, take_dial_ins
from telephony.dial_in.hearing import orders
from telephony.dial_in.queries import has_dial_ins_judged
from telephony.errors import ActionRefused, AmiDown
from telephony.model import Seat, SeatCommand
from telephony.rules import Membership, Presence, Verb, membership
from telephony.seats import end_wrap_ups, note_pushed, want_again
from telephony.settings import TelephonySettings

log = structlog.get_logger(__name__)

#: What a desk phone does when it is notified of these events (remote control as BroadSoft defined it).
NOTIFIED = {Verb.ANSWER: "talk", Verb.RESUME: "talk", Verb.HOLD: "hold"}


@dataclass(frozen=True)
class SeatWish:
    """How a seat should stand in the queue, and the count of that wish."""

    seat_id: int
    queue: str
    interface: str
    wanted: int
    membership: Membership


@dataclass(frozen=True)
class Work:
    """What is to be done for the seats of a node now."""

    wishes: list[SeatWish]
    has_wrap_ups_due: bool
    has_commands: bool
    has_bridges: bool
    has_dial_ins: bool


@dataclass(frozen=True)
class TakenCommand:
    """A command that is ours to carry out, once."""

    command_id: int
    verb: Verb
    channel: str


class Switchboard:
    """The seats of one node, between our database, which is the truth, and Asterisk."""

    def __init__(self, database: ServingDatabase, settings: TelephonySettings, clock: Clock, client: AmiClient) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._client = client

    async def work(self) -> None:
        """End wrap-ups, push what Asterisk does not know yet, carry out commands.  Raises Unavailable."""
        node = self._settings.node
        work: Work = await self._database.read(seat_work, node=node, now=self._clock.now())
        if work.has_wrap_ups_due:
            await self._database.write(end_wrap_ups, node=node, now=self._clock.now(), lane=Lane.CALLS)
        if work.has_commands:
            await self._carry_out_commands()
        if work.has_bridges:
            await self._make_bridges()
        if work.has_dial_ins:
            await self._answer_dial_ins()
        if self._client.status.state is LinkState.UP:
            for wish in work.wishes:
                await self._push(wish)

    async def reconcile(self) -> None:
        """Compare Asterisk's queue with our seats; what differs is pushed again.  Raises Unavailable, ActionRefused."""
        members = await self._client.ask_list("QueueStatus")
        there = {
            (member["Queue"], member["Location"]): Membership(
                is_member=True,
                is_paused=member.get("Paused") == "1",
                reason=member.get("PausedReason") if member.get("Paused") == "1" else "",
            )
            for member in members
            if member.name == "QueueMember"
        }
        differing = await self._database.read(seats_differing, there, node=self._settings.node)
        if differing:
            log.info("seats differ from the queue", node=self._settings.node, seat_ids=differing)
            await self._database.write(want_again, differing, lane=Lane.CALLS)

    async def _push(self, wish: SeatWish) -> None:
        error: str | None = None
        try:
            await self._tell(wish)
        except ActionRefused as refused:
            error = refused.code
            log.exception("seat refused by the queue", seat_id=wish.seat_id)
        await self._database.write(note_pushed, wish.seat_id, wanted=wish.wanted, error=error, lane=Lane.CALLS)

    async def _tell(self, wish: SeatWish) -> None:
        """Bring one seat's membership about.  Raises Unavailable, ActionRefused."""
        where = {"Queue": wish.queue, "Interface": wish.interface}
        if not wish.membership.is_member:
            await self._unless_done("QueueRemove", where)
            return
        paused = {"Paused": "true" if wish.membership.is_paused else "false"}
        reason = {"Reason": wish.membership.reason} if wish.membership.reason else {}
        try:
            await self._client.ask("QueuePause", where | paused | reason)
        except ActionRefused:  # not a member yet
            await self._client.ask("QueueAdd", where | paused | {"Penalty": "0"})
            if wish.membership.is_paused:
                await self._client.ask("QueuePause", where | paused | reason)

    async def _unless_done(self, action: str, fields: Mapping[str, str]) -> None:
        try:
            await self._client.ask(action, fields)
        except ActionRefused as refused:
            log.info("seat had left already", reason=refused.values["reason"])

    async def _carry_out_commands(self) -> None:
        """Each is marked as taken before it is sent, so that none is sent twice."""
        node, now = self._settings.node, self._clock.now()
        oldest = now - timedelta(seconds=self._settings.command_within_s)
        taken = await self._database.write(take_commands, node=node, oldest=oldest, now=now, lane=Lane.CALLS)
        for command in taken:
            error: str | None = None
            try:
                await self._carry_out(command)
            except HotlineError as refused:
                error = refused.code
                log.warning("seat command failed", command_id=command.command_id, code=error)
            now = self._clock.now()
            await self._database.write(note_done, command.command_id, error=error, now=now, lane=Lane.CALLS)

    async def _make_bridges(self) -> None:
        """Each is marked as taken before its telephone rings, so that none rings twice."""
        settings, now = self._settings, self._clock.now()
        oldest = now - timedelta(seconds=settings.command_within_s)
        taken = await self._database.write(take_bridges, node=settings.node, oldest=oldest, now=now, lane=Lane.CALLS)
        for bridge in taken:
            try:
                if self._client.status.state is not LinkState.UP:
                    raise AmiDown
                fields = originate_fields(bridge, hotline=settings.queue, ring_s=settings.bridge_ring_s)
                await self._client.ask("Originate", fields)
            except HotlineError as refused:
                log.warning("call by staff failed", bridge_id=bridge.bridge_id, code=refused.code)
                await self._database.write(fail_bridge, bridge.bridge_id, now=self._clock.now(), lane=Lane.CALLS)

    async def _answer_dial_ins(self) -> None:
        """Each verdict is marked as told before it is, so that no citizen's telephone rings twice."""
        for taken in await self._database.write(take_dial_ins, node=self._settings.node, lane=Lane.CALLS):
            try:
                await self._answer_dial_in(taken)
            except HotlineError as refused:
                log.warning("dial-in not answered", dial_in_id=taken.dial_in_id, code=refused.code)
                if taken.bridge_id is not None:
                    await self._database.write(fail_bridge, taken.bridge_id, now=self._clock.now(), lane=Lane.CALLS)

    async def _answer_dial_in(self, taken: TakenDialIn) -> None:
        """Raises Unavailable, ActionRefused: whoever dialled in has hung up."""
        if self._client.status.state is not LinkState.UP:
            raise AmiDown
        for action, fields in orders(taken, hotline=self._settings.queue):
            await self._client.ask(action, fields)

    async def _carry_out(self, command: TakenCommand) -> None:
        """Raises Unavailable, ActionRefused."""
        if self._client.status.state is not LinkState.UP:
            raise AmiDown
        if command.verb is Verb.HANG_UP:
            await self._client.ask("Hangup", {"Channel": command.channel, "Cause": "16"})
        else:
            event = f"Event={NOTIFIED[command.verb]}"
            await self._client.ask("PJSIPNotify", {"Channel": command.channel, "Variable": event})


def seat_work(session: Session, *, node: str, now: datetime) -> Work:
    """What the seats of a node need now."""
    behind = session.scalars(sa.select(Seat).where(Seat.node == node, Seat.pushed != Seat.wanted).order_by(Seat.id))
    due = (Seat.node == node, Seat.presence == Presence.WRAP_UP, Seat.wrap_up_until <= now)
    waiting = (SeatCommand.node == node, SeatCommand.taken_at.is_(None))
    return Work(
        wishes=[
            SeatWish(
                seat.id, seat.queue, seat.interface, seat.wanted, membership(seat.presence, seat.phase, seat.reason)
            )
            for seat in behind
        ],
        has_wrap_ups_due=session.scalar(sa.select(Seat.id).where(*due).limit(1)) is not None,
        has_commands=session.scalar(sa.select(SeatCommand.id).where(*waiting).limit(1)) is not None,
        has_bridges=has_bridges_asked(session, node=node),
        has_dial_ins=has_dial_ins_judged(session, node=node),
    )


def seats_differing(session: Session, there: Mapping[tuple[str, str], Membership], *, node: str) -> list[int]:
    """Seats whose wish was pushed and that nevertheless stand otherwise; `there` are Asterisk's members."""
    seats = session.scalars(sa.select(Seat).where(Seat.node == node, Seat.pushed == Seat.wanted))
    return [
        seat.id
        for seat in seats
        if membership(seat.presence, seat.phase, seat.reason)
        != there.get((seat.queue, seat.interface), Membership(is_member=False))
    ]


def take_commands(session: Session, *, node: str, oldest: datetime, now: datetime) -> list[TakenCommand]:
    """Take the waiting commands; those asked for before `oldest` are given up: their moment has passed."""
    waiting = sa.select(SeatCommand).where(SeatCommand.node == node, SeatCommand.taken_at.is_(None))
    taken = []
    for command in session.scalars(waiting.order_by(SeatCommand.id).with_for_update()):
        command.taken_at = now
        if command.asked_at < oldest:
            command.done_at, command.error = now, "expired"
        else:
            taken.append(TakenCommand(command.id, command.verb, command.channel))
    return taken


def note_done(session: Session, command_id: int, *, error: str | None, now: datetime) -> None:
    """A command has been carried out, or has failed."""
    command = session.get_one(SeatCommand, command_id)
    command.done_at, command.error = now, error
