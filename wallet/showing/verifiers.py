"""Which organisation may verify which kinds, and how much of each it may see."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from identity.ids import OrganisationId
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
