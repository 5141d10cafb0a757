"""The index of what is owed is there for the very condition that lists ask with."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from tickets.model.ticket import OWING


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def test_the_index_of_what_is_owed_holds_the_states_of_the_life_cycle(session: Session) -> None:
    if not is_sqlite(session):
        return  # PostgreSQL writes the condition in words of its own, and compares what it means

    made = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'ix_tickets_owing'"))

    assert made is not None
    assert made.endswith(f"WHERE {OWING}")
