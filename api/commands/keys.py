"""`flask keys`: list, create, rotate, retire, re-encrypt.

They need the configuration and no running app: `create` makes what an app needs to start.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from api import rings
from api.commands import keys_data
from api.config import Config
from api.upkeep import resealing
from identity.clock import SystemClock
from identity.crypto import ring_files
from identity.crypto.keyring import KeyRing, KeyRingError, Purpose, UnknownKey
from identity.crypto.ring_files import KeyInUse

CONFIG = "liangzheng_keys"
PURPOSE = click.Choice([purpose.value for purpose in Purpose])


def register(app: Flask, config: Config) -> None:
    """Give an app these commands."""
    app.extensions[CONFIG] = config
    app.cli.add_command(keys)


def app_of(config: Config) -> Flask:
    """Return an app that has these commands and nothing else: it starts without keys."""
    app = Flask("api", static_folder=None)
    register(app, config)
    return app


def is_asked_for(arguments: list[str]) -> bool:
    """Tell whether a command line (argv) is one of these commands'."""
    program, *words = arguments
    while words and words[0].startswith("-"):
        # `--app wsgi` is two words, `--app=wsgi` and `--debug` are one.
        words = words[2 if words[0] in {"--app", "-A", "--env-file", "-e"} else 1 :]
    return "flask" in program and words[:1] == ["keys"]


keys = AppGroup("keys", help="Look after the key rings.")


@keys.command("list")
def list_keys() -> None:
    """Tell of every key its purpose, kid, state and when it was made."""
    config = _config()
    with _in_sentences():
        for purpose in Purpose:
            ring = rings.open_ring(config, purpose)
            for entry in ring_files.entries(ring, rings.text_of(config, ring)):
                mark = "  blind index" if entry.is_index_key else ""
                click.echo(f"{purpose:9} {entry.kid:4} {entry.state:9} {entry.created or '-'}{mark}")


@keys.command("create")
@click.argument("purpose", type=PURPOSE, required=False)
def create(purpose: str | None) -> None:
    """Make the rings that are missing, or the one of PURPOSE. A ring that exists is left as it is."""
    config, now = _config(), SystemClock().now()
    for wanted in [Purpose(purpose)] if purpose else Purpose:
        with _in_sentences():
            created = rings.create(config, wanted, now)
        click.echo(f"{wanted}: {'created' if created else 'exists already'}")


@keys.command("rotate")
@click.argument("purpose", type=PURPOSE)
@click.option("--now", "at_once", is_flag=True, help="Let the next key sign at once, announced or not.")
def rotate(purpose: str, *, at_once: bool) -> None:
    """Announce the next key of PURPOSE; where one is announced, let it sign and the former only verify."""
    ring = _ring(purpose)
    with _in_sentences():
        kid = ring_files.announced(ring)
        if kid is None:
            kid = rings.announce(_config(), ring, SystemClock().now())
            if not at_once:
                click.echo(f"{purpose}: {kid} is announced; rotate again once all who verify know it")
                return
        ring_files.promote(ring, kid)
        click.echo(f"{purpose}: {kid} is in use")


@keys.command("retire")
@click.argument("purpose", type=PURPOSE)
@click.argument("kid")
def retire(purpose: str, kid: str) -> None:
    """Trust nothing of the key KID of PURPOSE any more. Of `pii`, only once nothing lies under it."""
    ring = _ring(purpose)
    with _in_sentences():
        if ring.purpose is Purpose.PII and ring.signing().kid != kid:
            keys_data.require_unused(_config(), kid)
        ring_files.retire(ring, kid)
    click.echo(f"{purpose}: {kid} is retired")


@keys.command("re-encrypt")
@click.option(
    "--batch", default=resealing.BATCH, type=click.IntRange(1, 10_000), help="Rows to a transaction."
)
def re_encrypt(batch: int) -> None:
    """Move all personal data to the `pii` key in use, while people are served; stop and start it as you like."""
    keys_data.re_encrypt(_config(), _ring(Purpose.PII), batch)


def _config() -> Config:
    config: Config = current_app.extensions[CONFIG]
    return config


def _ring(purpose: str) -> KeyRing:
    with _in_sentences():
        return rings.open_ring(_config(), Purpose(purpose))


@contextmanager
def _in_sentences() -> Iterator[None]:
    try:
        yield
    except KeyRingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        msg = f"{error.filename}: {error.strerror}"
        raise click.ClickException(msg) from error
    except UnknownKey as error:
        msg = f"the ring has no key {error} in a state for that"
        raise click.ClickException(msg) from error
    except KeyInUse as error:
        msg = f"{error} is in use: rotate first"
        raise click.ClickException(msg) from error
