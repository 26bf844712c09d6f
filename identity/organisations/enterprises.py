"""Registering an enterprise by its legal representative (法定代表人).

The registry is asked outside any transaction. It decides who the representative is, also when that changes:
whoever it names may register the enterprise anew, and takes the former one's place.
"""

import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity import people
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import InvalidField, OrganisationNotConfirmed
from identity.ids import OrganisationId, new_id
from identity.numbers import uscc as uscc_numbers
from identity.numbers.resident_id import IdType
from identity.organisations import memberships
from identity.organisations.memberships import NewMember
from identity.organisations.models import EnterpriseRow, MembershipRow
from identity.organisations.registry import EnterpriseRegistry, EnterpriseStatus, RegisteredEnterprise
from identity.organisations.scopes import ALL_SCOPES, MemberRole
from identity.orm import insert_or_skip
from identity.people import Person, PersonRow
from identity.staff import OrganisationRow


@dataclass(frozen=True, slots=True)
class EnterpriseDesk:
    """What registering needs: registry, keys, transactions."""

    registry: EnterpriseRegistry
    cipher: PiiCipher
    index: BlindIndex
    write: Callable[[], AbstractContextManager[Session]]

    def register(self, person: Person, uscc: str, name: str, now: datetime) -> OrganisationId:
        """Register the enterprise that `person` stands for, or confirm it anew; return its id.

        Raises InvalidField (a code that can't be right), OrganisationNotConfirmed, RegistryUnavailable.
        """
        code = uscc.strip().upper()
        if not uscc_numbers.is_valid(code):
            raise InvalidField(
                field="uscc",
                message_zh="统一社会信用代码不正确，请核对（含其中的组织机构代码）",
                message_en="Not a unified social credit code: form or check characters are wrong.",
            )
        enterprise = self.registry.by_uscc(code)
        if enterprise is None or not _confirms(enterprise, person, name):
            raise OrganisationNotConfirmed
        with self.write() as session:
            organisation_id = self._enter(session, enterprise, now)
            self._install(session, organisation_id, person, now)
        return organisation_id

    def _enter(self, session: Session, found: RegisteredEnterprise, now: datetime) -> OrganisationId:
        columns = {"id": new_id(), "code": found.uscc, "name": found.name, "kind": found.kind}
        insert_or_skip(session, OrganisationRow, columns)
        row = session.scalars(
            select(OrganisationRow).where(OrganisationRow.code == found.uscc).with_for_update(),
        ).one()
        row.name, row.kind = found.name, found.kind
        enterprise = session.get(EnterpriseRow, row.id)
        if enterprise is None:
            legal_person = self._legal_person(session, found, now)
            enterprise = EnterpriseRow(id=row.id, person_id=legal_person.id, created_at=now)
            session.add(enterprise)
        enterprise.status, enterprise.confirmed_at = found.status, now
        session.flush()
        return OrganisationId(row.id)

    def _legal_person(self, session: Session, found: RegisteredEnterprise, now: datetime) -> PersonRow:
        known = people.find_by_number(session, self.index, found.uscc)
        if known is not None:
            return known
        return people.add(
            session,
            self.cipher,
            self.index,
            name=found.name,
            id_type=IdType.UNIFIED_SOCIAL_CREDIT_CODE,
            id_number=found.uscc,
            now=now,
        )

    def _install(
        self, session: Session, organisation_id: OrganisationId, person: Person, now: datetime
    ) -> None:
        former = session.scalars(
            select(MembershipRow).where(
                MembershipRow.organisation_id == organisation_id,
                MembershipRow.revoked_at.is_(None),
                (MembershipRow.role == MemberRole.LEGAL_REPRESENTATIVE)
                | (MembershipRow.number_index == self.index.of(people.NUMBER_LABEL, person.id_number)),
            ),
        ).all()
        stays = [row for row in former if self._is_representative(row, person)]
        for row in former:
            if row not in stays:
                memberships.end(session, self.cipher, row, now)
        if not stays:
            role = MemberRole.LEGAL_REPRESENTATIVE
            new = NewMember(person.name, person.id_number, role, ALL_SCOPES, valid_to=None)
            memberships.enter(
                session, self.cipher, self.index, organisation_id=organisation_id, new=new, now=now
            )

    def _is_representative(self, row: MembershipRow, person: Person) -> bool:
        return (
            row.role == MemberRole.LEGAL_REPRESENTATIVE
            and memberships.open_number(self.cipher, row) == person.id_number
            and memberships.open_name(self.cipher, row) == person.name
        )


def _confirms(found: RegisteredEnterprise, person: Person, name: str) -> bool:
    representative = (found.legal_representative_name, found.legal_representative_number)
    return (
        found.status is EnterpriseStatus.ACTIVE
        and _normalised(found.name) == _normalised(name)
        and representative == (person.name, person.id_number)
    )


def _normalised(name: str) -> str:
    # Registries and keyboards differ in wide and narrow brackets, letters and digits.
    return "".join(unicodedata.normalize("NFKC", name).upper().split())
