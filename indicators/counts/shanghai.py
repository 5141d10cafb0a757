"""Days in Shanghai of stored moments, in SQL: both databases store them differently."""

from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class day_of(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function that it is
    """The day of a moment; null of a null."""

    type = Date()
    inherit_cache = True


class day_before(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function that it is
    """The day that a limit belongs to: one at 24:00 is of the day that ends then."""

    type = Date()
    inherit_cache = True


@compiles(day_of, "sqlite")
def _day_in_sqlite(element: day_of, compiler: Any, **options: Any) -> str:
    return f"date(substr({compiler.process(element.clauses, **options)}, 1, 19), '+8 hours')"


@compiles(day_of, "postgresql")
def _day_in_postgresql(element: day_of, compiler: Any, **options: Any) -> str:
    return f"CAST(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'Asia/Shanghai' AS date)"


@compiles(day_before, "sqlite")
def _day_before_in_sqlite(element: day_before, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    ends = f"substr({moment}, 12) = '16:00:00.000000'"
    return f"CASE WHEN {ends} THEN date(substr({moment}, 1, 10)) ELSE date(substr({moment}, 1, 19), '+8 hours') END"


@compiles(day_before, "postgresql")
def _day_before_in_postgresql(element: day_before, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST((({moment}) - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai' AS date)"
