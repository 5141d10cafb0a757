"""Until when a ticket must be begun and answered by its unit, and answered to its citizen.  Pure: clocks come in."""

from datetime import datetime

from tickets.clocks import NOTHING_GRANTED, Clocks, Due, Grants, Pauses
from tickets.kinds import Step, Urgency
from tickets.model import Ticket


def citizen_due(ticket: Ticket, clocks: Clocks, begins: datetime, grants: Grants = NOTHING_GRANTED) -> Due:
    """When the citizen must have an answer, counted from registration."""
    return clocks.due(
        Step.RESULT,
        begins,
        what=f"{ticket.type.name_zh}（{ticket.urgency.name_zh}）答复",
        type_=ticket.type,
        urgency=ticket.urgency,
        limit_class=ticket.limit_class,
        grants=grants,
    )


def unit_due(
    ticket: Ticket,
    unit_name: str,
    clocks: Clocks,
    begins: datetime,
    grants: Grants = NOTHING_GRANTED,
    *,
    urgency: Urgency | None = None,
    limit_class: str | None = None,
) -> Due:
    """When the unit must have answered, counted from dispatch; a rework has its own limit.

    `urgency` and `limit_class`: if they were these, and not the ticket's.
    """
    urgency = urgency or ticket.urgency
    if ticket.rework_no:
        return clocks.due(Step.REWORK, begins, what=f"{unit_name}重办", grants=grants)
    return clocks.due(
        Step.RESULT,
        begins,
        what=f"{unit_name}办理{ticket.type.name_zh}（{urgency.name_zh}）",
        type_=ticket.type,
        urgency=urgency,
        limit_class=ticket.limit_class if limit_class is None else limit_class,
        grants=grants,
    )


def first_action_due(ticket: Ticket, clocks: Clocks, begins: datetime, pauses: Pauses = ()) -> Due:
    """When the unit must have taken a first step (首次处置), counted from dispatch; no extension moves it."""
    return clocks.due(
        Step.FIRST_ACTION,
        begins,
        what=f"首次处置（{ticket.urgency.name_zh}）",
        type_=ticket.type,
        urgency=ticket.urgency,
        limit_class=ticket.limit_class,
        grants=Grants(pauses=pauses),
    )
