"""A request of several parts, each done in a transaction of its own: what a repeated one had done, is not done again."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from flask import request
from sqlalchemy.orm import Session

from api.call import Call
from api.callers import caller_and_principal_of
from api.idempotency import HEADER
from identity import idempotency
from identity.crypto.cipher import PiiCipher
from identity.idempotency import Answer, KeyedRequest


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a request. `before` is what came of it when the same request, cut short, did it."""

    session: Session
    cipher: PiiCipher
    keyed: KeyedRequest | None
    before: bytes | None = None

    def keep(self, done: bytes) -> None:
        """Note what came of it, in the transaction that did it."""
        if self.keyed is not None and self.before is None:
            answer = Answer(HTTPStatus.OK, done)
            idempotency.keep(self.session, self.cipher, self.keyed, answer)


def part_of(call: Call, session: Session, place: int, said: bytes, lifetime: timedelta) -> Part:
    """Claim a part of a request that may carry a key. Raises IdempotencyKeyReused."""
    cipher = call.services.cipher
    if HEADER not in request.headers:
        return Part(session, cipher, None)
    # No key has a blank in it, so that a part's is never somebody's own.
    key = f"{request.headers[HEADER]} {place}"
    keyed = KeyedRequest.of(caller=caller_and_principal_of(call), route=request.path, key=key, body=said)
    before = idempotency.claim(session, cipher, keyed, lifetime=lifetime, now=call.now)
    return Part(session, cipher, keyed, before.body if before else None)
