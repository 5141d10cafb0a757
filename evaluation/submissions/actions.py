"""Writes of the queue: rows get records, records are begun and settled, and a person sends again or lets go."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from core.audit import record_view
from core.jobs import enqueue
from evaluation.submissions.errors import SubmissionNotFound, SubmissionNotStuck
from evaluation.submissions.exchange import Envelope
from evaluation.submissions.fields import Composed, Field, compose, row_of
from evaluation.submissions.model import Submission, SubmissionField, SubmissionLine, SubmissionMark
from evaluation.submissions.owed import Owed, Reading, first_marks
from evaluation.submissions.queries import fields_in_force
from evaluation.submissions.rules import (
    MOVING,
    PASSED,
    RESENDABLE,
    Happening,
    Stream,
    SubmissionState,
    is_over,
    next_pass,
    pause_after,
    record_number,
)
from evaluation.submissions.settings import SubmissionOffice
from evaluation.submissions.telling import serial_of, values_of
from staff.rules import Actor

CARRY = "evaluation.carry_submissions"
_WORDS_MOST = 400


def plan_submissions(session: Session, *, now: datetime) -> None:
    """Once a minute, however often it is asked for."""
    due = next_pass(now)
    enqueue(session, CARRY, now=now, due_at=due, idempotency_key=f"{CARRY} {due:%Y-%m-%dT%H:%M}")


def begin_reading(session: Session) -> None:
    """From now on rows owe records; what was there before is put in by a backfill."""
    known = set(session.scalars(select(SubmissionMark.stream)))
    for stream, newest in first_marks(session).items():
        if stream not in known:
            session.add(SubmissionMark(stream=stream, begins_after=newest, read_to=newest))


def queue_reading(session: Session, reading: Reading, *, office: SubmissionOffice, now: datetime) -> int:
    """What was read gets records, and the marks move on; of how many rows."""
    n = queue_owed(session, reading.owed, office=office, now=now)
    for stream, read_to in reading.read_to.items():
        mark = session.get_one(SubmissionMark, stream, with_for_update=True)
        mark.read_to = max(mark.read_to, read_to)
    return n


def queue_owed(session: Session, owed: Sequence[Owed], *, office: SubmissionOffice, now: datetime) -> int:
    """A record for each row that has none; told twice, written once.  Of how many rows."""
    known = _queued(session, owed)
    fresh = [one for one in owed if (one.stream, one.subject_id) not in known]
    session.add_all(
        Submission(
            number=record_number(office.city_code, one.stream, one.subject_id),
            stream=one.stream,
            subject_id=one.subject_id,
            kind=one.kind,
            order_key=one.about,
            ticket_id=one.ticket_id,
            serial=serial_of(session, one.stream, one.subject_id, one.ticket_id),
            happened_at=one.at,
            timely_until=one.at + office.timely,
            queued_at=now,
            due_at=now,
        )
        for one in fresh
    )
    session.flush()
    return len(fresh)


def _queued(session: Session, owed: Sequence[Owed]) -> set[tuple[Stream, int]]:
    found: set[tuple[Stream, int]] = set()
    for stream in Stream:
        ids = [one.subject_id for one in owed if one.stream is stream]
        if ids:
            known = select(Submission.subject_id).where(Submission.stream == stream, Submission.subject_id.in_(ids))
            found |= {(stream, subject_id) for subject_id in session.scalars(known)}
    return found


def due_submissions(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of what may be sent now: due, and nothing earlier of the same matter is still on its way or stuck."""
    earlier = aliased(Submission)
    is_behind = exists().where(
        earlier.order_key == Submission.order_key, earlier.id < Submission.id, earlier.state.not_in(PASSED)
    )
    due = select(Submission.id).where(Submission.state.in_(MOVING), Submission.due_at <= now, ~is_behind)
    return list(session.scalars(due.order_by(Submission.due_at, Submission.id).limit(limit)))


