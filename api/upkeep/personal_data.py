"""Everything held on a person: a copy of it as one document, and its end. The parts are each package's own."""

import json
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.call import Call
from hotservices import rights as hotservices_rights
from hotservices.usage import states
from identity import rights as identity_rights
from identity.accounts import AccountRow, LoginRow
from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId, PersonId
from identity.personal_data import Asked, Subject
from wallet import rights as wallet_rights

# Erased in this order: rows go before those that they point to.
PARTS = (*hotservices_rights.PARTS, *wallet_rights.PARTS, *identity_rights.PARTS)
# Nobody's rows have this id.
NO_ACCOUNT = AccountId("00000000-0000-0000-0000-000000000000")
FORMAT, VERSION = "liangzheng-account-export", "1"


def export(call: Call) -> dict[str, Any]:
    """Return everything held on the caller; see `schema`."""
    asked = _asked(call)
    head = {"format": FORMAT, "version": VERSION, "exported_at": call.now}
    return head | {part.name: part.copy(asked) for part in PARTS}


def erase(call: Call) -> None:
    """Erase what is held on the caller, all but what the law wants kept of nobody in particular.

    The caller is held alone: their person's row is locked before any other, as proofs do.
    """
    # Before the account: who records a use locks its state, and by the receipt their account.
    states.hold(call.session, call.citizen.account_id)
    # Locked, so that what else this account does at the moment, or a login to it, comes before or after.
    account_id = call.citizen.account_id
    logins = select(LoginRow.id).where(LoginRow.account_id == account_id).order_by(LoginRow.id)
    call.session.execute(logins.with_for_update())
    call.session.execute(select(AccountRow.id).where(AccountRow.id == account_id).with_for_update())
    asked = _asked(call)
    for part in PARTS:
        part.erase(asked)


def erase_person(session: Session, cipher: PiiCipher, person_id: PersonId, now: datetime) -> None:
    """Erase what is held on a person whom no account has."""
    asked = Asked(session, cipher, Subject(NO_ACCOUNT, person_id), now)
    for part in PARTS:
        if part.name != "account":
            part.erase(asked)


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document (draft 2020-12)."""
    source = resources.files("api") / "data" / "account-export.schema.json"
    described: dict[str, Any] = json.loads(source.read_bytes())
    return described


def _asked(call: Call) -> Asked:
    citizen = call.citizen
    person_id = PersonId(citizen.person_id) if citizen.person_id else None
    return Asked(call.session, call.services.cipher, Subject(citizen.account_id, person_id), call.now)
