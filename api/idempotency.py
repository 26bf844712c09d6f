"""The Idempotency-Key header: the same request gets the first answer again, and its work is done once."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

import structlog
from flask import Response, request
from sqlalchemy.orm import Session

from api.call import Call
from api.errors import IdempotencyKeyMalformed
from api.guards import caller_of
from api.language import Text, preferred
from identity import idempotency
from identity.errors import DomainError
from identity.idempotency import Answer, KeyedRequest

HEADER = "Idempotency-Key"
MAX_KEY_CHARACTERS = 255
KEY_PATTERN = "^[!-~]+$"
KEY_RULE = Text("须为1至255个可见ASCII字符", "1 to 255 visible ASCII characters.")
_KEY = re.compile(f"[!-~]{{1,{MAX_KEY_CHARACTERS}}}")
ONE_DAY, ONE_MINUTE = timedelta(hours=24), timedelta(seconds=60)
MEDIA_TYPE = "application/json"

log = structlog.get_logger(__name__)

View = Callable[..., Response]


class _AnsweredBefore(Exception):
    """The key has its answer already."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def once_per_key(view: View, lifetime: timedelta) -> View:
    """Wrap a view so that it honours the header; without the header nothing changes."""

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
        answer = Answer(response.status_code, response.get_data())
        idempotency.keep(call.session, call.services.cipher, keyed, answer)
        return response

    return wrapper


def same_answer_per_key(view: View, lifetime: timedelta) -> View:
    """Wrap a view that works in several transactions and may run twice without harm.

    Its answer is kept after the fact; two requests at the same moment may both do the work.
    """

    @wraps(view)
    def wrapper(call: Call, *args: object, **path: object) -> Response:
        if HEADER not in request.headers:
            return view(call, *args, **path)
        keyed, parts = _keyed_request(call), call.services
        with parts.database.read() as session:
            before = idempotency.find(session, parts.cipher, keyed, call.now)
        if before is not None:
            return _replayed(before)
        try:
            response = view(call, *args, **path)
        except DomainError:
            # The same request at the same moment may have been faster: then its answer is the answer.
            with parts.database.read() as session:
                meanwhile = idempotency.find(session, parts.cipher, keyed, call.now)
            if meanwhile is None:
                raise
            return _replayed(meanwhile)
        try:
            _claim(call.session, call, keyed, lifetime)
        except _AnsweredBefore as before_us:
            call.roll_back()
            return _replayed(before_us.answer)
        answer = Answer(response.status_code, response.get_data())
        idempotency.keep(call.session, parts.cipher, keyed, answer)
        return response

    return wrapper


def _replayed(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, content_type=MEDIA_TYPE)
    response.headers["Idempotent-Replayed"] = "true"
    return response


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
        caller=caller_of(call),
        route=request.path,
        key=key,
        body=request.get_data(),
    )
