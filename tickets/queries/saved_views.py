"""How somebody has arranged the ticket list."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.model import ChosenColumns, SavedView


def saved_views_of(session: Session, *, by: Actor) -> Sequence[SavedView]:
    """One's own views in the order in which they were kept."""
    return session.scalars(select(SavedView).where(SavedView.person_id == by.person_id).order_by(SavedView.id)).all()


def columns_of(session: Session, *, by: Actor) -> list[str]:
    """The columns somebody chose; none: nobody has chosen, and the page shows its own."""
    chosen = session.get(ChosenColumns, by.person_id)
    return list(chosen.columns) if chosen is not None else []
