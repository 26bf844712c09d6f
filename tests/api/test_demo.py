"""`make demo`: the main job in a terminal, against a server of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image, ImageOps

from api import demo
from api.config import Config
from tests import live
from tests.paths import ROOT

STATIC = ROOT / "api" / "pages" / "static"
PICTURES = ("demo-shown.svg", "demo-verified.svg")
MAX_PICTURE_BYTES = 150_000
SHOW_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
UPPER_LIGHT, LOWER_LIGHT = "█▀", "█▄"


@pytest.fixture
def address(config: Config) -> Iterator[str]:
    """The address of a running sandbox."""
    with live.serving(config) as address:
        yield address


def test_the_demo_walks_the_main_job_twice_in_a_row_and_draws_a_qr_that_reads(address: str) -> None:
    first, second = run_demo(address), run_demo(address)

    assert [first.returncode, second.returncode] == [0, 0], first.stderr + second.stderr
    for output in (first.stdout, second.stdout):
        told = [line for line in output.splitlines() if not is_qr(line)]
        assert len(told) <= 24
        assert "16 个部门 departments，11 张证照 licences" in output
        assert "● 绿 green 证照真实有效" in output
        assert "● 红 red 亮证码已被使用 (used)" in output
        assert "您的普通护照将于" in output or "您已持有办理所需的" in output
        assert SHOW_TOKEN.fullmatch(read_qr(output))
    assert read_qr(first.stdout) != read_qr(second.stdout)


def test_the_committed_pictures_are_what_the_demo_draws(address: str, tmp_path: Path) -> None:
    done = run_demo(address, "--pictures", str(tmp_path))

    assert done.returncode == 0, done.stderr
    for name in PICTURES:
        assert texts_of(tmp_path / name) == texts_of(STATIC / name)
        assert (STATIC / name).stat().st_size < MAX_PICTURE_BYTES


def test_without_a_server_the_demo_says_how_to_start_one() -> None:
    done = run_demo("http://127.0.0.1:1")

    assert done.returncode == 1
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_ours_is_told_apart() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as foreign:
        answering = Thread(target=foreign.handle_request)
        answering.start()

        done = run_demo(f"http://127.0.0.1:{foreign.server_port}")

        answering.join()
    assert done.returncode == 1
    assert "POST /v1/sandbox/reset: 应答不是 JSON" in done.stderr


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "https://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(demo.DemoFailed, match=r"http://127\.0\.0\.1:8000"):
        demo.Server.at(address)


def test_what_is_not_as_expected_ends_the_demo() -> None:
    with pytest.raises(demo.DemoFailed, match="first scan is 'rejected', not 'accepted'"):
        demo.expect("first scan", "rejected", "accepted")


def run_demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "api.demo", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def is_qr(line: str) -> bool:
    return line.startswith("   ") and set(line.strip()) <= set("█▀▄ ")


def read_qr(output: str) -> str:
    """Decode the QR off the terminal with a decoder that is not ours."""
    rows = [line[3:] for line in output.splitlines() if is_qr(line)]
    image = Image.new("L", (len(rows[0]), 2 * len(rows)))
    for y, row in enumerate(rows):
        for x, half_block in enumerate(row):
            image.putpixel((x, 2 * y), 255 * (half_block in UPPER_LIGHT))
            image.putpixel((x, 2 * y + 1), 255 * (half_block in LOWER_LIGHT))
    large = ImageOps.scale(image, 8, resample=Image.Resampling.NEAREST)
    (code,) = zxingcpp.read_barcodes(large, formats=zxingcpp.BarcodeFormat.QRCode)
    text: str = code.text
    return text


def texts_of(picture: Path) -> list[str]:
    """Return what a picture says, without its instants."""
    tree = ET.parse(picture)  # noqa: S314 - drawn by the demo itself
    texts = ["".join(each.itertext()) for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    return [re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "…", text) for text in texts]
