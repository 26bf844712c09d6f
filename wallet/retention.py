"""How long the wallet keeps what it keeps (see `identity.retention`)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session

from identity.retention import Rule, Witness, deleting
from wallet.models import RegistryEventRow
from wallet.showing import forgetting
from wallet.showing.models import AccessRecordRow, ShowTokenRow


def _drop_records(session: Session, keys: Sequence[Any], witness: Witness) -> None:
    forgetting.purge(session, keys, signer=witness.signer, now=witness.now)


def _drop_events(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    key = tuple_(RegistryEventRow.registry_code, RegistryEventRow.jti)
    session.execute(delete(RegistryEventRow).where(key.in_(keys)))


RULES = (
    # Chain by chain, oldest first; a checkpoint stays.
    Rule("access_records", forgetting.due, _drop_records),
    # A token that somebody scanned stays as long as the record of it.
    Rule(
        "show_tokens",
        lambda before: select(ShowTokenRow.id).where(
            ShowTokenRow.expires_at <= before,
            or_(ShowTokenRow.confirm_by.is_(None), ShowTokenRow.confirm_by <= before),
            ~select(AccessRecordRow.id).where(AccessRecordRow.show_token_id == ShowTokenRow.id).exists(),
        ),
        deleting(ShowTokenRow),
    ),
    Rule(
        "registry_events",
        lambda before: select(RegistryEventRow.registry_code, RegistryEventRow.jti).where(
            RegistryEventRow.received_at <= before,
        ),
        _drop_events,
    ),
)