def begin_sending(
    session: Session, submission_id: int, *, office: SubmissionOffice, fields: Sequence[Field], now: datetime
) -> Envelope | None:
    """Check, compose and note that it leaves, before it does; None where it does not leave.

    The first try fixes what is said; as long as the outcome is unknown it is said again byte for byte.
    """
    submission = session.get_one(Submission, submission_id, with_for_update=True)
    if submission.state not in MOVING or submission.due_at > now:
        return None
    if submission.body is None and not _composed(session, submission, office, fields, now=now):
        return None
    submission.attempts += 1
    submission.first_tried_at = submission.first_tried_at or now
    submission.sent_at, submission.state = now, SubmissionState.UNKNOWN
    submission.due_at = now + pause_after(submission.attempts)
    _note(session, submission, Happening.SENT, now=now)
    return Envelope(submission.number, (submission.body or "").encode(), now)


def _composed(
    session: Session, submission: Submission, office: SubmissionOffice, fields: Sequence[Field], *, now: datetime
) -> bool:
    """Whether it passes our own check."""
    values = values_of(session, submission, city_code=office.city_code, hotline_code=office.hotline_code)
    made: Composed = compose(fields, submission.kind, values)
    submission.shown = [dict(row) for row in made.shown]
    submission.faults = [{"field": fault.field, "reason": fault.reason} for fault in made.faults]
    if submission.is_complete is None:
        submission.is_complete = not made.faults
    if made.faults:
        fault = made.faults[0]
        _stop(submission, SubmissionState.INVALID, "fields", f"{fault.field}：{fault.reason}")
        _note(session, submission, Happening.INVALID, now=now, why=submission.why, words=submission.words)
        return False
    submission.body = json.dumps(made.body, ensure_ascii=False, separators=(",", ":"))
    submission.body_hash = hashlib.sha256(submission.body.encode()).hexdigest()
    return True


def note_accepted(session: Session, number: str, receipt: str, *, now: datetime) -> None:
    """The exchange has it; told twice it says the same."""
    submission = locked_submission(session, number)
    if submission.state is SubmissionState.ACCEPTED:
        return
    _answer(session, submission, Happening.ACCEPTED, why="", words=receipt, now=now)
    submission.receipt, submission.accepted_at = receipt, now
    _stop(submission, SubmissionState.ACCEPTED, "", "")


def note_refused(session: Session, number: str, *, why: str, words: str, now: datetime) -> None:
    """A person has to look at it."""
    submission = locked_submission(session, number)
    _answer(session, submission, Happening.REFUSED, why=why, words=words, now=now)
    _stop(submission, SubmissionState.REFUSED, why, words)


def note_no_answer(session: Session, number: str, *, was_reached: bool, reason: str, now: datetime) -> None:
    """It is tried again later, or after a day no more; `was_reached`: it may be there all the same."""
    submission = locked_submission(session, number)
    line = _open_line(session, submission)
    line.words = reason[:_WORDS_MOST]
    if not was_reached:
        line.what = Happening.NOT_REACHED
        session.flush()
        is_unsure = session.scalar(_unsure(submission))
        submission.state = SubmissionState.UNKNOWN if is_unsure else SubmissionState.WAITING
    submission.words = reason[:_WORDS_MOST]
    if submission.first_tried_at is not None and is_over(submission.first_tried_at, now):
        _stop(submission, SubmissionState.GIVEN_UP, "given_up", reason)
        _note(session, submission, Happening.GIVEN_UP, now=now, words=reason)


def _unsure(submission: Submission) -> Any:
    sent = SubmissionLine.submission_id == submission.id, SubmissionLine.what == Happening.SENT
    return select(func.count()).select_from(SubmissionLine).where(*sent)


def _answer(session: Session, submission: Submission, what: Happening, *, why: str, words: str, now: datetime) -> None:
    line = _open_line(session, submission)
    line.what, line.at, line.why, line.words = what, now, why, words[:_WORDS_MOST]
    if submission.is_first_pass is None:
        submission.is_first_pass = what is Happening.ACCEPTED


def _open_line(session: Session, submission: Submission) -> SubmissionLine:
    """The try that was begun last."""
    begun = select(SubmissionLine).filter_by(submission_id=submission.id, what=Happening.SENT)
    return session.scalars(begun.order_by(SubmissionLine.id.desc()).limit(1)).one()


