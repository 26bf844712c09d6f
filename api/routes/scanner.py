"""The staff's scanner (核验台), and what lets it work without a network once it was loaded."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from api import texts
from api.language import EN, ZH
from api.rendering import APP_POLICY, STATIC, page
from api.texts import Advice

# The QR decoder is WebAssembly; no other page runs any.
POLICY = APP_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
DECODER = STATIC / "vendor" / "zxing"
WORKER = STATIC / "verify" / "worker.js"
FOLDERS = ("shared", "verify", "vendor/zxing")

blp = Blueprint("scanner", __name__, template_folder="../pages/templates")


@blp.get("/verify")
def scanner() -> Response:
    """Show the scanner."""
    answer = page("verify.html", policy=POLICY, decoder=_has_decoder())
    answer.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=()"
    return answer


@blp.get("/verify/words.json")
def words() -> Response:
    """Return what a verifier reads after a scan, in both languages: without a network nobody else can say it."""
    return jsonify({language: _advice(language) for language in (ZH, EN)})


@blp.get("/verify/worker.js")
def worker() -> Response:
    """Return the service worker, which names the files it keeps: another version of any is another worker."""
    files = sorted(_files())
    kept = ["/verify", "/verify/words.json", *(f"/static/{file.relative_to(STATIC)}" for file in files)]
    shell = {"version": _version(files), "files": kept}
    answer = Response(
        f"const SHELL = {json.dumps(shell)};\n\n{WORKER.read_text(encoding='utf-8')}",
        content_type="text/javascript; charset=utf-8",
    )
    # A worker's scope is its folder, /verify/; the page's own address stands one above.
    answer.headers["Service-Worker-Allowed"] = "/verify"
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _files() -> Iterator[Path]:
    yield STATIC / "icon.svg"
    for folder in FOLDERS:
        for file in (STATIC / folder).rglob("*"):
            if file.is_file() and not file.name.startswith(".") and file != WORKER:
                yield file


def _version(files: list[Path]) -> str:
    told = hashlib.sha256(json.dumps({language: _advice(language) for language in (ZH, EN)}).encode())
    told.update(render_template("verify.html", decoder=_has_decoder(), sandbox=False, language=ZH).encode())
    for file in files:
        told.update(str(file.relative_to(STATIC)).encode())
        told.update(file.read_bytes())
    return told.hexdigest()[:16]


def _has_decoder() -> bool:
    return (DECODER / "reader" / "zxing_reader.wasm").is_file()


def _advice(language: str) -> dict[str, dict[str, Any]]:
    told = {"accepted": texts.ACCEPTED, "accepted_stale": texts.ACCEPTED_STALE, "pending": texts.PENDING}
    told |= {str(reason): advice for reason, advice in texts.REASONS.items()}
    return {name: _spoken(advice, language) for name, advice in told.items()}


def _spoken(advice: Advice, language: str) -> dict[str, Any]:
    return {
        "message": advice.message.in_language(language),
        "next_action": advice.next_action.in_language(language),
    }
