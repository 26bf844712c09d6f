"""Cases as they are read: by whose they are, and by the staff of the departments that answer for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hotservices.cases import facts, reads, timeline
from hotservices.cases.briefs import Brief, brief
from hotservices.cases.errors import CaseNotFound
from hotservices.cases.facts import Fact, Reason
from hotservices.cases.models import CaseRow
from hotservices.cases.reads import Read
from hotservices.cases.states import By, CaseState, Deed, deeds_for
from hotservices.cases.timeline import Step
from hotservices.cases.working import Condition, answered_for, of_agency, of_person
from identity import people
from identity.crypto.cipher import PiiCipher
from identity.ids import OrganisationId, PersonId
from identity.numbers.masks import mask_number


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its timeline. `may` is what its reader may do to it now."""

    brief: Brief
    draft_id: str | None
    organisation_id: str | None
    handled: bool
    values: Sequence[Fact]
    reasons: Sequence[Reason]
    timeline: Sequence[Step]
    reads: Sequence[Read]
    may: Sequence[Deed]


@dataclass(frozen=True, slots=True)
class Petitioner:
    """Whose case it is, as the department needs to know them."""

    name: str
    id_number_masked: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases, newest first; `next_cursor` is None at its end."""

    items: list[Brief]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases, and which part of the list."""

    limit: int
    cursor: str | None = None
    state: CaseState | None = None
    service_code: str | None = None


def list_of_person(session: Session, person_id: PersonId, wanted: Wanted) -> CasePage:
    """Return a person's cases."""
    return _page(session, CaseRow.person_id == person_id, wanted)


def list_of_agency(session: Session, organisation_id: OrganisationId, wanted: Wanted) -> CasePage:
    """Return the cases of the departments that an agency answers for."""
    return _page(session, answered_for(organisation_id), wanted)


def one_of_person(session: Session, cipher: PiiCipher, person_id: PersonId, case_id: str) -> Case:
    """Return a person's own case. Raises CaseNotFound."""
    return _case(session, cipher, _row(session, of_person(person_id, case_id)), By.CITIZEN)


def one_of_agency(
    session: Session, cipher: PiiCipher, organisation_id: OrganisationId, case_id: str
) -> tuple[Case, Petitioner]:
    """Return a case of an agency's departments, and whose it is. Raises CaseNotFound."""
    row = _row(session, of_agency(organisation_id, case_id))
    person = people.open_person(people.row_of(session, PersonId(row.person_id)), cipher)
    petitioner = Petitioner(person.name, mask_number(person.id_number))
    return _case(session, cipher, row, By.STAFF), petitioner


def finished_services(session: Session, person_id: PersonId) -> frozenset[str]:
    """Return the services that were granted to a person, by their codes."""
    granted = select(CaseRow.service_code).where(
        CaseRow.person_id == person_id, CaseRow.state == CaseState.APPROVED
    )
    return frozenset(session.scalars(granted.distinct()))


def _page(session: Session, whose: ColumnElement[bool], wanted: Wanted) -> CasePage:
    query = select(CaseRow).where(whose)
    if wanted.state:
        query = query.where(CaseRow.state == wanted.state)
    if wanted.service_code:
        query = query.where(CaseRow.service_code == wanted.service_code)
    if wanted.cursor:
        query = query.where(CaseRow.id < wanted.cursor)
    rows = list(session.scalars(query.order_by(CaseRow.id.desc()).limit(wanted.limit + 1)))
    shown = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    return CasePage([brief(row) for row in shown], shown[-1].id if more else None)


def _row(session: Session, found_by: Sequence[Condition]) -> CaseRow:
    row = session.scalar(select(CaseRow).where(*found_by))
    if row is None:
        raise CaseNotFound
    return row


def _case(session: Session, cipher: PiiCipher, row: CaseRow, reader: By) -> Case:
    return Case(
        brief=brief(row),
        draft_id=row.draft_id,
        organisation_id=row.organisation_id,
        handled=row.handled,
        values=facts.open_facts(cipher, row.id, row.facts_sealed),
        reasons=facts.open_reasons(cipher, row.id, row.reasons_sealed),
        timeline=timeline.of_case(session, cipher, row.id),
        reads=reads.of_case(session, row.id),
        may=deeds_for(reader, CaseState(row.state)),
    )
