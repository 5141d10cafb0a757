"""Whatever is changed, removed, swapped or put in behind the triggers: the ledger names it, or a witness's note."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.chain import seal
from core.checkpoints.actions import take_checkpoint
from core.checkpoints.model import Checkpoint
from core.checkpoints.notes import Signer
from core.checkpoints.walk import Walked, walk
from evaluation.ledger import LEDGER_CHAIN
from evaluation.model import LedgerEntry, LedgerSeal
from evaluation.rules import LedgerKind
from tests.core.test_chain import drop_guards

SIGNER = Signer("hotline.example/ledger", b"a seed that only tests may use..")
ROWS: Any = LedgerEntry.__table__
SEALS: Any = LedgerSeal.__table__
#: changes the ledger at one place (counted from 0) or two; the id of the row that has to be named
Forgery = Callable[[Session, list[int], int, int], int]


def _say_something_else(session: Session, ids: list[int], place: int, _: int) -> int:
    session.execute(update(ROWS).where(ROWS.c.id == ids[place]).values(body='{"level":5}'))
    return ids[place]


def _call_it_something_else(session: Session, ids: list[int], place: int, _: int) -> int:
    session.execute(update(ROWS).where(ROWS.c.id == ids[place]).values(kind=LedgerKind.EXPIRY))
    return ids[place]


def _date_it_back(session: Session, ids: list[int], place: int, _: int) -> int:
    at = session.scalars(select(ROWS.c.at).where(ROWS.c.id == ids[place])).one() - timedelta(microseconds=1)
    session.execute(update(ROWS).where(ROWS.c.id == ids[place]).values(at=at))
    return ids[place]


def _remove(session: Session, ids: list[int], place: int, _: int) -> int:
    session.execute(delete(ROWS).where(ROWS.c.id == ids[place]))
    return ids[place]


def _swap(session: Session, ids: list[int], place: int, other: int) -> int:
    """What two rows say changes places."""
    pair = ids[place], ids[other]
    said: dict[int, str] = dict(session.execute(select(ROWS.c.id, ROWS.c.body).where(ROWS.c.id.in_(pair))).all())
    for mine, others in (pair, pair[::-1]):
        session.execute(update(ROWS).where(ROWS.c.id == mine).values(body=said[others]))
    return min(pair)


def _put_in(session: Session, ids: list[int], place: int, _: int) -> int:
    """A row before another: only every second id is used."""
    at = session.scalars(select(ROWS.c.at).where(ROWS.c.id == ids[place])).one()
    new = {"id": ids[place] - 1, "kind": LedgerKind.ANSWER, "at": at, "body": '{"level":5}'}
    session.execute(insert(ROWS).values(new))
    return ids[place] - 1


def _remove_with_seal(session: Session, ids: list[int], place: int, other: int) -> int:
    session.execute(delete(SEALS).where(SEALS.c.row_id == ids[place]))
    return _remove(session, ids, place, other)


def _cut_tail(session: Session, ids: list[int], place: int, _: int) -> int:
    """From a row on everything goes, seals and all: what is left holds by itself."""
    session.execute(delete(SEALS).where(SEALS.c.row_id >= ids[place]))
    session.execute(delete(ROWS).where(ROWS.c.id >= ids[place]))
    return ids[-1]


def _seal_anew(session: Session, ids: list[int], place: int, _: int) -> int:
    """Only the hash, without the chain behind it."""
    session.execute(update(SEALS).where(SEALS.c.row_id == ids[place]).values(hash="f" * 64))
    return ids[place]


OF_ROWS: tuple[Forgery, ...] = (_say_something_else, _call_it_something_else, _date_it_back, _remove, _swap, _put_in)
OF_SEALS: tuple[Forgery, ...] = (_remove_with_seal, _seal_anew, _cut_tail)
patient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def ledger_of(session: Session, count: int, now: datetime) -> Iterator[tuple[list[int], str]]:
    """A sealed ledger without guards, its ids, and the note that a witness keeps; gone afterwards."""
    point = session.begin_nested()
    ids = list(range(2, 2 * count + 1, 2))
    rows = [{"id": id_, "kind": LedgerKind.ANSWER, "at": now, "body": f'{{"rating":{id_}}}'} for id_ in ids]
    try:
        session.execute(insert(ROWS), rows)
        seal(session, LEDGER_CHAIN, now=now)
        taken = take_checkpoint(session, LEDGER_CHAIN, SIGNER, now=now)
        assert taken is not None
        drop_guards(session, "ledger_entries", "ledger_seals", "checkpoints")
        yield ids, taken.note
    finally:
        point.rollback()
        session.expunge_all()


def walked(session: Session, now: datetime, *witnessed: str) -> Walked:
    return walk(session, LEDGER_CHAIN, SIGNER.verifier, witnessed=witnessed, now=now + timedelta(minutes=5))


def rebuild(session: Session, row_id: int, now: datetime) -> None:
    """What a thorough forger does: from that row on every seal is made again, and our own checkpoint is taken again."""
    session.execute(delete(SEALS).where(SEALS.c.row_id >= row_id))
    session.execute(delete(Checkpoint))
    seal(session, LEDGER_CHAIN, now=now)
    take_checkpoint(session, LEDGER_CHAIN, SIGNER, now=now)


@patient
@given(data=st.data(), count=st.integers(2, 24), forge=st.sampled_from((*OF_ROWS, *OF_SEALS)))
def test_any_forgery_of_a_single_row_is_found_and_the_row_named(
    session: Session, now: datetime, data: st.DataObject, count: int, forge: Forgery
) -> None:
    place, other = data.draw(st.permutations(range(count)))[:2]
    with ledger_of(session, count, now) as (ids, _):
        victim = forge(session, ids, place, other)

        found = walked(session, now)

        assert not found.holds
        assert victim in named(found, ids)


def named(found: Walked, ids: list[int]) -> set[int]:
    """A missing link is named by its number, a cut tail by the number of links that a checkpoint is over."""
    bad = found.verification.bad
    if bad is not None:
        missing = bad.reason.removeprefix("link ").removesuffix(" is missing")
        return {ids[int(missing) - 1]} if missing.isdigit() else {bad.row_id}
    return {ids[-1]} if found.bad is not None and found.bad.size == len(ids) else set()


@patient
@given(data=st.data(), count=st.integers(2, 24), forge=st.sampled_from(OF_ROWS))
def test_a_chain_rebuilt_from_the_forged_row_on_fails_against_what_a_witness_kept(
    session: Session, now: datetime, data: st.DataObject, count: int, forge: Forgery
) -> None:
    place, other = data.draw(st.permutations(range(count)))[:2]
    with ledger_of(session, count, now) as (ids, kept):
        rebuild(session, forge(session, ids, place, other), now)

        assert walked(session, now).holds
        found = walked(session, now, kept)

        assert found.verification.holds
        assert found.bad is not None
        assert found.bad.size == count


@pytest.mark.parametrize("count", [1, 7])
def test_nothing_is_found_where_nothing_was_forged(session: Session, now: datetime, count: int) -> None:
    with ledger_of(session, count, now) as (_, kept):
        assert walked(session, now, kept).holds


def test_what_is_cut_behind_the_last_checkpoint_is_found_by_the_next_one_only_if_it_was_under_it(
    session: Session, now: datetime
) -> None:
    """The limit of it all, said plainly: what no checkpoint was over yet can be cut without a trace in the chain."""
    with ledger_of(session, 5, now) as (ids, kept):
        later = {"id": ids[-1] + 2, "kind": LedgerKind.ANSWER, "at": now, "body": '{"level":1}'}
        session.execute(insert(ROWS).values(later))
        seal(session, LEDGER_CHAIN, now=now)
        _cut_tail(session, [*ids, ids[-1] + 2], 5, 0)
        assert walked(session, now, kept).holds

        session.execute(insert(ROWS).values(later))
        seal(session, LEDGER_CHAIN, now=now)
        taken = take_checkpoint(session, LEDGER_CHAIN, SIGNER, now=now)
        _cut_tail(session, [*ids, ids[-1] + 2], 5, 0)
        assert taken is not None
        assert not walked(session, now, kept, taken.note).holds
