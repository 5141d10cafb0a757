"""Tickets in lists over the wire: the row, its flags, and how unit and topic are named.  Masked here, once."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field

from core.masking import mask_name, mask_phone
from staff.model import Unit
from tickets.kinds import OversightKind, Secrecy, TicketType, Urgency
from tickets.model import Ticket, Topic
from tickets.numbers import parse_number
from tickets.queries.paging import Listed
from tickets.rules import State
from web.api import Count, Moment, Page, View
from web.masked_views import WITHHELD, place_of, title_of

#: twelve digits; full-width digits and blanks are accepted, a wrong check digit is said
TicketNumber = Annotated[str, Field(max_length=40), AfterValidator(parse_number)]


class UnitRef(View):
    """A unit by name."""

    id: int
    name: str

    @classmethod
    def of(cls, unit: Unit | None) -> Self | None:
        return cls(id=unit.id, name=unit.short_name) if unit is not None else None


class TopicRef(View):
    """A topic by name and path."""

    id: int
    name: str
    full_name: str

    @classmethod
    def of(cls, topic: Topic | None) -> Self | None:
        return cls.model_validate(topic) if topic is not None else None


class TicketRow(View):
    """A line of any list.  `flags`: parked, overseen, instructed, asked, parts, parent, urged, group, sealed, secret,
    repeat, returned, ruled, rework, uncertain, auto, drawn, missing, repair, promised.  `oversight`: the step
    of the ladder.  `promise_due_at`: the end of the day by which the unit has promised the rest.
    """

    number: str
    version: int
    state: State
    title: str
    type: TicketType
    urgency: Urgency
    place: str
    topic: TopicRef | None
    unit: UnitRef | None
    caller: str
    phone: str
    flags: list[str]
    oversight: OversightKind | None
    urged_count: int
    people_count: int
    child_count: int
    registered_at: Moment
    citizen_due_at: Moment | None
    unit_due_at: Moment | None
    step_due_at: Moment | None
    promise_due_at: Moment | None
    missing_year: int | None

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(
            number=ticket.number,
            version=ticket.version,
            state=ticket.state,
            title=title_of(ticket),
            type=ticket.type,
            urgency=ticket.urgency,
            place=place_of(ticket),
            topic=TopicRef.of(ticket.topic),
            unit=UnitRef.of(ticket.unit),
            caller=mask_name(ticket.caller_name) if ticket.secrecy is Secrecy.NONE else WITHHELD,
            phone=mask_phone(ticket.phone) if ticket.phone and ticket.secrecy is Secrecy.NONE else "",
            flags=flags_of(ticket),
            oversight=ticket.oversight,
            urged_count=ticket.urged_count,
            people_count=ticket.people_count,
            child_count=ticket.child_count,
            registered_at=ticket.registered_at,
            citizen_due_at=ticket.citizen_due_at,
            unit_due_at=ticket.unit_due_at,
            step_due_at=ticket.step_due_at,
            promise_due_at=ticket.promise_due_at,
            missing_year=ticket.waits_for_calendar,
        )


def flags_of(ticket: Ticket) -> list[str]:
    """Words beside the title, in the order in which they are shown."""
    marks = {
        "sealed": ticket.secrecy is Secrecy.SEALED,
        "secret": ticket.secrecy is Secrecy.FROM_ACCUSED,
        "parked": ticket.state is State.PARKED,
        "overseen": ticket.oversight not in {None, OversightKind.INSTRUCTION},
        "instructed": ticket.oversight is OversightKind.INSTRUCTION,
        "asked": ticket.has_request,
        "parts": ticket.open_parts > 0,
        "parent": ticket.child_count > 0,
        "urged": ticket.urged_count > 0,
        "repeat": ticket.repeat_of_id is not None,
        "group": ticket.people_count > 1,
        "rework": ticket.rework_no > 0,
        "returned": ticket.return_count > 0,
        "ruled": ticket.is_ruled,
        "repair": ticket.needs_repair,
        "promised": ticket.promise_due_at is not None,
        "missing": bool(ticket.missing),
        "uncertain": ticket.is_uncertain,
        "auto": ticket.is_auto_dispatched,
        "drawn": ticket.is_drawn_for_check,
    }
    return [name for name, holds in marks.items() if holds]


def ticket_rows(listed: Listed) -> Page[TicketRow]:
    """A list as a page."""
    rows = [TicketRow.of(ticket) for ticket in listed.tickets]
    return Page[TicketRow](rows=rows, next=listed.next, count=Count(n=listed.n, more=listed.is_more))
