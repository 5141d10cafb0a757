"""What every process of ours opens first: settings checked against each other, the database, its schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from app.errors import BrokerNeedsPostgreSQL, PlainHttpOutside, RequestTooLong, SchemaBehind
from app.reactions import REACTIONS
from app.settings import Settings
from core import migrate
from core.clock import Clock
from core.database import Database
from telephony.seats import ensure_seats

#: Addresses that never leave this machine.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: A walk over a whole chain is no page's read: it may take this long.
WALK_LIMIT_S = 3600.0


def check_together(settings: Settings) -> None:
    """Refuse what cannot run together.  Raises BrokerNeedsPostgreSQL, PlainHttpOutside, RequestTooLong."""
    if settings.broker.url and settings.database.is_sqlite:
        raise BrokerNeedsPostgreSQL
    if settings.web.host not in LOOPBACK and not settings.web.is_https:
        raise PlainHttpOutside(host=settings.web.host)
    hours, days = settings.sms.open_hours, settings.evaluation.open_days
    if 2 * timedelta(hours=hours) > timedelta(days=days):
        raise RequestTooLong(hours=hours, days=days)


@contextmanager
def opened_database(settings: Settings, clock: Clock) -> Iterator[Database]:
    """The database with our reactions, at this version's schema.  Raises SchemaBehind, DatabaseUnreachable."""
    with Database(settings.database, reactions=REACTIONS, clock=clock) as database:
        database.check_reachable()
        check_schema(database)
        yield database


def make_seats(settings: Settings, database: Database) -> None:
    """Every telephone of [exchange] has a seat; those that are there already stay as they are."""
    database.write(
        ensure_seats,
        settings.exchange.seats(),
        node=settings.telephony.node,
        queue=settings.telephony.queue,
        now=database.clock.now(),
    )


def check_schema(database: Database) -> None:
    """Raises SchemaBehind."""
    present, needed = migrate.present(database.writing), migrate.heads()[0]
    if present != needed:
        raise SchemaBehind(present=present or "空", needed=needed)


@contextmanager
def opened_reading(settings: Settings) -> Iterator[Database]:
    """The database for long reads beside a running server.  Raises SchemaBehind, Unavailable."""
    patient = settings.database.model_copy(update={"read_limit_s": WALK_LIMIT_S})
    database = Database(patient)
    try:
        check_schema(database)
        yield database
    finally:
        database.close()
