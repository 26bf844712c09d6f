"""`flask catalogue`: the whole catalogue goes in and out, all of it or nothing, and every version comes back."""

from pathlib import Path

import pytest
from click.testing import Result

from hotservices.administration import versions
from hotservices.catalogue import Catalogue, shipped
from tests.sandbox import Sandbox


def run(sandbox: Sandbox, *words: str) -> Result:
    return sandbox.app.test_cli_runner().invoke(args=["catalogue", *words])


def stored(sandbox: Sandbox) -> Catalogue:
    with sandbox.parts.database.read() as session:
        return versions.read(session)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_was_exported_is_imported_changed_and_brought_back(
    sandbox: Sandbox, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"all.{form}"
    assert run(sandbox, "export", str(path)).exit_code == 0
    same = run(sandbox, "import", str(path))
    path.write_text(path.read_text("utf-8").replace("高考准考证打印", "高考准考证下载"), "utf-8")

    dry = run(sandbox, "import", str(path), "--dry-run")
    before = stored(sandbox)
    done = run(sandbox, "import", str(path), "--note", "改名")
    changed = stored(sandbox)
    back = run(sandbox, "restore", "1")

    assert "nothing to change" in same.output
    assert "would change: 0 added, 1 changed, 0 retired" in dry.output
    assert before.services == shipped().services
    assert "version 2: 0 added, 1 changed, 0 retired" in done.output
    assert changed.get("SVC0125").name == "高考准考证下载"
    assert "version 3: 0 added, 1 changed, 0 retired" in back.output
    assert stored(sandbox).services == shipped().services
    assert list(stored(sandbox).services) == list(shipped().services)
    assert [line[:1] for line in run(sandbox, "versions").output.splitlines()] == ["3", "2", "1"]
    assert "改名" in run(sandbox, "versions").output
    assert run(sandbox, "export", str(path), "--version", "2").exit_code == 0
    assert "高考准考证下载" in path.read_text("utf-8")


def test_a_faulty_file_changes_nothing_and_every_fault_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    run(sandbox, "export", str(path))
    text = path.read_text("utf-8").replace("SVC0002", "SVC 02").replace("SVC0009", "SVC0008")
    path.write_text(text, "utf-8")

    result = run(sandbox, "import", str(path))

    assert result.exit_code != 0
    assert "line 3: code:" in result.output
    assert "line 10: code: The same as in line 9" in result.output
    assert "2 faults; nothing was changed" in result.output
    assert stored(sandbox).version == 0


def test_an_empty_catalogue_another_form_and_an_unknown_version_are_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    empty, other, latin = tmp_path / "no.csv", tmp_path / "a.xlsx", tmp_path / "latin.csv"
    run(sandbox, "export", str(empty))
    empty.write_text(empty.read_text("utf-8").splitlines()[0], "utf-8")
    other.write_bytes(b"x")
    latin.write_bytes(b"\xff\xfe")

    for words in (["import", str(empty)], ["import", str(other)], ["import", str(latin)], ["restore", "7"]):
        result = run(sandbox, *words)
        assert result.exit_code == 1, result.output
    assert stored(sandbox).version == 0
