"""What the server asks its child process for; the library that draws is imported only there."""

from collections.abc import Sequence

from tickets.printing.rules import Letter, Mark, Sheet, Sign


def make_sheets(sheets: Sequence[Sheet], mark: Mark) -> bytes:
    """One PDF, a page for each sheet."""
    from tickets.printing.pdf import new_document
    from tickets.printing.sheet import draw_sheet

    document = new_document("承办单", mark)
    for sheet in sheets:
        draw_sheet(document, sheet)
    return document.finished()


def make_letter(letter: Letter, mark: Mark) -> bytes:
    """One PDF; the receipt stands on its last page."""
    from tickets.printing.letter import draw_letter
    from tickets.printing.pdf import new_document

    document = new_document(f"{letter.kind} {letter.number}", mark)
    draw_letter(document, letter)
    return document.finished()


def make_signs(signs: Sequence[Sign]) -> bytes:
    """One PDF, a page for each window; it hangs in public and carries nobody's mark."""
    from tickets.printing.pdf import new_document
    from tickets.printing.sign import draw_sign

    document = new_document("窗口评价二维码", Mark("", ""))
    for sign in signs:
        draw_sign(document, sign)
    return document.finished()
