"""The pen: A4 pages, the font that every PDF carries with it, texts, rules and the mark; runs in the child process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from fpdf import FPDF
from fpdf.enums import TextMode
from pylopdf_fonts_zh_cn import serif_path

from tickets.printing.rules import Mark, lines_of

#: millimetres
WIDTH, HEIGHT = 210.0, 297.0
SIDE, TOP, BOTTOM = 18.0, 16.0, 14.0
INNER = WIDTH - 2 * SIDE
#: a point in millimetres
POINT = 25.4 / 72
BLACK, GREY, RED = (0, 0, 0), (110, 110, 110), (200, 16, 46)
_FONT = "serif"
_MARK_SIZE, _MARK_INK, _MARK_ANGLE = 13, 0.07, 30
#: stands for a character that the font does not have
_UNKNOWN = "□"

Align = Literal["left", "centre", "right"]
Ink = tuple[int, int, int]


@dataclass(frozen=True)
class Style:
    """`size` in points; the font has one weight, so a bold text is filled and stroked."""

    size: float = 10.5
    is_bold: bool = False
    ink: Ink = BLACK
    align: Align = "left"
    #: from line to line, as a multiple of the size
    leading: float = 1.5

    @property
    def step(self) -> float:
        """From line to line, in millimetres."""
        return self.size * POINT * self.leading


class Document:
    """A document being drawn; positions are millimetres from the upper left corner of the page."""

    def __init__(self, title: str, mark: Mark) -> None:
        self._mark = mark
        self._pdf = FPDF(unit="mm", format="A4")
        self._pdf.set_title(title)
        self._pdf.set_lang("zh-CN")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.add_font(_FONT, "", serif_path())
        self._widths: dict[str, float] = {}
        self._known: set[int] = set(self._pdf.fonts[_FONT].cmap)  # type: ignore[union-attr]

    def add_page(self) -> None:
        if self._pdf.page:
            self._draw_mark()
        self._pdf.add_page()

    def lines(self, text: str, width: float, style: Style) -> list[str]:
        """`text` as it fits into `width`."""
        return lines_of(self._readable(text), width / (style.size * POINT), self._width)

    def length(self, text: str, style: Style) -> float:
        return sum(map(self._width, text)) * style.size * POINT

    def write(self, text: str, x: float, y: float, width: float, style: Style) -> None:
        """One line in a box that is `style.step` high; `y` is the top of the box."""
        shown = self._readable(text)
        room = width - self.length(shown, style)
        left = x + {"left": 0.0, "centre": room / 2, "right": room}[style.align]
        self._pdf.set_font(_FONT, size=style.size)
        self._pdf.set_text_color(*style.ink)
        # the base line of a Chinese font stands at 0.88 of its square
        base = y + (style.step - style.size * POINT) / 2 + 0.88 * style.size * POINT
        with self._weight(style):
            self._pdf.text(left, base, shown)

    def write_lines(self, lines: Sequence[str], x: float, y: float, width: float, style: Style) -> float:
        """Line by line; answers where the next one would begin."""
        for line in lines:
            self.write(line, x, y, width, style)
            y += style.step
        return y

    def rule(self, x1: float, y1: float, x2: float, y2: float, *, ink: Ink = BLACK, points: float = 0.75) -> None:
        self._pdf.set_draw_color(*ink)
        self._pdf.set_line_width(points * POINT)
        self._pdf.line(x1, y1, x2, y2)

    def dashed_rule(self, y: float) -> None:
        """Where to cut."""
        self._pdf.set_dash_pattern(dash=2, gap=1.5)
        self.rule(SIDE, y, SIDE + INNER, y, ink=GREY)
        self._pdf.set_dash_pattern()

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        self._pdf.set_draw_color(*BLACK)
        self._pdf.set_line_width(0.75 * POINT)
        self._pdf.rect(x, y, width, height)

    def squares(self, rows: Sequence[Sequence[bool]], x: float, y: float, width: float) -> None:
        """A pattern of dark squares, as wide as `width`."""
        side = width / max(1, len(rows))
        self._pdf.set_fill_color(*BLACK)
        for row, cells in enumerate(rows):
            for column, is_dark in enumerate(cells):
                if is_dark:
                    self._pdf.rect(x + column * side, y + row * side, side, side, style="F")

    def finished(self) -> bytes:
        self._draw_mark()
        return bytes(self._pdf.output())

    def _readable(self, text: str) -> str:
        return "".join(one if ord(one) in self._known or one in "\n\r" else _UNKNOWN for one in text)

    def _width(self, character: str) -> float:
        """In squares of the font."""
        if character not in self._widths:
            self._pdf.set_font(_FONT, size=10)
            self._widths[character] = self._pdf.get_string_width(character) / (10 * POINT)
        return self._widths[character]

    @contextmanager
    def _weight(self, style: Style) -> Iterator[None]:
        if not style.is_bold:
            yield
            return
        with self._pdf.local_context(
            text_mode=TextMode.FILL_STROKE, line_width=style.size * POINT * 0.03, draw_color=style.ink
        ):
            yield

    def _draw_mark(self) -> None:
        """Last on a page: whoever reads it aloud or copies it begins with the words."""
        style = Style(_MARK_SIZE)
        with self._pdf.local_context(fill_opacity=_MARK_INK):
            for row in range(4):
                for column in range(2):
                    x, y = 20.0 + column * 95 + (row % 2) * 20, 50.0 + row * 70
                    with self._pdf.rotation(_MARK_ANGLE, x, y):
                        self.write(str(self._mark), x, y, INNER, style)


def new_document(title: str, mark: Mark) -> Document:
    return Document(title, mark)
