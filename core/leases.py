"""Leases: one process at a time does a thing (sealing, one exchange's calls), another takes over when it dies."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.model import Model


class Lease(Model):
    """Who does a named thing until when; `token` grows with each new holder and fences off the one before."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    token: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime]


def take_lease(session: Session, name: str, *, holder: str, for_s: float, now: datetime) -> int | None:
    """Take or extend a lease and lock it for this transaction; its token, or None while somebody else holds it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Lease).values(name=name, holder="", token=0, until=now).on_conflict_do_nothing())
    lease = session.scalars(select(Lease).where(Lease.name == name).with_for_update()).one()
    if lease.holder != holder:
        if lease.holder and lease.until > now:
            return None
        lease.holder = holder
        lease.token += 1
    lease.until = now + timedelta(seconds=for_s)
    return lease.token


def give_up_lease(session: Session, name: str, *, holder: str, now: datetime) -> None:
    """Let the next one in at once."""
    lease = session.scalar(select(Lease).where(Lease.name == name, Lease.holder == holder).with_for_update())
    if lease is not None:
        lease.holder, lease.until = "", now
