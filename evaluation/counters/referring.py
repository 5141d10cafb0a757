"""A bad rating at a window becomes a ticket of the unit that was rated; what the citizen says later is told on it."""

from datetime import datetime

from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter
from evaluation.counters.queries import counting_rating
from evaluation.model import Rating
from evaluation.queries import reasons_of, words_of
from evaluation.rules import Level
from staff.rules import SYSTEM, Actor, Role
from tickets.actions.dispatching import dispatch_ticket, list_for_dispatch
from tickets.actions.notes import supplement_ticket
from tickets.actions.registration import register_ticket
from tickets.errors import MoveRefused, UnitCannotHold
from tickets.forms import TITLE_MOST, TicketForm
from tickets.kinds import Source, TicketType
from tickets.model import Ticket
from tickets.platforms.model import Platform
from tickets.settings import TicketOffice

_WHY_THEIRS = "窗口差评，由被评价单位办理"


def refer_rating(session: Session, rating_id: int, *, office: TicketOffice, now: datetime) -> Ticket | None:
    """Open the ticket of a matter that was rated badly, once, and hand it to the unit of its window.

    The hall alone knows who the citizen is, so the ticket has no phone and cannot ask for a second rating.  The rating
    stays what it is: a correction is a line on the ticket.  None where nothing bad counts, or was told before.
    Source: DOMAIN §3 (差评 → 推送责任单位; a bad rating opens a work order).
    Announces TicketRegistered, TicketDispatched.
    """
    said = session.get_one(Rating, rating_id)
    matter = session.get_one(CounterMatter, said.matter_id, with_for_update=True, populate_existing=True)
    counts = counting_rating(session, matter.id)
    if counts is None or counts.id != said.id:
        return None
    hall = session.get_one(Platform, matter.platform_id)
    citizen = Actor(None, hall.name, hall.code, frozenset({Role.CITIZEN}), None)
    if matter.ticket_id is not None:
        return _correct(session, matter.ticket_id, said, by=citizen, now=now)
    if Level(said.level).is_satisfied:
        return None
    form = _form(session, hall, matter, said)
    ticket = register_ticket(session, form, source=Source.RATING, by=citizen, office=office, now=now)
    matter.ticket_id = ticket.id
    list_for_dispatch(session, ticket.id, by=SYSTEM, now=now, reason=_WHY_THEIRS)
    return _handed_over(session, ticket, matter.unit_id, office=office, now=now)


def _handed_over(session: Session, ticket: Ticket, unit_id: int, *, office: TicketOffice, now: datetime) -> Ticket:
    """A unit that is there no longer leaves it on the dispatch list, for a person."""
    try:
        return dispatch_ticket(
            session, ticket.id, unit_id=unit_id, by=SYSTEM, office=office, now=now, reason=_WHY_THEIRS
        )
    except UnitCannotHold:
        return ticket


def _correct(session: Session, ticket_id: int, said: Rating, *, by: Actor, now: datetime) -> Ticket | None:
    """Whoever works on it reads what the citizen says now; one that is over stays as it ended."""
    try:
        return supplement_ticket(session, ticket_id, text=_said(session, said, "群众已更正评价："), by=by, now=now)
    except MoveRefused:
        return None


def _form(session: Session, hall: Platform, matter: CounterMatter, said: Rating) -> TicketForm:
    where = f"{hall.name}{matter.window_number}窗口"
    about = f"群众在{where}办理“{matter.item_name}”（办件{matter.number}）后评价："
    return TicketForm(
        text=_said(session, said, about),
        title=f"窗口差评：{matter.item_name}"[:TITLE_MOST],
        type=TicketType.COMPLAINT,
        place_text=where,
        is_anonymous=True,
        outside_number=matter.number,
    )


def _said(session: Session, said: Rating, about: str) -> str:
    """Level, reasons and the citizen's own words."""
    reasons = "、".join(reason.name_zh for reason in reasons_of(session, [said.id]).get(said.id, ()))
    words = words_of(session, said.id)
    return "".join(
        (
            about,
            Level(said.level).name_zh,
            f"。原因：{reasons}" if reasons else "",
            f"。留言：{words}" if words else "",
        )
    )
