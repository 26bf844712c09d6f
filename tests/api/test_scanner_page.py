"""What the scanner's page is served with, so that it may use a camera and work without a network."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from api import static_files
from api.rendering import STATIC
from api.routes import scanner
from tests.sandbox import Sandbox
from wallet.showing.reasons import Reason


def shell_of(sandbox: Sandbox) -> dict[str, Any]:
    script = sandbox.anybody.get("/verify/worker.js").text
    (told,) = re.findall(r"^const SHELL = (.*);$", script, re.MULTILINE)
    shell: dict[str, Any] = json.loads(told)
    return shell


def test_the_camera_is_this_pages_alone(standing_sandbox: Sandbox) -> None:
    asked = {
        path: standing_sandbox.anybody.get(path).headers["Permissions-Policy"].split(",")[0]
        for path in ("/", "/docs", "/verify")
    }

    assert asked == {"/": "camera=()", "/docs": "camera=()", "/verify": "camera=(self)"}


def test_web_assembly_runs_on_this_page_alone(standing_sandbox: Sandbox) -> None:
    policies = [
        standing_sandbox.anybody.get(path).headers["Content-Security-Policy"]
        for path in ("/", "/docs", "/verify", "/verify/worker.js")
    ]

    assert ["'wasm-unsafe-eval'" in policy for policy in policies] == [False, False, True, True]
    assert not any("unsafe-inline" in policy or "'unsafe-eval'" in policy for policy in policies)


def test_the_worker_keeps_the_page_and_every_file_it_needs(standing_sandbox: Sandbox) -> None:
    response = standing_sandbox.anybody.get("/verify/worker.js")
    kept = shell_of(standing_sandbox)["files"]

    assert response.mimetype == "text/javascript"
    assert response.headers["Service-Worker-Allowed"] == "/verify"
    assert {"/verify", "/verify/words.json", "/static/shared/api.js", "/static/verify/app.js"} <= set(kept)
    assert not any(path.startswith("/v1") for path in kept)
    for path in kept:
        assert standing_sandbox.anybody.get(path, buffered=True).status_code == 200, path


def test_another_file_is_another_worker(
    standing_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shell_of(standing_sandbox)["version"]
    (tmp_path / "shared").mkdir()
    (tmp_path / "icon.svg").write_text("<svg/>", encoding="utf-8")
    monkeypatch.setattr(scanner, "STATIC", tmp_path)

    assert shell_of(standing_sandbox)["version"] != first
    assert first == re.sub(r"[^0-9a-f]", "", first)


def test_every_reason_can_be_said_without_a_network(standing_sandbox: Sandbox) -> None:
    words = standing_sandbox.anybody.expect(200, "GET", "/verify/words.json")

    for language in ("zh", "en"):
        assert {*Reason, "accepted", "accepted_stale", "pending"} == set(words[language])
    assert words["zh"]["used"]["message"] == "亮证码已被使用"
    assert words["en"]["accepted"]["next_action"] == "Compare the person with the photo"


def test_the_page_can_be_installed(standing_sandbox: Sandbox) -> None:
    response = standing_sandbox.anybody.get("/static/verify/scanner.webmanifest", buffered=True)
    manifest = json.loads(response.get_data())

    assert response.mimetype == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        "/verify",
        "/verify",
        "standalone",
    )
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        assert standing_sandbox.anybody.get(icon["src"], buffered=True).status_code == 200


def test_a_file_is_packed_for_who_can_unpack_it(standing_sandbox: Sandbox) -> None:
    path, headers = "/static/verify/words.js", {"Accept-Encoding": "gzip"}

    plain = standing_sandbox.anybody.get(path, buffered=True)
    packed = standing_sandbox.anybody.get(path, buffered=True, headers=headers)
    again = standing_sandbox.anybody.get(
        path, buffered=True, headers=headers | {"If-None-Match": packed.headers["ETag"]}
    )

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data() == (STATIC / path[8:]).read_bytes()
    assert len(packed.get_data()) < len(plain.get_data()) * 0.6
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert again.status_code == 304
    assert ".png" not in static_files.PACKED
