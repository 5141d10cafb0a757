"""A million made-up tickets in minutes: rows in bulk past the domain, shaped like two years of a city's hotline."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.aftermath import ending, history_of, invitation_of, rating_of
from bench.city import PHONE_KEY, City
from bench.words import texts
from core.database import Database
from core.secrets import phone_hash
from indicators.counts.actions import count_again, forget_counts
from nlp.search_words import with_pairs
from tickets.kinds import TicketType, Urgency
from tickets.numbers import number_of
from tickets.rules import State
from tickets.search import index_words

SEED = 12345
#: tickets a day: a million in two years
A_DAY = 1_370
#: the newest so many are still being handled; of those before, one in a hundred has been forgotten
UNDER_WAY, FORGOTTEN = 10_000, 100
CALLERS = 300_000
OPEN = (State.TO_DISPATCH, State.DISPATCHED, State.IN_PROGRESS, State.IN_PROGRESS, State.REPLIED, State.TO_CALLBACK)
ENDED = (State.CLOSED, *[State.ARCHIVED] * 8, State.REJECTED)
_BATCH = 20_000

_TABLES = "('tickets', 'holdings', 'ticket_words', 'ticket_history', 'invitations', 'ratings')"
_INDEXES_SQLITE = (
    f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {_TABLES}"
)
_SIZES = f"SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IN (SELECT name FROM ({_INDEXES_SQLITE}))"
_INDEXES_POSTGRESQL = (
    "SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname "
    "JOIN pg_index ON indexrelid = pg_class.oid "
    f"WHERE tablename IN {_TABLES} AND NOT indisunique"
)

_HURRY_SQLITE = ("PRAGMA cache_size=-500000", "PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF")
_HURRY_POSTGRESQL = (
    "SET synchronous_commit = off",
    "SET session_replication_role = replica",
    "SET maintenance_work_mem = '1GB'",
    "SET statement_timeout = 0",
)

Row = dict[str, Any]


class Filler:
    """Fills one database further and further; `frequencies` counts in how many texts each word stands."""

    def __init__(self, database: Database, city: City, *, last: int) -> None:
        self._database, self._city = database, city
        self._is_sqlite = database.settings.is_sqlite
        self.frequencies: Counter[str] = Counter()
        self.present = last
        self._texts = texts(1_000_000, seed=SEED)
        self._dice = random.Random(SEED)

    def fill(self, size: int, *, now: datetime) -> None:
        """Until there are `size` tickets."""
        raw = self._database.writing.raw_connection()
        rows = self._tickets(self._first(raw), size, now)
        self._hurry(raw)
        indexes = self._without_indexes(raw) if size - self.present > _BATCH else []
        while batch := list(itertools.islice(rows, _BATCH)):
            if self._is_sqlite:
                raw.cursor().execute("BEGIN")
            self._put_tickets(raw, [ticket for ticket, _ in batch])
            self._put_words(raw, [words for _, words in batch])
            raw.commit()
        for statement, *values in indexes:
            raw.cursor().execute(statement, *values)
        raw.commit()
        raw.detach()  # its switches go with it
        raw.close()
        self._count()
        settle(self._database)
        self.present = size

    def _count(self) -> None:
        """PostgreSQL was told to keep no marks of rows in bulk, and SQLite kept too many."""
        self._database.write(forget_counts)
        while self._database.write(count_again, now=self._database.clock.now(), at_most=_BATCH // 10):
            pass

    def _hurry(self, raw: Any) -> None:
        """Neither wait for the disk nor ask of each row whether its unit exists."""
        for switch in _HURRY_SQLITE if self._is_sqlite else _HURRY_POSTGRESQL:
            raw.cursor().execute(switch)
        raw.commit()

    def _without_indexes(self, raw: Any) -> list[tuple[Any, ...]]:
        """Take away the indexes of what is filled, since all at once they cost a tenth; how to make them again.

        What the migration told SQLite of their sizes goes with them, and has to come back with them.
        """
        cursor = raw.cursor()
        cursor.execute(_INDEXES_SQLITE if self._is_sqlite else _INDEXES_POSTGRESQL)
        found = [(str(name), str(statement)) for name, statement in cursor.fetchall()]
        sizes = cursor.execute(_SIZES).fetchall() if self._is_sqlite else []
        for name, _ in found:
            cursor.execute(f"DROP INDEX {name}")
        raw.commit()
        told = [("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row) for row in sizes]
        return [*((statement,) for _, statement in found), *told]

    @staticmethod
    def _first(raw: Any) -> Row:
        cursor = raw.cursor()
        cursor.execute("SELECT * FROM tickets ORDER BY id LIMIT 1")
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))

    def _tickets(self, template: Row, size: int, now: datetime) -> Iterator[tuple[Row, tuple[int, list[str]]]]:
        step = timedelta(days=1) / A_DAY
        for ticket_id in range(self.present + 1, size + 1):
            words = next(self._texts)
            self.frequencies.update(words)
            at = now - step * (size - ticket_id)
            ticket = (
                template
                | self._changes(ticket_id, size, at)
                | {"title": "".join(words[-5:])[:30], "text": "".join(words)}
            )
            index = index_words(
                with_pairs(words), ticket_id=ticket_id, number=ticket["number"], phone=ticket["phone"], key=PHONE_KEY
            )
            yield ticket, (ticket_id, index)

    def _changes(self, ticket_id: int, size: int, at: datetime) -> Row:
        dice = self._dice
        is_open = size - ticket_id < UNDER_WAY or dice.randrange(FORGOTTEN) == 0
        state = dice.choice(OPEN if is_open else ENDED)
        unit = None if state is State.TO_DISPATCH else dice.choice(self._city.units)
        day, phone = (at - timedelta(days=4_000)).date(), f"199{ticket_id % CALLERS:08}"
        return {
            "id": ticket_id,
            "number": number_of(day, ticket_id % 90_000 + 1),
            "phone": phone,
            "phone_hash": phone_hash(phone, PHONE_KEY),
            "topic_id": dice.choice(self._city.topics),
            "registered_by_id": dice.choice(self._city.people),
            "unit_id": unit,
            "working_unit_id": unit,
            "state": state.value,
            "urgency": dice.choices(list(Urgency), (90, 9, 1))[0].value,
            "type": dice.choices(list(TicketType), (20, 45, 20, 5, 5, 3, 2))[0].value,
            "is_auto_dispatched": dice.random() < 0.3,
            "is_drawn_for_check": dice.random() < 0.015,
            "needs_repair": dice.random() < 0.003,
            "registered_at": at,
            "changed_at": at,
            "citizen_due_at": at + timedelta(days=7),
            "unit_due_at": at + timedelta(days=5),
            "step_due_at": at + timedelta(days=1),
        } | ending(state, at, dice)

    def _put_tickets(self, raw: Any, tickets: list[Row]) -> None:
        """With what followed from them."""
        dice = self._dice
        self._put(raw, "tickets", tickets)
        self._put(raw, "holdings", [holding_of(ticket) for ticket in tickets if ticket["unit_id"]])
        self._put(raw, "ticket_history", [line for ticket in tickets for line in history_of(ticket)])
        self._put(raw, "invitations", [asked for ticket in tickets if (asked := invitation_of(ticket, dice))])
        self._put(raw, "ratings", [rating for ticket in tickets if (rating := rating_of(ticket))])

    def _put(self, raw: Any, table: str, rows: list[Row]) -> None:
        if not rows:
            return
        names = list(rows[0])
        if self._is_sqlite:
            marks = ", ".join("?" * len(names))
            raw.cursor().executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                [tuple(_in_sqlite(value) for value in row.values()) for row in rows],
            )
            return
        with raw.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))

    def _put_words(self, raw: Any, rows: list[tuple[int, list[str]]]) -> None:
        if self._is_sqlite:
            told = [(ticket_id, " ".join(words)) for ticket_id, words in rows]
            raw.cursor().executemany("INSERT INTO ticket_words (rowid, words) VALUES (?, ?)", told)
            return
        with raw.cursor().copy("COPY ticket_words (ticket_id, words) FROM STDIN") as copy:
            for ticket_id, words in rows:
                copy.write_row((ticket_id, " ".join(f"'{word}'" for word in words)))


def settle(database: Database) -> None:
    """PostgreSQL as autovacuum keeps it, counting on behind the rows that were copied in.

    To SQLite the migration says how large things are.
    """
    if database.settings.is_sqlite:
        return
    with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("tickets", "invitations"):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
        connection.detach()


def _in_sqlite(value: Any) -> Any:
    """A moment as SQLAlchemy stores it there; drivers turn the rest themselves."""
    if type(value) is datetime:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


def holding_of(ticket: Row) -> Row:
    """Who holds it, since it was registered."""
    return {
        "ticket_id": ticket["id"],
        "unit_id": ticket["unit_id"],
        "rework_no": 0,
        "dispatched_at": ticket["registered_at"],
        "dispatched_by": "系统",
        "due_why": "",
        "handler": "",
        "end_action": "",
    }


def wishes(frequencies: Counter[str], count: int, *, seed: int = SEED) -> list[str]:
    """Words drawn by the number of texts they stand in: half of them alone, most others in pairs."""
    dice = random.Random(seed)
    words = list(frequencies)
    drawn = iter(dice.choices(words, list(frequencies.values()), k=3 * count))
    return [" ".join(itertools.islice(drawn, dice.choices((1, 2, 3), (5, 4, 1))[0])) for _ in range(count)]
