"""Every write and read of the job table: enqueue, claim, extend, finish, put off, bury, retry."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Insert, Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from core.events import Event, Reactions
from core.jobs.errors import JobNotFound, LeaseLost
from core.jobs.model import JobRow
from core.jobs.registry import name_of, order_key_of

_QUEUED = "jobs were queued"
_EARLIER = aliased(JobRow, name="earlier")


@dataclass(frozen=True)
class JobsQueued(Event):
    """There is work: whoever drains or relays looks at once."""


@dataclass(frozen=True)
class Claimed:
    """A job that this process may run until its lease ends."""

    id: int
    kind: str
    arguments: dict[str, Any]
    token: str
    tries: int
    order_key: str | None


def enqueue(
    session: Session,
    function_or_kind: Callable[..., None] | str,
    /,
    *,
    now: datetime,
    due_at: datetime | None = None,
    idempotency_key: str | None = None,
    order_key: str | None = None,
    **arguments: Any,
) -> None:
    """Write a job in this transaction.  A key that was used before writes nothing."""
    kind = name_of(function_or_kind)
    row = {
        "kind": kind,
        "arguments": arguments,
        "due_at": due_at or now,
        "created_at": now,
        "tries": 0,
        "idempotency_key": idempotency_key,
        "order_key": order_key or order_key_of(kind, arguments),
    }
    session.execute(_insert(session.get_bind().dialect.name, is_keyed=idempotency_key is not None), row)
    note_queued(session)


@cache
def _insert(dialect: str, *, is_keyed: bool) -> Insert:
    """Built once for each database: every write of ours ends with some of these."""
    jobs = cast(Table, JobRow.__table__)
    if dialect == "sqlite":
        into = sqlite.insert(jobs)
        return into.on_conflict_do_nothing(index_elements=["idempotency_key"]) if is_keyed else into
    keyed = postgresql.insert(jobs)
    return keyed.on_conflict_do_nothing(index_elements=["idempotency_key"]) if is_keyed else keyed


def enqueue_reactions(session: Session, reactions: Reactions, events: Iterable[Event], *, now: datetime) -> None:
    """One job row for each durable consequence of each event."""
    for event in events:
        for reaction in reactions.get(type(event), ()):
            if not reaction.concerns(event):
                continue
            enqueue(
                session,
                reaction.kind,
                now=now,
                idempotency_key=reaction.key(event),
                order_key=reaction.order_key(event),
                **reaction.arguments(event),
            )


def note_queued(session: Session) -> None:
    """After the commit, whoever drains is woken."""
    session.info[_QUEUED] = True


def has_queued(session: Session) -> bool:
    return _QUEUED in session.info


def _is_open() -> ColumnElement[bool]:
    return and_(JobRow.done_at.is_(None), JobRow.dead_at.is_(None))


def _may_run(now: datetime) -> ColumnElement[bool]:
    """Open, due, leased to nobody, and first of its order key."""
    is_blocked = exists().where(
        _EARLIER.order_key == JobRow.order_key,
        _EARLIER.id < JobRow.id,
        _EARLIER.done_at.is_(None),
        _EARLIER.dead_at.is_(None),
    )
    return and_(
        _is_open(),
        JobRow.due_at <= now,
        or_(JobRow.lease_until.is_(None), JobRow.lease_until < now),
        or_(JobRow.order_key.is_(None), ~is_blocked),
    )


def claim(
    session: Session, *, kinds: Iterable[str], at_most: int, lease_s: float, now: datetime, job_id: int | None = None
) -> list[Claimed]:
    """Lease up to `at_most` jobs that may run now, the longest due first; with `job_id` only that one."""
    wanted = select(JobRow).where(_may_run(now), JobRow.kind.in_(list(kinds)))
    if job_id is not None:
        wanted = wanted.where(JobRow.id == job_id)
    rows = session.scalars(
        wanted.order_by(JobRow.due_at, JobRow.id).limit(at_most).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.lease_token = secrets.token_hex(16)
        row.lease_until = now + timedelta(seconds=lease_s)
        row.tries += 1
        row.published_until = None
    return [
        Claimed(row.id, row.kind, dict(row.arguments), row.lease_token or "", row.tries, row.order_key) for row in rows
    ]


def is_anything_due(session: Session, *, kinds: Iterable[str], now: datetime) -> bool:
    """Whether a claim may find something: a cheap look before the write."""
    due = select(JobRow.id).where(_may_run(now), JobRow.kind.in_(list(kinds)))
    return session.scalar(due.limit(1)) is not None


def extend(session: Session, tokens: Iterable[str], *, lease_s: float, now: datetime) -> None:
    """The jobs behind these tokens are still being worked on."""
    until = now + timedelta(seconds=lease_s)
    session.execute(update(JobRow).where(JobRow.lease_token.in_(list(tokens)), _is_open()).values(lease_until=until))


def free_all(session: Session) -> int:
    """Take every lease back; only for the one server of an SQLite file, whose predecessor is known to be dead."""
    return _changed(
        session,
        update(JobRow).where(_is_open(), JobRow.lease_token.is_not(None)).values(lease_token=None, lease_until=None),
    )


def hold(session: Session, claimed: Claimed) -> None:
    """Lock the job for the rest of this transaction.  Raises LeaseLost when it is no longer ours."""
    if not _update_ours(session, claimed, kind=claimed.kind):
        raise LeaseLost(job_id=claimed.id)


def finish(session: Session, claimed: Claimed, *, now: datetime) -> None:
    """Mark it done in this transaction.  Raises LeaseLost."""
    if not _update_ours(session, claimed, done_at=now, lease_token=None, lease_until=None, last_error=None):
        raise LeaseLost(job_id=claimed.id)
    if claimed.order_key is not None:
        note_queued(session)


def put_off(session: Session, claimed: Claimed, *, until: datetime, reason: str) -> None:
    """Try it again later."""
    _update_ours(
        session, claimed, due_at=until, lease_token=None, lease_until=None, published_until=None, last_error=reason
    )


def bury(session: Session, claimed: Claimed, *, reason: str, now: datetime) -> None:
    """Onto the dead list, for a person to look at."""
    _update_ours(session, claimed, dead_at=now, lease_token=None, lease_until=None, last_error=reason)
    if claimed.order_key is not None:
        note_queued(session)


def _update_ours(session: Session, claimed: Claimed, **values: Any) -> bool:
    ours = update(JobRow).where(JobRow.id == claimed.id, JobRow.lease_token == claimed.token, JobRow.done_at.is_(None))
    return _changed(session, ours.values(**values)) == 1


def _is_untold(now: datetime) -> ColumnElement[bool]:
    return and_(_may_run(now), or_(JobRow.published_until.is_(None), JobRow.published_until < now))


def is_anything_untold(session: Session, *, now: datetime) -> bool:
    """Whether the broker should be told of something: a cheap look before the write."""
    return session.scalar(select(JobRow.id).where(_is_untold(now)).limit(1)) is not None


def to_publish(session: Session, *, again_s: float, at_most: int, now: datetime) -> list[int]:
    """Ids of jobs that may run and that the broker has not been told of lately; marked as told."""
    rows = session.scalars(
        select(JobRow)
        .where(_is_untold(now))
        .order_by(JobRow.due_at, JobRow.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.published_until = now + timedelta(seconds=again_s)
    return [row.id for row in rows]


def unpublish(session: Session, job_ids: Iterable[int]) -> None:
    """The broker did not take them after all."""
    session.execute(update(JobRow).where(JobRow.id.in_(list(job_ids)), _is_open()).values(published_until=None))


def tell_anew(session: Session) -> None:
    """Whoever marked jobs as told may have died before the broker heard of them; telling it twice does no harm."""
    told = update(JobRow).where(_is_open(), JobRow.published_until.is_not(None))
    session.execute(told.values(published_until=None))


def dead_jobs(session: Session, *, at_most: int = 100) -> list[JobRow]:
    """The dead list, newest first."""
    newest = select(JobRow).where(JobRow.dead_at.is_not(None)).order_by(JobRow.dead_at.desc(), JobRow.id.desc())
    return list(session.scalars(newest.limit(at_most)))


def retry_dead(session: Session, job_id: int, *, now: datetime) -> None:
    """Give a dead job all its tries again.  Raises JobNotFound."""
    row = session.scalar(select(JobRow).where(JobRow.id == job_id, JobRow.dead_at.is_not(None)).with_for_update())
    if row is None:
        raise JobNotFound(job_id=job_id)
    row.dead_at = row.published_until = None
    row.tries, row.due_at = 0, now
    note_queued(session)


@dataclass(frozen=True)
class JobCounts:
    """How much is waiting, how long the oldest has been due, how many are dead."""

    open: int
    dead: int
    oldest_due_at: datetime | None


def count_jobs(session: Session) -> JobCounts:
    n, oldest = session.execute(select(func.count(), func.min(JobRow.due_at)).where(_is_open())).one()
    dead = session.scalar(select(func.count()).where(JobRow.dead_at.is_not(None)))
    return JobCounts(n, dead or 0, oldest)


def sweep(session: Session, *, before: datetime, at_most: int = 1000) -> int:
    """Forget finished jobs (and their keys) that were done before this moment."""
    old = select(JobRow.id).where(JobRow.done_at < before).limit(at_most)
    return _changed(session, delete(JobRow).where(JobRow.id.in_(old)))


def _changed(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount if isinstance(result, CursorResult) else 0
