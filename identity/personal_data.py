"""What a person may ask of us about their data (PIPL art. 45 and 47): a copy of all of it, and its end.

Each room of the house names its parts: which tables, how to copy a person's rows, how to erase them. A test
walks every table and fails for one that holds something of a person and is in no part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.ids import AccountId, PersonId


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data it is. Who never proved a real name is no person yet."""

    account_id: AccountId
    person_id: PersonId | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a subject, with what is needed to answer it."""

    session: Session
    cipher: PiiCipher
    subject: Subject
    now: datetime


def keep(_asked: Asked) -> None:
    """Erase nothing: what is kept names nobody, or the law wants it kept."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what is held on a person.

    `copy` returns what orjson can write: values, lists, dictionaries and dataclasses of ours. Parts are erased in
    the order of their list, so that rows go before those that they point to.
    """

    name: str
    tables: frozenset[str]
    copy: Callable[[Asked], Any]
    erase: Callable[[Asked], None]
