"""Reads of publications: the months that were told, each in its newest version, and the cases that stand."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from indicators.publications.errors import CaseNotFound
from indicators.publications.model import Publication, TypicalCase


def newest_publications(session: Session, *, limit: int = 60) -> Sequence[Publication]:
    """The newest version of each month, the latest month first."""
    newest = select(func.max(Publication.id)).group_by(Publication.first)
    found = select(Publication).where(Publication.id.in_(newest)).order_by(Publication.first.desc()).limit(limit)
    return session.scalars(found).all()


def versions_of(session: Session, first: date) -> Sequence[Publication]:
    """Every version of the month that begins on `first`, the newest first."""
    found = select(Publication).filter_by(first=first).order_by(Publication.version.desc())
    return session.scalars(found).all()


def standing_cases(session: Session, *, limit: int = 20) -> Sequence[TypicalCase]:
    """What everybody reads, the newest first."""
    found = select(TypicalCase).where(TypicalCase.withdrawn_at.is_(None)).order_by(TypicalCase.id.desc())
    return session.scalars(found.limit(limit)).all()


def all_cases(session: Session, *, after: int | None = None, limit: int = 50) -> Sequence[TypicalCase]:
    """Those that were withdrawn as well, the newest first, below the one with id `after`."""
    found = select(TypicalCase).order_by(TypicalCase.id.desc()).limit(limit)
    if after is not None:
        found = found.where(TypicalCase.id < after)
    return session.scalars(found).all()


def case_by_id(session: Session, case_id: int) -> TypicalCase:
    """Raises CaseNotFound."""
    found = session.get(TypicalCase, case_id)
    if found is None:
        raise CaseNotFound(case_id=case_id)
    return found
