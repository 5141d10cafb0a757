"""Reads XLSX or CSV into rows of plain text; runs in the child process, and knows no database."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from core.typed import kept_text
from tickets.importing.errors import FileUnreadable

#: bytes of a file, of its contents unpacked, its parts, and rows of a table
LARGEST_FILE = 8 << 20
#: three times what 50,000 rows of a catalogue take; openpyxl needs twenty times as much memory for the least of cells
LARGEST_UNPACKED = 32 << 20
MOST_PARTS = 500
MOST_ROWS = 50_000
_MOST_COLUMNS = 40
_CELL_MOST = 400
_OLE = b"\xd0\xcf\x11\xe0"
FORMULA = "\x00formula"


@dataclass(frozen=True)
class Sheet:
    """The header, and below it each row with its number as the office program shows it; empty rows are left out."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(name: str, content: bytes) -> Sheet:
    """By what the file is, not by what it is called.  Raises FileUnreadable."""
    if len(content) > LARGEST_FILE:
        raise FileUnreadable(reason=f"文件超过 {LARGEST_FILE >> 20} MB")
    if content.startswith(_OLE):
        raise FileUnreadable(reason="是旧版 .xls 或加密的表格，请另存为不加密的 .xlsx")
    if content.startswith(b"PK"):
        return _sheet(_xlsx_rows(content))
    if name.lower().endswith(".xlsx"):
        raise FileUnreadable(reason="扩展名是 .xlsx，内容却不是表格")
    return _sheet(_csv_rows(content))


def _sheet(rows: Iterable[tuple[str, ...]]) -> Sheet:
    numbered = ((number, row) for number, row in enumerate(rows, start=1) if any(row))
    first = next(numbered, None)
    if first is None:
        raise FileUnreadable(reason="表格是空的")
    kept = tuple(numbered)
    if len(kept) > MOST_ROWS:
        raise FileUnreadable(reason=f"超过 {MOST_ROWS} 行")
    return Sheet(first[1], kept)


def _xlsx_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    """The first sheet; formulas are not computed but marked."""
    _check_package(content)
    try:
        yield from _rows_of_first_sheet(content)
    except FileUnreadable:
        raise
    except Exception as error:  # openpyxl and its parsers name no errors of theirs
        raise FileUnreadable(reason="表格已损坏") from error


def _rows_of_first_sheet(content: bytes) -> Iterator[tuple[str, ...]]:
    from openpyxl import load_workbook

    with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)) as book:
        if not book.worksheets:
            raise FileUnreadable(reason="没有工作表")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS):
            yield tuple(_cell_text(cell) for cell in row)


def _check_package(content: bytes) -> None:
    """A ZIP by another name, or one that would unpack to something huge, goes no further."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise FileUnreadable(reason="文件已损坏，打不开") from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise FileUnreadable(reason="是 ZIP 压缩包，不是 XLSX 表格")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileUnreadable(reason="展开后过大，不予打开")


def _cell_text(cell: Any) -> str:
    """As a person reads it: whole numbers without .0."""
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _clean(str(value))


def _csv_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    """UTF-8, or what Chinese office programs write."""
    if b"\0" in content:
        raise FileUnreadable(reason="不是文本，也不是表格")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise FileUnreadable(reason="文字编码不是 UTF-8 或 GB18030") from error
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            cells = tuple(_clean(cell) for cell in row[:_MOST_COLUMNS])
            yield tuple(FORMULA if cell.startswith("=") else cell for cell in cells)
    except csv.Error as error:
        raise FileUnreadable(reason="CSV 格式有误") from error


def _clean(text: str) -> str:
    return kept_text(text.replace("\u3000", " "))[:_CELL_MOST]
