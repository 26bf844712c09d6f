"""Writes the tables of tokens that any implementation can run: `python -m tests.vectors.generate`.

`offline.json`: packs, and scans without a network, each with what a device must answer.
`hostile.json`: tokens of people who mean no good, each with the reason for which it is refused.

Keys are made for the run and thrown away, so the files change as a whole whenever they are made anew.
"""

import json
from typing import Any

from tests.paths import ROOT
from tests.vectors import hostile_cases, offline_cases

FOLDER = ROOT / "tests" / "vectors"


def main() -> None:
    """Write both files."""
    _write("offline.json", offline_cases.table())
    _write("hostile.json", hostile_cases.table())


def _write(name: str, table: dict[str, Any]) -> None:
    (FOLDER / name).write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
