"""The State Council's yearly holiday notices, as they were published."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Year:
    """One year: its days off (weekends within them included) and its weekend days that are worked (调休上班)."""

    year: int
    source: str
    holidays: frozenset[date]
    make_up_days: frozenset[date]


def _days(year: int, *spans: str) -> frozenset[date]:
    return frozenset(day for span in spans for day in _span(year, span))


def _span(year: int, span: str) -> Iterator[date]:
    first, _, last = span.partition("..")
    day, end = (date.fromisoformat(f"{year}-{part}") for part in (first, last or first))
    while day <= end:
        yield day
        day += timedelta(days=1)


#: Shipped with the program; later years and corrections are imported (`hotline calendar import`).
SHIPPED = (
    Year(
        2024,
        "国办发明电〔2023〕7号",
        _days(2024, "01-01", "02-10..02-17", "04-04..04-06", "05-01..05-05", "06-10", "09-15..09-17", "10-01..10-07"),
        _days(2024, "02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"),
    ),
    Year(
        2025,
        "国办发明电〔2024〕12号",
        _days(2025, "01-01", "01-28..02-04", "04-04..04-06", "05-01..05-05", "05-31..06-02", "10-01..10-08"),
        _days(2025, "01-26", "02-08", "04-27", "09-28", "10-11"),
    ),
    Year(
        2026,
        "国办发明电〔2025〕7号",
        _days(
            2026,
            *("01-01..01-03", "02-15..02-23", "04-04..04-06", "05-01..05-05", "06-19..06-21", "09-25..09-27"),
            "10-01..10-07",
        ),
        _days(2026, "01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
    ),
)
