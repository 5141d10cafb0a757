"""`python -m bench`: measure, print, and write build/bench.json."""

import argparse
import asyncio
import logging
import tempfile
from pathlib import Path

import structlog
from rich.console import Console

from bench import calls, closings, helpdesk, ledger, live, million, tickets
from bench.figures import Figure, keep, tell
from bench.ratings import measure as ratings

RESULT = Path("build/bench.json")


async def measure_all(folder: Path, asked: argparse.Namespace) -> list[Figure]:
    """Every figure that is asked for, one measurement after the other."""
    rows = ledger.VERY_MANY if asked.full else ledger.MANY
    seconds = closings.MANY_SECONDS if asked.full else closings.SECONDS
    if asked.ledger:
        return ledger.measure(folder, rows)
    if asked.closings:
        return await closings.measure(folder, seconds)
    if asked.ratings:
        return await ratings.measure(folder, is_full=asked.full, fresh=asked.fresh, databases=asked.database)
    peer = await helpdesk.measure(folder)
    large = await million.measure(folder, peer, fresh=asked.fresh) if asked.full or asked.million else []
    if asked.million:
        return large
    figures = [*await tickets.measure(folder, peer), *large, *ledger.measure(folder, rows)]
    return [
        *figures,
        *await calls.measure(folder),
        *await live.measure(folder),
        *await closings.measure(folder, seconds),
    ]


def main() -> None:
    """Exit 0 whatever was measured: a budget that is missed is told, not hidden."""
    parser = argparse.ArgumentParser(prog="bench", description="Speeds beside their budgets.")
    parser.add_argument("--full", action="store_true", help="with a million rows, kept in build/million")
    parser.add_argument("--fresh", action="store_true", help="load the million again")
    parser.add_argument("--million", action="store_true", help="what has a million rows, and nothing else")
    parser.add_argument("--ledger", action="store_true", help="the ledger, and nothing else")
    parser.add_argument("--closings", action="store_true", help="closings and the SMS that follow, and nothing else")
    parser.add_argument(
        "--ratings", action="store_true", help="a million ratings, with --full ten; kept in build/ratings"
    )
    parser.add_argument(
        "--database", action="append", choices=["sqlite", "postgresql"], help="of --ratings, this alone"
    )
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        figures = asyncio.run(measure_all(Path(folder), asked))
    tell(figures, console)
    keep(figures, RESULT)
    console.print(f"written to {RESULT}")


if __name__ == "__main__":
    main()
