"""`flask audit`: prove the chains of access records, and anchor them."""

import click
from flask.cli import AppGroup

from api.blueprint import services
from identity.crypto.keyring import Purpose
from wallet.showing.records import anchors
from wallet.showing.records.audit import Auditor, Broken

audit = AppGroup("audit", help="Prove that access records are as they were written.")


@audit.command("verify")
def verify() -> None:
    """Prove every chain, or name the first record that was altered, is missing or stands elsewhere."""
    parts = services()
    with parts.database.read() as session:
        auditor = Auditor(session, parts.cipher, parts.rings[Purpose.RECEIPTS])
        with click.progressbar(length=auditor.count(), label="access records") as bar:
            found = auditor.verify(bar.update)
    if isinstance(found, Broken):
        raise click.ClickException(_described(found))
    click.echo(f"{found.records} access records in {found.chains} chains are as they were written")


@audit.command("anchor")
def anchor() -> None:
    """Sign the heads of all chains, once a day, and print the JWS for publishing."""
    parts = services()
    with parts.database.write() as session:
        signed = anchors.anchor(session, parts.receipts, parts.clock.now())
    click.echo(signed.jws)


def _described(broken: Broken) -> str:
    place = "" if broken.chain is None else f"chain {broken.chain}, position {broken.position}: "
    return f"{place}access record {broken.record_id or ''} is {broken.fault}".replace("  ", " ")
