"""Every write to publications: a month is told, or told again with a note; cases are told and withdrawn."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import record_view
from indicators.periods import Period, shanghai_day
from indicators.publications.errors import CaseWithdrawn, NoteMissing, NothingChanged
from indicators.publications.issue import issue_of
from indicators.publications.model import Publication, TypicalCase
from indicators.publications.queries import case_by_id, versions_of
from indicators.publications.rules import PUBLISHERS, CaseForm, case_faults, month_faults
from staff.rules import Actor
from tickets.errors import RoleRefused
from tickets.forms import needed, refuse_faults


def publish_month(session: Session, period: Period, *, note: str = "", by: Actor, now: datetime) -> Publication:
    """Tell everybody what a statistical month came to; told again it needs `note`, and both versions stay.

    Raises Invalid, RoleRefused, NoteMissing, NothingChanged.  A line of the audit log.
    """
    _refuse_others(by, "公开数据")
    refuse_faults(month_faults(period, today=shanghai_day(now)))
    told = versions_of(session, period.first)
    body = issue_of(session, period, now=now).body
    if told:
        if told[0].body == body:
            raise NothingChanged
        if not note.strip():
            raise NoteMissing
    version = told[0].version + 1 if told else 1
    publication = Publication(
        first=period.first,
        last=period.last,
        version=version,
        body=body,
        note=note if told else "",
        published_at=now,
        published_by=by.label,
    )
    try:
        with session.begin_nested():
            session.add(publication)
    except IntegrityError as error:  # somebody else told this month in the same moment
        raise NoteMissing from error
    words = f"{period.first} 至 {period.last} 第 {version} 版"
    record_view(session, by.label, by.person_id, "publish_month", "publication", publication.id, words, now)
    return publication


def publish_case(session: Session, form: CaseForm, *, by: Actor, now: datetime) -> TypicalCase:
    """Tell everybody a typical case.  Raises Invalid, RoleRefused.  A line of the audit log."""
    _refuse_others(by, "公开典型案例")
    refuse_faults(case_faults(form))
    case = TypicalCase(**form.model_dump(), published_at=now, published_by=by.label)
    session.add(case)
    session.flush()
    record_view(session, by.label, by.person_id, "publish_case", "typical_case", case.id, case.title, now)
    return case


def withdraw_case(session: Session, case_id: int, *, reason: str, by: Actor, now: datetime) -> TypicalCase:
    """Nobody outside reads it any more.  Raises Invalid, RoleRefused, CaseNotFound, CaseWithdrawn."""
    _refuse_others(by, "撤下典型案例")
    needed(reason)
    case = case_by_id(session, case_id)
    if case.withdrawn_at is not None:
        raise CaseWithdrawn(case_id=case_id)
    case.withdrawn_at, case.withdrawn_by, case.withdraw_reason = now, by.label, reason
    record_view(session, by.label, by.person_id, "withdraw_case", "typical_case", case.id, reason, now)
    return case


def _refuse_others(by: Actor, what: str) -> None:
    if not by.may_act_as(PUBLISHERS):
        raise RoleRefused(action=what)
