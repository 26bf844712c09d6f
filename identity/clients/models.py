"""Rows of machine clients."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class ClientRow(Base):
    """A machine client of an enterprise. Its id is the `client_id`.

    `scopes` are words parted by blanks; `purposes` is JSON, as `identity.clients.purposes` writes it. Both are
    for good: who wants to ask for something else registers another client.
    """

    __tablename__ = "clients"
    __table_args__ = (
        CheckConstraint("auth IN ('secret', 'private_key_jwt')", name="auth"),
        Index(None, "organisation_id", "id"),
    )

    id: Mapped[str] = primary_key()
    organisation_id: Mapped[str] = mapped_column(ID, ForeignKey("enterprises.id"))
    name: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[str] = mapped_column(String(300))
    purposes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ClientCredentialRow(Base):
    """What a client proves itself with, or is written to with: a secret, a key that signs, a key to encrypt to.

    `digest` is the secret's SHA-256, or the key's thumbprint (RFC 7638). A token names the credential that it was
    got with, and ends with it. `added_by_person_id` is the member who added it.
    """

    __tablename__ = "client_credentials"
    __table_args__ = (
        CheckConstraint("kind IN ('secret', 'signing', 'encryption')", name="kind"),
        Index(None, "client_id", "id"),
    )

    id: Mapped[str] = primary_key()
    client_id: Mapped[str] = mapped_column(ID, ForeignKey("clients.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    # A public key's JSON Web Key; of a secret nothing but its digest is kept.
    jwk: Mapped[str | None] = mapped_column(Text)
    added_by_person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"), index=True)
    added_at: Mapped[datetime]
    # To the hour: so that whoever rotates sees whether anything still uses the older one.
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ClientAssertionRow(Base):
    """That an assertion was used (RFC 7523 §3, `jti`), until it would have expired."""

    __tablename__ = "client_assertions"

    # SHA-256 over client and jti.
    id: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
