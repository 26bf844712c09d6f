"""README.md, held to its word: the tour works when pasted, and what it names exists."""

import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path

from api.config import Config
from api.upkeep.retention import Retention
from tests import live
from tests.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROMISE = re.compile(r"# → (.+)$", re.MULTILINE)
# Read from the environment by us; HOST and PORT are the Makefile's too.
VARIABLE = re.compile(
    r"""(?:env\.get\(|environ\.get\(|_(?:number|yes)\(|_(?:limit|duration|app_id|secret|url|key)\(env, )"([A-Z_]+)\""""
)


def test_the_tour_works_when_pasted_into_bash_and_tells_what_the_readme_promises(
    config: Config, tmp_path: Path
) -> None:
    tour = "\n".join(re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL))

    with live.serving(config) as address:
        done = subprocess.run(
            ["bash", "-euo", "pipefail"],
            input=tour,
            cwd=tmp_path,
            env=os.environ | {"API": address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == PROMISE.findall(tour)
    assert done.stderr == ""


def test_the_configuration_table_names_what_the_code_reads_and_nothing_else() -> None:
    table = README.partition("## Configuration")[2].partition("\n\n`/healthz`")[0]
    listed = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)

    read = set()
    for name in ("config.py", "keys_config.py", "outside_config.py", "serve.py"):
        read |= set(VARIABLE.findall((ROOT / "api" / name).read_text(encoding="utf-8")))

    read |= {f"RETENTION_{field.name.upper()}" for field in fields(Retention)}

    assert len(listed) == len(set(listed))
    assert set(listed) == read


def test_the_configuration_table_tells_the_defaults() -> None:
    keys = {"METRICS_TOKEN": "known-to-the-operator", "KEYS_DIR": "keys"}
    config = Config.from_env(keys)

    for name, default in {
        "LZ_ENV": config.environment.value,
        "LOG_LEVEL": config.log_level,
        "RATE_LIMIT_VERIFICATIONS": config.rate_limits.verifications,
        "RATE_LIMIT_SHOWS": config.rate_limits.shows,
        "RATE_LIMIT_LOGINS": config.rate_limits.logins,
    }.items():
        assert f"| `{name}` | `{default}` |" in README


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))

    assert named <= targets
    assert {"run", "test", "demo", "check", "bench"} <= named


def test_every_picture_and_folder_that_is_named_exists() -> None:
    pictures = re.findall(r'src="([^"]+)"', README)
    folders = re.findall(r"^(\w+/|wsgi\.py|\.ci/run) ", README, re.MULTILINE)

    assert len(pictures) >= 2
    assert len(folders) >= 8
    for path in pictures + folders:
        assert (ROOT / path).exists(), path
