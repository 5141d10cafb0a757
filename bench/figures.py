"""A measured figure, what it may be, and how a run of them is told."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured number.  `at_most` and `at_least` are the budget; `peer` says what it is compared with."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    peer: str = ""

    @property
    def budget(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    @property
    def holds(self) -> bool | None:
        """Whether the budget is kept; None when there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least


def tell(figures: Iterable[Figure], console: Console) -> None:
    """Print the figures as one table."""
    table = Table(show_edge=False)
    for heading in ("work", "figure", "unit", "budget", "", "peer, same run"):
        table.add_column(heading, justify="right" if heading in {"figure", "budget"} else "left")
    marks = {True: "[green]holds[/]", False: "[red]missed[/]", None: ""}
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:,.2f}", figure.unit, figure.budget, marks[figure.holds], figure.peer)
    console.print(table)


def keep(figures: Iterable[Figure], path: Path) -> None:
    """Write the figures, and on what they were measured, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) | {"budget": figure.budget, "holds": figure.holds} for figure in figures]
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.platform()}
    kept = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "figures": rows}
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n")
