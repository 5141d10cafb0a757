"""Rows into both databases past the domain, as fast as they take them: COPY, or one statement for many."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from core.database import Database

#: a value as it is stored: moments as `Bulk.moment` spells them, booleans as 0 and 1
Row = tuple[str | int | float | None, ...]

_HURRY_SQLITE = (
    "PRAGMA cache_size=-1000000",
    "PRAGMA synchronous=OFF",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA temp_store=MEMORY",
)
_HURRY_POSTGRESQL = (
    "SET synchronous_commit = off",
    "SET session_replication_role = replica",
    "SET maintenance_work_mem = '2GB'",
    "SET max_parallel_maintenance_workers = 2",
    "SET statement_timeout = 0",
)
_DAY_S = 86_400


class Bulk:
    """One connection that neither waits for the disk nor looks whether what a row names exists.

    `columns` says of each table which columns its rows have, and then the same values for all of them.
    """

    def __init__(self, database: Database, columns: Mapping[str, tuple[Sequence[str], Mapping[str, Any]]]) -> None:
        self._is_sqlite = database.settings.is_sqlite
        self._raw = database.writing.raw_connection()
        self._times = [str(timedelta(seconds=n)).zfill(8) for n in range(_DAY_S)]
        self._days: dict[int, str] = {}
        self._end = ".000000" if self._is_sqlite else "+00"
        self._heads = {table: self._head(table, *said) for table, said in columns.items()}
        for switch in _HURRY_SQLITE if self._is_sqlite else _HURRY_POSTGRESQL:
            self._raw.cursor().execute(switch)
        self._raw.commit()
        self._indexes = self._taken_away(list(columns))

    def moment(self, seconds: int) -> str:
        """A moment given in seconds since 1970."""
        day, rest = divmod(seconds, _DAY_S)
        said = self._days.get(day)
        if said is None:
            said = self._days[day] = f"{datetime.fromtimestamp(day * _DAY_S, UTC):%Y-%m-%d} "
        return f"{said}{self._times[rest]}{self._end}"

    def put(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Rows of several tables in one transaction."""
        cursor = self._raw.cursor()
        if self._is_sqlite:
            cursor.execute("BEGIN")
        for table, of_table in rows.items():
            head, tail = self._heads[table]
            if self._is_sqlite:
                cursor.executemany(head, of_table)
                continue
            with cursor.copy(head) as copy:
                copy.write("".join(["\t".join(map(_told, row)) + tail for row in of_table]))
        self._raw.commit()

    def finish(self) -> None:
        """Make the indexes again; the connection's switches go with it."""
        for statement, *values in self._indexes:
            self._raw.cursor().execute(statement, *values)
        self._raw.commit()
        self._raw.detach()
        self._raw.close()

    def _head(self, table: str, names: Sequence[str], same: Mapping[str, Any]) -> tuple[str, str]:
        """How rows of a table are put in, and on PostgreSQL what ends each of their lines."""
        columns = ", ".join([*names, *same])
        if not self._is_sqlite:
            return f"COPY {table} ({columns}) FROM STDIN", "".join(
                f"\t{_told(value)}" for value in same.values()
            ) + "\n"
        values = ", ".join(["?"] * len(names) + [_literal(value) for value in same.values()])
        return f"INSERT INTO {table} ({columns}) VALUES ({values})", ""

    def _taken_away(self, tables: Sequence[str]) -> list[tuple[Any, ...]]:
        """All at once indexes cost a tenth; how to make them again, and what SQLite was told of their sizes."""
        cursor, named = self._raw.cursor(), ", ".join(f"'{table}'" for table in tables)
        if self._is_sqlite:
            of_ours = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN ({named})"
            found = cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE {of_ours}").fetchall()
            sizes = cursor.execute(
                f"SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IN (SELECT name FROM sqlite_master WHERE {of_ours})"
            ).fetchall()
        else:
            found = cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname "
                f"JOIN pg_index ON indexrelid = pg_class.oid WHERE tablename IN ({named}) AND NOT indisunique"
            ).fetchall()
            sizes = []
        for name, _ in found:
            cursor.execute(f"DROP INDEX {name}")
        self._raw.commit()
        told = [("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row) for row in sizes]
        return [*((statement,) for _, statement in found), *told]


def _told(value: Any) -> str:
    return "\\N" if value is None else str(value)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"
