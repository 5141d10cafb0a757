"""What a demo city has sent up to its province: the last two days, almost all of it taken, a little refused."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.submissions.actions import (
    begin_reading,
    begin_sending,
    due_submissions,
    note_accepted,
    note_no_answer,
    note_refused,
    queue_owed,
)
from evaluation.submissions.model import Submission
from evaluation.submissions.owed import owed_between
from evaluation.submissions.queries import fields_in_force
from evaluation.submissions.settings import SubmissionOffice

#: of what happened since then
SENT_FOR = timedelta(days=2)
_REFUSALS = (
    ("E2003", "实施清单编码在省目录中不存在或已停用"),
    ("E1002", "departmentCode 未在交换平台登记"),
    ("E2003", "实施清单编码在省目录中不存在或已停用"),
)
#: one record in so many meets an exchange that does not answer, and is taken a minute later
_SILENT_ONE_IN = 40
#: later than the province wants it
_LATE_ONE_IN = 25
_MINUTE = timedelta(minutes=1)


def submit_past(session: Session, office: SubmissionOffice, *, now: datetime) -> None:
    """By chance of its own; what waits behind a refused record waits still when the demo begins."""
    begin_reading(session)
    for one in owed_between(session, now - SENT_FOR, now - _MINUTE):
        queue_owed(session, [one], office=office, now=one.at)
    chance, fields = Random("submissions"), fields_in_force(session)
    ids = list(session.scalars(select(Submission.id).order_by(Submission.id)))
    refused = dict(zip(sorted(chance.sample(ids, min(len(_REFUSALS), len(ids)))), _REFUSALS, strict=False))
    while due := due_submissions(session, now=now - _MINUTE, limit=len(ids)):
        for submission_id in due:
            record = session.get_one(Submission, submission_id)
            late = timedelta(hours=3) if chance.randrange(_LATE_ONE_IN) == 0 else _MINUTE
            at = min(max(record.due_at, record.happened_at + late), now - _MINUTE)
            if begin_sending(session, submission_id, office=office, fields=fields, now=at) is not None:
                _answered(session, record, refused.get(submission_id), chance, at=at)


def _answered(
    session: Session, record: Submission, refusal: tuple[str, str] | None, chance: Random, *, at: datetime
) -> None:
    if refusal is not None:
        note_refused(session, record.number, why=refusal[0], words=refusal[1], now=at)
    elif record.attempts == 1 and chance.randrange(_SILENT_ONE_IN) == 0:
        note_no_answer(session, record.number, was_reached=True, reason="ReadTimeout", now=at)
    else:
        note_accepted(session, record.number, f"JL{at:%Y%m%d}{record.id:08}", now=at)
