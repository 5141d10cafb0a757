"""Keeping the counts: tickets that changed are counted again; nobody else writes here."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from core.leases import take_lease
from indicators.counts.alone import ALONE, answered, count_alone
from indicators.counts.facts import counted_facts, counted_row, facts_of, facts_query
from indicators.counts.model import CountedAnswer, CountedTicket, DayCount, MonthCount, StaleAnswer, StaleTicket
from indicators.counts.rules import Facts, Key, difference, keys
from tickets.model import Ticket

#: SQLite's only writer is held for about ten milliseconds
AT_ONCE = 200
LEASE = "count tickets"


def count_again(session: Session, *, now: datetime, at_most: int = AT_ONCE) -> int:
    """Count tickets that changed, the longest waiting first; how many marks were taken away.

    One transaction at a time counts: the lease's row is locked until it commits, by whoever asks.  A change that
    commits meanwhile has left a mark of its own, and is counted the next time.
    """
    take_lease(session, LEASE, holder=LEASE, for_s=0, now=now)
    marked = count_marked(session, at_most=at_most)
    alone, added = count_alone(session, at_most=at_most)
    _add_to_kept(session, added)
    return marked + alone


def count_marked(session: Session, *, at_most: int = AT_ONCE) -> int:
    """The tickets of the oldest marks; how many marks were taken away.  Whoever calls has the lease."""
    marks = session.execute(select(StaleTicket.id, StaleTicket.ticket_id).order_by(StaleTicket.id).limit(at_most)).all()
    if marks:
        _count(session, {mark.ticket_id for mark in marks})
        session.execute(delete(StaleTicket).where(StaleTicket.id.in_([mark.id for mark in marks])))
    return len(marks)


def forget_counts(session: Session) -> None:
    """Have every ticket counted anew, as if none ever had been."""
    for model in (DayCount, MonthCount, CountedTicket, StaleTicket, CountedAnswer, StaleAnswer):
        session.execute(delete(model))
    for subject in ALONE:
        every = answered(subject).subquery().c
        session.execute(
            insert(StaleAnswer).from_select(["subject", "matter_id"], select(every.subject, every.matter_id))
        )
    session.execute(insert(StaleTicket).from_select(["ticket_id"], select(Ticket.id)))


def _count(session: Session, ticket_ids: Collection[int]) -> None:
    added: Counter[Key] = Counter()
    known: list[dict[str, Any]] = []
    changed: list[int] = []
    wanted = select(StaleTicket.ticket_id).where(StaleTicket.ticket_id.in_(ticket_ids)).distinct().subquery()
    for row in session.execute(facts_query(wanted)).all():
        before, after = counted_facts(row.CountedTicket), facts_of(row)
        if before == after:
            continue
        changed.append(row.ticket_id)
        if after is not None:
            known.append(counted_row(row.ticket_id, after))
        _add(added, before, after)
    _store(session, changed, known, added)


def _add(added: Counter[Key], before: Facts | None, after: Facts | None) -> None:
    for cell, n in difference(before, after).items():
        for key in keys(cell):
            added[key] += n


def _store(session: Session, changed: list[int], known: list[dict[str, Any]], added: Counter[Key]) -> None:
    session.execute(delete(CountedTicket).where(CountedTicket.ticket_id.in_(changed)))
    if known:
        session.execute(insert(CountedTicket), known)
    _add_to_kept(session, added)


def _add_to_kept(session: Session, added: Counter[Key]) -> None:
    rows = [{**key._asdict(), "n": n} for key, n in added.items() if n]
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_adding(), rows)
    else:
        session.execute(_ADDING_ALL, {name: [_plain(row[name]) for row in rows] for name in rows[0]})


def _plain(value: Any) -> Any:
    """A list goes to PostgreSQL as what its values are, and some are words of an enumeration."""
    return str(value) if isinstance(value, str) else value


def _adding() -> Any:
    """Adds to a kept count, which is made when there is none; a trigger does the same for its month."""
    table = cast(Table, DayCount.__table__)
    into = sqlite.insert(table)
    return into.on_conflict_do_update(index_elements=list(table.primary_key), set_={"n": table.c.n + into.excluded.n})


#: the same of all in one statement, for which the trigger adds up the months once
_ADDING_ALL = text(
    "INSERT INTO day_counts (kind, scope, owner_id, day, part, n) SELECT * FROM unnest(CAST(:kind AS varchar[]), "
    "CAST(:scope AS varchar[]), CAST(:owner_id AS bigint[]), CAST(:day AS date[]), CAST(:part AS varchar[]), "
    "CAST(:n AS integer[])) "
    "ON CONFLICT (kind, scope, day, owner_id, part) DO UPDATE SET n = day_counts.n + excluded.n"
)
