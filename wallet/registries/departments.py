"""The sandbox's departments as a whole: their registries, and the keys by which they push changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.crypto.signer import sign_compact
from identity.ids import new_id
from identity.orm import Database
from wallet.errors import SandboxThingUnknown
from wallet.identifiers import IdentifierMalformed
from wallet.registries import sandbox
from wallet.registries.keys import PublicKeys, sandbox_signers
from wallet.registries.protocol import RegistryRecord
from wallet.registries.sandbox import SandboxRegistry
from wallet.registry_events.event import TYP, EventKind, RegistryEvent
from wallet.status import LicenceStatus


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a department tells, and the licence as it is then."""

    event: RegistryEvent
    record: RegistryRecord


class Departments:
    """Every department of the sandbox."""

    def __init__(self, keys_dir: Path, database: Database, cipher: PiiCipher, index: BlindIndex) -> None:
        self._cipher, self._index = cipher, index
        self._by_code = {registry.code: registry for registry in sandbox.registries(database, cipher, index)}
        self._signers = sandbox_signers(keys_dir, list(self._by_code))

    @property
    def registries(self) -> Sequence[SandboxRegistry]:
        """Their registries, to be asked."""
        return list(self._by_code.values())

    @property
    def event_keys(self) -> Mapping[str, PublicKeys]:
        """The public keys that their events are checked with."""
        return {code: {signer.kid: signer.public} for code, signer in self._signers.items()}

    def sign(self, code: str, claims: Mapping[str, object]) -> str:
        """Return an event as a department sends it. Raises SandboxThingUnknown."""
        signer = self._signers.get(code)
        if signer is None:
            raise SandboxThingUnknown
        return sign_compact(orjson.dumps(dict(claims) | {"registry": code}), signer, TYP)

    def decide(
        self,
        session: Session,
        identifier: str,
        status: LicenceStatus,
        now: datetime,
    ) -> Pushed:
        """Let a department decide on a licence. Raises SandboxThingUnknown."""
        self._registry_of(session, identifier)
        sandbox.set_status(session, identifier, status)
        return self._pushed(session, EventKind.UPDATE, identifier, status, now)

    def renew(self, session: Session, identifier: str, now: datetime) -> Pushed:
        """Let a department issue the next version of a licence. Raises SandboxThingUnknown."""
        self._registry_of(session, identifier)
        try:
            newer = sandbox.renew(session, self._cipher, identifier)
        except IdentifierMalformed:
            raise SandboxThingUnknown from None
        return self._pushed(session, EventKind.SUPERSEDE, newer, LicenceStatus.VALID, now)

    def transfer(self, session: Session, identifier: str, id_number: str, now: datetime) -> Pushed:
        """Let a department write a licence over to somebody else. Raises SandboxThingUnknown."""
        self._registry_of(session, identifier)
        sandbox.transfer(session, self._cipher, self._index, identifier, id_number)
        return self._pushed(session, EventKind.TRANSFER, identifier, LicenceStatus.VALID, now)

    def _registry_of(self, session: Session, identifier: str) -> SandboxRegistry:
        code = sandbox.registry_of(session, identifier)
        if code is None:
            raise SandboxThingUnknown
        return self._by_code[code]

    def _pushed(
        self,
        session: Session,
        kind: EventKind,
        identifier: str,
        status: LicenceStatus,
        now: datetime,
    ) -> Pushed:
        registry = self._registry_of(session, identifier)
        record = registry.as_decided(session, identifier)
        if record is None:
            raise SandboxThingUnknown
        event = RegistryEvent(
            jti=new_id(),
            issued_at=now,
            registry=registry.code,
            kind=kind,
            identifier=identifier,
            version=record.version,
            status=status,
            digest=bytes(32),
        )
        return Pushed(event, record)
