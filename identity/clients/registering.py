"""Registering machine clients, and what they prove themselves with: by whoever manages an enterprise's members.

Nobody gives a client what they may not do themselves, nor a new secret or key to one that may do more.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.clients import client_secrets, purposes
from identity.clients.errors import (
    ClientHasNoSecrets,
    ClientNotFound,
    ClientRevoked,
    ClientSecretNotFound,
    TooManyClients,
    TooManyClientSecrets,
)
from identity.clients.models import ClientCredentialRow, ClientRow
from identity.clients.public_keys import ClientKey, KeyUse
from identity.clients.purposes import Purpose
from identity.clients.scopes import MACHINE_SCOPES
from identity.errors import InvalidField, ScopeRequired
from identity.ids import PersonId, new_id
from identity.organisations import memberships
from identity.organisations.models import MembershipRow
from identity.organisations.scopes import Scope, read, written

MAX_CLIENTS = 100
SECRET, SIGNING, ENCRYPTION = "secret", str(KeyUse.SIGNING), str(KeyUse.ENCRYPTION)


class ClientAuth(StrEnum):
    """How a client proves itself at the token endpoint."""

    SECRET = "secret"  # noqa: S105  the word of the contract, no secret
    PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client to be registered."""

    name: str
    purposes: Sequence[Purpose]
    scopes: frozenset[Scope]
    auth: ClientAuth
    keys: Sequence[ClientKey]


@dataclass(frozen=True, slots=True)
class Manager:
    """Who registers and changes clients: a member of the enterprise, and the person they are."""

    membership: MembershipRow
    person_id: PersonId


def register(
    session: Session, manager: Manager, new: NewClient, now: datetime
) -> tuple[ClientRow, str | None]:
    """Register a client; return it, and its secret if it has one. Raises ScopeRequired, TooManyClients, InvalidField."""
    _require_fit(new)
    _require_reach(manager, new.scopes)
    organisation_id = manager.membership.organisation_id
    # The organisation's row is locked, so that its clients are counted one after the other.
    memberships.lock(session, organisation_id)
    alive = ClientRow.organisation_id == organisation_id, ClientRow.revoked_at.is_(None)
    if (session.scalar(select(func.count()).select_from(ClientRow).where(*alive)) or 0) >= MAX_CLIENTS:
        raise TooManyClients
    client = ClientRow(
        id=new_id(),
        organisation_id=organisation_id,
        name=new.name,
        auth=new.auth,
        scopes=written(new.scopes),
        purposes=purposes.written(new.purposes),
        created_at=now,
    )
    session.add(client)
    session.flush()
    for key in new.keys:
        _add_key(session, client, key, manager, now)
    secret = _add_secret(session, client, manager, now)[1] if new.auth is ClientAuth.SECRET else None
    return client, secret


def of_organisation(
    session: Session, manager: Manager, *, limit: int, cursor: str | None
) -> tuple[list[ClientRow], str | None]:
    """Return an enterprise's clients, revoked ones too, the oldest first; `cursor` is the last id of the page before.

    Raises ScopeRequired.
    """
    memberships.require_manager(manager.membership)
    query = select(ClientRow).where(ClientRow.organisation_id == manager.membership.organisation_id)
    if cursor:
        query = query.where(ClientRow.id > cursor)
    rows = list(session.scalars(query.order_by(ClientRow.id).limit(limit + 1)))
    shown = rows[:limit]
    return shown, shown[-1].id if len(rows) > limit else None


def client_of(session: Session, manager: Manager, client_id: str, *, lock: bool = False) -> ClientRow:
    """Return one of an enterprise's clients. Raises ScopeRequired, ClientNotFound."""
    memberships.require_manager(manager.membership)
    if lock:
        memberships.lock(session, manager.membership.organisation_id)
    own = ClientRow.organisation_id == manager.membership.organisation_id
    row = session.scalar(select(ClientRow).where(ClientRow.id == client_id, own))
    if row is None:
        raise ClientNotFound
    return row


def revoke(session: Session, manager: Manager, client_id: str, now: datetime) -> ClientRow:
    """End a client, and every token of its; one that is over stays as it ended. Raises ScopeRequired, ClientNotFound."""
    client = client_of(session, manager, client_id, lock=True)
    client.revoked_at = client.revoked_at or now
    session.flush()
    return client


def add_secret(
    session: Session, manager: Manager, client_id: str, now: datetime
) -> tuple[ClientCredentialRow, str]:
    """Give a client a second secret beside the one that it has; return it, to be shown once.

    Raises ScopeRequired, ClientNotFound, ClientRevoked, ClientHasNoSecrets, TooManyClientSecrets.
    """
    client = _changed(session, manager, client_id)
    if client.auth != ClientAuth.SECRET:
        raise ClientHasNoSecrets
    active = [row for row in credentials(session, [client]) if row.kind == SECRET and row.revoked_at is None]
    if len(active) >= client_secrets.MAX_ACTIVE:
        raise TooManyClientSecrets
    return _add_secret(session, client, manager, now)


