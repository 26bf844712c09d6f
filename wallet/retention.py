"""How long the wallet keeps what it keeps (see `identity.retention`)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from identity.retention import Rule, Witness, deleting
from wallet.enterprise import retention as enterprise
from wallet.forms import retention as forms_retention
from wallet.models import RegistryEventRow, StaffFreezeRow
from wallet.showing.models import (
    AccessRecordRow,
    CheckCodeMissRow,
    CheckCodeRow,
    OfflineScanRow,
    ShowTokenRow,
)
from wallet.showing.records import forgetting
from wallet.status_lists.models import LicenceStatusChangeRow, StatusChangeRow
from wallet.webhooks import retention as webhooks

Later = aliased(StatusChangeRow)


def _drop_records(session: Session, keys: Sequence[Any], witness: Witness) -> None:
    forgetting.purge(session, keys, signer=witness.signer, now=witness.now)


def _drop_events(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    key = tuple_(RegistryEventRow.registry_code, RegistryEventRow.jti)
    session.execute(delete(RegistryEventRow).where(key.in_(keys)))


def _drop_check_codes(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    session.execute(delete(CheckCodeRow).where(CheckCodeRow.code_hmac.in_(keys)))


def _drop_status_changes(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    key = tuple_(StatusChangeRow.list_id, StatusChangeRow.version, StatusChangeRow.place)
    session.execute(delete(StatusChangeRow).where(key.in_(keys)))


RULES = (
    *enterprise.RULES,
    *forms_retention.RULES,
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
    # Two scans of a code can be told apart while they can still be brought in; then the record of each is enough.
    Rule(
        "offline_scans",
        lambda before: select(OfflineScanRow.id).where(
            or_(
                OfflineScanRow.scanned_at <= before,
                # A clock far ahead: such a scan goes with its record.
                ~select(AccessRecordRow.id).where(AccessRecordRow.id == OfflineScanRow.id).exists(),
            ),
        ),
        deleting(OfflineScanRow),
    ),
    Rule(
        "check_codes",
        lambda before: select(CheckCodeRow.code_hmac).where(CheckCodeRow.given_out_at <= before),
        _drop_check_codes,
    ),
    Rule(
        "check_code_misses",
        lambda before: select(CheckCodeMissRow.id).where(CheckCodeMissRow.at <= before),
        deleting(CheckCodeMissRow),
    ),
    Rule(
        "staff_freezes",
        lambda before: select(StaffFreezeRow.id).where(StaffFreezeRow.at <= before),
        deleting(StaffFreezeRow),
    ),
    # What an entry became last stays: a delta from any version on still comes to what the list says.
    Rule(
        "status_changes",
        lambda before: select(StatusChangeRow.list_id, StatusChangeRow.version, StatusChangeRow.place).where(
            StatusChangeRow.at <= before,
            select(Later.version)
            .where(
                Later.list_id == StatusChangeRow.list_id,
                Later.place == StatusChangeRow.place,
                Later.version > StatusChangeRow.version,
                Later.at <= before,
            )
            .exists(),
        ),
        _drop_status_changes,
    ),
    Rule(
        "licence_status_changes",
        lambda before: select(LicenceStatusChangeRow.id).where(LicenceStatusChangeRow.at <= before),
        deleting(LicenceStatusChangeRow),
    ),
    *webhooks.RULES,
)
