"""更正要素: what was written down wrongly about a matter or its caller, mended on the ticket."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from core.masking import mask_name, mask_phone, mask_text, plain_number
from core.secrets import phone_hash
from staff.queries import unit_by_id
from staff.rules import Actor
from tickets.actions.accusing import leave_accused
from tickets.actions.dispatching import set_topic
from tickets.actions.due_times import count_anew, result_measure
from tickets.actions.following import follow_line, refuse_below_line
from tickets.actions.writing import TicketKey, check_version, locked_ticket, make_move, tell_reworded
from tickets.catalogue import catalogue_line_for
from tickets.errors import PlaceNotFound
from tickets.events import TicketMadeUrgent
from tickets.forms import GROUP_FROM, PHONE_MALFORMED, REPRESENTATIVE_MISSING, phone_kind, refuse_faults
from tickets.kinds import PhoneKind, Urgency
from tickets.model import Place, Ticket
from tickets.points import POINTS_MOST, Point, in_words, kept_points, point_faults
from tickets.profiles import load_clocks
from tickets.queries.wordings import questions_of
from tickets.rules import Action
from tickets.settings import TicketOffice

#: what may be corrected, in the order of the form
CORRECTABLE = (
    "title", "type", "topic_id", "urgency", "place_id", "place_text", "secrecy", "accused", "accused_unit_id",
    "people_count", "representative", "caller_name", "phone", "points",
)  # fmt: skip
#: of these a unit reads in the history what they were and what they are; of the others only that they were corrected
OPEN_TO_UNITS = frozenset({"type", "topic_id", "urgency", "place_id", "people_count", "secrecy"})
#: no history line and no conflict tells who called
_MASKS: Mapping[str, Callable[[Any], str]] = {
    "caller_name": mask_name,
    "representative": mask_name,
    "phone": lambda number: mask_phone(number) if number else "",
    "points": lambda points: mask_text(in_words(points)),
}


def correct_ticket(
    session: Session,
    key: TicketKey,
    changes: dict[str, Any],
    *,
    version: int,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    reason: str = "",
) -> Ticket:
    """Correct what was written down; both clocks are computed again from where they began.

    An extension in days ends when hours are counted from now on, and the reverse.
    Only the names in CORRECTABLE; old and new values stand in the history, the caller's masked.  A unit that turns out
    to be accused by a secret ticket loses it.
    Raises TicketNotFound, MoveRefused, RoleRefused, VersionConflict, TopicNotFound, PlaceNotFound, UnitNotFound, and
    Invalid for a telephone number that is none and a group for which nobody speaks.  Announces TicketMadeUrgent.
    """
    ticket = locked_ticket(session, key, by)
    before = {name: _shown(name, getattr(ticket, name)) for name in changes}
    yours = {name: _shown(name, value) for name, value in changes.items()}
    check_version(ticket, version, current=before, yours=yours)
    _refuse_faults(ticket, changes)
    clocks = load_clocks(session, office.profile)
    measure, was = result_measure(ticket, clocks), ticket.urgency
    for name, value in changes.items():
        _correct(session, ticket, name, value, office)
    _follow_catalogue(session, ticket, changes, now=now)
    count_anew(session, ticket, clocks, was=measure)
    after = {name: _shown(name, getattr(ticket, name)) for name in changes}
    make_move(
        session, ticket, Action.CORRECT, by=by, now=now, reason=reason, particulars={"before": before, "after": after}
    )
    tell_reworded(session, ticket)
    _tell_more_urgent(session, ticket, was)
    if not changes.keys().isdisjoint({"secrecy", "accused_unit_id"}):
        leave_accused(session, ticket, office=office, now=now)
    return ticket


def _follow_catalogue(session: Session, ticket: Ticket, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Another topic or place has another line; of the same line no ticket becomes less urgent than it says."""
    if not changes.keys().isdisjoint({"topic_id", "place_id"}):
        line = catalogue_line_for(session, ticket.topic_id, ticket.place, now=now)
        follow_line(session, ticket, line, now=now)
    elif "urgency" in changes:
        refuse_below_line(session, ticket, ticket.urgency, now=now)


def _tell_more_urgent(session: Session, ticket: Ticket, was: Urgency) -> None:
    if ticket.urgency.degree > was.degree:
        announce(session, TicketMadeUrgent(ticket.id, ticket.urgency.value))


def _refuse_faults(ticket: Ticket, changes: Mapping[str, Any]) -> None:
    """The same rules as of the form at the desk; who speaks for a group is asked for when either of the two changes."""
    faults = []
    if "phone" in changes and phone_kind(plain_number(changes["phone"])) not in {PhoneKind.MOBILE, PhoneKind.LANDLINE}:
        faults.append((("body", "phone"), "phone_malformed", PHONE_MALFORMED))
    people = changes.get("people_count", ticket.people_count)
    speaks = changes.get("representative", ticket.representative)
    if not changes.keys().isdisjoint({"people_count", "representative"}) and people >= GROUP_FROM and not speaks:
        faults.append((("body", "representative"), "representative_missing", REPRESENTATIVE_MISSING))
    if faults:
        raise Invalid(faults)


def _correct(session: Session, ticket: Ticket, name: str, value: Any, office: TicketOffice) -> None:
    if name not in CORRECTABLE:
        raise ValueError(f"{name} cannot be corrected")
    match name:
        case "topic_id":
            set_topic(session, ticket, value)
        case "place_id":
            _set_place(session, ticket, value)
        case "phone":
            _set_phone(ticket, plain_number(value), office)
        case "points":
            _set_points(session, ticket, value)
        case "accused_unit_id" if value is not None:
            ticket.accused_unit_id = unit_by_id(session, value).id
        case _:
            setattr(ticket, name, value)


def _set_place(session: Session, ticket: Ticket, place_id: int | None) -> None:
    """None: nowhere on the tree, only in words."""
    place = session.get(Place, place_id) if place_id is not None else None
    if place_id is not None and place is None:
        raise PlaceNotFound(place_id=place_id)
    ticket.place, ticket.place_id = place, place_id


def _set_points(session: Session, ticket: Ticket, points: Sequence[Point]) -> None:
    """By the questions of the topic that it has now."""
    refuse_faults(point_faults(points, questions_of(session, ticket.topic_id)))
    ticket.points = kept_points(points, ticket.points)
    if len(ticket.points) > POINTS_MOST:
        raise Invalid([(("body", "points"), "points_too_many", f"要点最多 {POINTS_MOST} 条")])


def _set_phone(ticket: Ticket, number: str, office: TicketOffice) -> None:
    """The caller's other tickets are found by the new number from now on."""
    ticket.phone, ticket.phone_kind = number, phone_kind(number)
    ticket.phone_hash = phone_hash(number, office.phone_key)


def _shown(name: str, value: Any) -> Any:
    """As JSON, and nobody's name or number in it."""
    if name in _MASKS:
        return _MASKS[name](value)
    return value.value if hasattr(value, "value") else value
