"""Seats, people and calls for tests; each takes only what matters there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from staff.model import Person, Unit
from staff.rules import UnitKind
from telephony.calls import store_call_events
from telephony.facts import (
    CallerArrived,
    CallerGone,
    CallerGreeted,
    CallerRated,
    CallerWaiting,
    CallEvent,
    QueueLeft,
    RatingAsked,
    RecordingNamed,
    SeatAnswered,
    SeatDone,
    SeatRang,
)
from telephony.model import Seat
from telephony.rules import EndedBy, SeatKind
from telephony.seats import add_seat, log_in_seat, make_seat_ready

NODE = "main"
UID = "1791853200.0"


def make_person(session: Session, account: str = "wang") -> Person:
    unit = session.query(Unit).first()
    if unit is None:
        unit = Unit(
            path="/1/", code="hotline", name="热线中心", short_name="热线", kind=UnitKind.HOTLINE, office_hours="x"
        )
        session.add(unit)
        session.flush()
    person = Person(unit_id=unit.id, account=account, name="王芳", staff_number=account.upper())
    session.add(person)
    session.flush()
    return person


def make_seat(session: Session, number: str = "1001", *, now: datetime) -> Seat:
    interface, kind = f"PJSIP/{number}", SeatKind.PHONE
    return add_seat(session, number=number, node=NODE, interface=interface, kind=kind, queue="12345", now=now)


def make_ready_seat(session: Session, number: str = "1001", *, now: datetime) -> Seat:
    make_seat(session, number, now=now)
    person = make_person(session, f"agent{number}")
    log_in_seat(session, number, person_id=person.id, now=now)
    return make_seat_ready(session, person_id=person.id, now=now)


def whole_call(
    start: datetime, *, uid: str = UID, seat: str = "PJSIP/1001", caller: str = "13812345678"
) -> list[CallEvent]:
    """A call of 74 s: 3.5 s in the queue, 60 s of talk, rated 5."""

    def at(second: float) -> datetime:
        return start + timedelta(seconds=second)

    return [
        CallerArrived(uid, at(0), caller=caller, dialled="12345", channel=f"PJSIP/trunk-{uid}"),
        CallerGreeted(uid, at(0.1), caller=caller, dialled="12345", line="hotline"),
        RecordingNamed(uid, at(4), path=f"20261013/{uid}.wav"),
        CallerWaiting(uid, at(4.25), queue="12345"),
        SeatRang(uid, at(5), seat=seat, leg=f"{uid}a", channel=f"{seat}-{uid}"),
        SeatAnswered(uid, at(7.75), seat=seat, leg=f"{uid}a", waited_s=3),
        SeatDone(uid, at(67.75), seat=seat, waited_s=3, talk_s=60, ended_by=EndedBy.SEAT),
        QueueLeft(uid, at(67.8), queue="12345", status="CONTINUE"),
        RatingAsked(uid, at(67.9)),
        CallerRated(uid, at(72), pressed="5"),
        CallerGone(uid, at(74), has_abandoned=False),
    ]


def store(session: Session, events: Sequence[CallEvent], *, now: datetime, wrap_up_s: int = 45) -> list[int]:
    return store_call_events(session, events, node=NODE, wrap_up_s=wrap_up_s, now=now)
