"""Idempotency-Key: the first answer to a creation is kept in the same transaction and given again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

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

    Two requests with one key at the same moment meet at the unique key: one of them is rolled back and, run again
    by the database runner, finds the other's answer.
    """
    kept = session.scalar(select(KeptAnswer).where(KeptAnswer.key == wish.key))
    if kept is not None:
        if kept.fingerprint != wish.fingerprint:
            raise KeyReused
        return wish.answer.model_validate_json(kept.body)
    result = fn(session, *args, **kwargs)
    view = answer(result) if answer else result
    session.add(KeptAnswer(key=wish.key, fingerprint=wish.fingerprint, body=view.model_dump_json(), created_at=now))
    session.flush()
    return view


def forget_old_answers(session: Session, *, now: datetime) -> None:
    """They hold what pages show, and nobody asks again after days."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - KEPT_FOR))
