"""A ticket's words as the unit and as the outside may read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tickets.kinds import Secrecy
from tickets.model import MarkedBox, Place, Ticket
from tickets.points import Point
from tickets.redaction import Box, Decisions, boxes_of, handling_text, shareable_text, without_hidden


@dataclass(frozen=True)
class Shareable:
    """可外传版: what was said and roughly where, nothing that tells by whom."""

    text: str
    place: str


def ticket_boxes(session: Session, ticket: Ticket) -> list[Box]:
    """What the rules find in its text and what people have hidden or shown since."""
    marks = session.scalars(select(MarkedBox).where(MarkedBox.ticket_id == ticket.id))
    return boxes_with(ticket, {(mark.begins, mark.ends): mark.is_hidden for mark in marks})


def boxes_with(ticket: Ticket, decisions: Decisions) -> list[Box]:
    """The same with marks that were read before."""
    return _boxes(ticket, ticket.text, decisions)


def _boxes(ticket: Ticket, text: str, decisions: Decisions) -> list[Box]:
    names = (ticket.caller_name, ticket.representative, ticket.company_name)
    return boxes_of(text, names=names, is_secret=ticket.secrecy is not Secrecy.NONE, decisions=decisions)


def points_shown(ticket: Ticket, boxes: Sequence[Box]) -> list[Point]:
    """As the 承办版 has them: by the rules for the text, and without what is hidden in that; `boxes` are the text's."""
    return [Point(name=row["name"], value=_point(ticket, row["value"], boxes)) for row in ticket.points]


def _point(ticket: Ticket, value: str, boxes: Sequence[Box]) -> str:
    return without_hidden(handling_text(value, _boxes(ticket, value, {})), ticket.text, boxes)


def marks_of(session: Session, ticket_ids: Sequence[int]) -> dict[int, dict[tuple[int, int], bool]]:
    """What people have hidden or shown, of many tickets in one statement."""
    found: dict[int, dict[tuple[int, int], bool]] = {}
    for mark in session.scalars(select(MarkedBox).where(MarkedBox.ticket_id.in_(ticket_ids))):
        found.setdefault(mark.ticket_id, {})[mark.begins, mark.ends] = mark.is_hidden
    return found


def shareable(session: Session, ticket: Ticket) -> Shareable:
    """What may be given to the party complained of: the place no closer than its street."""
    return Shareable(shareable_text(ticket.text, ticket_boxes(session, ticket)), _street(session, ticket.place))


def _street(session: Session, place: Place | None) -> str:
    """District and street: the first two steps of the gazetteer."""
    if place is None:
        return ""
    ids = [int(step) for step in place.path.strip("/").split("/")[:2]]
    names = {row.id: row.name for row in session.scalars(select(Place).where(Place.id.in_(ids)))}
    return "".join(names[place_id] for place_id in ids)
