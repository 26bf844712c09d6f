"""The sandbox's departments: registries in tables of their own, sealed like our own rows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, SmallInteger, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.orm import Base, Database
from identity.people import NUMBER_LABEL
from identity.sandbox import outages
from identity.sandbox.personas import behave
from wallet import identifiers
from wallet.registries import portrait
from wallet.registries.protocol import RegistryRecord
from wallet.status import LicenceStatus


class SandboxLicenceRow(Base):
    """A licence in a sandbox registry. `status` is what its department decided; dates are apart."""

    __tablename__ = "sandbox_licences"

    identifier: Mapped[str] = mapped_column(String(128), primary_key=True)
    registry_code: Mapped[str] = mapped_column(
        String(32),
        ForeignKey("sandbox_registries.code"),
        index=True,
    )
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(SmallInteger)
    licence_sealed: Mapped[bytes]
    photo_sealed: Mapped[bytes | None]


class SandboxLicenceHolderRow(Base):
    """Who holds a licence in a sandbox registry."""

    __tablename__ = "sandbox_licence_holders"

    identifier: Mapped[str] = mapped_column(
        String(128),
        ForeignKey("sandbox_licences.identifier"),
        primary_key=True,
    )
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, index=True)


@cache
def source() -> dict[str, Any]:
    """Return departments and licences that a fresh sandbox is filled with."""
    path = resources.files("wallet") / "data" / "sandbox_registry.json"
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def fill(session: Session, cipher: PiiCipher, index: BlindIndex) -> None:
    """Put departments and licences into the empty sandbox registries."""
    for department in source()["departments"]:
        outages.add(session, department["key"], department["name"])
    session.flush()
    for licence in source()["licences"]:
        identifier = licence["identifier"]
        photo = licence["fields"].get("photo")
        session.add(
            SandboxLicenceRow(
                identifier=identifier,
                registry_code=licence["registry"],
                status=_decided_status(licence),
                version=licence["version"],
                licence_sealed=cipher.seal(json.dumps(licence, ensure_ascii=False), _place(identifier)),
                photo_sealed=photo and cipher.seal(_portrait(photo), _photo_place(identifier)),
            ),
        )
    session.flush()
    session.add_all(
        SandboxLicenceHolderRow(
            identifier=licence["identifier"],
            number_index=index.of(NUMBER_LABEL, number),
        )
        for licence in source()["licences"]
        for number in licence["holders"]
    )
    session.flush()


class SandboxRegistry:
    """One department's registry."""

    def __init__(
        self,
        code: str,
        name: str,
        database: Database,
        cipher: PiiCipher,
        index: BlindIndex,
    ) -> None:
        self.code = code
        self.name = name
        self._database, self._cipher, self._index = database, cipher, index

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        """See LicenceRegistry."""
        with self._asked() as session:
            rows = session.scalars(
                select(SandboxLicenceRow)
                .join(
                    SandboxLicenceHolderRow,
                    SandboxLicenceHolderRow.identifier == SandboxLicenceRow.identifier,
                )
                .where(
                    SandboxLicenceRow.registry_code == self.code,
                    SandboxLicenceHolderRow.number_index == self._index.of(NUMBER_LABEL, id_number),
                )
                .order_by(SandboxLicenceRow.identifier),
            ).all()
        return [self._record(row) for row in rows]

    def by_identifier(self, identifier: str, _holder_number: str | None = None) -> RegistryRecord | None:
        """See LicenceRegistry."""
        with self._asked() as session:
            return self.as_decided(session, identifier)

    def as_decided(self, session: Session, identifier: str) -> RegistryRecord | None:
        """Return what the department itself sees, however its registry feels."""
        row = session.get(SandboxLicenceRow, identifier)
        return self._record(row) if row and row.registry_code == self.code else None

    @contextmanager
    def _asked(self) -> Iterator[Session]:
        with self._database.read() as session:
            status = outages.status_of(session, self.code)
        # Outside the session: a slow registry must not sit on a database connection.
        behave(status)
        with self._database.read() as session:
            yield session

    def _record(self, row: SandboxLicenceRow) -> RegistryRecord:
        licence = _opened(self._cipher, row)
        photo = row.photo_sealed
        return RegistryRecord(
            registry=self.code,
            kind=licence["kind"],
            identifier=row.identifier,
            number=licence["number"],
            holder_numbers=tuple(licence["holders"]),
            issuer_name=licence["issuer"],
            issued_on=date.fromisoformat(licence["issued_on"]),
            valid_from=_day(licence["valid_from"]),
            valid_to=_day(licence["valid_to"]),
            status=LicenceStatus(row.status),
            version=row.version,
            fields=licence["fields"],
            photo_png=self._cipher.open(photo, _photo_place(row.identifier)) if photo else None,
        )


