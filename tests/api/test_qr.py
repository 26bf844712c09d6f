"""The QR of a show token, read back by decoders that know nothing of us; and the token by another JOSE library."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from PIL import Image, ImageDraw

from api.config import Config
from tests.sandbox import JSON, Citizen, Sandbox, running

KIND = "DRIVING_LICENCE"
VERSION_9_MODULES = 53
PIXEL = 4
# How the SVG draws a run of dark modules in a row.
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")
VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) \d+"')


@pytest.fixture(scope="module")
def citizen(standing_sandbox: Sandbox) -> Citizen:
    return standing_sandbox.citizen("zhang-wei")


def qr(citizen: Citizen, shown: JSON, form: str = "png", query: str = "") -> bytes:
    response = citizen.get(f"/v1/show-tokens/{shown['id']}/qr.{form}{query}")
    assert response.status_code == 200
    assert response.mimetype == {"png": "image/png", "svg": "image/svg+xml"}[form]
    data: bytes = response.data
    return data


def read(image: Image.Image) -> str:
    (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    text: str = code.text
    return text


def drawn(svg: str) -> Image.Image:
    """Draw the SVG's modules with Pillow."""
    (side,) = VIEW_BOX.findall(svg)
    image = Image.new("L", (int(side) * PIXEL,) * 2, 255)
    pen = ImageDraw.Draw(image)
    for found in RUN.findall(svg):
        x, y, length = (int(number) * PIXEL for number in found)
        pen.rectangle((x, y, x + length - 1, y + PIXEL - 1), fill=0)
    return image


def test_a_png_reads_back_as_the_qr_text(citizen: Citizen) -> None:
    shown = citizen.show(KIND)

    image = Image.open(BytesIO(qr(citizen, shown)))

    assert read(image) == shown["qr_text"]


@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg (Debian zbar-tools) is not on the PATH")
def test_zbarimg_reads_a_png_back(citizen: Citizen, tmp_path: Path) -> None:
    shown = citizen.show(KIND)
    png = tmp_path / "qr.png"
    png.write_bytes(qr(citizen, shown))

    result = subprocess.run(["zbarimg", "--quiet", "--raw", png], capture_output=True, check=True, text=True)

    assert result.stdout.strip() == shown["qr_text"]


def test_an_svg_draws_the_same_code(citizen: Citizen) -> None:
    shown = citizen.show(KIND)

    assert read(drawn(qr(citizen, shown, "svg").decode())) == shown["qr_text"]


@pytest.mark.parametrize(
    ("language", "label"), [("zh-CN", "亮证二维码"), ("en", "QR code of a licence shown")]
)
def test_a_screen_reader_is_told_what_the_svg_is(citizen: Citizen, language: str, label: str) -> None:
    path = f"/v1/show-tokens/{citizen.show(KIND)['id']}/qr.svg"

    svg = citizen.get(path, headers={"Accept-Language": language}).text

    assert f'role="img" aria-label="{label}"' in svg


def test_by_default_a_code_is_version_9_at_level_l(citizen: Citizen) -> None:
    image = Image.open(BytesIO(qr(citizen, citizen.show(KIND), query="?scale=1&border=0")))

    assert image.size == (VERSION_9_MODULES, VERSION_9_MODULES)


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_every_level_reads_back(citizen: Citizen, level: str) -> None:
    shown = citizen.show(KIND)

    image = Image.open(BytesIO(qr(citizen, shown, query=f"?level={level}&scale=4&border=4")))

    assert read(image) == shown["qr_text"]


def test_scale_and_border_set_the_size(citizen: Citizen) -> None:
    image = Image.open(BytesIO(qr(citizen, citizen.show(KIND), query="?scale=3&border=2")))

    assert image.size == ((VERSION_9_MODULES + 2 * 2) * 3,) * 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("scale=0", "scale"),
        ("scale=21", "scale"),
        ("scale=1000000", "scale"),
        ("scale=x", "scale"),
        ("border=-1", "border"),
        ("border=11", "border"),
        ("level=X", "level"),
        ("level=", "level"),
    ],
)
@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_size_or_level_out_of_bounds_is_refused_by_name(
    citizen: Citizen,
    form: str,
    query: str,
    field: str,
) -> None:
    shown = citizen.show(KIND)

    problem = citizen.refused(
        422, "validation-failed", "GET", f"/v1/show-tokens/{shown['id']}/qr.{form}?{query}"
    )

    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize("form", ["svg", "png"])
@pytest.mark.parametrize("end", ["used", "withdrawn", "expired"])
def test_an_ended_token_has_no_qr(sandbox: Sandbox, form: str, end: str) -> None:
    citizen = sandbox.citizen("zhang-wei")
    shown = citizen.show(KIND)
    match end:
        case "used":
            sandbox.staff().scan(shown["qr_text"])
        case "withdrawn":
            citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/withdraw")
        case _:
            sandbox.pass_time(timedelta(seconds=61))

    citizen.refused(410, "show-token-ended", "GET", f"/v1/show-tokens/{shown['id']}/qr.{form}")


def test_a_prefix_stands_before_the_token_and_is_taken_off_by_the_verifier(config: Config) -> None:
    with running(replace(config, show_url_prefix="https://lz.cn/s/")) as prefixed:
        citizen = prefixed.citizen("zhang-wei")
        shown = citizen.show(KIND)

        image = Image.open(BytesIO(qr(citizen, shown)))
        seen = prefixed.staff().scan(read(image))

    assert shown["qr_text"] == f"https://lz.cn/s/{shown['token']}"
    assert len(shown["qr_text"]) <= 230
    assert seen["outcome"] == "accepted"


def served_keys(sandbox: Sandbox) -> KeySet:
    served: Any = sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")
    return KeySet.import_key_set(served)


def test_another_jose_library_verifies_the_token_with_the_served_keys(
    standing_sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    keys = served_keys(standing_sandbox)
    token = citizen.show(KIND)["token"]

    verified = jws.deserialize_compact(token, keys, algorithms=["ES256"])

    assert verified.headers()["typ"] == "lz"


def test_another_jose_library_finds_an_altered_token_out(
    standing_sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    keys = served_keys(standing_sandbox)
    header, _, signature = citizen.show(KIND)["token"].split(".")
    _, payload, _ = citizen.show(KIND)["token"].split(".")

    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(f"{header}.{payload}.{signature}", keys, algorithms=["ES256"])


def test_the_served_keys_are_public_halves_only(standing_sandbox: Sandbox) -> None:
    served = standing_sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"]

    for key in served:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert len(key["kid"]) <= 4


def test_the_keys_of_both_kinds_of_token_are_served_under_kids_of_their_own(
    standing_sandbox: Sandbox,
) -> None:
    served = standing_sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"]
    kids = [key["kid"] for key in served]

    assert {kid[0] for kid in kids} >= {"s", "o"}
    assert len(kids) == len(set(kids))
