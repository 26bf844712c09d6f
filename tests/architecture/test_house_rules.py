"""Rules of the house that a reader would otherwise have to check by eye."""

import re
from importlib.metadata import packages_distributions

import grimp

from tests.architecture import source
from tests.paths import ROOT

TOP_LEVEL = {
    "api",
    "hotservices",
    "identity",
    "migrations",
    "tests",
    "wallet",
}
MAX_LINES = 300
# Loaded by the name in a URL: SQLAlchemy and limits import them, we never do.
LOADED_BY_URL = {"psycopg", "redis"}
# Where real time may be read. Everything else is handed `now`.
CLOCKS = {"identity/clock.py", "identity/sandbox/clock.py"}
TIME_READERS = re.compile(r"(datetime|dt)\.(now|utcnow|today)|date\.today|time\.time(_ns)?")


def test_there_is_no_top_level_folder_that_the_design_does_not_name() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"}

    assert folders <= TOP_LEVEL


def test_no_file_grows_past_what_one_can_read_at_once() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in source.files(*source.PACKAGES, "migrations", "tests")
    }

    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_runtime_requirement_is_pinned_and_imported() -> None:
    runtime = (ROOT / "requirements.txt").read_text(encoding="utf-8").partition("# What tests")[0]
    lines = [line for line in runtime.splitlines() if line and not line.startswith("#")]
    pinned = [re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[\w+\])?==[0-9][\w.]*", line) for line in lines]
    graph = grimp.build_graph(*source.PACKAGES, include_external_packages=True, cache_dir=None)
    distributions = packages_distributions()
    imported = {
        _normal(distribution)
        for module in graph.modules
        for distribution in distributions.get(module.partition(".")[0], [])
    }

    unpinned = [line for line, match in zip(lines, pinned, strict=True) if match is None]
    names = {_normal(match.group(1)) for match in pinned if match}

    assert unpinned == []
    assert names - imported - LOADED_BY_URL == set()


def test_the_domain_is_handed_the_time_and_reads_no_clock() -> None:
    readers = [
        source.place(path, call)
        for path in source.files(*source.DOMAIN)
        if str(path.relative_to(ROOT)) not in CLOCKS
        for called, call in source.calls(path)
        if TIME_READERS.fullmatch(called)
    ]

    assert readers == []


def test_the_domain_never_commits() -> None:
    commits = [
        source.place(path, call)
        for path in source.files(*source.DOMAIN)
        for called, call in source.calls(path)
        if called.endswith((".commit", ".rollback"))
    ]

    assert commits == []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
