"""Figures' rows are read along the index that leaves least: SQLite says how it would read."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators.satisfaction import Basis, Part, Slice, answer_rows
from tests.indicators.test_figures import MONTH


def rows_of_a_unit(session: Session) -> Any:
    return answer_rows(session, Slice(MONTH, unit_ids=(1,)), Part.ANSWERED)


def answers_at_once_of_a_unit(session: Session) -> Any:
    return answer_rows(session, Slice(MONTH, Subject.DIRECT, unit_ids=(1,)), Part.ANSWERED)


def rows_of_a_unit_by_rating(session: Session) -> Any:
    return answer_rows(session, Slice(MONTH, unit_ids=(1,), basis=Basis.RATED), Part.ANSWERED)


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (rows_of_a_unit, "ix_tickets_unit_id_closed_at"),
        (rows_of_a_unit, "ix_ratings_unit_id_recorded_at"),
        (rows_of_a_unit, "ix_counted_tickets_handled_moved"),
        (answers_at_once_of_a_unit, "ix_counted_tickets_direct_moved"),
        (rows_of_a_unit_by_rating, "ix_ratings_unit_id_recorded_at"),
    ],
)
def test_rows_are_read_along_their_index(session: Session, read: Callable[[Session], Any], index: str) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL counts by itself how many rows each way has

    plan = plan_of(session, read)

    assert index in plan, plan
    assert "SCAN tickets" not in plan.replace(f"SCAN tickets USING INDEX {index}", "")


def plan_of(session: Session, read: Callable[[Session], Any]) -> str:
    """How SQLite reads what this asks for."""
    asked: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    read(session)
    event.remove(connection, "before_cursor_execute", note)
    raw = connection.connection.cursor()
    lines = (line for statement, values in asked for line in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))
    return " / ".join(str(line[3]) for line in lines)
