"""What a show token stands for: one read of token, licence, holder, grant, and who showed it."""

from sqlalchemy import BindParameter, and_, select
from sqlalchemy.orm import aliased

from identity import people
from identity.acting import Actor, ActorWord
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from identity.numbers.masks import mask_name
from identity.orm import AnyRow, AnySelect
from identity.people import PersonRow
from wallet.models import HoldingRow, LicenceRow
from wallet.showing.models import ShowTokenRow, VerifierGrantRow

Agent = aliased(PersonRow, name="agent")


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
            ShowTokenRow.actor,
            ShowTokenRow.actor_person_id,
            Agent.name_sealed.label("agent_name_sealed"),
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
        .outerjoin(
            Agent,
            and_(Agent.id == ShowTokenRow.actor_person_id, ShowTokenRow.actor == ActorWord.AGENT.value),
        )
    )


def shown_by(row: AnyRow) -> Actor:
    """Return who showed what a row stands for."""
    if row.actor_person_id is None:
        return Actor(ActorWord.SELF, PersonId(row.person_id))
    return Actor(ActorWord(row.actor), PersonId(row.actor_person_id))


def agent_masked(cipher: PiiCipher, row: AnyRow) -> str | None:
    """Return the masked name of who showed an organisation's licence; None where it is its holder's own."""
    sealed = row.agent_name_sealed
    return mask_name(people.open_name(cipher, row.actor_person_id, sealed)) if sealed else None


def with_grant(query: AnySelect, organisation_id: str | BindParameter[str]) -> AnySelect:
    """Join what an organisation may see of the shown kind."""
    return query.outerjoin(
        VerifierGrantRow,
        and_(
            VerifierGrantRow.organisation_id == organisation_id,
            VerifierGrantRow.kind == LicenceRow.kind,
        ),
    )
