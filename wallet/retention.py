"""How long the wallet keeps what it keeps (see `identity.retention`)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from identity.retention import Rule, deleting
from wallet.models import RegistryEventRow
from wallet.showing.models import AccessRecordRow, RecordKind, ShowTokenRow

Settling = aliased(AccessRecordRow)


def _drop_scans(session: Session, keys: Sequence[Any]) -> None:
    session.execute(delete(AccessRecordRow).where(AccessRecordRow.settles.in_(keys)))
    session.execute(delete(AccessRecordRow).where(AccessRecordRow.id.in_(keys)))


def _drop_events(session: Session, keys: Sequence[Any]) -> None:
    key = tuple_(RegistryEventRow.registry_code, RegistryEventRow.jti)
    session.execute(delete(RegistryEventRow).where(key.in_(keys)))


RULES = (
    # A scan goes together with the holder's word on it.
    Rule(
        "access_records",
        lambda before: select(AccessRecordRow.id).where(
            AccessRecordRow.at <= before,
            AccessRecordRow.kind == RecordKind.VERIFICATION,
            ~select(Settling.id).where(Settling.settles == AccessRecordRow.id, Settling.at > before).exists(),
        ),
        _drop_scans,
    ),
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
