"""What the desk and its helpers ask: drafts, a caller's earlier matters, the text to classify, what to promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from core.secrets import phone_hash
from staff.model import Unit
from staff.rules import Actor, Role
from tickets.catalogue import catalogue_line_for, class_and_urgency
from tickets.clocks import Due, moment_zh
from tickets.errors import DraftNotFound, PlaceNotFound, TicketNotFound
from tickets.kinds import Step, TicketType, Urgency
from tickets.model import Draft, Place, Ticket, Topic
from tickets.profiles import load_clocks
from tickets.queries.access import PRESENTED, not_kept_from
from tickets.queries.paging import counted
from tickets.rules import State

RECENT = 5


def text_to_classify(session: Session, ticket_id: int) -> tuple[str, str | None]:
    """The citizen's words and the place's name.  Raises TicketNotFound."""
    ticket = session.get(Ticket, ticket_id, options=[joinedload(Ticket.place)])
    if ticket is None:
        raise TicketNotFound(ticket=ticket_id)
    return ticket.text, ticket.place.full_name if ticket.place is not None else ticket.place_text or None


def recent_of_phone(
    session: Session, number: str, *, by: Actor, phone_key: bytes, at_most: int = RECENT
) -> Sequence[Ticket]:
    """A caller's newest tickets, found by the keyed hash of the number; none without a number."""
    return (
        _newest(session, Ticket.phone_hash == phone_hash(number, phone_key), by=by, at_most=at_most) if number else ()
    )


def recent_of_caller(session: Session, ticket: Ticket, *, by: Actor) -> Sequence[Ticket]:
    """What the same number said before this ticket, whatever it was about; none without a number."""
    before = (Ticket.phone_hash == ticket.phone_hash) & (Ticket.id < ticket.id)
    return _newest(session, before, by=by, at_most=RECENT) if ticket.phone_hash else ()


def _newest(session: Session, wanted: ColumnElement[bool], *, by: Actor, at_most: int) -> Sequence[Ticket]:
    found = select(Ticket).where(wanted, not_kept_from(by)).options(*PRESENTED)
    return session.scalars(found.order_by(Ticket.id.desc()).limit(at_most)).all()


def count_of_phone(session: Session, number: str, *, by: Actor, phone_key: bytes) -> int:
    """How many tickets this number has, counted to 1,000."""
    of_it = select(Ticket.id).where(Ticket.phone_hash == phone_hash(number, phone_key), not_kept_from(by))
    return counted(session, of_it) if number else 0


def open_drafts_of(session: Session, *, by: Actor) -> Sequence[Draft]:
    """One's unfinished forms, oldest first."""
    drafts = select(Draft).where(Draft.person_id == by.person_id, Draft.state == State.DRAFT)
    return session.scalars(drafts.order_by(Draft.id)).all()


def drafts_of_call(session: Session, call_id: int, *, by: Actor) -> Sequence[Draft]:
    """Every matter of a call, also those that are tickets by now; other people's only for shift leaders."""
    drafts = select(Draft).where(Draft.call_id == call_id)
    if not by.may_act_as((Role.SHIFT_LEADER,)):
        drafts = drafts.where((Draft.person_id == by.person_id) | Draft.person_id.is_(None))
    return session.scalars(drafts.order_by(Draft.matter_no)).all()


def draft_by_id(session: Session, draft_id: int, *, by: Actor) -> Draft:
    """Raises DraftNotFound, also for somebody else's."""
    draft = session.get(Draft, draft_id)
    if draft is None or (draft.person_id not in {by.person_id, None} and not by.may_act_as((Role.SHIFT_LEADER,))):
        raise DraftNotFound(draft_id=draft_id)
    return draft


def tickets_of_call(session: Session, call_id: int, *, by: Actor) -> Sequence[Ticket]:
    """0 to n tickets that were registered on a call."""
    return session.scalars(
        select(Ticket).where(Ticket.call_id == call_id, not_kept_from(by)).options(*PRESENTED).order_by(Ticket.id)
    ).all()


@dataclass(frozen=True)
class Promise:
    """What an agent may say aloud: who will probably answer, and by when."""

    unit: Unit | None
    due: Due

    @property
    def sentence(self) -> str:
        who = f"由{self.unit.short_name}" if self.unit is not None else "由承办单位"
        return f"预计 {moment_zh(self.due.at)} 前{who}答复" if self.due.at else f"{who}答复，{self.due.why}"


def promise_for(
    session: Session,
    *,
    topic_id: int | None,
    place_id: int | None,
    type_: TicketType,
    urgency: Urgency,
    profile: str,
    now: datetime,
) -> Promise:
    """Raises PlaceNotFound."""
    place = session.get(Place, place_id) if place_id is not None else None
    if place_id is not None and place is None:
        raise PlaceNotFound(place_id=place_id)
    topic = session.get(Topic, topic_id) if topic_id is not None else None
    line = catalogue_line_for(session, topic_id, place, now=now)
    unit = session.get(Unit, line.unit_id) if line is not None else None
    limit_class, least = class_and_urgency(line, topic, urgency)
    due = load_clocks(session, profile).due(
        Step.RESULT,
        now,
        what=f"{type_.name_zh}（{least.name_zh}）答复",
        type_=type_,
        urgency=least,
        limit_class=limit_class,
    )
    return Promise(unit, due)
