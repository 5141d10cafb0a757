"""Half-written acts: a person's own, kept until the ticket takes the act, and a week at most."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.model import ActDraft
from tickets.queries.access import ticket_by_number

#: they may hold personal data
KEPT_FOR = timedelta(days=7)


def keep_act_draft(
    session: Session, number: str, action: str, form: Mapping[str, str], *, by: Actor, now: datetime
) -> ActDraft | None:
    """The latest words count; without any there is no draft.  Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    session.execute(delete(ActDraft).where(ActDraft.person_id == by.person_id, ActDraft.saved_at < now - KEPT_FOR))
    # locked, since another window of the same person may give it up meanwhile
    draft = session.get(ActDraft, (by.person_id, ticket.id, action), with_for_update=True)
    filled = {field: words for field, words in form.items() if words}
    if not filled:
        if draft is not None:
            session.delete(draft)
        return None
    if draft is None:
        draft = ActDraft(person_id=by.person_id, ticket_id=ticket.id, action=action)
        session.add(draft)
    draft.saved_at, draft.form = now, filled
    return draft


def act_draft_of(session: Session, number: str, action: str, *, by: Actor) -> ActDraft | None:
    """Raises TicketNotFound."""
    ticket = ticket_by_number(session, number, by)
    return session.get(ActDraft, (by.person_id, ticket.id, action))
