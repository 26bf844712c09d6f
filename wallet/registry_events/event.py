"""What a registry's event says, read from its JWS.

An event is a compact JWS (`typ: lz-registry-event`), signed with the registry's own ES256 key, of

    {"jti", "iat", "registry", "event", "identifier", "version", "status"}
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from identity.crypto import jws
from wallet import identifiers
from wallet.errors import EventMalformed, EventSignatureRefused
from wallet.registries.keys import PublicKeys
from wallet.status import LicenceStatus

TYP = "lz-registry-event"
MAX_CHARACTERS = 4096
MAX_IDENTIFIER_CHARACTERS = 128

_JTI = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# NumericDates that fit a datetime.
_MAX_IAT = 4_102_444_800


class EventKind(StrEnum):
    """What a registry did."""

    UPDATE = "update"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REVOKE = "revoke"
    CANCEL = "cancel"
    SUPERSEDE = "supersede"
    TRANSFER = "transfer"


# The statuses that go with an event. A newer version is announced by the one that it replaces
# (`superseded`) or by its own identifier (`valid`); what was transferred may be valid for its new holder.
STATUSES: dict[EventKind, frozenset[LicenceStatus]] = {
    EventKind.UPDATE: frozenset(LicenceStatus),
    EventKind.SUSPEND: frozenset({LicenceStatus.SUSPENDED}),
    EventKind.RESTORE: frozenset({LicenceStatus.VALID}),
    EventKind.REVOKE: frozenset({LicenceStatus.REVOKED}),
    EventKind.CANCEL: frozenset({LicenceStatus.CANCELLED}),
    EventKind.SUPERSEDE: frozenset({LicenceStatus.SUPERSEDED, LicenceStatus.VALID}),
    EventKind.TRANSFER: frozenset({LicenceStatus.TRANSFERRED, LicenceStatus.VALID}),
}


@dataclass(frozen=True, slots=True)
class RegistryEvent:
    """A genuine event. `digest` is the SHA-256 of what its registry signed."""

    jti: str
    issued_at: datetime
    registry: str
    kind: EventKind
    identifier: str
    version: int
    status: LicenceStatus
    digest: bytes

    @property
    def announces_itself(self) -> bool:
        """Tell whether a `supersede` names the new version, not the one that it replaces."""
        own = self.version == identifiers.version_of(self.identifier)
        return self.kind is EventKind.SUPERSEDE and own and self.status is LicenceStatus.VALID

    @property
    def newest_identifier(self) -> str:
        """The identifier under which the registry has the licence after the event."""
        if self.kind is not EventKind.SUPERSEDE or self.announces_itself:
            return self.identifier
        newer = max(self.version, identifiers.version_of(self.identifier) + 1)
        return identifiers.of_version(self.identifier, min(newer, identifiers.MAX_VERSION))


def open_event(unverified: str, keys: Mapping[str, PublicKeys]) -> RegistryEvent:
    """Return a genuine event; `keys` are each registry's. Raises EventMalformed, EventSignatureRefused."""
    try:
        token = jws.parse(unverified.strip(), typ=TYP, max_characters=MAX_CHARACTERS)
    except jws.JwsMalformed:
        raise EventMalformed from None
    # Whose key it must be is all that is read from it before its signature has been checked.
    registry = token.payload.get("registry")
    public = keys.get(registry, {}).get(token.kid) if isinstance(registry, str) else None
    if public is None or not token.is_signed_by(public):
        raise EventSignatureRefused
    return _event(token.payload, hashlib.sha256(token.signing_input).digest())


def _event(payload: dict[str, Any], digest: bytes) -> RegistryEvent:
    jti, identifier = payload.get("jti"), payload.get("identifier")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti) or not isinstance(identifier, str):
        raise EventMalformed
    try:
        kind, status = EventKind(str(payload.get("event"))), LicenceStatus(str(payload.get("status")))
        # Which licence a new one replaces can't be read off a licence code: it has to be parsed for that.
        if kind is EventKind.SUPERSEDE or not identifiers.is_licence_code(identifier):
            identifiers.parse(identifier)
    except ValueError:
        raise EventMalformed from None
    if status not in STATUSES[kind] or len(identifier) > MAX_IDENTIFIER_CHARACTERS:
        raise EventMalformed
    return RegistryEvent(
        jti=jti,
        issued_at=datetime.fromtimestamp(_whole_number(payload, "iat", _MAX_IAT), UTC),
        registry=payload["registry"],
        kind=kind,
        identifier=identifier,
        version=_whole_number(payload, "version", identifiers.MAX_VERSION),
        status=status,
        digest=digest,
    )


def _whole_number(payload: dict[str, Any], name: str, most: int) -> int:
    value = payload.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise EventMalformed
    return value
