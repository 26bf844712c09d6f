"""What hotservices is told of a caller. It doesn't know the wallet: what is held is handed to it here."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.call import Call
from hotservices import preferences
from hotservices.bundles import Requirement
from hotservices.cases import reading
from hotservices.hot_list import INSPECTIONS
from hotservices.hot_reasons import HeldLicence, Person
from hotservices.seasons import may_begin_school
from identity import dependant_views
from identity.clock import civil_date
from identity.sessions import Citizen
from wallet import licences
from wallet.kinds import all_kinds
from wallet.licences import Licence


def kinds_held(call: Call) -> Collection[str] | None:
    """Return the kinds of licences that the caller can show; None for who has no real name here."""
    citizen = call.principal
    if not isinstance(citizen, Citizen) or citizen.person_id is None:
        return None
    with call.services.database.lookup() as connection:
        briefs = licences.briefs(connection, citizen.person_id, call.now)
    return {brief.kind for brief in briefs if brief.showable}


def services_done(call: Call) -> frozenset[str] | None:
    """Return the services that were granted to the caller; None for who has no real name here."""
    citizen = call.principal
    if not isinstance(citizen, Citizen) or citizen.person_id is None:
        return None
    return reading.finished_services(call.session, citizen.person_id)


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
    return Person(held, chosen.favourites, chosen.hidden, _children_born(call))


def requirements(asked: Collection[Requirement]) -> list[dict[str, Any]]:
    """Return what a service asks for, as the caller reads it."""
    return [{"kind": need.kind, "title": all_kinds()[need.kind].title, "held": need.held} for need in asked]


def _held(call: Call, session: Session) -> list[HeldLicence] | None:
    """Return what the caller holds; only what is inspected is opened, for the day that lies sealed in it."""
    citizen = call.principal
    if not isinstance(citizen, Citizen) or citizen.person_id is None:
        return None
    briefs = licences.briefs(session, citizen.person_id, call.now)
    inspected = {brief.kind for brief in briefs} & set(INSPECTIONS)
    return [
        *(
            HeldLicence(brief.kind, brief.title, brief.valid_to, brief.showable)
            for brief in briefs
            if brief.kind not in inspected
        ),
        *(
            _signal(licence)
            for kind in sorted(inspected)
            for licence in licences.list_held(
                session, call.services.cipher, citizen.person_id, now=call.now, kind=kind
            )
        ),
    ]


def _children_born(call: Call) -> Sequence[date]:
    """Return when the caller's children were born, in the months in which that matters."""
    person_id = call.citizen.person_id
    if person_id is None or call.citizen.acting_for is not None or not may_begin_school(civil_date(call.now)):
        return ()
    return dependant_views.children_born(call.session, call.services.cipher, person_id)


def _signal(licence: Licence) -> HeldLicence:
    return HeldLicence(
        kind=licence.kind,
        title=licence.title,
        valid_to=licence.valid_to,
        showable=licence.showable,
        inspection_valid_to=licence.inspection_valid_to,
    )
