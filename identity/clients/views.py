"""Machine clients as the enterprise's managers see them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.clients import purposes, registering
from identity.clients.models import ClientCredentialRow, ClientRow
from identity.clients.purposes import Purpose
from identity.clients.registering import ENCRYPTION, SECRET, ClientAuth
from identity.ids import ClientId, OrganisationId
from identity.organisations.scopes import Scope, read

ACTIVE, REVOKED = "active", "revoked"


@dataclass(frozen=True, slots=True)
class SecretView:
    """A secret, without itself: it was shown once."""

    id: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client. `jwks` has the keys that count now."""

    client_id: ClientId
    organisation_id: OrganisationId
    name: str
    auth: ClientAuth
    scopes: tuple[Scope, ...]
    purposes: tuple[Purpose, ...]
    status: str
    secrets: list[SecretView]
    jwks: dict[str, Any]
    created_at: datetime
    revoked_at: datetime | None


def views(session: Session, clients: Sequence[ClientRow]) -> list[ClientView]:
    """Return some clients, with what they prove themselves with."""
    rows = registering.credentials(session, clients)
    return [_view(client, [row for row in rows if row.client_id == client.id]) for client in clients]


def view(session: Session, client: ClientRow) -> ClientView:
    """Return a client."""
    return views(session, [client])[0]


def encryption_key(session: Session, client_id: str) -> dict[str, str] | None:
    """Return the newest public key (JWK) to encrypt to a client with; None where it gave none."""
    jwk = session.scalar(
        select(ClientCredentialRow.jwk)
        .where(
            ClientCredentialRow.client_id == client_id,
            ClientCredentialRow.kind == ENCRYPTION,
            ClientCredentialRow.revoked_at.is_(None),
        )
        .order_by(ClientCredentialRow.id.desc())
        .limit(1)
    )
    key: dict[str, str] | None = json.loads(jwk) if jwk else None
    return key


def _view(client: ClientRow, rows: Sequence[ClientCredentialRow]) -> ClientView:
    return ClientView(
        client_id=ClientId(client.id),
        organisation_id=OrganisationId(client.organisation_id),
        name=client.name,
        auth=ClientAuth(client.auth),
        scopes=read(client.scopes),
        purposes=purposes.read(client.purposes),
        status=REVOKED if client.revoked_at else ACTIVE,
        secrets=[
            SecretView(row.id, row.added_at, row.last_used_at, row.revoked_at)
            for row in rows
            if row.kind == SECRET
        ],
        jwks={"keys": [json.loads(row.jwk) for row in rows if row.jwk and row.revoked_at is None]},
        created_at=client.created_at,
        revoked_at=client.revoked_at,
    )
