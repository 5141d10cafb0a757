"""Draws a paper of the ladder: red head, number, text, seal's place, and the receipt to cut off (GB/T 9704-2012)."""

from dataclasses import replace

from tickets.printing.pdf import BOTTOM, HEIGHT, INNER, POINT, RED, SIDE, TOP, Document, Style
from tickets.printing.rules import Letter

#: sizes by the standard: the head in 小标宋, the title in 二号, the text in 三号 with 28 points from line to line
_OFFICE = Style(32, is_bold=True, ink=RED, align="centre", leading=1.4)
_NUMBER = Style(14, align="centre")
_TITLE = Style(22, is_bold=True, align="centre")
_BODY = Style(16, leading=28 / 16)
_RECEIPT, _RECEIPT_TITLE = Style(12), Style(14, is_bold=True, align="centre")
_INDENT = "　　"
_LABEL, _PAD = 26.0, 1.8
_RECEIPT_HEIGHT = 78.0


def draw_letter(document: Document, letter: Letter) -> None:
    """As many pages as the text needs; the receipt is not broken."""
    document.add_page()
    y = _draw_head(document, letter)
    document.write(f"{letter.unit}：", SIDE, y, INNER, _BODY)
    y += _BODY.step
    for paragraph in letter.paragraphs:
        for line in document.lines(_INDENT + paragraph, INNER, _BODY):
            y = _with_room(document, y, _BODY.step)
            document.write(line, SIDE, y, INNER, _BODY)
            y += _BODY.step
    y = _with_room(document, y, 3.5 * _BODY.step) + 1.5 * _BODY.step
    _sign(document, letter, y)
    y = _with_room(document, y + 2 * _BODY.step, _RECEIPT_HEIGHT)
    _draw_receipt(document, letter, max(y + 6, HEIGHT - BOTTOM - _RECEIPT_HEIGHT))


def _sign(document: Document, letter: Letter, y: float) -> None:
    """The name over the middle of the date, four squares from the right edge."""
    end = INNER - 4 * _BODY.size * POINT
    width = max(document.length(letter.office, _BODY), document.length(letter.issued_on, _BODY))
    centred = replace(_BODY, align="centre")
    document.write(letter.office, SIDE + end - width, y, width, centred)
    document.write(letter.issued_on, SIDE + end - width, y + _BODY.step, width, centred)


def _draw_head(document: Document, letter: Letter) -> float:
    y = TOP + 14
    length = document.length(letter.office, _OFFICE)
    document.write(letter.office, SIDE, y, INNER, replace(_OFFICE, size=_OFFICE.size * min(1, INNER / length)))
    y += _OFFICE.step + 8
    document.write(letter.number, SIDE, y, INNER, _NUMBER)
    y += _NUMBER.step + 2
    document.rule(SIDE, y, SIDE + INNER, y, ink=RED, points=2)
    document.rule(SIDE, y + 1.4, SIDE + INNER, y + 1.4, ink=RED, points=0.7)
    y += 12
    document.write(letter.kind, SIDE, y, INNER, _TITLE)
    return y + _TITLE.step + 6


def _with_room(document: Document, y: float, height: float) -> float:
    """`y`, or the top of a new page when less than `height` is left."""
    if y + height <= HEIGHT - BOTTOM:
        return y
    document.add_page()
    return TOP + 6


def _draw_receipt(document: Document, letter: Letter, y: float) -> None:
    document.dashed_rule(y)
    document.write("签收回执", SIDE, y + 3, INNER, _RECEIPT_TITLE)
    y += 3 + _RECEIPT_TITLE.step
    said = f"{letter.kind}（{letter.number}）已收悉。"
    document.write(said, SIDE, y, INNER, _RECEIPT)
    y += _RECEIPT.step + 1
    rows = [
        (("签收单位", letter.unit), ("签收人", letter.received_by)),
        (("签收时间", letter.received_on), ("单位盖章", "")),
    ]
    for row in rows:
        for place, (label, words) in enumerate(row):
            _draw_cell(document, label, words, SIDE + place * INNER / 2, y, (INNER / 2, 9.5))
        y += 9.5
    _draw_cell(document, "办理情况", letter.answer, SIDE, y, (INNER, 26))


def _draw_cell(document: Document, label: str, words: str, x: float, y: float, size: tuple[float, float]) -> None:
    width, height = size
    document.frame(x, y, _LABEL, height)
    document.frame(x + _LABEL, y, width - _LABEL, height)
    document.write(label, x + _PAD, y + _PAD, _LABEL, _RECEIPT)
    room = width - _LABEL - 2 * _PAD
    for style in (_RECEIPT, Style(9), Style(7)):
        lines = document.lines(words, room, style)
        if len(lines) * style.step <= height - _PAD:
            break
    most = int((height - _PAD) / style.step)
    document.write_lines(lines[:most], x + _LABEL + _PAD, y + _PAD, room, style)
