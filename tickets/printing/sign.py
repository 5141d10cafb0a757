"""Draws the sign of a window: its number, what it is for, and the code that a citizen scans."""

from tickets.printing.pdf import HEIGHT, INNER, SIDE, Document, Style
from tickets.printing.rules import Sign

_TITLE = Style(34, is_bold=True, align="centre")
_NAME = Style(22, align="centre")
_ASK = Style(26, is_bold=True, align="centre")
_SMALL = Style(11, align="centre")
#: millimetres
_TOP, _CODE = 30.0, 110.0


def draw_sign(document: Document, sign: Sign) -> None:
    """A page of its own, to be read from two metres away."""
    document.add_page()
    document.write(f"{sign.number} 号窗口", SIDE, _TOP, INNER, _TITLE)
    y = document.write_lines(document.lines(sign.name, INNER, _NAME), SIDE, _TOP + 20, INNER, _NAME)
    document.write("扫码评价这次办事", SIDE, y + 6, INNER, _ASK)
    document.squares(sign.modules, SIDE + (INNER - _CODE) / 2, y + 28, _CODE)
    words = ("评价自愿，满意或不满意都请如实填写；窗口人员看不到是谁评的。", sign.hall, sign.address)
    lines = [line for text in words for line in document.lines(text, INNER, _SMALL)]
    document.write_lines(lines, SIDE, min(y + 28 + _CODE + 10, HEIGHT - 40), INNER, _SMALL)
