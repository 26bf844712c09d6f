"""Commands: `flask migrate`, `flask seed`, `flask openapi`."""

from pathlib import Path

import click
from flask import Flask

from api import migrating, openapi, seeding
from api.blueprint import services


def register(app: Flask) -> None:
    """Give an app its commands."""
    for command in (migrate, seed, write_openapi):
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


@click.command("openapi")
@click.argument("path", type=click.Path(path_type=Path), default="openapi.yaml")
def write_openapi(path: Path) -> None:
    """Write openapi.yaml."""
    app = click.get_current_context().find_root().obj.load_app()
    path.write_text(openapi.as_yaml(app), encoding="utf-8")
    click.echo(f"wrote {path}")
