"""Files for a spreadsheet: whatever a citizen wrote stays text, in one piece, and nothing is computed."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.system.server import ROOT
from web.sheets import Kind, XlsxSheet, harmless, open_sheet

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELLS = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=8)


def written(kind: Kind, rows: list[tuple[str, str]]) -> bytes:
    sheet = open_sheet(kind)
    return sheet.begin(("一", "二")) + b"".join(sheet.add([row]) for row in rows) + sheet.end()


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        page = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [[cell.findtext(f"{MAIN}is/{MAIN}t") or "" for cell in row] for row in page.iter(f"{MAIN}row")]


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1＋1", "＠cmd"])
def test_what_a_spreadsheet_would_compute_stays_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert read_csv(written(Kind.CSV, [(cell, "x")]))[1][0] == f"'{cell}"
    assert read_xlsx(written(Kind.XLSX, [(cell, "x")]))[1][0].startswith("'")


@pytest.mark.parametrize("cell", ["暖气不热", "138****5678", "2610 1300 8210", "", "a=b", "3-1", "a@b"])
def test_other_text_is_left_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_csv_begins_with_the_mark_by_which_excel_reads_chinese() -> None:
    assert written(Kind.CSV, []).startswith(b"\xef\xbb\xbf\xe4\xb8\x80")


@given(ROWS)
def test_a_csv_gives_back_every_row(rows: list[tuple[str, str]]) -> None:
    given_back = read_csv(written(Kind.CSV, rows))

    assert given_back == [["一", "二"], *[[harmless(cell) for cell in row] for row in rows]]


@given(ROWS)
def test_an_xlsx_is_an_archive_of_well_formed_pages_with_every_row(rows: list[tuple[str, str]]) -> None:
    given_back = read_xlsx(written(Kind.XLSX, rows))

    assert len(given_back) == len(rows) + 1
    for row, read in zip(rows, given_back[1:], strict=True):
        assert read == [harmless(cell) for cell in row] or not "".join(row).isprintable()


def test_an_xlsx_is_sent_while_it_is_written() -> None:
    sheet = XlsxSheet()
    sheet.begin(("一",))

    pieces = [sheet.add([(f"{n} 暖气不热 {n * 7919}",) for n in range(5_000)]) for _ in range(3)]

    assert all(pieces)


def test_whatever_leaves_as_a_table_is_written_here() -> None:
    """So that no export has a way around `harmless`."""
    writers = re.compile(r"csv\.writer|csv\.DictWriter|\bWorkbook\(|xlsxwriter|text/csv|spreadsheetml\.sheet")
    packages = ("app", "core", "evaluation", "indicators", "sms", "staff", "telephony", "tickets", "web")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]

    found = [str(path.relative_to(ROOT)) for path in files if writers.search(path.read_text(encoding="utf-8"))]

    assert found == ["web/sheets.py"]
