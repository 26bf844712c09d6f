"""What identity holds on a person, copied and erased (see `identity.personal_data`)."""

import os
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from identity import dependants, devices, notices, people
from identity.accounts import AccountRow, LoginRow
from identity.clients.models import ClientCredentialRow, ClientRow
from identity.consent_texts import ConsentGivenRow
from identity.dependants import DependantRow, DependantStatus, Side
from identity.notices import NoticeRow
from identity.organisations import memberships
from identity.organisations.models import MembershipRow
from identity.organisations.scopes import MemberRole
from identity.people import PersonRow
from identity.personal_data import Asked, Part, keep
from identity.proofs import rights as proofs
from identity.real_name_locks import RealNameAttemptRow
from identity.sessions import SessionRow, lock_in_turn
from identity.staff import OrganisationRow

# Stands sealed where a name or a number stood, so that whatever opens the row still can.
NOTHING = "-"


def _account(asked: Asked) -> dict[str, Any]:
    row = asked.session.get_one(AccountRow, asked.subject.account_id)
    return {
        "id": row.id,
        "assurance_level": row.assurance_level,
        "created_at": row.created_at,
        "last_proof_at": row.fresh_proof_at,
    }


def _close_account(asked: Asked) -> None:
    # The row stays as the pseudonym that consents were given under; nothing leads to it any more.
    row = asked.session.get_one(AccountRow, asked.subject.account_id)
    row.person_id = None
    row.assurance_level = 1
    row.fresh_proof_at = None
    row.closed_at = asked.now
    asked.session.flush()


def _real_name(asked: Asked) -> dict[str, Any] | None:
    if asked.subject.person_id is None:
        return None
    row = asked.session.get_one(PersonRow, asked.subject.person_id)
    person = people.open_person(row, asked.cipher)
    return {
        "name": person.name,
        "id_type": row.id_type,
        "id_number": person.id_number,
        "verified_at": row.verified_at,
    }


def _forget_real_name(asked: Asked) -> None:
    # The row stays as the pseudonym that records of access speak of. Its index is no number's, so that the
    # same person, coming back, is somebody new.
    if asked.subject.person_id is None:
        return
    row = asked.session.get_one(PersonRow, asked.subject.person_id)
    row.number_index = os.urandom(32)
    row.name_sealed = people.seal_name(asked.cipher, row.id, NOTHING)
    row.number_sealed = people.seal_number(asked.cipher, row.id, NOTHING)
    row.erased_at = asked.now
    asked.session.flush()


def _logins(asked: Asked) -> list[dict[str, Any]]:
    query = select(LoginRow).where(LoginRow.account_id == asked.subject.account_id).order_by(LoginRow.id)
    return [
        {"provider": row.provider, "created_at": row.created_at, "proved_at": row.proved_at}
        for row in asked.session.scalars(query)
    ]


def _forget_logins(asked: Asked) -> None:
    asked.session.execute(delete(LoginRow).where(LoginRow.account_id == asked.subject.account_id))


def _sessions(asked: Asked) -> list[dict[str, Any]]:
    query = (
        select(SessionRow).where(SessionRow.account_id == asked.subject.account_id).order_by(SessionRow.id)
    )
    return [
        {
            "id": row.id,
            "provider": row.login_provider,
            "device_name": devices.open_name(asked.cipher, row.id, row.device_name_sealed),
            "device_platform": row.device_platform,
            "created_at": row.created_at,
            "last_used_at": row.last_used_at,
            "expires_at": row.expires_at,
            "revoked_at": row.revoked_at,
        }
        for row in asked.session.scalars(query)
    ]


def _end_sessions(asked: Asked) -> None:
    theirs = SessionRow.account_id == asked.subject.account_id
    lock_in_turn(asked.session, theirs)
    asked.session.execute(delete(SessionRow).where(theirs))


def _consents(asked: Asked) -> list[dict[str, Any]]:
    query = select(ConsentGivenRow).where(ConsentGivenRow.account_id == asked.subject.account_id)
    return [
        {"purpose": row.purpose, "version": row.version, "sha256": row.sha256, "given_at": row.given_at}
        for row in asked.session.scalars(query.order_by(ConsentGivenRow.id))
    ]


def _attempts(asked: Asked) -> list[dict[str, Any]]:
    query = select(RealNameAttemptRow.at).where(RealNameAttemptRow.account_id == asked.subject.account_id)
    return [{"at": at} for at in asked.session.scalars(query.order_by(RealNameAttemptRow.at))]


def _forget_attempts(asked: Asked) -> None:
    mine = RealNameAttemptRow.account_id == asked.subject.account_id
    asked.session.execute(delete(RealNameAttemptRow).where(mine))


