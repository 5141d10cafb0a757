"""Reads a PDF with the engine that a browser shows it with."""

import pypdfium2


def pages_of(content: bytes) -> list[str]:
    """The text of each page, without its blanks."""
    document = pypdfium2.PdfDocument(content)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def has_red_head(content: bytes) -> bool:
    """Whether anything red is painted on the upper third of the first page."""
    document = pypdfium2.PdfDocument(content)
    try:
        picture = document[0].render(scale=0.5).to_pil().convert("RGB")
    finally:
        document.close()
    head = picture.crop((0, 0, picture.width, picture.height // 3))
    return any(red > 150 and green < 90 and blue < 90 for red, green, blue in head.get_flattened_data())
