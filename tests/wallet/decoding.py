"""Two decoders of QR codes that know nothing of us, or of each other."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import cv2
import numpy as np
import zxingcpp
from PIL import Image

from identity.crypto.signer import Signer
from wallet.showing import qr
from wallet.showing.qr_symbol import Level
from wallet.showing.token_codec import new_jti, seal

BEGIN = datetime(2026, 11, 22, 2, tzinfo=UTC)
_opencv = cv2.QRCodeDetectorAruco()


def zxing(png: bytes) -> list[str]:
    """Return the QR codes that zxing-cpp reads in a picture.

    Asked for every kind of code, it takes some rows of one symbol in 150 for an ITF bar code as well.
    """
    return [
        str(code.text)
        for code in zxingcpp.read_barcodes(Image.open(BytesIO(png)), formats=zxingcpp.BarcodeFormat.QRCode)
    ]


def opencv(png: bytes) -> list[str]:
    """Return what OpenCV reads in a picture."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    text, *_ = _opencv.detectAndDecode(picture)
    return [str(text)]


DECODERS = {"zxing-cpp": zxing, "OpenCV": opencv}


def misread(count: int, signer: Signer) -> dict[str, int]:
    """Return how many of as many fresh tokens each decoder does not read back byte for byte."""
    faults = dict.fromkeys(DECODERS, 0)
    for number in range(count):
        token = seal(new_jti(), BEGIN + timedelta(seconds=number), signer)
        png = qr.png(token, level=Level.L, scale=4, border=4)
        for name, read in DECODERS.items():
            faults[name] += read(png) != [token]
    return faults
