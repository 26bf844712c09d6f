"""Keys rotate while people show and verify, and nobody is turned away for it."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from api.config import Config
from identity.crypto.keyring import KeyRing, Purpose
from tests.paths import ROOT
from tests.sandbox import Citizen, Staff, running

KIND = "DRIVING_LICENCE"
PEOPLE = 3
NO_LIMIT = "99999/minute"
# Another process, as an operator's commands would be: a key is announced, then it signs. Twice for shows.
ROTATE = """
import os
from api.commands import keys
from api.config import Config
runner = keys.app_of(Config.from_env(os.environ)).test_cli_runner()
for purpose in ("show", "show", "sessions", "sessions", "show", "show"):
    assert runner.invoke(args=["keys", "rotate", purpose]).exit_code == 0
"""


@pytest.fixture
def own_keys(config: Config, tmp_path: Path) -> Config:
    """The configuration of a sandbox whose keys nobody shares, and whose citizens may show all day."""
    folder = tmp_path / "own-keys"
    shutil.copytree(config.keys_dir, folder)
    limits = replace(config.rate_limits, shows=NO_LIMIT, verifications=NO_LIMIT, account=NO_LIMIT)
    return replace(config, keys_dir=folder, rate_limits=limits)


def rotating(config: Config) -> "subprocess.Popen[bytes]":
    env = {"LZ_ENV": "sandbox", "KEYS_DIR": str(config.keys_dir), "DATA_DIR": str(config.data_dir)}
    return subprocess.Popen([sys.executable, "-c", ROTATE], cwd=ROOT, env=os.environ | env)


def show_and_verify(
    citizen: Citizen, officer: Staff, path: str, operator: "subprocess.Popen[bytes]"
) -> list[tuple[str, str]]:
    """Show and verify until the keys are rotated, and once more; return how it went and the signed headers."""
    seen, over = [], False
    while not over:
        over = operator.poll() is not None
        qr_text = citizen.expect(201, "POST", path, json={})["qr_text"]
        scan = officer.scan(qr_text)
        seen.append((str(scan["reason"] or scan["outcome"]), qr_text.partition(".")[0]))
    return seen


def test_while_keys_of_shows_and_sessions_rotate_no_verification_fails(own_keys: Config) -> None:
    with running(own_keys) as here, running(own_keys) as there:
        citizen, officer = here.citizen("zhang-wei"), there.staff()
        path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"
        with rotating(own_keys) as operator, ThreadPoolExecutor(PEOPLE) as threads:
            people = [
                threads.submit(show_and_verify, citizen, officer, path, operator) for _ in range(PEOPLE)
            ]
            seen = [one for person in people for one in person.result()]
        published = there.anybody.expect(200, "GET", "/.well-known/jwks.json")["keys"]
        ready = here.anybody.get("/readyz").get_json()

    kids = {key.kid for key in KeyRing(own_keys.keys_dir, Purpose.SHOW).all_keys()}
    assert operator.returncode == 0
    assert {how for how, _ in seen} == {"accepted"}
    assert len({header for _, header in seen}) > 1
    assert len(kids) == 3
    assert kids <= {jwk["kid"] for jwk in published}
    assert ready["checks"]["keys"] is True