def _notices(asked: Asked) -> list[dict[str, Any]]:
    if asked.subject.person_id is None:
        return []
    told = notices.all_of_person(asked.session, asked.cipher, asked.subject.person_id)
    return [{"kind": one.kind, "about": one.about, "at": one.at, "read_at": one.read_at} for one in told]


def _forget_notices(asked: Asked) -> None:
    asked.session.execute(delete(NoticeRow).where(NoticeRow.person_id == asked.subject.person_id))


def _memberships(asked: Asked) -> list[dict[str, Any]]:
    rows = asked.session.execute(
        select(MembershipRow, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.id == MembershipRow.organisation_id)
        .where(_of_subject(asked))
        .order_by(MembershipRow.id),
    )
    return [
        {
            "organisation": name,
            "role": row.role,
            "scopes": row.scopes.split(),
            "valid_to": row.valid_to,
            "added_at": row.added_at,
            "revoked_at": row.revoked_at,
        }
        for row, name in rows
    ]


def _leave_enterprises(asked: Asked) -> None:
    # Who stands for an enterprise by law is what its public registry says, and stays.
    acting = MembershipRow.role != MemberRole.LEGAL_REPRESENTATIVE
    for row in asked.session.scalars(select(MembershipRow).where(_of_subject(asked), acting)):
        row.revoked_at = row.revoked_at or asked.now
        memberships.forget_who(asked.cipher, row, NOTHING)
    asked.session.flush()


def _client_credentials(asked: Asked) -> list[dict[str, Any]]:
    rows = asked.session.execute(
        select(ClientCredentialRow, ClientRow.name, OrganisationRow.name.label("organisation"))
        .join(ClientRow, ClientRow.id == ClientCredentialRow.client_id)
        .join(OrganisationRow, OrganisationRow.id == ClientRow.organisation_id)
        .where(ClientCredentialRow.added_by_person_id == asked.subject.person_id)
        .order_by(ClientCredentialRow.id),
    )
    return [
        {
            "organisation": organisation,
            "client": name,
            "kind": row.kind,
            "added_at": row.added_at,
            "revoked_at": row.revoked_at,
        }
        for row, name, organisation in rows
    ]


def _dependants(asked: Asked) -> list[dict[str, Any]]:
    rows = asked.session.scalars(select(DependantRow).where(_with_subject(asked)).order_by(DependantRow.id))
    return [_dependant(asked, row) for row in rows]


def _dependant(asked: Asked, row: DependantRow) -> dict[str, Any]:
    acts = row.actor_person_id == asked.subject.person_id
    return {
        "side": Side.ACTOR if acts else Side.PRINCIPAL,
        "kind": row.kind,
        "relation": row.relation,
        "name": dependants.open_name(asked.cipher, row) if acts else None,
        "status": row.status,
        "guardian_consent_version": row.consent_version,
        "asked_at": row.asked_at,
        "approved_at": row.approved_at,
        "revoked_at": row.revoked_at,
    }


def _end_ties(asked: Asked) -> None:
    # Who acted for whom stays as pseudonyms, of which access records speak; the names go.
    for row in asked.session.scalars(select(DependantRow).where(_with_subject(asked))):
        row.status = DependantStatus.REVOKED
        row.revoked_at = row.revoked_at or asked.now
        dependants.forget_who(asked.cipher, row, NOTHING)
    asked.session.flush()


def _with_subject(asked: Asked) -> ColumnElement[bool]:
    number = select(PersonRow.number_index).where(PersonRow.id == asked.subject.person_id)
    return or_(
        DependantRow.actor_person_id == asked.subject.person_id,
        DependantRow.number_index == number.scalar_subquery(),
    )


def _of_subject(asked: Asked) -> ColumnElement[bool]:
    number = select(PersonRow.number_index).where(PersonRow.id == asked.subject.person_id)
    return MembershipRow.number_index == number.scalar_subquery()


PARTS = (
    Part("memberships", frozenset({"memberships"}), _memberships, _leave_enterprises),
    # Who added it stays as a pseudonym: the enterprise goes on using it.
    Part("client_credentials", frozenset({"client_credentials"}), _client_credentials, keep),
    Part("dependants", frozenset({"dependants"}), _dependants, _end_ties),
    Part("sessions", frozenset({"sessions"}), _sessions, _end_sessions),
    *proofs.PARTS,
    Part("logins", frozenset({"logins"}), _logins, _forget_logins),
    Part("notices", frozenset({"notices"}), _notices, _forget_notices),
    Part("real_name_attempts", frozenset({"real_name_attempts"}), _attempts, _forget_attempts),
    # That somebody agreed, to which words and when, must be provable; the account's id names nobody by then.
    Part("consents_given", frozenset({"consents_given"}), _consents, keep),
    Part("account", frozenset({"accounts"}), _account, _close_account),
    Part("real_name", frozenset({"persons"}), _real_name, _forget_real_name),
)
