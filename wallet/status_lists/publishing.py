"""Status list tokens (draft-ietf-oauth-status-list, section 5.1): a JWT of `typ: statuslist+jwt`.

One is signed per version and per `ttl`, when somebody asks for it, and kept until then. A change of the list
costs nothing here. Lists are told by their path: `sub` is a reference relative to the API's address.
"""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.crypto.signer import Signer, sign_compact
from wallet.errors import StatusListNotFound
from wallet.status_lists import blocks
from wallet.status_lists.encoding import pack
from wallet.status_lists.models import StatusListRow

TYP = "statuslist+jwt"
TTL = timedelta(minutes=5)
LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list. `tag` is the same wherever the same version was signed for the same `ttl`."""

    id: str
    version: int
    issued_at: datetime
    kid: str
    jwt: str

    @property
    def tag(self) -> str:
        """What an ETag may say."""
        return f"{self.id}.{self.version}.{int(self.issued_at.timestamp())}.{self.kid}"


class StatusListDesk:
    """Signs lists, and keeps what it signed."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._published: dict[str, PublishedList] = {}
        self._building = threading.Lock()

    def publish(self, session: Session, list_id: str, now: datetime) -> PublishedList:
        """Return a list's token as of now. Raises StatusListNotFound."""
        row = session.execute(
            select(StatusListRow.version, StatusListRow.changed_at).where(StatusListRow.id == list_id),
        ).first()
        if row is None:
            raise StatusListNotFound
        issued_at = _issued_at(row.changed_at, now)
        with self._building:
            known, wanted = self._published.get(list_id), (row.version, issued_at, self._signer.kid)
            if known is None or (known.version, known.issued_at, known.kid) != wanted:
                known = PublishedList(list_id, *wanted, jwt=self._sign(session, list_id, issued_at))
                self._published[list_id] = known
        return known

    def _sign(self, session: Session, list_id: str, issued_at: datetime) -> str:
        content = blocks.whole(session, list_id)
        issued = int(issued_at.timestamp())
        claims = {
            "sub": path_of(list_id),
            "iat": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
            "ttl": int(TTL.total_seconds()),
            "status_list": {"bits": content.bits, "lst": pack(content.data)},
        }
        return sign_compact(json.dumps(claims, separators=(",", ":")).encode(), self._signer, TYP)


def path_of(list_id: str) -> str:
    """Return where a list is served."""
    return f"/v1/status-lists/{list_id}"


def all_ids(session: Session) -> list[str]:
    """Return every list's id, oldest first."""
    return list(
        session.scalars(select(StatusListRow.id).order_by(StatusListRow.created_at, StatusListRow.id))
    )


def _issued_at(changed_at: datetime, now: datetime) -> datetime:
    # Every worker comes to the same instant, so that a reader who is sent to another one is not told of a
    # new list. A clock that was put back must not sign in the future.
    seconds = int(now.timestamp())
    begin = datetime.fromtimestamp(seconds - seconds % int(TTL.total_seconds()), UTC)
    changed = changed_at.replace(microsecond=0)
    return changed if begin < changed <= now else begin
