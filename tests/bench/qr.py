"""What drawing a token's QR costs beside `qrcode` as it comes, and 10 000 tokens read back: `python -m tests.bench.qr`."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import qrcode
from qrcode.image.svg import SvgPathImage

from identity.crypto.keyring import KeyRing, Purpose, create_ring
from identity.crypto.signer import KeyRingSigner
from tests.wallet import decoding
from wallet.showing import qr
from wallet.showing.qr_symbol import Level, symbol
from wallet.showing.token_codec import new_jti, seal

ROUNDS = 100
COUNT = int(os.environ.get("BENCH_TOKENS", "10000"))
GOAL = 5.0


def main() -> None:
    """Print the costs side by side, and what two decoders did not read."""
    with tempfile.TemporaryDirectory() as folder:
        create_ring(Path(folder), Purpose.SHOW)
        signer = KeyRingSigner(KeyRing(Path(folder), Purpose.SHOW))
        _compare(seal(new_jti(), decoding.BEGIN, signer))
        print(f"of {COUNT} random tokens not read back byte for byte: {decoding.misread(COUNT, signer)}")


def _compare(text: str) -> None:
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "modules": (lambda: symbol(text, Level.L), lambda: _made(text).get_matrix()),
        "svg": (
            lambda: qr.svg(text, level=Level.L, scale=6, border=4, label="QR"),
            lambda: _made(text).make_image(image_factory=SvgPathImage).save(BytesIO()),
        ),
        "png": (
            lambda: qr.png(text, level=Level.L, scale=6, border=4),
            lambda: _made(text).make_image().save(BytesIO()),
        ),
    }
    print(f"a token of {len(text)} characters, {ROUNDS} rounds in turns, milliseconds at the median")
    for form, (ours, theirs) in pairs.items():
        mine, default = _timed(ours, theirs)
        verdict = "held" if default / mine >= GOAL else "MISSED"
        print(
            f"  {form:8} ours {mine:7.3f}  qrcode {default:7.3f}  {default / mine:6.1f} × (goal {GOAL:g}: {verdict})"
        )


def _made(text: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L)
    code.add_data(text)
    code.make(fit=True)
    return code


def _timed(*jobs: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(ROUNDS):
        for job, taken in zip(jobs, times, strict=True):
            began = time.perf_counter()
            job()
            taken.append((time.perf_counter() - began) * 1000)
    return [statistics.median(taken) for taken in times]


if __name__ == "__main__":
    main()
