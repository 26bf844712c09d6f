"""What hotservices is told of a caller. It doesn't know the wallet: what is held is handed to it here."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from api.call import Call
from hotservices import preferences
from hotservices.bundles import Requirement
from hotservices.cases import reading
from hotservices.catalogue import ENTERPRISE, PERSONAL
from hotservices.hot_list import INSPECTIONS
from hotservices.hot_reasons import HeldLicence, Person
from hotservices.seasons import may_begin_school
from hotservices.usage import states
from identity import dependant_views
from identity.acting import ORGANISATION
from identity.clock import age_on, civil_date
from identity.numbers import resident_id, uscc
from identity.prepared import Question, ask_together
from identity.sessions import Citizen
from wallet import briefs
from wallet.briefs import Brief, Holder
from wallet.kinds import all_kinds


def kinds_held(call: Call) -> Collection[str] | None:
    """Return the kinds of licences that the caller can show; None for who has no real name here."""
    citizen = call.principal
    if not isinstance(citizen, Citizen) or citizen.person_id is None:
        return None
    with call.lookup() as connection:
        held = briefs.of(connection, citizen.person_id, call.now)
    return {brief.kind for brief in held if brief.showable}


def services_done(call: Call) -> frozenset[str] | None:
    """Return the services that were granted to the caller; None for who has no real name here."""
    citizen = call.principal
    if not isinstance(citizen, Citizen) or citizen.person_id is None:
        return None
    return reading.finished_services(call.session, citizen.person_id)


def person_ranked(call: Call) -> Person | None:
    """Return what is known of the caller for their list; None where it may not be personal.

    Without a login there is nobody. With personal ranking turned off, nothing else of the person is read.
    """
    citizen = call.principal
    if not isinstance(citizen, Citizen):
        return None
    choice = preferences.where_personal(citizen.account_id)
    state = states.where_personal(call.services.cipher, citizen.account_id)
    # Only what is inspected is opened, for the day that lies sealed in it.
    asked = person_using(call, opened=INSPECTIONS.keys())
    with call.lookup() as connection:
        chosen, use, known = ask_together(connection, choice, state, asked)
    if chosen is None or known is None:
        return None
    return replace(
        known, favourites=chosen.favourites, hidden=chosen.hidden, use=use, children_born=_children_born(call)
    )


def person_using(call: Call, *, opened: Collection[str] = ()) -> Question[Person | None]:
    """Ask what is known of the caller, or of the enterprise that they act for; `opened` as `briefs.holder` has it.

    It is what the ranking may know, and nothing that they chose; None where it may not be personal.
    """
    citizen = call.citizen
    for_enterprise = audience_of(citizen) == ENTERPRISE
    if citizen.person_id is None:
        nobody = Person(for_enterprise=for_enterprise)
        return preferences.is_personal(citizen.account_id).then(lambda personal: nobody if personal else None)
    holder = briefs.holder(
        call.services.cipher,
        citizen.person_id,
        call.now,
        opened=opened,
        only_if=preferences.PERSONAL,
        account_id=citizen.account_id,
    )
    return holder.then(lambda found: found and _person(found, civil_date(call.now), for_enterprise))


def _person(holder: Holder, today: date, for_enterprise: bool) -> Person:
    held = [_licence(brief) for brief in holder.held]
    if for_enterprise:
        return Person(held, for_enterprise=True, area=uscc.division_of(holder.number)[:4])
    born = resident_id.birth_date(holder.number)
    if born is None:
        return Person(held)
    return Person(held, age=age_on(born, today), area=holder.number[:4])


def audience_of(citizen: Citizen) -> str:
    """Return whose services a caller looks for: their own, or those of the enterprise that they act for."""
    acting = citizen.acting_for
    return ENTERPRISE if acting is not None and acting.type == ORGANISATION else PERSONAL


def requirements(asked: Collection[Requirement]) -> list[dict[str, Any]]:
    """Return what a service asks for, as the caller reads it."""
    return [{"kind": need.kind, "title": all_kinds()[need.kind].title, "held": need.held} for need in asked]


def _licence(brief: Brief) -> HeldLicence:
    """Return a licence as hotservices is told of it."""
    return HeldLicence(
        brief.kind, brief.title, brief.valid_to, brief.showable, brief.inspection_valid_to, brief.withdrawn
    )


def _children_born(call: Call) -> Sequence[date]:
    """Return when the caller's children were born, in the months in which that matters."""
    person_id = call.citizen.person_id
    if person_id is None or call.citizen.acting_for is not None or not may_begin_school(civil_date(call.now)):
        return ()
    return dependant_views.children_born(call.session, call.services.cipher, person_id)
