"""QR codes of show tokens, as SVG and PNG.

A token of 213 characters fits version 9 at level L.
"""

from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

from wallet.showing.qr_symbol import Bytes, Level, symbol

DEFAULT_SCALE = 6
# ISO/IEC 18004 asks for a quiet zone of four modules.
DEFAULT_BORDER = 4


def matrix(text: str, level: Level, border: int) -> Bytes:
    """Return the modules of a code, row by row, quiet zone included; 1 is dark."""
    return np.pad(symbol(text, level), border)


def png(text: str, *, level: Level, scale: int, border: int) -> bytes:
    """Return a PNG; `scale` is pixels a module, `border` modules of quiet zone."""
    light = 1 - matrix(text, level, border)
    pixels = np.packbits(light.repeat(scale, 0).repeat(scale, 1), axis=1)
    side = len(light) * scale
    data = BytesIO()
    Image.frombytes("1", (side, side), pixels.tobytes()).save(data, "PNG")
    return data.getvalue()


def svg(text: str, *, level: Level, scale: int, border: int, label: str) -> bytes:
    """Return an SVG document; `scale` is tenths of a millimetre a module, `label` is what it's read out as."""
    modules = matrix(text, level, border)
    side = len(modules)
    size = f"{side * scale / 10:g}mm"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}" '
        f'role="img" aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{path(modules)}"/></svg>\n'
    ).encode()


def path(modules: Bytes) -> str:
    """Return an SVG path of the dark modules: each run of them in a row is one rectangle."""
    edges = np.diff(modules.astype(np.int8), axis=1, prepend=0, append=0)
    rows, starts = np.nonzero(edges > 0)
    lengths = np.nonzero(edges < 0)[1] - starts
    runs = zip(starts.tolist(), rows.tolist(), lengths.tolist(), strict=True)
    return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs)