def revoke_secret(
    session: Session, manager: Manager, client_id: str, secret_id: str, now: datetime
) -> ClientRow:
    """End a secret, and every token that was got with it. Raises ScopeRequired, ClientNotFound, ClientSecretNotFound."""
    client = client_of(session, manager, client_id, lock=True)
    own = ClientCredentialRow.client_id == client.id, ClientCredentialRow.kind == SECRET
    row = session.scalar(select(ClientCredentialRow).where(ClientCredentialRow.id == secret_id, *own))
    if row is None:
        raise ClientSecretNotFound
    row.revoked_at = row.revoked_at or now
    session.flush()
    return client


def replace_keys(
    session: Session, manager: Manager, client_id: str, keys: Sequence[ClientKey], now: datetime
) -> ClientRow:
    """Let a client have these keys and no others; tokens that were got with one that is gone end.

    Raises ScopeRequired, ClientNotFound, ClientRevoked, InvalidField.
    """
    client = _changed(session, manager, client_id)
    _require_keys_fit(ClientAuth(client.auth), keys)
    wanted = {(str(key.use), json.dumps(key.jwk)): key for key in keys}
    for row in credentials(session, [client]):
        if row.kind == SECRET or row.revoked_at is not None:
            continue
        # What stays as it was keeps its tokens.
        if wanted.pop((row.kind, row.jwk or ""), None) is None:
            row.revoked_at = now
    for key in wanted.values():
        _add_key(session, client, key, manager, now)
    session.flush()
    return client


def credentials(session: Session, clients: Iterable[ClientRow]) -> list[ClientCredentialRow]:
    """Return what some clients prove themselves with and are written to with, the oldest first."""
    ids = [client.id for client in clients]
    query = select(ClientCredentialRow).where(ClientCredentialRow.client_id.in_(ids))
    return list(session.scalars(query.order_by(ClientCredentialRow.id)))


def _changed(session: Session, manager: Manager, client_id: str) -> ClientRow:
    client = client_of(session, manager, client_id, lock=True)
    _require_reach(manager, read(client.scopes))
    if client.revoked_at is not None:
        raise ClientRevoked
    return client


def _require_reach(manager: Manager, scopes: Iterable[Scope]) -> None:
    held = read(manager.membership.scopes)
    if Scope.MEMBERS_MANAGE not in held or not set(scopes) <= set(held):
        raise ScopeRequired


def _require_fit(new: NewClient) -> None:
    if not new.scopes or not new.scopes <= set(MACHINE_SCOPES):
        allowed = "、".join(MACHINE_SCOPES)
        raise InvalidField(
            field="scopes",
            message_zh=f"应用的权限至少一项，且只能取自：{allowed}",
            message_en=f"A client has one or more of these scopes: {', '.join(MACHINE_SCOPES)}.",
        )
    _require_keys_fit(new.auth, new.keys)


def _require_keys_fit(auth: ClientAuth, keys: Sequence[ClientKey]) -> None:
    signs = any(key.use is KeyUse.SIGNING for key in keys)
    if auth is ClientAuth.PRIVATE_KEY_JWT and not signs:
        raise InvalidField(
            field="jwks",
            message_zh="private_key_jwt 须至少提交一个签名公钥",
            message_en="private_key_jwt needs at least one public key that signs.",
        )
    if auth is ClientAuth.SECRET and signs:
        raise InvalidField(
            field="jwks",
            message_zh="使用密钥串（secret）的应用只能提交加密公钥（use 为 enc）",
            message_en="A client with a secret has keys to encrypt to alone (`use`: enc).",
        )


def _add_secret(
    session: Session, client: ClientRow, manager: Manager, now: datetime
) -> tuple[ClientCredentialRow, str]:
    secret = client_secrets.new_secret()
    row = ClientCredentialRow(
        id=new_id(),
        client_id=client.id,
        kind=SECRET,
        digest=client_secrets.digest(secret),
        added_by_person_id=manager.person_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    return row, secret


def _add_key(session: Session, client: ClientRow, key: ClientKey, manager: Manager, now: datetime) -> None:
    session.add(
        ClientCredentialRow(
            id=new_id(),
            client_id=client.id,
            kind=key.use,
            digest=key.digest,
            jwk=json.dumps(key.jwk),
            added_by_person_id=manager.person_id,
            added_at=now,
        )
    )
    session.flush()
