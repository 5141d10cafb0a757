"""Idempotency-Key: the first answer to a creation is kept in the same transaction and given again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from pydantic import BaseModel
from sqlalchemy import String, Table, Text, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from core.errors import Conflict
from core.model import Id, Model, UtcDateTime

#: A page that lost the answer asks again within minutes.
KEPT_FOR = timedelta(days=3)


class KeptAnswer(Model):
    """The answer once given under a key; kept so that a repeated POST creates nothing twice."""

    __tablename__ = "kept_answers"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: who asked and the key they chose, e.g. "person 7: 3f0c…"
    key: Mapped[str] = mapped_column(String(200), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


_ANSWERS = cast(Table, KeptAnswer.__table__)
_KEPT = select(KeptAnswer).where(KeptAnswer.key == bindparam("key"))
_KEEP = _ANSWERS.update().where(_ANSWERS.c.id == bindparam("taken")).values(body=bindparam("answer"))


class KeyReused(Conflict):
    """The same Idempotency-Key came with a different wish."""

    code = "idempotency_key_reused"
    message = "同一个请求标识已用于另一项内容，请刷新后重试"


@dataclass(frozen=True)
class Once:
    """A key, whose it is, and what was asked under it."""

    key: str
    fingerprint: str
    answer: type[BaseModel]


def once(
    session: Session,
    wish: Once,
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    *,
    answer: Callable[[Any], Any] | None,
    now: datetime,
) -> Any:
    """Run `fn` unless this key has been answered before.  Raises KeyReused.

    The key is taken before anything is done: a second request with it waits at the unique key until the first has
    committed, and then finds its answer.
    """
    taken = session.scalar(
        _take(session.get_bind().dialect.name),
        {"key": wish.key, "fingerprint": wish.fingerprint, "body": "", "created_at": now},
    )
    if taken is None:
        kept = session.scalars(_KEPT, {"key": wish.key}).one()
        if kept.fingerprint != wish.fingerprint:
            raise KeyReused
        return wish.answer.model_validate_json(kept.body)
    result = fn(session, *args, **kwargs)
    view = answer(result) if answer else result
    session.execute(_KEEP, {"taken": taken, "answer": view.model_dump_json()})
    return view


@cache
def _take(dialect: str) -> ReturningInsert[int]:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(_ANSWERS).on_conflict_do_nothing(index_elements=["key"]).returning(_ANSWERS.c.id)


def forget_old_answers(session: Session, *, now: datetime) -> None:
    """They hold what pages show, and nobody asks again after days."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - KEPT_FOR))
