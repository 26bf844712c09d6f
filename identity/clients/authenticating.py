"""Who asks for a token: a client, by its secret or by an assertion that its key signed.

Every failure is one refusal. A client that is unknown, or was revoked, takes the same time as a wrong secret.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from identity.clients import assertions, client_secrets, public_keys
from identity.clients.assertions import AssertionRefused, Proof, UnverifiedAssertion
from identity.clients.errors import AssertionReplayed, ClientRefused
from identity.clients.models import ClientAssertionRow, ClientCredentialRow, ClientRow
from identity.clients.public_keys import ClientKey
from identity.clients.registering import SECRET, SIGNING
from identity.ids import ClientId
from identity.organisations.models import EnterpriseRow
from identity.organisations.registry import EnterpriseStatus
from identity.organisations.scopes import Scope, read
from identity.orm import insert_or_skip

# How exactly it is kept when a credential was last used: not every token costs a write of the same row.
USE_NOTED_EVERY = timedelta(hours=1)
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A client that has proved itself. `proof` is an assertion still to be used up."""

    client_id: ClientId
    credential_id: str
    scopes: tuple[Scope, ...]
    noted_at: datetime | None
    proof: Proof | None = None

    def must_be_noted(self, now: datetime) -> bool:
        """Tell whether something has to be written before a token may be given."""
        return self.proof is not None or self.noted_at is None or self.noted_at <= now - USE_NOTED_EVERY


def by_secret(session: Session, unverified_id: str, unverified_secret: str) -> Authenticated:
    """Return the client of an id and a secret. Raises ClientRefused."""
    rows = _credentials(session, unverified_id, SECRET)
    place = client_secrets.matching(unverified_secret, [row.digest for row in rows])
    if place is None:
        raise ClientRefused
    return _authenticated(rows[place])


def by_assertion(
    session: Session,
    assertion: UnverifiedAssertion,
    *,
    audiences: frozenset[str],
    now: datetime,
) -> Authenticated:
    """Return the client whose key signed an assertion. Raises ClientRefused."""
    rows = _credentials(session, assertion.client_id, SIGNING)
    keys = [public_keys.read(json.loads(row.jwk)) for row in rows]
    try:
        proof = assertions.verify(assertion, keys or _nobodys_keys(assertion), audiences=audiences, now=now)
    except AssertionRefused:
        raise ClientRefused from None
    signers = [row for row in rows if row.digest == proof.key.digest]
    if not signers:
        raise ClientRefused
    return _authenticated(signers[0], proof)


def use(session: Session, client: Authenticated, now: datetime) -> None:
    """Use an assertion up, and note that the credential is in use. Raises AssertionReplayed."""
    proof = client.proof
    if proof is not None and not insert_or_skip(
        session, ClientAssertionRow, {"id": proof.id, "expires_at": proof.expires_at}
    ):
        raise AssertionReplayed
    noted = ClientCredentialRow.last_used_at
    session.execute(
        update(ClientCredentialRow)
        .where(
            ClientCredentialRow.id == client.credential_id,
            or_(noted.is_(None), noted <= now - USE_NOTED_EVERY),
        )
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def _credentials(session: Session, unverified_id: str, kind: str) -> Sequence[Any]:
    """Return what a client may prove itself with; nothing where there is no such client any more."""
    # What has no form of an id is asked for all the same, as the id of nobody.
    client_id = unverified_id if _ID.fullmatch(unverified_id) else "00000000-0000-0000-0000-000000000000"
    return session.execute(
        select(
            ClientCredentialRow.id,
            ClientCredentialRow.client_id,
            ClientCredentialRow.digest,
            ClientCredentialRow.jwk,
            ClientCredentialRow.last_used_at,
            ClientRow.scopes,
        )
        .join(ClientRow, ClientRow.id == ClientCredentialRow.client_id)
        .join(EnterpriseRow, EnterpriseRow.id == ClientRow.organisation_id)
        .where(
            ClientRow.id == client_id,
            ClientRow.auth == (SECRET if kind == SECRET else "private_key_jwt"),
            ClientRow.revoked_at.is_(None),
            ClientCredentialRow.kind == kind,
            ClientCredentialRow.revoked_at.is_(None),
            EnterpriseRow.status == EnterpriseStatus.ACTIVE,
        )
        .order_by(ClientCredentialRow.id)
    ).all()


def _authenticated(row: Any, proof: Proof | None = None) -> Authenticated:
    return Authenticated(ClientId(row.client_id), row.id, read(row.scopes), row.last_used_at, proof)


def _nobodys_keys(assertion: UnverifiedAssertion) -> list[ClientKey]:
    """Return keys of nobody's under the kid that is asked for.

    An assertion for a client that is not there is verified like any other, and takes as long.
    """
    return [replace(key, kid=assertion.kid or key.kid) for key in _made_keys()]


@cache
def _made_keys() -> tuple[ClientKey, ...]:
    """Make a key of every sort, once."""
    publics = (
        ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True),
        OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate().public_key(), as_dict=True),
        RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048).public_key(), as_dict=True),
    )
    return tuple(
        public_keys.read({name: jwk[name] for name in public_keys.MEMBERS[jwk["kty"]]}) for jwk in publics
    )
