"""Work behind a ticket's back: opening drafts, classifying, timers.  Each may run twice."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.computer import Computer
from core.errors import Unavailable
from core.jobs import Work, enqueue, job
from nlp.classifier import Suggestions
from nlp.serving import suggest
from sms.office import SmsOffice
from staff.rules import SYSTEM
from telephony.settings import TelephonySettings
from tickets.actions import (
    contacting,
    dialling_in,
    ending,
    indexing,
    merging,
    oversight,
    parking,
    promising,
    registration,
    telling_ends,
)
from tickets.actions.due_times import compute_due_times, timed_ticket_ids
from tickets.actions.side_paths import Course
from tickets.actions.suggesting import NO_MODEL, record_suggestion
from tickets.actions.timers import plan_ladder
from tickets.cutting import cut_for_index
from tickets.kinds import CloseReason
from tickets.queries.desk import text_to_classify
from tickets.queries.search import text_to_index, texts_to_index, ticket_ids_after
from tickets.queries.similar import Likes, likes_of
from tickets.settings import TicketOffice

log = structlog.get_logger(__name__)

#: tickets that are cut at a time while all are indexed: a search waits for the child no longer than for these
BATCH, BATCHES = 200, 50
#: so often the classifier is asked before a person decides without it
PATIENCE = 3


@job(retry=(Unavailable,))
def open_draft(work: Work, *, call_id: int, person_id: int | None) -> None:
    """A form for the agent who answered; the same call gets it once."""
    work.finish(registration.open_draft, call_id=call_id, person_id=person_id, now=work.now())


@job(retry=(Unavailable,))
def suggest_topic(work: Work, *, ticket_id: int) -> None:
    """Classify between two short transactions; sure ones are dispatched, others go to the list.

    A classifier that stays away, or fails, keeps no ticket from the list: a person decides without it.
    """
    text, place = work.database.read(text_to_classify, ticket_id)
    try:
        suggestions = work.service(Computer).run(suggest, text, place)
    except Exception as error:
        if isinstance(error, Unavailable) and work.tries < PATIENCE:
            raise
        log.exception("classifier failed", ticket_id=ticket_id)
        suggestions = Suggestions(NO_MODEL)
    words = _words_of(work, ticket_id)
    likes = work.database.read(likes_of, ticket_id, by=SYSTEM)
    office = work.service(TicketOffice)
    work.finish(_suggested, ticket_id, suggestions, words, likes, office=office, now=work.now())


def _words_of(work: Work, ticket_id: int) -> list[str] | None:
    """The words of the search index; None when they cannot be cut now, which keeps no ticket from the list."""
    text = work.database.read(text_to_index, ticket_id)
    try:
        return cut_for_index(work.database, work.service(Computer), [text])[0]
    except Unavailable:
        log.warning("ticket not indexed yet", ticket_id=ticket_id)
        return None


def _suggested(
    session: Session,
    ticket_id: int,
    suggestions: Suggestions,
    words: list[str] | None,
    likes: Likes,
    *,
    office: TicketOffice,
    now: datetime,
) -> None:
    record_suggestion(session, ticket_id, suggestions, likes=likes, office=office, now=now)
    if words is None:
        enqueue(session, index_ticket, now=now, ticket_id=ticket_id)
    else:
        indexing.index_ticket(session, ticket_id, words, key=office.phone_key)


@job(retry=(Unavailable,), order_key="ticket {ticket_id}")
def index_ticket(work: Work, *, ticket_id: int) -> None:
    """Its title, place or secrecy was corrected, or something was added: it is found by what it says now."""
    text = work.database.read(text_to_index, ticket_id)
    words = cut_for_index(work.database, work.service(Computer), [text])[0]
    work.finish(indexing.index_ticket, ticket_id, words, key=work.service(TicketOffice).phone_key)


@job(retry=(Unavailable,))
def index_tickets(work: Work, *, after: int) -> None:
    """Every ticket from an id on, newest words in place of old: some batches, then a job of its own for the rest."""
    office, last = work.service(TicketOffice), after
    for _ in range(BATCHES):
        ids = work.database.read(ticket_ids_after, last, at_most=BATCH)
        if not ids:
            return
        texts = work.database.read(texts_to_index, ids)
        words = cut_for_index(work.database, work.service(Computer), list(texts.values()))
        work.note(indexing.index_tickets, dict(zip(texts, words, strict=True)), key=office.phone_key)
        last = ids[-1]
    work.finish(enqueue, index_tickets, now=work.now(), after=last)


@job(retry=(Unavailable,))
def close_on_rating(
    work: Work, *, ticket_id: int | None, level: int, rework_no: int | None = None, is_direct: bool = False
) -> None:
    """Ratings of agents have no ticket and close nothing; `rework_no` None: a job that an older release wrote."""
    if ticket_id is None:
        return
    if is_direct:
        which = {"level": level, "before": rework_no or 0}
        work.finish(ending.note_direct_rating, ticket_id, **which, now=work.now())
        return
    office = work.service(TicketOffice)
    work.finish(ending.note_rating, ticket_id, level=level, rework_no=rework_no, office=office, now=work.now())


@job(retry=(Unavailable,))
def close_at_window_end(work: Work, *, ticket_id: int, rework_no: int) -> None:
    """The citizen had time to rate."""
    _close_waiting(work, ticket_id, rework_no, CloseReason.WINDOW_END)


@job(retry=(Unavailable,))
def close_after_repair(work: Work, *, ticket_id: int, rework_no: int) -> None:
    """A bad rating was dealt with."""
    _close_waiting(work, ticket_id, rework_no, CloseReason.RATED)


def _close_waiting(work: Work, ticket_id: int, rework_no: int, reason: CloseReason) -> None:
    office = work.service(TicketOffice)
    work.finish(ending.close_waiting, ticket_id, rework_no=rework_no, office=office, now=work.now(), reason=reason)


@job(retry=(Unavailable,))
def resume_at_review(work: Work, *, ticket_id: int, pause_id: int) -> None:
    """The day of review has come: off the shelf, unless somebody was quicker."""
    course = Course(SYSTEM, work.service(TicketOffice), work.now())
    work.finish(parking.resume_at_review, ticket_id, pause_id=pause_id, course=course)


@job(retry=(Unavailable,))
def climb_ladder(work: Work) -> None:
    """Every morning: notices for what is overdue, a batch in each transaction; then the next morning's."""
    office, last = work.service(TicketOffice), 0
    while ids := work.database.read(oversight.overdue_ticket_ids, now=work.now(), after=last):
        work.note(oversight.climb_ladder, ids, office=office, now=work.now())
        last = ids[-1]
    work.finish(plan_ladder, now=work.now())


