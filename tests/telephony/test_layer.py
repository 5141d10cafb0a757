"""The call layer as a whole: a server that speaks AMI on one side, our tables on the other."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.clock import SystemClock
from core.database import Database
from telephony.model import Call, CallEventRow, CallGap, Seat, SeatCommand
from telephony.queries import open_gaps
from telephony.rules import CallResult, CallState, PauseReason, Presence, RatingState, Verb
from telephony.seats import give_command, log_in_seat, log_out_seat, make_seat_ready, pause_seat
from tests.telephony.making import NODE, make_person, make_ready_seat, make_seat
from tests.telephony.serving import has, serving, the_call, until
from tests.telephony.stand_in import StandIn
from tests.telephony.told import LEG, UID, Line, Queue


async def test_a_call_is_there_from_ring_to_rating(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    database.write(make_ready_seat, now=SystemClock().now())
    line = Line(server, started_at)

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        line.ring()
        await until(database, the_call, has(state=CallState.RINGING))
        line.answer()
        await until(database, the_call, has(state=CallState.TALKING))
        line.finish()
        call = await until(database, the_call, has(state=CallState.ENDED))

    assert call is not None
    assert (call.caller, call.line, call.dialled, call.result) == (
        "13812345678",
        "hotline",
        "12345",
        CallResult.ANSWERED,
    )
    assert (call.waited_s, call.talk_s, call.rating_key, call.seat_id) == (1, 3, 5, 1)
    assert call.arrived_at is not None
    assert call.arrived_at.timestamp() == started_at


async def test_a_seat_joins_pauses_and_leaves_asterisks_queue(
    database: Database, server: StandIn, queue: Queue
) -> None:
    now = SystemClock().now()
    database.write(make_seat, now=now)
    person_id = database.write(make_person, view=lambda person: person.id)

    async with serving(database, server):
        database.write(log_in_seat, "1001", person_id=person_id, now=now)
        await server.until(lambda: queue.members == {"PJSIP/1001": (True, "刚签入")})
        database.write(make_seat_ready, person_id=person_id, now=now)
        await server.until(lambda: queue.members == {"PJSIP/1001": (False, "")})
        database.write(pause_seat, PauseReason.BREAK, person_id=person_id, now=now)
        await server.until(lambda: queue.members == {"PJSIP/1001": (True, "小休")})
        database.write(log_out_seat, person_id=person_id, now=now)
        await server.until(lambda: server.names()[-1] == "QueueRemove")

    assert queue.members == {}


async def test_wrap_up_begins_by_itself_and_ends_by_itself(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    database.write(make_ready_seat, now=SystemClock().now())
    line = Line(server, started_at - 5)

    async with serving(database, server, wrap_up_s=1):
        await server.until(lambda: queue.members == {"PJSIP/1001": (False, "")})
        line.ring()
        line.answer()
        await server.until(lambda: queue.members == {"PJSIP/1001": (True, "话后")})
        line.finish()
        await server.until(lambda: queue.members == {"PJSIP/1001": (False, "")})


async def test_what_was_missed_while_the_link_was_down_is_read_in_the_log(
    database: Database, server: StandIn, queue: Queue, started_at: float, tmp_path: Path
) -> None:
    database.write(make_ready_seat, now=SystemClock().now())
    log = tmp_path / "queue_log"
    log.write_text(f"{int(started_at) + 1}|{UID}|12345|NONE|ENTERQUEUE||13812345678|1\n")
    line = Line(server, started_at)

    async with serving(database, server, log=log):
        await server.until(lambda: "QueueStatus" in server.names())
        line.ring()
        line.answer()
        await until(database, the_call, has(state=CallState.TALKING))
        with log.open("a") as file:
            file.write(line.rest_in_log())
        server.cut()
        call = await until(database, the_call, has(state=CallState.ENDED))
        await until(database, lambda session: open_gaps(session, node=NODE), lambda gaps: not gaps)

    assert call is not None
    assert (call.result, call.talk_s, call.rating_key, call.rating) == (CallResult.ANSWERED, 3, 5, RatingState.RATED)
    reasons = database.read(lambda session: set(session.scalars(sa.select(CallGap.reason))))
    assert reasons == {"link_down"}


async def test_a_call_that_came_and_went_while_we_were_away_is_found(
    database: Database, server: StandIn, queue: Queue, started_at: float, tmp_path: Path
) -> None:
    log = tmp_path / "queue_log"
    at = int(started_at) - 60
    log.write_text(
        f"{at}|{UID}|NONE|NONE|HOTLINE_GREETING|13812345678|12319|heating\n"
        f"{at}|{UID}|12345|NONE|ENTERQUEUE||13812345678|1\n"
        f"{at + 9}|{UID}|12345|NONE|ABANDON|1|1|9\n"
        f"{at + 9}|{UID}|12345|NONE|HOTLINE_GONE||TRUE\n"
        f"{at + 9}|{UID}|12345|NONE|HOTLINE_RATED\n"
    )

    async with serving(database, server, log=log):
        call = await until(database, the_call, has(state=CallState.ENDED))
        noted = await until(database, gap_reasons, lambda reasons: "malformed_line" in reasons)

    assert call is not None
    assert (call.result, call.caller, call.line, call.waited_s) == (CallResult.ABANDONED, "13812345678", "heating", 9)
    assert call.arrived_at is None
    assert noted


async def test_a_seat_that_rang_while_we_were_away_can_be_steered(
    database: Database, server: StandIn, queue: Queue, started_at: float, tmp_path: Path
) -> None:
    now = SystemClock().now()
    person_id = database.write(make_ready_seat, now=now, view=lambda seat: seat.person_id)
    log, at = tmp_path / "queue_log", int(started_at)
    log.write_text(
        f"{at}|{UID}|NONE|NONE|HOTLINE_GREETING|13812345678|12345|hotline\n"
        f"{at + 1}|{UID}|12345|NONE|ENTERQUEUE||13812345678|1\n"
    )
    queue.legs = [(UID, LEG, "PJSIP/1001-1")]

    async with serving(database, server, log=log):
        call = await until(database, the_call, has(state=CallState.RINGING, seat_channel="PJSIP/1001-1"))
        assert call is not None
        Line(server, started_at).answer()
        await until(database, the_call, has(state=CallState.TALKING, seat_channel="PJSIP/1001-1"))
        database.write(give_command, call.id, Verb.HANG_UP, person_id=person_id, now=SystemClock().now())
        await server.until(lambda: server.names()[-1] == "Hangup")


async def test_whoever_a_call_was_passed_on_to_is_no_seat_that_rang(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    line = Line(server, started_at)

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        line.ring()
        line.answer()
        line.say("AgentComplete", 5.25, Interface=line.seat, HoldTime=1, TalkTime=3, Reason="transfer")
        await until(database, the_call, has(state=CallState.RATING))
        queue.legs = [(UID, "1795445745.7", "PJSIP/1002-7")]
        server.cut()
        await server.until(lambda: server.names().count("CoreShowChannels") == 2)
        await server.until(lambda: server.names()[-1] == "QueueStatus")
        call = await until(database, the_call, has(state=CallState.RATING))

    assert call is not None
    assert (call.ring_attempts, call.seat_channel) == (1, None)


def gap_reasons(session: Session) -> set[str]:
    return set(session.scalars(sa.select(CallGap.reason)))


async def test_calls_that_asterisk_no_longer_has_are_over_and_unknown(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    queue.channels = [UID, "1.9"]
    line, other = Line(server, started_at), Line(server, started_at, uid="1.9")

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        line.ring()
        other.ring()
        await until(database, count_of(CallEventRow), lambda count: count == 10)
        queue.channels = ["1.9"]
        server.cut()
        call = await until(database, the_call, has(state=CallState.ENDED))

    assert call is not None
    assert (call.result, call.ended_at, call.ended_by) == (CallResult.UNKNOWN, None, None)
    states = database.read(lambda session: list(session.scalars(sa.select(Call.state).order_by(Call.id))))
    assert states == [CallState.ENDED, CallState.RINGING]


def count_of(kind: type[Any]) -> Callable[[Session], int]:
    return lambda session: session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


async def test_a_queue_that_stands_otherwise_after_a_restart_is_told_again(
    database: Database, server: StandIn, queue: Queue
) -> None:
    database.write(make_ready_seat, now=SystemClock().now())

    async with serving(database, server):
        await server.until(lambda: queue.members == {"PJSIP/1001": (False, "")})
        await until(database, seat_is_pushed, bool)
        queue.members.clear()
        server.cut()
        await server.until(lambda: queue.members == {"PJSIP/1001": (False, "")})


def seat_is_pushed(session: Session) -> bool:
    seat = session.scalars(sa.select(Seat)).one()
    return seat.pushed == seat.wanted


async def test_a_seat_steers_its_call_through_asterisk(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    now = SystemClock().now()
    person_id = database.write(make_ready_seat, now=now, view=lambda seat: seat.person_id)
    line = Line(server, started_at)

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        line.ring()
        call = await until(database, the_call, has(state=CallState.RINGING))
        assert call is not None
        database.write(give_command, call.id, Verb.ANSWER, person_id=person_id, now=SystemClock().now())
        await server.until(lambda: server.names()[-1] == "PJSIPNotify")
        line.answer()
        await until(database, the_call, has(state=CallState.TALKING))
        database.write(give_command, call.id, Verb.HANG_UP, person_id=person_id, now=SystemClock().now())
        await server.until(lambda: server.names()[-1] == "Hangup")

    notify = next(action for action in server.received if action["action"] == "PJSIPNotify")
    assert (notify["channel"], notify["variable"]) == ("PJSIP/1001-1", "Event=talk")
    assert server.received[-1]["channel"] == "PJSIP/1001-1"
    assert server.count("Hangup") == 1


async def test_a_command_whose_moment_has_passed_is_not_sent(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    now = SystemClock().now()
    person_id = database.write(make_ready_seat, now=now, view=lambda seat: seat.person_id)
    line = Line(server, started_at)
    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        line.ring()
        call = await until(database, the_call, has(state=CallState.RINGING))
    assert call is not None
    database.write(give_command, call.id, Verb.ANSWER, person_id=person_id, now=now - timedelta(seconds=60))
    queue.channels = [UID]

    async with serving(database, server):
        errors = await until(database, command_errors, lambda errors: errors != [None])

    assert errors == ["expired"]
    assert server.count("PJSIPNotify") == 0


def command_errors(session: Session) -> list[str | None]:
    return list(session.scalars(sa.select(SeatCommand.error)))


async def test_an_event_that_cannot_be_read_is_kept_and_the_next_one_counts(
    database: Database, server: StandIn, queue: Queue, started_at: float
) -> None:
    line = Line(server, started_at)

    async with serving(database, server):
        await server.until(lambda: "QueueStatus" in server.names())
        line.say("AgentConnect", 0, Interface="PJSIP/1001", DestUniqueid=LEG, HoldTime="soon")
        line.ring()
        await until(database, the_call, has(state=CallState.RINGING))

    notes = database.read(lambda session: list(session.scalars(sa.select(CallGap.note))))
    assert "无法读懂 AgentConnect 的 HoldTime" in notes


async def test_a_seat_that_let_it_ring_waits_for_its_person(database: Database, server: StandIn, queue: Queue) -> None:
    database.write(make_ready_seat, now=SystemClock().now())

    async with serving(database, server):
        await server.until(lambda: queue.members == {"PJSIP/1001": (False, "")})
        server.say("Event: QueueMemberPause\r\nInterface: PJSIP/1001\r\nPaused: 1\r\nPausedReason: Auto-Pause")
        await until(database, the_presence, lambda presence: presence is Presence.PAUSED)
        await server.until(lambda: queue.members == {"PJSIP/1001": (True, "未接")})


def the_presence(session: Session) -> Presence:
    return session.scalars(sa.select(Seat.presence)).one()
