"""答复草稿: what a unit has typed of its reply, kept until that is sent; two people at one never lose a word."""

from datetime import datetime

from sqlalchemy.orm import Session

from staff.rules import Actor, Role
from tickets.actions.leaving import drop_reply_draft
from tickets.actions.writing import TicketKey, locked_ticket
from tickets.errors import MoveRefused, RoleRefused, VersionConflict
from tickets.forms import BegunReply
from tickets.guard_errors import NotOwnUnit, ReplyWaits
from tickets.model import ReplyDraft, Ticket
from tickets.queries.reply_drafts import draft_of
from tickets.rules import DRAFTING_STATES

ACT_ZH = "保存答复草稿"


def save_reply_draft(
    session: Session, key: TicketKey, form: BegunReply, *, version: int, by: Actor, now: datetime
) -> ReplyDraft:
    """Keep what was typed so far; `version` is that of the draft that was read, 0 where there was none.

    The ticket itself does not change.  The same words again are no conflict: an answer may have been lost on its way.
    Raises TicketNotFound, MoveRefused, RoleRefused, NotOwnUnit, ReplyWaits, VersionConflict with both texts.
    """
    ticket = locked_ticket(session, key, by)
    _check(ticket, by)
    draft, filled = draft_of(session, ticket), form.filled()
    if draft is not None and draft.form == filled:
        return draft
    stands, words = (draft.version, draft.form) if draft is not None else (0, {})
    if version != stands:
        raise VersionConflict(name="答复草稿", version=stands, current=words, yours=filled)
    if draft is None:
        drop_reply_draft(session, ticket)
        draft = ReplyDraft(ticket_id=ticket.id, holding_id=ticket.holding_id, version=0)
        session.add(draft)
    draft.version += 1
    draft.author_id, draft.author_label = by.person_id, by.label
    draft.saved_at, draft.form = now, filled
    session.flush()
    return draft


def _check(ticket: Ticket, by: Actor) -> None:
    if not by.may_act_as((Role.UNIT_OFFICER,)):
        raise RoleRefused(action=ACT_ZH)
    if by.unit_id is None or by.unit_id != ticket.unit_id:
        raise NotOwnUnit(reason="工单不在您的单位")
    if ticket.state not in DRAFTING_STATES:
        raise MoveRefused(state=ticket.state.name_zh, action=ACT_ZH)
    if ticket.waits_for_release:
        raise ReplyWaits(reason="已有答复待审签")
