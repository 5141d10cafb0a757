"""What an agent decides when a matter is registered: to the units, or ended on the spot, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import Invalid
from tickets.actions.merging import merge_ticket
from tickets.actions.side_paths import Course, answer_ticket, reject_ticket, transfer_ticket
from tickets.kinds import Named, RejectReason
from tickets.model import Ticket


class Destination(Named):
    """Where a registered matter goes."""

    DISPATCH = "dispatch", "新单转办"
    ANSWER = "answer", "直接答复"
    REJECT = "reject", "不予受理"
    TRANSFER = "transfer", "转出"
    JOIN = "join", "加入同一事项"


@dataclass(frozen=True)
class Way:
    """A destination with what it needs to be told."""

    destination: Destination = Destination.DISPATCH
    answer: str = ""
    article: str = ""
    reject_reason: RejectReason | None = None
    channel: str = ""
    to: str = ""
    accepted_by: str = ""
    #: 加入: the number of the ticket that is about the same matter
    parent: str | None = None


def register_and_go(session: Session, register: Callable[[Session], Ticket], way: Way, *, course: Course) -> Ticket:
    """Register, then go the way; registering again what went already changes nothing.  Raises what both raise."""
    ticket = register(session)
    if ticket.version > 1:
        return ticket
    match way.destination:
        case Destination.ANSWER:
            return answer_ticket(session, ticket.id, answer=way.answer, article=way.article, course=course)
        case Destination.REJECT:
            if way.reject_reason is None:
                raise Invalid([(("body", "reject_reason"), "reject_reason_missing", "请选择不予受理的原因")])
            reason, channel = way.reject_reason, way.channel
            return reject_ticket(session, ticket.id, reason=reason, channel=channel, course=course)
        case Destination.TRANSFER:
            return transfer_ticket(session, ticket.id, to=way.to, accepted_by=way.accepted_by, course=course)
        case Destination.JOIN:
            return _join(session, ticket, way.parent, course)
        case Destination.DISPATCH:
            return ticket


def _join(session: Session, ticket: Ticket, parent: str | None, course: Course) -> Ticket:
    """Raises Invalid without a parent, and what merge_ticket raises."""
    if parent is None:
        raise Invalid([(("body", "parent"), "parent_missing", "请选择同一事项的工单")])
    return merge_ticket(session, ticket.id, parent=parent, by=course.by, now=course.now, reason="话务员认定为同一事项")
