"""QR codes: the modules of one, for whoever draws it, and as a picture for pages."""

from io import BytesIO

import segno

#: a quarter of it may be scratched or hidden
_CORRECTION = "q"


def qr_modules(text: str) -> list[list[bool]]:
    """Row by row, true where it is dark; without the quiet zone of four modules."""
    code = segno.make_qr(text, error=_CORRECTION)
    return [[bool(module) for module in row] for row in code.matrix]


def qr_svg(text: str) -> bytes:
    """A picture with its quiet zone; it scales to whatever room it is given."""
    drawn = BytesIO()
    segno.make_qr(text, error=_CORRECTION).save(drawn, kind="svg", border=4, omitsize=True, dark="#000", light="#fff")
    return drawn.getvalue()
