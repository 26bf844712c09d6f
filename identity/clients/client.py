"""A machine client calling: who it is and what it may do, read anew at every call.

Its access token names the credential that it was got with. When that, the client or the enterprise is no more,
the token is worth nothing from the next call on, on every worker.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from identity.clients import purposes
from identity.clients.errors import ClientEnded
from identity.clients.models import ClientCredentialRow, ClientRow
from identity.clients.purposes import Purpose
from identity.ids import ClientId, OrganisationId
from identity.organisations.models import EnterpriseRow
from identity.organisations.registry import EnterpriseStatus
from identity.organisations.scopes import Scope, read
from identity.prepared import Executor, Prepared
from identity.staff import OrganisationRow


@dataclass(frozen=True, slots=True)
class Client:
    """A client calling. `scopes` are what its token was given, as far as the client still has them."""

    client_id: ClientId
    organisation_id: OrganisationId
    organisation_name: str
    name: str
    scopes: frozenset[Scope]
    purposes: tuple[Purpose, ...]

    def purpose(self, code: str) -> Purpose | None:
        """Return the purpose of a code; None where the client has none."""
        return next((purpose for purpose in self.purposes if purpose.code == code), None)


_CLIENT = Prepared(
    select(
        ClientRow.id,
        ClientRow.organisation_id,
        OrganisationRow.name.label("organisation_name"),
        ClientRow.name,
        ClientRow.scopes,
        ClientRow.purposes,
    )
    .join(ClientCredentialRow, ClientCredentialRow.client_id == ClientRow.id)
    .join(EnterpriseRow, EnterpriseRow.id == ClientRow.organisation_id)
    .join(OrganisationRow, OrganisationRow.id == ClientRow.organisation_id)
    .where(
        ClientCredentialRow.id == bindparam("credential_id"),
        ClientCredentialRow.revoked_at.is_(None),
        ClientRow.revoked_at.is_(None),
        EnterpriseRow.status == EnterpriseStatus.ACTIVE,
    ),
)


def calling(session: Executor, credential_id: str, scopes: frozenset[str]) -> Client:
    """Return who calls with a token of these scopes. Raises ClientEnded."""
    row = _CLIENT.first(session, credential_id=credential_id)
    if row is None:
        raise ClientEnded
    return Client(
        ClientId(row.id),
        OrganisationId(row.organisation_id),
        row.organisation_name,
        row.name,
        frozenset(read(row.scopes)) & scopes,
        purposes.read(row.purposes),
    )
