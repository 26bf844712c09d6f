"""Consent texts, versioned. Which version a person agreed to, and its hash, is kept with the consent."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.errors import InvalidField
from identity.ids import AccountId, new_id
from identity.orm import ID, Base, primary_key

REAL_NAME = "real-name"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text that a person is asked to agree to. `sha256` is over the UTF-8 of `text`, in hex."""

    purpose: str
    version: str
    text: str
    text_en: str

    @property
    def sha256(self) -> str:
        """The hash that is kept with every consent to this text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class ConsentGivenRow(Base):
    """A person agreed to a text: which, and when (PIPL art. 14)."""

    __tablename__ = "consents_given"

    id: Mapped[str] = primary_key()
    account_id: Mapped[str] = mapped_column(ID, ForeignKey("accounts.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    version: Mapped[str] = mapped_column(String(8))
    sha256: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]


@cache
def texts() -> tuple[ConsentText, ...]:
    """Return every version of every text, oldest first."""
    source = resources.files("identity") / "data" / "consent_texts.json"
    return tuple(ConsentText(**entry) for entry in json.loads(source.read_bytes()))


def require_current(purpose: str, version: str) -> ConsentText:
    """Return the newest text of a purpose. Raises InvalidField when `version` is not its version."""
    current = [text for text in texts() if text.purpose == purpose][-1]
    if current.version != version:
        raise InvalidField(
            field="consent_version",
            message_zh=f"同意书版本不是最新版本，当前版本为“{current.version}”",
            message_en=f"Not the current version of the consent text, which is {current.version!r}.",
        )
    return current


def record(session: Session, account_id: AccountId, text: ConsentText, now: datetime) -> None:
    """Keep that a person agreed."""
    session.add(
        ConsentGivenRow(
            id=new_id(),
            account_id=account_id,
            purpose=text.purpose,
            version=text.version,
            sha256=text.sha256,
            given_at=now,
        ),
    )
