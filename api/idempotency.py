"""The Idempotency-Key header: the same request gets the first answer again, and its work is done once."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from flask import Response, request
from sqlalchemy.orm import Session

from api.call import Call
from api.callers import caller_and_principal_of
from api.errors import IdempotencyKeyMalformed
from api.language import Text, preferred
from identity import idempotency
from identity.errors import IdempotencyKeyInUse
from identity.idempotency import Answer, KeyedRequest, Lease

HEADER = "Idempotency-Key"
MAX_KEY_CHARACTERS = 255
KEY_PATTERN = "^[!-~]+$"
KEY_RULE = Text("须为1至255个可见ASCII字符", "1 to 255 visible ASCII characters.")
_KEY = re.compile(f"[!-~]{{1,{MAX_KEY_CHARACTERS}}}")
ONE_DAY, ONE_MINUTE = timedelta(hours=24), timedelta(seconds=60)
MEDIA_TYPE = "application/json"
# Seconds. How a request waits for the same one that is being worked on: four seconds, more than a wallet's
# sync takes, and not so long that a crowd of them could hold every thread.
PAUSES = (0.02, 0.05, 0.1, *[0.2] * 19)

View = Callable[..., Response]


class _AnsweredBefore(Exception):
    """The key has its answer already."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def once_per_key(view: View, lifetime: timedelta) -> View:
    """Wrap a view that works in the request's own transaction, so that it honours the header.

    The key is claimed when that transaction begins; without the header nothing changes.
    """

    @wraps(view)
    def wrapper(call: Call, *args: object, **path: object) -> Response:
        if HEADER not in request.headers:
            return view(call, *args, **path)
        keyed = _keyed_request(call)
        call.on_begin(lambda session: _claim(session, call, keyed, lifetime))
        try:
            response = view(call, *args, **path)
        except _AnsweredBefore as before:
            call.roll_back()
            return _replayed(before.answer)
        idempotency.keep(call.session, call.services.cipher, keyed, _answer_of(response))
        return response

    return wrapper


def once_per_lease(view: View, lifetime: timedelta) -> View:
    """Wrap a view that works in several transactions, or asks other systems between them.

    The key is leased before the view begins. The same request at the same moment waits for the answer, and
    gets a 409 when that takes too long.
    """

    @wraps(view)
    def wrapper(call: Call, *args: object, **path: object) -> Response:
        if HEADER not in request.headers:
            return view(call, *args, **path)
        keyed = _keyed_request(call)
        claimed = _lease(call, keyed, lifetime)
        if isinstance(claimed, Answer):
            return _replayed(claimed)
        try:
            response = view(call, *args, **path)
            idempotency.keep(call.session, call.services.cipher, keyed, _answer_of(response), claimed)
        except BaseException:
            with call.lasting() as session:
                idempotency.release(session, keyed, claimed)
            raise
        return response

    return wrapper


def _lease(call: Call, keyed: KeyedRequest, lifetime: timedelta) -> Lease | Answer:
    parts, pauses = call.services, iter(PAUSES)
    while True:
        try:
            with parts.database.write() as session:
                return idempotency.claim_ahead(session, parts.cipher, keyed, lifetime=lifetime, now=call.now)
        except IdempotencyKeyInUse:
            pause = next(pauses, None)
            if pause is None:
                raise
        time.sleep(pause)


def _replayed(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, content_type=MEDIA_TYPE)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _answer_of(response: Response) -> Answer:
    return Answer(response.status_code, response.get_data())


def _claim(session: Session, call: Call, keyed: KeyedRequest, lifetime: timedelta) -> None:
    cipher = call.services.cipher
    answer = idempotency.claim(session, cipher, keyed, lifetime=lifetime, now=call.now)
    if answer is not None:
        raise _AnsweredBefore(answer)


def _keyed_request(call: Call) -> KeyedRequest:
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMalformed({HEADER: [KEY_RULE.in_language(preferred())]})
    return KeyedRequest.of(
        caller=caller_and_principal_of(call),
        route=request.path,
        key=key,
        body=request.get_data(),
    )
