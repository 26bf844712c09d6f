"""What the wallet holds on a person, copied and erased (see `identity.personal_data`)."""

import base64
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select, update

from identity.ids import PersonId
from identity.personal_data import Asked, Part, keep
from wallet import licences
from wallet.enterprise import rights as enterprise
from wallet.errors import PhotoNotFound
from wallet.forms import rights as forms_rights
from wallet.models import (
    Content,
    HoldingRow,
    LicencePhotoRow,
    LicenceRow,
    StaffFreezeRow,
    reason_place,
    seal_content,
)
from wallet.showing import show_tokens
from wallet.showing.models import AccessRecordRow, ShowTokenRow, TokenState
from wallet.showing.records import forgetting, holders_records
from wallet.status_lists import entries
from wallet.status_lists.models import StatusEntryRow

EVERY_RECORD = 1_000_000


def _person(asked: Asked) -> PersonId:
    # Nobody's rows have this id: who never proved a real name has no wallet.
    return asked.subject.person_id or PersonId("00000000-0000-0000-0000-000000000000")


def _licences(asked: Asked) -> list[dict[str, Any]]:
    person_id = _person(asked)
    held = licences.list_held(asked.session, asked.cipher, person_id, now=asked.now, with_fields=True)
    return [asdict(one) | {"photo_png_base64": _photo(asked, person_id, one.id)} for one in held]


def _photo(asked: Asked, person_id: PersonId, licence_id: str) -> str | None:
    try:
        return base64.b64encode(licences.photo(asked.session, asked.cipher, person_id, licence_id)).decode()
    except PhotoNotFound:
        return None


def _forget_licences(asked: Asked) -> None:
    session, person_id = asked.session, _person(asked)
    held = list(session.scalars(select(HoldingRow.licence_id).where(HoldingRow.person_id == person_id)))
    entries.set_lost(session, person_id, held, asked.now, lost=True)
    session.execute(delete(HoldingRow).where(HoldingRow.person_id == person_id))
    still_held = select(HoldingRow.licence_id).where(HoldingRow.licence_id == LicenceRow.id).exists()
    for row in session.scalars(select(LicenceRow).where(LicenceRow.id.in_(held), ~still_held)):
        # What was seen of which kind of licence stays provable; what stood in it does not.
        row.content_sealed = seal_content(asked.cipher, row.id, Content("-", {}))
        session.execute(delete(LicencePhotoRow).where(LicencePhotoRow.licence_id == row.id))
    session.flush()


def _show_tokens(asked: Asked) -> list[dict[str, Any]]:
    query = select(ShowTokenRow).where(ShowTokenRow.person_id == _person(asked)).order_by(ShowTokenRow.id)
    return [
        {
            "id": row.id,
            "licence_id": row.licence_id,
            "mode": row.mode,
            "disclose": row.disclose,
            "state": show_tokens.state_of(row, asked.now),
            "issued_at": row.issued_at,
            "expires_at": row.expires_at,
        }
        for row in asked.session.scalars(query)
    ]


def _end_show_tokens(asked: Asked) -> None:
    session, mine = asked.session, ShowTokenRow.person_id == _person(asked)
    recorded = select(AccessRecordRow.id).where(AccessRecordRow.show_token_id == ShowTokenRow.id).exists()
    session.execute(delete(ShowTokenRow).where(mine, ~recorded))
    live = (TokenState.ACTIVE, TokenState.AWAITING_CONFIRMATION)
    session.execute(
        update(ShowTokenRow).where(mine, ShowTokenRow.state.in_(live)).values(state=TokenState.WITHDRAWN),
    )
    for row in session.scalars(select(ShowTokenRow).where(mine)):
        show_tokens.forget_qr(asked.cipher, row)
    session.flush()


def _access_records(asked: Asked) -> list[dict[str, Any]]:
    page = holders_records.of_holder(
        asked.session,
        asked.cipher,
        _person(asked),
        limit=EVERY_RECORD,
        cursor=None,
        now=asked.now,
    )
    return [asdict(record) for record in page.items]


def _forget_purposes(asked: Asked) -> None:
    forgetting.erase_personal(asked.session, _person(asked))


def _entries(asked: Asked) -> list[dict[str, Any]]:
    query = select(StatusEntryRow).where(StatusEntryRow.person_id == _person(asked))
    return [
        {"list_id": row.list_id, "index": row.place, "licence_id": row.licence_id, "frozen": row.frozen}
        for row in asked.session.scalars(query.order_by(StatusEntryRow.list_id, StatusEntryRow.place))
    ]


def _staff_freezes(asked: Asked) -> list[dict[str, Any]]:
    query = select(StaffFreezeRow).where(StaffFreezeRow.person_id == _person(asked))
    return [
        {
            "id": row.id,
            "reason": asked.cipher.open_text(row.reason_sealed, reason_place(row.id)),
            "at": row.at,
        }
        for row in asked.session.scalars(query.order_by(StaffFreezeRow.id))
    ]


def _forget_reasons(asked: Asked) -> None:
    for row in asked.session.scalars(
        select(StaffFreezeRow).where(StaffFreezeRow.person_id == _person(asked))
    ):
        row.reason_sealed = asked.cipher.seal("-", reason_place(row.id))
    asked.session.flush()


PARTS = (
    *enterprise.PARTS,
    *forms_rights.PARTS,
    # That staff froze it stays on record, for who answers for them; why, does not.
    Part("staff_freezes", frozenset({"staff_freezes"}), _staff_freezes, _forget_reasons),
    Part("show_tokens", frozenset({"show_tokens"}), _show_tokens, _end_show_tokens),
    # Who saw what must be provable for as long as RETENTION_ACCESS_RECORDS; the person's id names nobody by then.
    Part("access_records", frozenset({"access_records"}), _access_records, _forget_purposes),
    Part(
        "licences",
        frozenset({"holdings", "licences", "licence_photos"}),
        _licences,
        _forget_licences,
    ),
    # An entry is a place in a public list of bits; it says `invalid` once the licence has left the wallet.
    Part("status_list_entries", frozenset({"status_entries"}), _entries, keep),
)
