"""QR codes of show tokens, as SVG and PNG.

A token of 213 characters fits version 9 at level L. The mask pattern is fixed: trying all eight of them,
as ISO/IEC 18004 §7.8 suggests, costs eight times as much, and any mask is valid.
"""

from enum import StrEnum
from io import BytesIO
from typing import Any

import qrcode
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathFillImage

MASK_PATTERN = 3
DEFAULT_SCALE = 6
# ISO/IEC 18004 asks for a quiet zone of four modules.
DEFAULT_BORDER = 4


class Level(StrEnum):
    """Error correction levels."""

    L = "L"
    M = "M"
    Q = "Q"
    H = "H"


_LEVELS = {
    Level.L: qrcode.constants.ERROR_CORRECT_L,
    Level.M: qrcode.constants.ERROR_CORRECT_M,
    Level.Q: qrcode.constants.ERROR_CORRECT_Q,
    Level.H: qrcode.constants.ERROR_CORRECT_H,
}


def matrix(text: str, level: Level, border: int) -> list[list[bool]]:
    """Return the modules of a code, row by row, quiet zone included; True is dark."""
    modules: list[list[bool]] = _code(text, level, 1, border).get_matrix()
    return modules


def png(text: str, *, level: Level, scale: int, border: int) -> bytes:
    """Return a PNG; `scale` is pixels a module, `border` modules of quiet zone."""
    image = _code(text, level, scale, border).make_image(image_factory=PilImage)
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def svg(text: str, *, level: Level, scale: int, border: int) -> bytes:
    """Return an SVG document; `scale` is tenths of a millimetre a module."""
    image = _code(text, level, scale * 10, border).make_image(image_factory=SvgPathFillImage)
    data = BytesIO()
    image.save(data)
    return data.getvalue()


def _code(text: str, level: Level, scale: int, border: int) -> Any:
    code = qrcode.QRCode(
        error_correction=_LEVELS[level],
        box_size=scale,
        border=border,
        mask_pattern=MASK_PATTERN,
    )
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return code
