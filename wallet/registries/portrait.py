"""Drawn portraits of the sandbox's people: plainly no photograph, and labelled as such."""

import hashlib
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

SIZE = (240, 320)
SKIN, SHIRT_DARKER = "#f2d3b8", 0.55
LABEL_FILL, LABEL_TEXT = "#7a1f1f", "#ffffff"


def draw(key: str) -> bytes:
    """Return a PNG of 240 × 320 pixels: head and shoulders in colours of the persona's own."""
    tint = hashlib.sha256(key.encode()).digest()
    background = tuple(190 + byte % 50 for byte in tint[:3])
    hair = tuple(20 + byte % 60 for byte in tint[3:6])
    shirt = tuple(int(byte * SHIRT_DARKER) + 40 for byte in tint[6:9])
    image = Image.new("RGB", SIZE, background)
    pen = ImageDraw.Draw(image)
    pen.ellipse((15, 215, 225, 420), fill=shirt)
    pen.rectangle((102, 175, 138, 230), fill=SKIN)
    pen.ellipse((66, 48, 174, 150), fill=hair)
    pen.ellipse((74, 70, 166, 196), fill=SKIN)
    for x in (100, 140):
        pen.ellipse((x - 6, 122, x + 6, 132), fill="#2b2b2b")
    pen.arc((98, 138, 142, 172), 20, 160, fill="#8a4b3a", width=4)
    pen.rectangle((0, 286, 240, 320), fill=LABEL_FILL)
    label = f"SANDBOX {key}"
    pen.text((120, 303), label, fill=LABEL_TEXT, font=ImageFont.load_default(15), anchor="mm")
    png = BytesIO()
    image.save(png, "PNG", optimize=True)
    return png.getvalue()
