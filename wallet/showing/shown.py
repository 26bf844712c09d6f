"""What a show token stands for: one read of token, licence, holder and grant."""

from sqlalchemy import BindParameter, and_, select

from identity.orm import AnySelect
from identity.people import PersonRow
from wallet.models import HoldingRow, LicenceRow
from wallet.showing.models import ShowTokenRow, VerifierGrantRow


def shown_licence() -> AnySelect:
    """Select a show token with the licence and the holder it stands for."""
    return (
        select(
            ShowTokenRow.id.label("token_id"),
            ShowTokenRow.person_id,
            ShowTokenRow.licence_id,
            ShowTokenRow.mode,
            ShowTokenRow.disclose,
            ShowTokenRow.state,
            ShowTokenRow.confirm_by,
            LicenceRow.kind,
            LicenceRow.registry_status,
            LicenceRow.valid_from,
            LicenceRow.valid_to,
            LicenceRow.as_of,
            LicenceRow.changed_at,
            LicenceRow.content_sealed,
            PersonRow.name_sealed,
            PersonRow.number_sealed,
            PersonRow.wallet_frozen_at,
            HoldingRow.licence_id.label("held"),
            VerifierGrantRow.profile.label("granted"),
        )
        .join(LicenceRow, LicenceRow.id == ShowTokenRow.licence_id)
        .join(PersonRow, PersonRow.id == ShowTokenRow.person_id)
        .outerjoin(
            HoldingRow,
            and_(
                HoldingRow.licence_id == ShowTokenRow.licence_id,
                HoldingRow.person_id == ShowTokenRow.person_id,
            ),
        )
    )


def with_grant(query: AnySelect, organisation_id: str | BindParameter[str]) -> AnySelect:
    """Join what an organisation may see of the shown kind."""
    return query.outerjoin(
        VerifierGrantRow,
        and_(
            VerifierGrantRow.organisation_id == organisation_id,
            VerifierGrantRow.kind == LicenceRow.kind,
        ),
    )
