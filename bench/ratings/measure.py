"""Ratings by the million: the recount on both databases, and the page that shows them."""

from pathlib import Path

from bench.figures import Figure
from bench.ledger import NAMES
from bench.ratings.keeping import kept_ratings
from bench.ratings.page import page
from bench.ratings.recounting import recounted

MANY, VERY_MANY = 1_000_000, 10_000_000


async def measure(folder: Path, *, is_full: bool, fresh: bool, databases: list[str]) -> list[Figure]:
    """A million, recounted; `is_full`: ten million, of which the page alone is measured."""
    count = VERY_MANY if is_full else MANY
    figures = []
    for name in databases or list(NAMES):
        with kept_ratings(name, count, fresh=fresh, has_trail=not is_full) as (database, loaded):
            title = NAMES[name]
            figures += [
                Figure(f"{title}: {count:,} ratings loaded, {step}", s, "s") for step, s in loaded.seconds.items()
            ]
            figures += await page(title, count, database, loaded, folder / f"{name}-{count}")
            if not is_full:
                figures += recounted(title, count, database, loaded)
    return figures