@job(retry=(Unavailable,))
def note_contact(work: Work, *, bridge_id: int) -> None:
    """A call by staff is over: it stands in the ticket's history."""
    work.finish(contacting.note_contact, bridge_id, now=work.now())


@job(retry=(Unavailable,))
def connect_dial_in(work: Work, *, dial_in_id: int) -> None:
    """Somebody has dialled in and waits on the line: may they call the citizen of the ticket they keyed?"""
    work.finish(dialling_in.connect_dial_in, dial_in_id, telephony=work.service(TelephonySettings), now=work.now())


@job(retry=(Unavailable,))
def answer_children(work: Work, *, ticket_id: int) -> None:
    """One answer, many citizens told: a batch in each transaction."""
    office = work.service(TicketOffice)
    while work.note(merging.answer_children, ticket_id, office=office, now=work.now()):
        pass


@job(retry=(Unavailable,))
def release_children(work: Work, *, ticket_id: int) -> None:
    """What was merged under a matter that ended without an answer goes its own way."""
    office = work.service(TicketOffice)
    while work.note(merging.release_children, ticket_id, office=office, now=work.now()):
        pass


@job(retry=(Unavailable,))
def fulfil_children(work: Work, *, ticket_id: int) -> None:
    """What a unit had promised to many was done: a batch in each transaction."""
    office = work.service(TicketOffice)
    while work.note(promising.fulfil_children, ticket_id, office=office, now=work.now()):
        pass


@job(retry=(Unavailable,))
def tell_of_end(work: Work, *, termination_id: int) -> None:
    """A matter was terminated, rejected or transferred: its citizen hears why, and where to turn."""
    work.finish(telling_ends.tell_of_end, termination_id, office=work.service(SmsOffice), now=work.now())


@job()
def note_end_delivered(work: Work, *, message_id: int) -> None:
    """The citizen has the SMS."""
    work.finish(telling_ends.note_end_delivered, message_id)


@job()
def note_end_failed(work: Work, *, message_id: int, reason: str = telling_ends.UNKNOWN) -> None:
    """The citizen has not got the SMS, or nobody knows."""
    work.finish(telling_ends.note_end_failed, message_id, reason=reason)


@job(retry=(Unavailable,))
def archive_when_due(work: Work, *, ticket_id: int, ended_at: str) -> None:
    """Read only from now on."""
    work.finish(ending.archive_ticket, ticket_id, ended_at=datetime.fromisoformat(ended_at), now=work.now())


@job(retry=(Unavailable,))
def compute_waiting_due_times(work: Work) -> None:
    """A calendar year has come, or was corrected."""
    _compute_all(work, why="放假安排有更新")


@job(retry=(Unavailable,))
def compute_due_times_of_unit(work: Work, *, unit_id: int | None) -> None:
    """A unit, or with None the city, works other hours: what it holds is timed again."""
    _compute_all(work, why="办公时间有更新", unit_id=unit_id)


@job(retry=(Unavailable,))
def compute_due_times_by_limits(work: Work) -> None:
    """The city set other limits."""
    _compute_all(work, why="办理时限有更新")


def _compute_all(work: Work, *, why: str, unit_id: int | None = None) -> None:
    """Open tickets, or those of a unit, are timed again, a batch in each transaction."""
    office, last = work.service(TicketOffice), 0
    while ids := work.database.read(timed_ticket_ids, after=last, unit_id=unit_id):
        work.note(_computed, ids, office=office, now=work.now(), why=why)
        last = ids[-1]


def _computed(session: Session, ids: list[int], *, office: TicketOffice, now: datetime, why: str) -> None:
    compute_due_times(session, ids, office=office, now=now, why=why)
