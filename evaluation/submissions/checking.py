"""What of a time would fail the field map, without a record being sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from evaluation.submissions.fields import Fault, Field, compose
from evaluation.submissions.model import Submission
from evaluation.submissions.owed import Owed, told_between
from evaluation.submissions.queries import fields_in_force
from evaluation.submissions.rules import RecordKind, record_number
from evaluation.submissions.settings import SubmissionOffice
from evaluation.submissions.telling import serial_of, values_of


@dataclass(frozen=True)
class Faulty:
    """A record that could not go up, and everything that is wrong with it."""

    number: str
    serial: str
    kind: RecordKind
    faults: Sequence[Fault]


@dataclass(frozen=True)
class Checked:
    """How many records there are, and which of them would fail."""

    n: int
    faulty: Sequence[Faulty]


def check_between(
    session: Session, begins_at: datetime, ends_at: datetime, *, office: SubmissionOffice, fields: Sequence[Field] = ()
) -> Checked:
    """By the map in force, or by another one that is thought of."""
    rows, fields = told_between(session, begins_at, ends_at), fields or fields_in_force(session)
    judged = [_judged(session, row, office, fields) for row in rows]
    return Checked(len(rows), [faulty for faulty in judged if faulty.faults])


def _judged(session: Session, row: Owed, office: SubmissionOffice, fields: Sequence[Field]) -> Faulty:
    number = record_number(office.city_code, row.stream, row.subject_id)
    record = Submission(number=number, stream=row.stream, subject_id=row.subject_id, kind=row.kind)
    values = values_of(session, record, city_code=office.city_code, hotline_code=office.hotline_code)
    serial = serial_of(session, row.stream, row.subject_id, row.ticket_id)
    return Faulty(number, serial, row.kind, compose(fields, row.kind, values).faults)
