"""Telling those who run an enterprise: its legal representative and its admins, as far as they are known here."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity import notices
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.organisations import memberships
from identity.organisations.models import MembershipRow
from identity.organisations.scopes import MemberRole
from identity.staff import OrganisationRow


def tell_admins(
    session: Session,
    cipher: PiiCipher,
    organisation_id: str,
    *,
    kind: NoticeKind,
    about: Mapping[str, str | None],
    now: datetime,
) -> None:
    """Tell them something about their enterprise; its name and id are put in."""
    organisation = session.get_one(OrganisationRow, organisation_id)
    rows = session.scalars(
        select(MembershipRow)
        .where(
            MembershipRow.organisation_id == organisation_id,
            MembershipRow.role != MemberRole.AGENT,
            MembershipRow.revoked_at.is_(None),
            or_(MembershipRow.valid_to.is_(None), MembershipRow.valid_to >= civil_date(now)),
        )
        .order_by(MembershipRow.id),
    )
    whole = {**about, "organisation": organisation.name, "organisation_id": organisation.id}
    people = [memberships.member(session, cipher, row) for row in rows.all()]
    for person_id in dict.fromkeys(person.id for person in people if person is not None):
        notices.tell(session, cipher, person_id=PersonId(person_id), kind=kind, about=whole, now=now)
