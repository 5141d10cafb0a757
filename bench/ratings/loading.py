"""Fills a database with ratings of three years, and has the product count them."""

import random
import time
from datetime import datetime
from typing import Any

from bench.ratings.bulk import Bulk
from bench.ratings.city import RatedCity
from bench.ratings.columns import COLUMNS, TICKET
from bench.ratings.lives import DAY, Lives
from core.database import Database
from indicators.counts.afresh import count_afresh

SEED = 12345
DAYS = 1_095
#: what comes together before it is put in
_BATCH = 40_000


def load_ratings(
    database: Database, city: RatedCity, count: int, *, now: datetime, has_trail: bool
) -> dict[str, float]:
    """About so many ratings of the three years before `now`; how long each step took.

    `has_trail`: with the messages and the notes on calls by which an audit knows that everybody was asked.
    """
    begun = time.monotonic()
    present, template = int(now.timestamp()), _first_ticket(database)
    constants = {name: value for name, value in template.items() if name not in TICKET}
    bulk = Bulk(database, {"tickets": (TICKET, constants), **COLUMNS})
    lives = Lives(city, bulk.moment, present, has_trail, random.Random(SEED))
    midnight = present - present % DAY - 8 * 3_600
    for n in range(DAYS, 0, -1):
        lives.live(midnight - n * DAY, count // DAYS)
        if sum(map(len, lives.rows.values())) > _BATCH:
            bulk.put(lives.taken())
    bulk.put(lives.taken())
    put = time.monotonic()
    bulk.finish()
    indexed = time.monotonic()
    settle(database)
    database.write(count_afresh, now=database.clock.now())
    settle(database)
    return {"rows": put - begun, "indexes": indexed - put, "counts": time.monotonic() - indexed}


def settle(database: Database) -> None:
    """As autovacuum leaves it, and with sequences that go on behind the rows that were put in."""
    if database.settings.is_sqlite:
        return
    with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("tickets", "invitations", "ratings", "repairs", "calls", "counter_matters", "sms_messages"):
            last = f"(SELECT max(id) FROM {table})"
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE({last}, 1))")
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
        connection.exec_driver_sql("CHECKPOINT")
        connection.detach()


def _first_ticket(database: Database) -> dict[str, Any]:
    """As the driver gives it, its texts with nothing in them that COPY would have to mask; moments are left out."""
    raw = database.writing.raw_connection()
    cursor = raw.cursor()
    cursor.execute("SELECT * FROM tickets ORDER BY id LIMIT 1")
    names = [column[0] for column in cursor.description or ()]
    found = dict(zip(names, cursor.fetchone() or (), strict=True))
    raw.rollback()
    raw.close()
    return {name: _plain(value) for name, value in found.items() if not name.endswith("_at")}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return "[]"
    return int(value) if isinstance(value, bool) else value
