"""Tables for tests of the import: a city with many topics and places, and files of rows."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from sqlalchemy.orm import Session

from staff.actions import add_unit
from staff.rules import UnitKind
from tickets.actions.catalogue import add_place, add_topic
from tickets.importing.rules import COLUMNS

Row = Sequence[object]


def found(session: Session, *, topics: int = 3, places: int = 3) -> None:
    """Topics 01.0000 below 城乡建设, places P0000, two units."""
    top = add_topic(session, code="01", name="城乡建设")
    for n in range(topics):
        add_topic(session, code=f"01.{n:04d}", name=f"事项{n}", parent_id=top.id)
    for n in range(places):
        add_place(session, code=f"P{n:04d}", name=f"小区{n}")
    add_unit(session, code="heating", name="市供热公司", short_name="热力", kind=UnitKind.UTILITY)
    add_unit(session, code="roads", name="市城管局", short_name="城管", kind=UnitKind.CITY_DEPARTMENT)


def xlsx(rows: Iterable[Row], header: Row = COLUMNS) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("目录")
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def csv_text(rows: Iterable[Row], header: Row = COLUMNS, encoding: str = "utf-8-sig") -> bytes:
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    writer.writerow(header)
    writer.writerows(rows)
    return kept.getvalue().encode(encoding)


def zipped(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return kept.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}
