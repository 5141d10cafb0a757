"""A callback agent and their calls, for tests."""

from sqlalchemy.orm import Session

from staff.model import Person
from staff.rules import Actor, Role, UnitKind
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from tests.evaluation.city import City, make_unit


def make_hotline(session: Session) -> int:
    unit = make_unit(session, "市12345热线")
    unit.kind = UnitKind.HOTLINE
    session.flush()
    return unit.id


def make_agent(session: Session, number: str) -> Actor:
    person = Person(account=number, staff_number=number, name="王芳", unit_id=make_hotline(session))
    session.add(person)
    session.flush()
    return Actor(person.id, "王芳", number, frozenset({Role.CALLBACK}), person.unit_id)


def call(city: City, ticket_id: int, by: Actor, *, talk_s: int | None = 90) -> int:
    """A call through the hotline that has ended; nobody answered without `talk_s`."""
    now = city.clock.now()
    made = BridgedCall(
        node="a", about_id=ticket_id, person_id=by.person_id, person_label=by.label, own_channel="", own_shown="",
        citizen_channel="", state=BridgeState.ENDED, result=BridgeResult.TALKED if talk_s else BridgeResult.NO_ANSWER,
        asked_at=now, citizen_answered_at=now if talk_s else None, ended_at=now, talk_s=talk_s,
    )  # fmt: skip

    def add(session: Session) -> int:
        session.add(made)
        session.flush()
        return made.id

    return city.database.write(add)
