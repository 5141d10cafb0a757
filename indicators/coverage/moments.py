"""How long lies between two moments, in SQL: both databases store them differently."""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class seconds_between(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """Seconds from the first moment to the second, negative when that was earlier; null of a null."""

    type = Float()
    inherit_cache = True

    def __init__(self, earlier: Any, later: Any) -> None:
        super().__init__(earlier, later)


@compiles(seconds_between, "sqlite")
def _of_sqlite(element: seconds_between, compiler: Any, **options: Any) -> str:
    """Days as floats are exact to a twentieth of a millisecond only: 15 s must not be 14.99998."""
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"round((julianday({later}) - julianday({earlier})) * 86400.0, 3)"


@compiles(seconds_between, "postgresql")
def _of_postgresql(element: seconds_between, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"EXTRACT(EPOCH FROM ({later}) - ({earlier}))"
