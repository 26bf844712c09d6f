"""What the architecture tests read: the project's own Python files, as text and as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.paths import ROOT

DOMAIN = ("identity", "wallet", "hotservices")
PACKAGES = ("api", *DOMAIN)


def files(*folders: str) -> Iterator[Path]:
    """Yield every Python file below some top-level folders."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path, node: ast.stmt | ast.expr) -> str:
    """Return where something stands, as an editor understands it."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call in a file with what is called, as it is written."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node
