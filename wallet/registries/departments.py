"""The sandbox's departments as a whole: their registries, and the keys by which they push changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.crypto.signer import sign_compact
from identity.ids import new_id
from identity.orm import Database
from wallet.errors import SandboxThingUnknown
from wallet.registries import sandbox
from wallet.registries.keys import PublicKeys, sandbox_signers
from wallet.registries.protocol import RegistryRecord
from wallet.registries.sandbox import SandboxRegistry
from wallet.registry_events.event import TYP, EventKind, RegistryEvent
from wallet.status import LicenceStatus


class Departments:
    """Every department of the sandbox."""

    def __init__(self, keys_dir: Path, database: Database, cipher: PiiCipher, index: BlindIndex) -> None:
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
    ) -> tuple[RegistryEvent, RegistryRecord]:
        """Let a department decide on a licence; what it pushes, and the licence as it is then.

        Raises SandboxThingUnknown.
        """
        code = sandbox.registry_of(session, identifier)
        if code is None:
            raise SandboxThingUnknown
        sandbox.set_status(session, identifier, status)
        record = self._by_code[code].as_decided(session, identifier)
        if record is None:
            raise SandboxThingUnknown
        event = RegistryEvent(
            jti=new_id(),
            issued_at=now,
            registry=code,
            kind=EventKind.UPDATE,
            identifier=identifier,
            version=record.version,
            status=status,
            digest=bytes(32),
        )
        return event, record
