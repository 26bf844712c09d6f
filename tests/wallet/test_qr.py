"""QR codes that independent decoders read back."""

import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.util import MODE_8BIT_BYTE, QRData

from api.config import SHOW_URL_PREFIX_MAX
from identity.crypto.signer import Signer
from tests.wallet import decoding
from tests.wallet.tokens import EXPIRES_AT, JTI
from wallet.showing import qr
from wallet.showing.qr import DEFAULT_BORDER, DEFAULT_SCALE
from wallet.showing.qr_symbol import Level, TextTooLong, symbol
from wallet.showing.token_codec import seal

PREFIX = "https://lz.example/s"
# ISO/IEC 18004: version v has 17 + 4v modules a side.
VERSION_9 = 17 + 4 * 9
OTHERS_LEVELS = {Level.L: 1, Level.M: 0, Level.Q: 3, Level.H: 2}
# `python -m tests.bench.qr` reads 10 000.
SAMPLE = 50

ascii_characters = st.characters(min_codepoint=33, max_codepoint=126)


def read_back(png: bytes) -> str:
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(png)), formats=zxingcpp.BarcodeFormat.QRCode)
    return str(code.text)


def test_a_token_makes_a_version_9_code_at_level_l(signer: Signer) -> None:
    modules = qr.matrix(seal(JTI, EXPIRES_AT, signer), Level.L, 0)

    assert len(modules) == len(modules[0]) == VERSION_9


def test_a_token_behind_the_longest_prefix_still_fits_version_9(signer: Signer) -> None:
    text = PREFIX + seal(JTI, EXPIRES_AT, signer)

    assert (len(PREFIX), len(text) <= 230) == (SHOW_URL_PREFIX_MAX, True)
    assert len(qr.matrix(text, Level.L, 0)) == VERSION_9


@pytest.mark.parametrize("level", Level)
def test_a_foreign_decoder_reads_the_png_at_every_level(signer: Signer, level: Level) -> None:
    token = seal(JTI, EXPIRES_AT, signer)

    png = qr.png(token, level=level, scale=DEFAULT_SCALE, border=DEFAULT_BORDER)

    assert read_back(png) == token


@settings(max_examples=25)
@given(st.text(ascii_characters, min_size=1, max_size=230))
def test_whatever_text_a_code_holds_is_read_back(text: str) -> None:
    assert read_back(qr.png(text, level=Level.L, scale=4, border=4)) == text


def test_the_picture_is_as_large_as_scale_and_quiet_zone_say(signer: Signer) -> None:
    token = seal(JTI, EXPIRES_AT, signer)

    image = Image.open(BytesIO(qr.png(token, level=Level.L, scale=3, border=2)))

    assert image.size == ((VERSION_9 + 4) * 3,) * 2


def test_the_svg_is_a_document_of_its_own_with_the_same_modules(signer: Signer) -> None:
    token = seal(JTI, EXPIRES_AT, signer)

    svg = qr.svg(token, level=Level.L, scale=1, border=4, label='"<&>')
    document = ET.fromstring(svg)  # noqa: S314  our own

    assert document.tag == "{http://www.w3.org/2000/svg}svg"
    assert document.attrib["viewBox"].split()[2:] == [str(VERSION_9 + 8)] * 2
    assert document.attrib["role"] == "img"
    assert document.attrib["aria-label"] == '"<&>'
    assert b"http" not in svg.replace(b"http://www.w3.org/2000/svg", b"")


@given(st.text(ascii_characters, min_size=1, max_size=400), st.sampled_from(Level))
def test_a_symbol_is_module_for_module_what_another_library_makes(text: str, level: Level) -> None:
    other = qrcode.QRCode(error_correction=OTHERS_LEVELS[level], mask_pattern=3, border=0)
    other.add_data(QRData(text.encode(), mode=MODE_8BIT_BYTE))
    other.make(fit=True)

    assert symbol(text, level).tolist() == np.array(other.get_matrix(), int).tolist()


@pytest.mark.parametrize(
    ("level", "most"), [(Level.L, 2953), (Level.M, 2331), (Level.Q, 1663), (Level.H, 1273)]
)
def test_the_largest_symbol_takes_what_the_standard_says_and_no_more(level: Level, most: int) -> None:
    largest = symbol("a" * most, level)

    assert len(largest) == 17 + 4 * 40
    with pytest.raises(TextTooLong):
        symbol("a" * (most + 1), level)


def test_two_decoders_read_random_tokens_byte_for_byte(signer: Signer) -> None:
    assert decoding.misread(SAMPLE, signer) == {"zxing-cpp": 0, "OpenCV": 0}
