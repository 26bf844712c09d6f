"""Commands: `flask migrate`, `seed`, `openapi`, `purge`, `first-admin`, `audit`, `catalogue`. The keys' are in `api.commands.keys`."""

from pathlib import Path

import click
from flask import Flask

from api import migrating, openapi, seeding
from api.blueprint import services
from api.commands.audit import audit
from api.commands.catalogue import catalogue
from api.upkeep import purging
from identity.errors import OrganisationCodeTaken, PlatformExists
from identity.staff import OrganisationKind
from identity.staffing import agencies
from identity.staffing.agencies import NewAgency
from identity.staffing.passwords import fresh


def register(app: Flask) -> None:
    """Give an app its commands."""
    for command in (migrate, seed, write_openapi, purge, first_admin, audit, catalogue):
        app.cli.add_command(command)


@click.command("migrate")
def migrate() -> None:
    """Bring the database up to the newest migration."""
    migrating.upgrade(services().database)
    click.echo("database is up to date")


@click.command("seed")
def seed() -> None:
    """Fill an empty sandbox with its people, staff, departments and licences."""
    if not services().config.is_sandbox:
        msg = "only a sandbox is seeded (LZ_ENV=sandbox)"
        raise click.ClickException(msg)
    filled = seeding.fill_once(services())
    click.echo("sandbox filled" if filled else "sandbox is filled already")


@click.command("first-admin")
@click.argument("code")
@click.argument("name")
@click.argument("staff_number")
def first_admin(code: str, name: str, staff_number: str) -> None:
    """Create the platform's agency CODE, called NAME, and its first admin. Prints an initial password."""
    parts, password = services(), fresh()
    new = NewAgency(code, name, OrganisationKind.PLATFORM, staff_number, parts.passwords.hash(password))
    try:
        with parts.database.write() as session:
            agencies.create_platform(session, new, parts.clock.now())
    except (PlatformExists, OrganisationCodeTaken) as error:
        msg = "there is a platform agency, or an organisation of this code, already"
        raise click.ClickException(msg) from error
    click.echo("initial password, to be changed at the first login:")
    click.echo(password)


@click.command("openapi")
@click.argument("path", type=click.Path(path_type=Path), default="openapi.yaml")
def write_openapi(path: Path) -> None:
    """Write openapi.yaml."""
    app = click.get_current_context().find_root().obj.load_app()
    path.write_text(openapi.as_yaml(app), encoding="utf-8")
    click.echo(f"wrote {path}")


@click.command("purge")
@click.option("--batch", default=purging.BATCH, type=click.IntRange(1, 10_000), help="Rows to a transaction.")
@click.option("--dry-run", is_flag=True, help="Only say how much is due.")
def purge(batch: int, *, dry_run: bool) -> None:
    """Remove what has been kept for as long as RETENTION_… says; it can be stopped and started again."""
    parts = services()
    now = parts.clock.now()
    for rule in purging.RULES:
        due = purging.due(parts, rule, now)
        if dry_run:
            click.echo(f"{rule.name}: {due} due")
            continue
        with click.progressbar(length=due, label=rule.name, show_pos=True) as bar:
            for dropped in purging.batches(parts, rule, now, batch):
                bar.update(dropped)
