"""What hotservices is told of a caller. It doesn't know the wallet: what is held is handed to it here."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from api.call import Call
from hotservices import preferences
from hotservices.bundles import Requirement
from hotservices.hot_list import HeldLicence, Person
from identity.sessions import Citizen
from wallet import licences
from wallet.kinds import all_kinds
from wallet.licences import Licence


def kinds_held(call: Call) -> Collection[str] | None:
    """Return the kinds of licences that the caller can show; None for who has no real name here."""
    with call.services.database.read() as session:
        held = _held(call, session)
    return None if held is None else {licence.kind for licence in held if licence.showable}


def services_done(_call: Call) -> frozenset[str] | None:
    """Return the services that the caller has finished; None while nothing tells."""
    return None


def person_ranked(call: Call) -> Person | None:
    """Return what the caller's list may be ordered by; None for nothing.

    Without a login there is nothing. With personal ranking turned off, nothing else of the person is read.
    """
    citizen = call.principal
    if not isinstance(citizen, Citizen) or not preferences.is_personal(call.session, citizen.account_id):
        return None
    chosen = preferences.of(call.session, citizen.account_id)
    held = _held(call, call.session)
    if held is None and not chosen.favourites and not chosen.hidden:
        return None
    known = None if held is None else [_signal(licence) for licence in held]
    return Person(known, chosen.favourites, chosen.hidden)


def requirements(asked: Collection[Requirement]) -> list[dict[str, Any]]:
    """Return what a service asks for, as the caller reads it."""
    return [{"kind": need.kind, "title": all_kinds()[need.kind].title, "held": need.held} for need in asked]


def _held(call: Call, session: Session) -> list[Licence] | None:
    citizen = call.principal
    if not isinstance(citizen, Citizen) or citizen.person_id is None:
        return None
    return licences.list_held(session, call.services.cipher, citizen.person_id, now=call.now)


def _signal(licence: Licence) -> HeldLicence:
    return HeldLicence(
        kind=licence.kind,
        title=licence.title,
        valid_to=licence.valid_to,
        showable=licence.showable,
        inspection_valid_to=licence.inspection_valid_to,
    )
