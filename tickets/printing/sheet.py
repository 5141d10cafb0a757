"""Draws the 承办单: one A4 page, whatever the length of the text, with room for two pens."""

from dataclasses import dataclass, replace

from tickets.printing.pdf import BOTTOM, GREY, HEIGHT, INNER, SIDE, TOP, Document, Style
from tickets.printing.rules import Sheet

_LABEL, _PAD = 24.0, 1.8
_TITLE = Style(20, is_bold=True, align="centre")
_HEAD, _HEAD_RIGHT = Style(10.5), Style(10.5, is_bold=True, align="right")
_NAME, _WORDS = Style(10.5, ink=GREY), Style(10.5)
_FOOT = Style(8, ink=GREY)
#: what the citizen said is set as large as it fits
_TEXT_SIZES = (10.5, 9.5, 8.5, 7.5)
#: each room for a pen has at least this height
_ROOM_LEAST = 30.0
_SIGN_HEIGHT = 10.0
#: what was asked of the topic takes no more lines than this, so that the text has room
_POINT_LINES = 6
_CUT = "……（未完，全文以系统为准）"


@dataclass(frozen=True)
class Cell:
    """A label and its words, as wide as `width`."""

    label: str
    lines: tuple[str, ...]
    width: float
    style: Style = _WORDS

    @property
    def height(self) -> float:
        return max(1, len(self.lines)) * self.style.step + 2 * _PAD


def draw_sheet(document: Document, sheet: Sheet) -> None:
    """A page of its own."""
    document.add_page()
    y = _draw_head(document, sheet)
    for row in _facts(document, sheet):
        y = _draw_row(document, row, y)
    end = HEIGHT - BOTTOM - _FOOT.step - 1
    text = _text_cell(document, sheet.text, end - y - 2 * _ROOM_LEAST - _SIGN_HEIGHT)
    y = _draw_row(document, (text,), y)
    room = (end - y - _SIGN_HEIGHT) / 2
    for name in ("批示栏", "办理意见栏"):
        _draw_room(document, name, y, room)
        y += room
    _draw_signatures(document, y)
    document.write("本单不含诉求人电话；不得复印、拍照外传。", SIDE, end + 1, INNER, _FOOT)


def _draw_head(document: Document, sheet: Sheet) -> float:
    title = f"{sheet.office}承办单"
    style = replace(_TITLE, size=min(_TITLE.size, _TITLE.size * INNER / document.length(title, _TITLE)))
    document.write(title, SIDE, TOP, INNER, style)
    y = TOP + _TITLE.step + 2
    document.write(f"工单编号 {sheet.number}", SIDE, y, INNER, _HEAD)
    document.write("　".join(sheet.flags), SIDE, y, INNER, _HEAD_RIGHT)
    return y + _HEAD.step + 1


def _facts(document: Document, sheet: Sheet) -> list[tuple[Cell, ...]]:
    half = INNER / 2

    def cell(label: str, words: str, width: float) -> Cell:
        return Cell(label, tuple(document.lines(words, width - _LABEL - 2 * _PAD, _WORDS)), width)

    return [
        (cell("标题", sheet.title, INNER),),
        (cell("地点", sheet.place, half), cell("登记时间", sheet.registered_at, half)),
        (cell("分类", sheet.topic, half), cell("类型", sheet.type, half)),
        (cell("主办单位", sheet.unit, half), cell("协办单位", sheet.helpers, half)),
        (cell("本单位时限", sheet.unit_due, half), cell("群众时限", sheet.citizen_due, half)),
        (cell("诉求人", sheet.caller, half), cell("联系要求", sheet.contact, half)),
        *([(_cut(cell("要点", sheet.points, INNER), _POINT_LINES),)] if sheet.points else []),
    ]


def _text_cell(document: Document, text: str, room: float) -> Cell:
    """As large as it fits into `room`; what does not fit in the smallest size is left out, and that is said."""
    width = INNER - _LABEL - 2 * _PAD
    for size in _TEXT_SIZES:
        style = Style(size)
        cell = Cell("诉求内容", tuple(document.lines(text, width, style)), INNER, style)
        if cell.height <= room:
            return cell
    return _cut(cell, int((room - 2 * _PAD) / style.step))


def _cut(cell: Cell, most: int) -> Cell:
    """With so many lines at most; where some are left out, the last one says so."""
    return cell if len(cell.lines) <= most else replace(cell, lines=(*cell.lines[: most - 1], _CUT))


def _draw_row(document: Document, cells: tuple[Cell, ...], y: float) -> float:
    height = max(cell.height for cell in cells)
    x = SIDE
    for cell in cells:
        document.frame(x, y, _LABEL, height)
        document.frame(x + _LABEL, y, cell.width - _LABEL, height)
        document.write(cell.label, x + _PAD, y + _PAD, _LABEL, _NAME)
        document.write_lines(cell.lines, x + _LABEL + _PAD, y + _PAD, cell.width - _LABEL - 2 * _PAD, cell.style)
        x += cell.width
    return y + height


def _draw_room(document: Document, name: str, y: float, height: float) -> None:
    document.frame(SIDE, y, _LABEL, height)
    document.frame(SIDE + _LABEL, y, INNER - _LABEL, height)
    document.write(name, SIDE + _PAD, y + _PAD, _LABEL, _NAME)
    signature = "签字：　　　　　　　　　　　年　　月　　日"
    style = replace(_NAME, align="right")
    document.write(signature, SIDE, y + height - style.step - _PAD, INNER - _PAD, style)


def _draw_signatures(document: Document, y: float) -> None:
    third = INNER / 3
    for place, name in enumerate(("经办人", "审签人", "反馈日期")):
        x = SIDE + place * third
        document.frame(x, y, third, _SIGN_HEIGHT)
        document.write(name, x + _PAD, y + (_SIGN_HEIGHT - _NAME.step) / 2, third, _NAME)