def registries(database: Database, cipher: PiiCipher, index: BlindIndex) -> list[SandboxRegistry]:
    """Return the sandbox's departments."""
    return [
        SandboxRegistry(department["key"], department["name"], database, cipher, index)
        for department in source()["departments"]
    ]


def registry_of(session: Session, identifier: str) -> str | None:
    """Return the code of the department that a licence is of; None when there is no such licence."""
    return session.scalar(
        select(SandboxLicenceRow.registry_code).where(SandboxLicenceRow.identifier == identifier),
    )


def set_status(session: Session, identifier: str, status: LicenceStatus) -> None:
    """Let a department decide on a licence."""
    session.get_one(SandboxLicenceRow, identifier).status = status
    session.flush()


def renew(session: Session, cipher: PiiCipher, identifier: str) -> str:
    """Let a department issue the next version of a licence; return its identifier.

    Raises IdentifierMalformed after the last version that there can be.
    """
    newer = _next_version(identifier)
    while session.get(SandboxLicenceRow, newer):
        # It was renewed before: its newest version is what has a successor.
        identifier, newer = newer, _next_version(newer)
    old = session.get_one(SandboxLicenceRow, identifier)
    photo = cipher.open(old.photo_sealed, _photo_place(identifier)) if old.photo_sealed else None
    licence = _opened(cipher, old) | {"identifier": newer, "version": old.version + 1}
    session.add(
        SandboxLicenceRow(
            identifier=newer,
            registry_code=old.registry_code,
            status=LicenceStatus.VALID,
            version=old.version + 1,
            licence_sealed=cipher.seal(json.dumps(licence, ensure_ascii=False), _place(newer)),
            photo_sealed=cipher.seal(photo, _photo_place(newer)) if photo else None,
        ),
    )
    session.flush()
    held = select(SandboxLicenceHolderRow.number_index).where(
        SandboxLicenceHolderRow.identifier == identifier,
    )
    for number_index in session.scalars(held).all():
        session.add(SandboxLicenceHolderRow(identifier=newer, number_index=number_index))
    set_status(session, identifier, LicenceStatus.SUPERSEDED)
    return newer


def _next_version(identifier: str) -> str:
    return identifiers.of_version(identifier, identifiers.version_of(identifier) + 1)


def transfer(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    identifier: str,
    id_number: str,
) -> None:
    """Let a department write a licence over to somebody else."""
    row = session.get_one(SandboxLicenceRow, identifier)
    licence = _opened(cipher, row) | {"holders": [id_number]}
    row.licence_sealed = cipher.seal(json.dumps(licence, ensure_ascii=False), _place(identifier))
    session.execute(
        delete(SandboxLicenceHolderRow).where(SandboxLicenceHolderRow.identifier == identifier),
    )
    number_index = index.of(NUMBER_LABEL, id_number)
    session.add(SandboxLicenceHolderRow(identifier=identifier, number_index=number_index))
    session.flush()


def _opened(cipher: PiiCipher, row: SandboxLicenceRow) -> dict[str, Any]:
    licence: dict[str, Any] = json.loads(cipher.open(row.licence_sealed, _place(row.identifier)))
    return licence


def _decided_status(licence: dict[str, Any]) -> LicenceStatus:
    # The source writes `expired` as of its own day. Dates say that better, on whatever day it is.
    status = LicenceStatus(licence["status"])
    has_end = licence["valid_to"] is not None
    return LicenceStatus.VALID if status is LicenceStatus.EXPIRED and has_end else status


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _portrait(reference: str) -> bytes:
    return portrait.draw(reference.removeprefix("photo/"))


def _place(identifier: str) -> str:
    return f"sandbox_licences.licence:{identifier}"


def _photo_place(identifier: str) -> str:
    return f"sandbox_licences.photo:{identifier}"
