"""Commands of the whole catalogue: `flask catalogue import`, `export`, `versions`, `restore`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from api.blueprint import services
from hotservices.administration import changes, checking, files, versions
from hotservices.administration.versions import Author, Change, Difference
from hotservices.catalogue import Service
from hotservices.errors import (
    CatalogueBusy,
    CatalogueEmptied,
    CatalogueVersionNotFound,
    ServicesFaulty,
)
from wallet.kinds import all_kinds

READERS: dict[str, Callable[[Any], Any]] = {".csv": files.from_csv, ".json": files.from_json}
WRITERS: dict[str, Callable[[Any], Any]] = {".csv": files.as_csv, ".json": files.as_json}
MAX_BYTES = 50_000_000
NEWEST = 50

FILE = click.Path(path_type=Path, dir_okay=False)


catalogue = AppGroup(
    "catalogue", help="Take the catalogue of services in and out as a whole, and administer its versions."
)


@catalogue.command("import")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--note", default="", help="Why, for whoever reads the versions.")
@click.option("--dry-run", is_flag=True, help="Only check, and say what would change.")
def import_file(path: Path, note: str, *, dry_run: bool) -> None:
    """Replace the catalogue by PATH (.csv or .json), all of it or nothing. What is not in it is retired."""
    wanted = _checked(path)
    _apply(changes.whole(wanted), note or f"导入 · imported: {path.name}", dry_run=dry_run)


@catalogue.command("export")
@click.argument("path", type=FILE)
@click.option("--version", "number", type=int, help="An earlier version.")
def export_file(path: Path, number: int | None) -> None:
    """Write the catalogue to PATH (.csv or .json), as `import` reads it."""
    write = _by_suffix(path, WRITERS)
    with services().database.read() as session:
        try:
            found = versions.read(session, number)
        except CatalogueVersionNotFound as error:
            raise _no_version() from error
    with click.progressbar(found.services.values(), label="services", show_pos=True) as bar:
        text = write(bar)
    path.write_text(text, encoding="utf-8", newline="")
    click.echo(f"version {found.version}: {len(found.services)} services written to {path}")


@catalogue.command("versions")
def list_versions() -> None:
    """List the newest versions."""
    with services().database.read() as session:
        page = versions.listed(session, limit=NEWEST, before=None)
    if not page.items:
        click.echo("no version yet: the release's own catalogue serves")
    for one in page.items:
        who = f"{one.organisation_code}/{one.staff_number}" if one.staff_number else "console"
        figures = f"+{one.added} ~{one.changed} -{one.retired}"
        click.echo(f"{one.number}\t{one.made_at:%Y-%m-%dT%H:%M:%SZ}\t{who}\t{figures}\t{one.note}")


@catalogue.command("restore")
@click.argument("number", type=int)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def restore(number: int, *, dry_run: bool) -> None:
    """Go back to version NUMBER, by a new version that is the same."""
    with services().database.read() as session:
        try:
            wanted = versions.read(session, number)
        except CatalogueVersionNotFound as error:
            raise _no_version() from error
    note = f"恢复至版本{number} · back to version {number}"
    _apply(changes.whole(wanted.services.values()), note, dry_run=dry_run)


def _checked(path: Path) -> list[Service]:
    read = _by_suffix(path, READERS)
    if path.stat().st_size > MAX_BYTES:
        msg = f"the file is larger than {MAX_BYTES} bytes"
        raise click.ClickException(msg)
    try:
        text = path.read_text(encoding="utf-8")
        with click.progressbar(length=len(text.splitlines()), label="lines checked", show_pos=True) as bar:
            return checking.checked(read(text), all_kinds(), bar.update)
    except UnicodeDecodeError as error:
        msg = "the file is not UTF-8"
        raise click.ClickException(msg) from error
    except ServicesFaulty as error:
        for fault in error.faults:
            where = f"{fault.field}: " if fault.field else ""
            click.echo(f"line {fault.line}: {where}{fault.message_en} · {fault.message_zh}", err=True)
        msg = f"{len(error.faults)} faults; nothing was changed"
        raise click.ClickException(msg) from error


def _apply(change: Change, note: str, *, dry_run: bool) -> None:
    parts = services()
    try:
        if dry_run:
            with parts.database.read() as session:
                click.echo(f"would change: {_figures(versions.plan(session, change))}")
            return
        with parts.database.read() as session:
            due = len(versions.plan(session, change))
        with (
            click.progressbar(length=due, label="services written", show_pos=True) as bar,
            parts.database.write() as session,
        ):
            author = Author(None, note[:200], parts.clock.now())
            number, found = versions.make(session, change, author, bar.update)
    except CatalogueEmptied as error:
        msg = "a catalogue without services is none; nothing was changed"
        raise click.ClickException(msg) from error
    except CatalogueBusy as error:
        msg = "somebody else is changing the catalogue; nothing was changed"
        raise click.ClickException(msg) from error
    click.echo(f"version {number}: {_figures(found)}" if found else f"nothing to change: version {number}")


def _figures(found: Difference) -> str:
    return f"{len(found.added)} added, {len(found.changed)} changed, {len(found.retired)} retired"


def _by_suffix(path: Path, tools: dict[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    tool = tools.get(path.suffix.lower())
    if tool is None:
        msg = "the file's name has to end in .csv or .json"
        raise click.ClickException(msg)
    return tool


def _no_version() -> click.ClickException:
    return click.ClickException("the catalogue has no such version")
