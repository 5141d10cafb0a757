"""审签: a unit's reply waits until a second person of the unit lets it go; its clock runs on meanwhile."""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor
from tickets.actions.handling import add_reply, present_holding
from tickets.actions.leaving import drop_reply_draft
from tickets.actions.writing import TicketKey, allowed_move, check_version, locked_ticket, make_move, take
from tickets.clocks import local_day
from tickets.events import ReplySubmitted
from tickets.forms import ReplyForm, refuse_faults, reply_faults
from tickets.guard_errors import NoReplyWaits
from tickets.model import Ticket, WaitingReply
from tickets.queries.situations import waiting_reply
from tickets.rules import Action
from tickets.settings import TicketOffice


def submit_reply(
    session: Session, key: TicketKey, form: ReplyForm, *, by: Actor, now: datetime, version: int | None = None
) -> Ticket:
    """Hand a reply to the unit's second person.

    Raises Invalid, TicketNotFound, MoveRefused, NotOwnUnit, ReleaseNotNeeded, ReplyWaits, VersionConflict.
    Announces ReplySubmitted.
    """
    refuse_faults(reply_faults(form, today=local_day(now)))
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"state": ticket.state.value}, yours=form.model_dump(mode="json"))
    move = allowed_move(session, ticket, Action.SUBMIT_REPLY, by, now=now)
    waiting = waiting_reply(session, ticket)
    if waiting is None:
        waiting = WaitingReply(holding_id=present_holding(session, ticket).id)
        session.add(waiting)
    waiting.author_id, waiting.author_label, waiting.written_at = by.person_id, by.label, now
    waiting.form = form.model_dump(mode="json")
    session.flush()
    drop_reply_draft(session, ticket)
    ticket.waits_for_release = True
    take(session, ticket, move, by=by, now=now, particulars={"result": form.result.value}, is_internal=True)
    announce(session, ReplySubmitted(ticket.id, ticket.version))
    return ticket


def release_reply(
    session: Session,
    key: TicketKey,
    *,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Ticket:
    """The second person lets it go; the reply is its writer's, and 审签人 is whoever released it.

    Raises Invalid, TicketNotFound, MoveRefused, NotOwnUnit, NoReplyWaits, OwnRelease, VersionConflict.
    Announces TicketReplied.
    """
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.RELEASE_REPLY, by, now=now)
    waiting = waiting_reply(session, ticket)
    if waiting is None:
        raise NoReplyWaits(reason="没有待审签的答复")
    check_version(ticket, version, current=waiting.form, yours={"note": note})
    form = ReplyForm.model_validate_json(_as_json(waiting, signer=by.name))
    refuse_faults(reply_faults(form, today=local_day(now)))  # the day it promises may be over by now
    author_id, author_label = waiting.author_id, waiting.author_label
    reply = add_reply(session, ticket, form, author_id=author_id, author_label=author_label, office=office, now=now)
    told = {"reply_id": reply.id, "result": form.result.value, "written_by": author_label}
    take(session, ticket, move, by=by, now=now, reason=note, particulars=told)
    return ticket


def send_reply_back(session: Session, key: TicketKey, *, reason: str, by: Actor, now: datetime) -> Ticket:
    """Its writer goes on from it; the writer may fetch it back as well.  Raises NotOwnUnit, NoReplyWaits."""
    ticket = locked_ticket(session, key, by)
    make_move(session, ticket, Action.SEND_REPLY_BACK, by=by, now=now, reason=reason, is_internal=True)
    ticket.waits_for_release = False
    return ticket


def _as_json(waiting: WaitingReply, *, signer: str) -> str:
    """The form as it came in over the wire: its days and codes are words in it."""
    return json.dumps(waiting.form | {"signer": signer})
