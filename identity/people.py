"""People: a natural person, once, however many logins they have. Name and number lie sealed."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.errors import RealNameMismatch
from identity.ids import PersonId, new_id
from identity.numbers.masks import mask_name, mask_number
from identity.numbers.resident_id import IdType
from identity.orm import Base, primary_key
from identity.prepared import Executor, Prepared

NUMBER_LABEL = "id_number"
# The dots that keyboards put into names such as 阿卜杜拉·买买提; the registry's form is U+00B7.
MIDDLE_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●﹒．･", "·"))
# Letters, digits and signs as wide as a Chinese character, from Chinese keyboards.
HALF_WIDTH = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if chr(wide) != "．"}
# They choose a glyph, not another character.
VARIATION_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# A full stop where somebody did not find the dot.
_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}]) ?\. ?(?=[{_HAN}])")
_BLANK_IN_CHINESE = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])| (?=·)|(?<=·) ")


class PersonRow(Base):
    """A person with a verified real name (实名)."""

    __tablename__ = "persons"

    id: Mapped[str] = primary_key()
    id_type: Mapped[str] = mapped_column(String(32))
    number_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    verified_at: Mapped[datetime]
    # Since when nothing of this person's wallet may be shown; see `wallet.freezing`.
    wallet_frozen_at: Mapped[datetime | None]
    # Since then the row is a pseudonym: name and number are gone, and the index finds nobody.
    erased_at: Mapped[datetime | None]


_NUMBER = Prepared(select(PersonRow.number_sealed).where(PersonRow.id == bindparam("person_id")))
_NAME = Prepared(select(PersonRow.name_sealed).where(PersonRow.id == bindparam("person_id")))


@dataclass(frozen=True, slots=True)
class Person:
    """A person's identity in clear: stays inside the process."""

    id: PersonId
    name: str
    id_type: IdType
    id_number: str


@dataclass(frozen=True, slots=True)
class RealName:
    """What an account may see of its own real name."""

    name_masked: str
    id_type: str
    id_number_masked: str
    verified_at: datetime


def normalise_name(name: str) -> str:
    """Return a name as registries write it, however it was typed, pasted or spaced out.

    NFC, one kind of middle dot, half-width capitals, no invisible characters; a blank stands between Latin words
    only, never inside a Chinese name. Rare characters (𠮷) stay what they are.
    """
    visible = "".join(c for c in name if unicodedata.category(c) != "Cf" and c not in VARIATION_SELECTORS)
    capitals = unicodedata.normalize("NFC", visible).translate(MIDDLE_DOTS | HALF_WIDTH).upper()
    spaced = " ".join(unicodedata.normalize("NFC", capitals).split())
    dotted = _DOT_BETWEEN_HAN.sub("·", spaced)
    return _BLANK_IN_CHINESE.sub("", dotted)


def add(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    *,
    name: str,
    id_type: IdType,
    id_number: str,
    now: datetime,
) -> PersonRow:
    """Record a person whose name and number a registry has confirmed."""
    person_id = new_id()
    row = PersonRow(
        id=person_id,
        id_type=id_type,
        number_index=index.of(NUMBER_LABEL, id_number),
        name_sealed=seal_name(cipher, person_id, name),
        number_sealed=seal_number(cipher, person_id, id_number),
        verified_at=now,
    )
    session.add(row)
    session.flush()
    return row


def confirmed(
    session: Session,
    cipher: PiiCipher,
    index: BlindIndex,
    person: Person,
    now: datetime,
) -> PersonRow:
    """Return the row of a person whom a registry has just confirmed, locked; the name is the one it confirmed.

    Raises RealNameMismatch when the number is known under another document: passports of two countries can
    have the same, and then a name is all that tells two people apart.
    """
    number_index = index.of(NUMBER_LABEL, person.id_number)
    query = select(PersonRow).where(PersonRow.number_index == number_index)
    row = session.scalar(query.with_for_update(key_share=True))
    if row is None:
        return add(
            session,
            cipher,
            index,
            name=person.name,
            id_type=person.id_type,
            id_number=person.id_number,
            now=now,
        )
    renamed = open_name(cipher, row.id, row.name_sealed) != person.name
    if row.id_type != person.id_type or (renamed and person.id_type is IdType.PASSPORT):
        raise RealNameMismatch
    if renamed:
        row.name_sealed = cipher.seal(person.name, _place("name", row.id))
    row.verified_at = now
    session.flush()
    return row


def find_by_number(session: Session, index: BlindIndex, id_number: str) -> PersonRow | None:
    """Return the person of a number, if we know one."""
    return session.scalar(
        select(PersonRow).where(PersonRow.number_index == index.of(NUMBER_LABEL, id_number)),
    )


def hold_living(session: Session, person_ids: Collection[PersonId], *, alone: bool = False) -> set[PersonId]:
    """Return who of some people is not erased, and let nobody erase them before this transaction ends.

    `alone` also keeps others waiting who hold them so. To be called before anything of theirs is locked: who erases
    somebody locks them first, too.
    """
    living = select(PersonRow.id).where(PersonRow.id.in_(person_ids), PersonRow.erased_at.is_(None))
    held = session.scalars(living.order_by(PersonRow.id).with_for_update(read=not alone, key_share=alone))
    return {PersonId(person_id) for person_id in held}


def row_of(session: Session, person_id: PersonId) -> PersonRow:
    """Return a person's row."""
    return session.get_one(PersonRow, person_id)


def open_person(row: PersonRow, cipher: PiiCipher) -> Person:
    """Return a person in clear."""
    return Person(
        id=PersonId(row.id),
        name=open_name(cipher, row.id, row.name_sealed),
        id_type=IdType(row.id_type),
        id_number=open_number(cipher, row.id, row.number_sealed),
    )


def real_name(row: PersonRow, cipher: PiiCipher) -> RealName:
    """Return a person masked, for their own account."""
    person = open_person(row, cipher)
    return RealName(
        mask_name(person.name),
        row.id_type,
        mask_number(person.id_number),
        row.verified_at,
    )


def number_of(session: Executor, cipher: PiiCipher, person_id: PersonId) -> str:
    """Return a person's id number."""
    row = _NUMBER.first(session, person_id=person_id)
    return open_number(cipher, person_id, row.number_sealed)


def seal_name(cipher: PiiCipher, person_id: str, name: str) -> bytes:
    """Seal a name for a person's row."""
    return cipher.seal(name, _place("name", person_id))


def seal_number(cipher: PiiCipher, person_id: str, id_number: str) -> bytes:
    """Seal an id number for a person's row."""
    return cipher.seal(id_number, _place("number", person_id))


def name_of(session: Session, cipher: PiiCipher, person_id: PersonId) -> str:
    """Return a person's name."""
    return open_name(cipher, person_id, _NAME.first(session, person_id=person_id).name_sealed)


def open_name(cipher: PiiCipher, person_id: str, sealed: bytes) -> str:
    """Return the name sealed in a person's row."""
    return cipher.open_text(sealed, _place("name", person_id))


def open_number(cipher: PiiCipher, person_id: str, sealed: bytes) -> str:
    """Return the id number sealed in a person's row."""
    return cipher.open_text(sealed, _place("number", person_id))


def _place(field: str, person_id: str) -> str:
    return f"persons.{field}:{person_id}"
