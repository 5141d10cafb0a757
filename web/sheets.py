"""Rows as a file that a spreadsheet opens, written piece by piece: CSV and XLSX.

Libraries for XLSX put the archive together at the end; ours is written while the rows are read (ADR 0020).
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol
from xml.sax.saxutils import escape

Cells = Sequence[str]

#: what makes a spreadsheet compute a cell (OWASP, CSV injection), also in full width
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: characters that XML 1.0 cannot hold
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def harmless(cell: str) -> str:
    """The cell as text: an apostrophe stands before whatever a spreadsheet would compute."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


class Kind(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class Sheet(Protocol):
    """A file that grows: every call gives the bytes that have become ready."""

    def begin(self, heading: Cells) -> bytes: ...
    def add(self, rows: Iterable[Cells]) -> bytes: ...
    def end(self) -> bytes: ...

    def close(self) -> None:
        """Let everything go, finished or not."""
        ...


def open_sheet(kind: Kind) -> Sheet:
    return CsvSheet() if kind is Kind.CSV else XlsxSheet()


CONTENT_TYPES = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class CsvSheet:
    """RFC 4180 in UTF-8; the mark at its beginning lets Excel read the Chinese."""

    def begin(self, heading: Cells) -> bytes:
        return b"\xef\xbb\xbf" + self.add([heading])

    def add(self, rows: Iterable[Cells]) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
        return text.getvalue().encode("utf-8", "replace")

    def end(self) -> bytes:
        return b""

    def close(self) -> None:
        """Nothing to let go."""


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PART}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class _Outlet(io.RawIOBase):
    """Where the archive is written: nobody can go back in it, so it holds only what has not been taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self._ready = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        self._ready += content
        return len(content)

    def take(self) -> bytes:
        ready = bytes(self._ready)
        self._ready.clear()
        return ready


class XlsxSheet:
    """One worksheet of text cells (ECMA-376), the first row fixed."""

    #: a worksheet holds no more (Excel's specification)
    MOST_ROWS = 1_048_575

    def __init__(self) -> None:
        self._outlet = _Outlet()
        self._archive = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED)
        for name, content in _PARTS.items():
            self._archive.writestr(name, _HEAD + content)
        self._page = self._archive.open("xl/worksheets/sheet1.xml", "w")

    def begin(self, heading: Cells) -> bytes:
        fixed = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        views = f'<sheetViews><sheetView workbookViewId="0">{fixed}</sheetView></sheetViews>'
        columns = f'<cols><col min="1" max="{len(heading)}" width="18" customWidth="1"/></cols>'
        self._page.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}{columns}<sheetData>'.encode())
        return self.add([heading])

    def add(self, rows: Iterable[Cells]) -> bytes:
        self._page.write("".join(_row(row) for row in rows).encode("utf-8", "replace"))
        return self._outlet.take()

    def end(self) -> bytes:
        self._page.write(b"</sheetData></worksheet>")
        self.close()
        return self._outlet.take()

    def close(self) -> None:
        """Let the archive go, finished or not; again does nothing."""
        if not self._page.closed:
            self._page.close()
        self._archive.close()


def _row(cells: Cells) -> str:
    texts = (escape(_NOT_XML.sub("", harmless(cell))) for cell in cells)
    told = (f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' for text in texts)
    return f"<row>{''.join(told)}</row>"
