"""What hotservices is told of a caller. It doesn't know the wallet: what is held is handed to it here."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from api.call import Call
from hotservices import preferences
from hotservices.bundles import Requirement
from hotservices.cases import reading
from hotservices.catalogue import ENTERPRISE, NOTHING, PERSONAL
from hotservices.hot_list import INSPECTIONS
from hotservices.hot_reasons import HeldLicence, Person
from hotservices.preferences import Preferences
from hotservices.seasons import may_begin_school
from hotservices.usage import states
from identity import dependant_views
from identity.acting import ORGANISATION
from identity.clock import age_on, civil_date
from identity.ids import AccountId, PersonId
from identity.numbers import resident_id, uscc
from identity.prepared import Question
from identity.principals import Citizen
from wallet import briefs
from wallet.briefs import Brief, Holder
from wallet.kinds import all_kinds

# Only what is inspected is opened, for the day that lies sealed in it.
INSPECTED = frozenset(INSPECTIONS)


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
    choice, state = _choice_and_use(call, citizen.account_id)
    chosen, use, known = call.ask(choice, state, person_using(call, opened=INSPECTED))
    if chosen is None or known is None:
        return None
    return replace(
        known, favourites=chosen.favourites, hidden=chosen.hidden, use=use, children_born=_children_born(call)
    )


def ranked_ahead(call: Call, account_id: AccountId) -> Sequence[Question[Any]]:
    """Return what `person_ranked` asks of an account whose citizen acts for themselves."""
    return (*_choice_and_use(call, account_id), _holder(call, account_id, opened=INSPECTED))


def person_using(call: Call, *, opened: frozenset[str] = NOTHING) -> Question[Person | None]:
    """Ask what is known of the caller, or of the enterprise that they act for; `opened` as `briefs.holder` has it.

    It is what the ranking may know, and nothing that they chose; None where it may not be personal.
    """
    citizen = call.citizen
    for_enterprise = audience_of(citizen) == ENTERPRISE
    principal_id = citizen.person_id if citizen.acting_for else None
    holder = _holder(call, citizen.account_id, principal_id, opened=opened)
    return holder.then(lambda found: found and _person(found, civil_date(call.now), for_enterprise))


def using_ahead(call: Call, account_id: AccountId) -> Question[Any]:
    """Return what `person_using` asks of an account whose citizen acts for themselves."""
    return _holder(call, account_id)


def _choice_and_use(
    call: Call, account_id: AccountId
) -> tuple[Question[Preferences | None], Question[bytes | None]]:
    return (
        preferences.where_personal(account_id),
        states.where_personal(call.services.cipher, account_id),
    )


def _holder(
    call: Call,
    account_id: AccountId,
    principal_id: PersonId | None = None,
    *,
    opened: frozenset[str] = NOTHING,
) -> Question[Holder | None]:
    return briefs.holder(
        call.services.cipher,
        account_id,
        call.now,
        principal_id=principal_id,
        opened=opened,
        only_if=preferences.PERSONAL,
    )


def _person(holder: Holder, today: date, for_enterprise: bool) -> Person:
    if holder.number is None:
        return Person(for_enterprise=for_enterprise)
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