def _stop(submission: Submission, state: SubmissionState, why: str, words: str) -> None:
    """Nothing is on its way any longer: what it said in full is not kept."""
    submission.state, submission.why, submission.words = state, why, words[:_WORDS_MOST]
    submission.body = None


def resend_submission(session: Session, number: str, *, note: str, by: Actor, now: datetime) -> Submission:
    """Compose it anew and try it for a day.  Raises SubmissionNotFound, SubmissionNotStuck."""
    submission = _stuck(session, number, "重新上报")
    _resend(session, submission, note=note, by=by, now=now)
    return submission


def resend_all(session: Session, state: SubmissionState, *, note: str, by: Actor, now: datetime) -> int:
    """The same for everything that is stuck in one way; of how many records."""
    stuck = select(Submission).where(Submission.state == state, Submission.state.in_(RESENDABLE)).with_for_update()
    found = session.scalars(stuck.order_by(Submission.id)).all()
    for submission in found:
        _resend(session, submission, note=note, by=by, now=now)
    return len(found)


def _resend(session: Session, submission: Submission, *, note: str, by: Actor, now: datetime) -> None:
    submission.state, submission.due_at, submission.first_tried_at = SubmissionState.WAITING, now, None
    submission.attempts, submission.why, submission.words = 0, "", ""
    _act(session, submission, Happening.RESENT, note=note, by=by, now=now)


def set_aside_submission(session: Session, number: str, *, note: str, by: Actor, now: datetime) -> Submission:
    """It stays here, and what comes later of the same matter goes up.

    Raises SubmissionNotFound, SubmissionNotStuck.
    """
    submission = _stuck(session, number, "改为不再上报")
    if submission.state is not SubmissionState.SET_ASIDE:
        _stop(submission, SubmissionState.SET_ASIDE, submission.why, submission.words)
        _act(session, submission, Happening.SET_ASIDE, note=note, by=by, now=now)
    return submission


def _act(session: Session, submission: Submission, what: Happening, *, note: str, by: Actor, now: datetime) -> None:
    _note(session, submission, what, now=now, words=note, actor_label=by.label)
    action = "resend_submission" if what is Happening.RESENT else "set_submission_aside"
    record_view(session, by.label, by.person_id, action, "submission", submission.number, note[:200], now)


def _stuck(session: Session, number: str, act: str) -> Submission:
    submission = locked_submission(session, number)
    if submission.state not in RESENDABLE:
        raise SubmissionNotStuck(state=submission.state.name_zh, act=act)
    return submission


def locked_submission(session: Session, number: str) -> Submission:
    """Raises SubmissionNotFound."""
    found = select(Submission).filter_by(number=number).with_for_update()
    submission = session.scalar(found.execution_options(populate_existing=True))
    if submission is None:
        raise SubmissionNotFound(number=number)
    return submission


def _note(
    session: Session,
    submission: Submission,
    what: Happening,
    *,
    now: datetime,
    why: str = "",
    words: str = "",
    actor_label: str = "",
) -> None:
    line = SubmissionLine(
        submission_id=submission.id, at=now, what=what, why=why, words=words[:_WORDS_MOST], actor_label=actor_label
    )
    session.add(line)
    session.flush()


def set_fields(session: Session, fields: Sequence[Field], *, by: Actor, now: datetime) -> int | None:
    """This map instead of the one in force; what failed our own check is checked again, of how many records.

    None where it is the same.
    """
    if list(fields) == fields_in_force(session):
        return None
    session.execute(delete(SubmissionField))
    session.add_all(SubmissionField(position=n, cells=list(row_of(field))) for n, field in enumerate(fields))
    record_view(session, by.label, by.person_id, "set_fields", "submission", "fields", f"{len(fields)} 个字段", now)
    return resend_all(session, SubmissionState.INVALID, note="字段表已更新", by=by, now=now)


def forget_bodies(session: Session, ticket_id: int) -> None:
    """What is on its way is composed anew, without what has been erased since."""
    session.execute(update(Submission).where(Submission.ticket_id == ticket_id).values(body=None))
