"""Identifiers. Every id is a UUIDv7 as text (RFC 9562 §5.7): unique, and ordered by time of birth."""

from typing import NewType

from uuid_utils import uuid7

AccountId = NewType("AccountId", str)
PersonId = NewType("PersonId", str)
SessionId = NewType("SessionId", str)
LoginId = NewType("LoginId", str)
StaffId = NewType("StaffId", str)
OrganisationId = NewType("OrganisationId", str)
ClientId = NewType("ClientId", str)


def new_id() -> str:
    """Return a fresh UUIDv7, lower-case with dashes, 36 characters."""
    return str(uuid7())
