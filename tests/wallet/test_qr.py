"""QR codes that independent decoders read back."""

import xml.etree.ElementTree as ET
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from api.config import SHOW_URL_PREFIX_MAX
from identity.crypto.signer import Signer
from tests.wallet.tokens import EXPIRES_AT, JTI
from wallet.showing import qr
from wallet.showing.qr import DEFAULT_BORDER, DEFAULT_SCALE, Level
from wallet.showing.token_codec import seal

PREFIX = "https://lz.example/s"
# ISO/IEC 18004: version v has 17 + 4v modules a side.
VERSION_9 = 17 + 4 * 9


def read_back(png: bytes) -> str:
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(png)))
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
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=230))
def test_whatever_text_a_code_holds_is_read_back(text: str) -> None:
    assert read_back(qr.png(text, level=Level.L, scale=4, border=4)) == text


def test_the_picture_is_as_large_as_scale_and_quiet_zone_say(signer: Signer) -> None:
    token = seal(JTI, EXPIRES_AT, signer)

    image = Image.open(BytesIO(qr.png(token, level=Level.L, scale=3, border=2)))

    assert image.size == ((VERSION_9 + 4) * 3,) * 2


def test_the_svg_is_a_document_of_its_own_with_the_same_modules(signer: Signer) -> None:
    token = seal(JTI, EXPIRES_AT, signer)

    document = ET.fromstring(qr.svg(token, level=Level.L, scale=1, border=4))  # noqa: S314  our own

    assert document.tag == "{http://www.w3.org/2000/svg}svg"
    assert document.attrib["viewBox"].split()[2:] == [str(VERSION_9 + 8)] * 2
    assert b"http" not in qr.svg(token, level=Level.L, scale=1, border=4).replace(
        b"http://www.w3.org/2000/svg", b""
    )
