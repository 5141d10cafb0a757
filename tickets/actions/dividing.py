"""拆成两单: a citizen said two things in one breath; the second gets a ticket of its own, on the first one's clock."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.errors import Invalid
from core.events import announce
from staff.rules import Actor, Role
from tickets.actions.claims import refuse_foreign_claim
from tickets.actions.dispatching import await_dispatch
from tickets.actions.following import tell_raised
from tickets.actions.writing import TicketKey, check_version, locked_ticket, wait_for_year, write_history
from tickets.answer_limits import citizen_due
from tickets.catalogue import catalogue_line_for, class_and_urgency
from tickets.errors import MoveRefused, RoleRefused, TopicNotFound
from tickets.events import TicketRegistered
from tickets.forms import TEXT_LEAST, TITLE_MOST, needed
from tickets.model import Ticket, Topic
from tickets.numbers import take_number
from tickets.profiles import load_clocks
from tickets.rules import State
from tickets.settings import TicketOffice

DIVIDE, DIVIDED = "divide", "divided_from"
#: who called, when, from where and how they want to be told: the same for both
_SHARED = (
    "type", "urgency", "secrecy", "source", "place_id", "place_text", "accused", "accused_unit_id", "happened_text",
    "points", "people_count", "representative", "caller_name", "caller_salutation", "caller_kind", "company_name",
    "phone", "phone_kind", "phone_hash", "contact_time", "reply_way", "call_id", "registered_by_id", "registered_at",
)  # fmt: skip


def divide_ticket(
    session: Session,
    key: TicketKey,
    *,
    title: str,
    spans: Sequence[tuple[int, int]],
    topic_id: int | None,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    version: int | None = None,
) -> Ticket:
    """A second ticket of these stretches of what was said, each from a character up to another; none: of all of it.

    The words of the first stay as they were said.  The citizen clock of both counts from the first one's registration.
    Raises TicketNotFound, MoveRefused, RoleRefused, ClaimedByOther, VersionConflict, TopicNotFound, Invalid.
    Announces TicketRegistered.
    """
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"title": ticket.title}, yours={"title": title})
    if ticket.state is not State.TO_DISPATCH:
        raise MoveRefused(state=ticket.state.name_zh, action="拆成两单")
    if not by.may_act_as((Role.DISPATCHER,)):
        raise RoleRefused(action="拆成两单")
    refuse_foreign_claim(session, ticket, by, now=now)
    text = _words(ticket, spans)
    topic = _topic(session, topic_id)
    second = _second(ticket, title=_titled(title), text=text, topic=topic, now=now)
    line = catalogue_line_for(session, topic_id, ticket.place, now=now)
    second.limit_class, second.urgency = class_and_urgency(line, topic, ticket.urgency)
    _start(session, second, ticket, topic, office=office, now=now)
    _tell_both(session, ticket, second, by=by, now=now)
    if second.urgency is not ticket.urgency:
        tell_raised(session, second, now=now)
    announce(session, TicketRegistered(second.id))
    return second


def _words(ticket: Ticket, spans: Sequence[tuple[int, int]]) -> str:
    stretches = sorted(spans) or [(0, len(ticket.text))]
    if any(not 0 <= begins < ends <= len(ticket.text) for begins, ends in stretches):
        raise Invalid([(("body", "spans"), "beyond_text", "选中的文字超出诉求内容")])
    text = "".join(ticket.text[begins:ends] for begins, ends in stretches).strip()
    if len(text) < TEXT_LEAST:
        raise Invalid([(("body", "spans"), "text_too_short", f"选中的诉求内容至少 {TEXT_LEAST} 个字")])
    return text


def _titled(title: str) -> str:
    if len(needed(title, "title", "请填写新工单的标题")) > TITLE_MOST:
        raise Invalid([(("body", "title"), "title_too_long", f"标题最多 {TITLE_MOST} 个字")])
    return title


def _topic(session: Session, topic_id: int | None) -> Topic | None:
    """None: the classifier says it."""
    if topic_id is None:
        return None
    topic = session.get(Topic, topic_id)
    if topic is None or not topic.is_active:
        raise TopicNotFound(topic_id=topic_id)
    return topic


def _second(ticket: Ticket, *, title: str, text: str, topic: Topic | None, now: datetime) -> Ticket:
    return Ticket(
        **{name: getattr(ticket, name) for name in _SHARED},
        version=1,
        state=State.REGISTERED,
        title=title,
        text=text,
        topic_id=topic.id if topic else None,
        changed_at=now,
    )


def _start(
    session: Session, second: Ticket, first: Ticket, topic: Topic | None, *, office: TicketOffice, now: datetime
) -> None:
    """Its number, the citizen clock of the first, and a limit of its own for being sent."""
    clocks = load_clocks(session, office.profile)
    due = citizen_due(second, clocks, first.registered_at)
    second.citizen_due_at, second.citizen_due_why = due.at, due.why
    wait_for_year(second, due)
    await_dispatch(session, second, clocks, now=now)
    second.number = take_number(session, now)
    session.add(second)
    session.flush()
    set_committed_value(second, "topic", topic)
    set_committed_value(second, "place", first.place)
    set_committed_value(second, "unit", None)


def _tell_both(session: Session, ticket: Ticket, second: Ticket, *, by: Actor, now: datetime) -> None:
    ticket.version += 1
    ticket.changed_at = now
    told = {"second": second.number, "title": second.title}
    write_history(session, ticket, DIVIDE, before=ticket.state, by=by, now=now, particulars=told)
    told = {"first": ticket.number}
    write_history(session, second, DIVIDED, before=State.DRAFT, by=by, now=now, particulars=told)
