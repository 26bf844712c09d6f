"""`flask keys`: make key rings and rotate them, while the service runs."""

from pathlib import Path

import click
from flask.cli import AppGroup

from api.blueprint import services
from identity.crypto import rotation
from identity.crypto.keyring import KeyRingError, Purpose

keys = AppGroup("keys", help="List and rotate keys.")

PURPOSE = click.Argument(["purpose"], type=click.Choice([str(one) for one in Purpose]))


@keys.command("list")
def list_keys() -> None:
    """List every ring's keys with their states."""
    for purpose in Purpose:
        for kid, state in rotation.states(_directory(), purpose):
            click.echo(f"{purpose:10}{kid:6}{state}")


@keys.command("rotate", params=[PURPOSE, click.Option(["--now"], is_flag=True)])
def rotate(purpose: str, *, now: bool) -> None:
    """Announce a key; the second time, let it sign. --now does both at once."""
    ring = Purpose(purpose)
    announced = any(state == "next" for _, state in rotation.states(_directory(), ring))
    if not announced:
        click.echo(f"{rotation.stage(_directory(), ring)} is next")
    if announced or now:
        click.echo(f"{rotation.promote(_directory(), ring)} is signing")


@keys.command("retire", params=[PURPOSE, click.Argument(["kid"])])
def retire(purpose: str, kid: str) -> None:
    """Trust a key no longer that only verifies."""
    try:
        rotation.retire(_directory(), Purpose(purpose), kid)
    except KeyRingError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{kid} is retired")


def _directory() -> Path:
    return services().config.keys_dir
