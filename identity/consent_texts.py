"""Consent texts, versioned. Which version a person agreed to, and its hash, is kept with the consent."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.errors import InvalidField
from identity.ids import AccountId, new_id
from identity.orm import ID, Base, primary_key

REAL_NAME, FACE_CHECK, COUNTER_CHECK = "real-name", "face-check", "counter-check"
GUARDIAN = "guardian"


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


def current(purpose: str) -> ConsentText:
    """Return the newest text of a purpose."""
    return [text for text in texts() if text.purpose == purpose][-1]


def require_current(purpose: str, version: str) -> ConsentText:
    """Return the newest text of a purpose. Raises InvalidField when `version` is not its version."""
    newest = current(purpose)
    if newest.version != version:
        raise InvalidField(
            field="consent_version",
            message_zh=f"同意书版本不是最新版本，当前版本为“{newest.version}”",
            message_en=f"Not the current version of the consent text, which is {newest.version!r}.",
        )
    return newest


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


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """A text that a person agreed to; `text` is None when it is not among our texts any more."""

    purpose: str
    version: str
    text: str | None
    sha256: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentsPage:
    """A page of consents given, newest first; `next_cursor` is None at its end."""

    items: list[ConsentGiven]
    next_cursor: str | None


def given_by(session: Session, account_id: AccountId, *, limit: int, cursor: str | None) -> ConsentsPage:
    """Return what an account's owner agreed to; `cursor` is the last id of the page before."""
    query = select(ConsentGivenRow).where(ConsentGivenRow.account_id == account_id)
    if cursor:
        query = query.where(ConsentGivenRow.id < cursor)
    rows = list(session.scalars(query.order_by(ConsentGivenRow.id.desc()).limit(limit + 1)))
    shown, known = rows[:limit], {text.sha256: text.text for text in texts()}
    given = [ConsentGiven(r.purpose, r.version, known.get(r.sha256), r.sha256, r.given_at) for r in shown]
    return ConsentsPage(given, shown[-1].id if len(rows) > limit else None)


def move(session: Session, from_id: AccountId, to_id: AccountId) -> None:
    """Keep what an account agreed to with the account that it became part of."""
    mine = ConsentGivenRow.account_id == from_id
    session.execute(update(ConsentGivenRow).where(mine).values(account_id=to_id))
