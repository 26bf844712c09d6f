"""Personas: fictitious people to log in as, and the sandbox's population registry and login platform."""

import json
import time
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import LoginRefused, RegistryUnavailable
from identity.numbers.resident_id import IdType
from identity.orm import Base, Database
from identity.people import NUMBER_LABEL, Person
from identity.providers import FaceCheckProvider
from identity.sandbox import outages
from identity.sandbox.outages import RegistryStatus

POPULATION = "population"
POPULATION_NAME = "人口信息库（沙盒）"
# Longer than any patience of ours: a slow registry is one that is given up on.
SLOW_SECONDS = 6.0
# The population registry is asked in the request itself, and given up on like the others.
POPULATION_PATIENCE_SECONDS = 3.0


class SandboxPersonRow(Base):
    """A persona in the sandbox's population registry, sealed like our own people."""

    __tablename__ = "sandbox_persons"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    persona_sealed: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class Persona:
    """A fictitious person."""

    code: str
    name: str
    sex: str
    birth_date: date
    id_type: IdType
    id_number: str
    face: str
    about: str

    @property
    def phone(self) -> str:
        """A fictitious phone number."""
        return phone_of(self.code)


@cache
def source() -> list[dict[str, Any]]:
    """Return the people that a fresh sandbox is filled with."""
    path = resources.files("identity") / "data" / "sandbox_persons.json"
    people: list[dict[str, Any]] = json.loads(path.read_bytes())
    return people


def phone_of(key: str) -> str:
    """Return the phone number of a persona, fictitious like everything of theirs."""
    place = [person["key"] for person in source()].index(key)
    return f"138000000{place + 1:02}"


def fill(session: Session, cipher: PiiCipher, index: BlindIndex) -> None:
    """Put the personas into the empty population registry."""
    outages.add(session, POPULATION, POPULATION_NAME)
    for person in source():
        session.add(
            SandboxPersonRow(
                key=person["key"],
                number_index=index.of(NUMBER_LABEL, person["id_number"]),
                persona_sealed=cipher.seal(json.dumps(person, ensure_ascii=False), _place(person["key"])),
            ),
        )
    session.flush()


def all_personas(session: Session, cipher: PiiCipher) -> list[Persona]:
    """Return every persona in clear: they are fictitious, and a developer has to know them."""
    rows = session.scalars(select(SandboxPersonRow)).all()
    order = {person["key"]: place for place, person in enumerate(source())}
    return [_open(cipher, row) for row in sorted(rows, key=lambda row: order[row.key])]


def find(session: Session, cipher: PiiCipher, subject: str) -> Persona | None:
    """Return the persona of a login such as `zhang-wei#2`."""
    row = session.get(SandboxPersonRow, subject.partition("#")[0])
    return _open(cipher, row) if row else None


class SandboxPopulationRegistry:
    """Matches names and numbers against the personas."""

    def __init__(self, database: Database, cipher: PiiCipher, index: BlindIndex) -> None:
        self._database, self._cipher, self._index = database, cipher, index

    def birth_date_of(self, *, name: str, id_type: IdType, id_number: str) -> date | None:
        """See PopulationRegistry."""
        with self._database.read() as session:
            status = outages.status_of(session, POPULATION)
        # Outside the session: a slow registry must not sit on a database connection.
        behave(status, POPULATION_PATIENCE_SECONDS)
        with self._database.read() as session:
            row = session.scalar(
                select(SandboxPersonRow).where(
                    SandboxPersonRow.number_index == self._index.of(NUMBER_LABEL, id_number),
                ),
            )
        persona = _open(self._cipher, row) if row else None
        if persona is None or (persona.name, persona.id_type) != (name, id_type):
            return None
        return persona.birth_date


class SandboxLoginProvider:
    """Logs in as a persona by its key; `zhang-wei#2` is a second login of the same person."""

    name = "sandbox"

    def __init__(
        self,
        database: Database,
        cipher: PiiCipher,
        face_checks: FaceCheckProvider | None = None,
    ) -> None:
        self._database, self._cipher = database, cipher
        self._face_checks = face_checks

    @property
    def face_checks(self) -> FaceCheckProvider | None:
        """See LoginProvider."""
        return self._face_checks

    def subject(self, unverified_code: str) -> str:
        """Return the code itself when it names a persona. Raises LoginRefused."""
        key, _, second = unverified_code.partition("#")
        with self._database.read() as session:
            if (second and not second.isdecimal()) or session.get(SandboxPersonRow, key) is None:
                raise LoginRefused
        return unverified_code

    def vouches_for(self, subject: str, person: Person, phone_code: str | None) -> bool:
        """Vouch for the persona's own data only."""
        with self._database.read() as session:
            persona = find(session, self._cipher, subject)
        return persona is not None and persona.id_number == person.id_number


def behave(status: RegistryStatus, slow_seconds: float = SLOW_SECONDS) -> None:
    """Do what a registry in that state does to its caller. Raises RegistryUnavailable."""
    if status is RegistryStatus.DOWN:
        raise RegistryUnavailable
    if status is RegistryStatus.SLOW:
        time.sleep(slow_seconds)
        raise RegistryUnavailable


def _open(cipher: PiiCipher, row: SandboxPersonRow) -> Persona:
    person = json.loads(cipher.open(row.persona_sealed, _place(row.key)))
    return Persona(
        code=row.key,
        name=person["name"],
        sex=person["sex"],
        birth_date=date.fromisoformat(person["birth_date"]),
        id_type=IdType(person["id_type"]),
        id_number=person["id_number"],
        face=person["face"],
        about=person["about"],
    )


def _place(key: str) -> str:
    return f"sandbox_persons.persona:{key}"
