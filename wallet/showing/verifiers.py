"""Which organisation may verify which kinds, and how much of each it may see."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity.ids import OrganisationId
from wallet.errors import GrantsNotWidened
from wallet.kinds import Profile
from wallet.showing.models import VerifierGrantRow


def grant(
    session: Session,
    organisation_id: OrganisationId,
    kinds: Iterable[str],
    profile: Profile,
) -> None:
    """Let an organisation verify kinds and see at most a profile of each."""
    session.add_all(
        VerifierGrantRow(organisation_id=organisation_id, kind=kind, profile=profile) for kind in kinds
    )
    session.flush()


def grants_of(session: Session, organisation_id: OrganisationId) -> dict[str, Profile]:
    """Return the kinds that an organisation may verify, each with the most it may see of it."""
    rows = session.execute(
        select(VerifierGrantRow.kind, VerifierGrantRow.profile)
        .where(VerifierGrantRow.organisation_id == organisation_id)
        .order_by(VerifierGrantRow.kind),
    )
    return {kind: Profile(profile) for kind, profile in rows}


def replace_grants(
    session: Session,
    organisation_id: OrganisationId,
    wanted: Mapping[str, Profile],
    *,
    may_widen: bool,
) -> dict[str, Profile]:
    """Replace what an organisation may verify; the caller holds its row. Raises GrantsNotWidened."""
    before = grants_of(session, organisation_id)
    wider = [
        kind for kind, profile in wanted.items() if kind not in before or profile.rank > before[kind].rank
    ]
    if wider and not may_widen:
        raise GrantsNotWidened
    session.execute(delete(VerifierGrantRow).where(VerifierGrantRow.organisation_id == organisation_id))
    session.add_all(
        VerifierGrantRow(organisation_id=organisation_id, kind=kind, profile=profile)
        for kind, profile in wanted.items()
    )
    session.flush()
    return grants_of(session, organisation_id)
