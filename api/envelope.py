"""What every request and every response has: a request id, bounds, languages, cache and safety headers."""

import re
from http import HTTPStatus

from flask import Flask, Response, abort, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from api.errors import BodyTooLarge
from api.language import content_language
from api.validation import MAX_BODY_BYTES
from identity.ids import new_id

HEADER = "X-Request-ID"
# What a page is not given, whatever it loads; the staff page asks for the camera itself.
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Browsers mind it over TLS alone (RFC 6797 §8.1); production answers behind TLS, the sandbox need not.
STRICT_TRANSPORT = "max-age=31536000"
# Bytes. How much of a body that is too large is read all the same, to keep the connection.
MOST_DISCARDED = 8 * 2**20
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask, *, encrypted: bool) -> None:
    """Put the envelope around an app; `encrypted` tells that it answers behind TLS."""
    # One byte more than is allowed: werkzeug cuts a chunked body there in silence, and the reader sees the excess.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES + 1
    app.before_request(_receive)
    app.after_request(_send)
    app.after_request(_take_the_rest)
    if encrypted:
        app.after_request(_insist_on_tls)


def _receive() -> None:
    sent = request.headers.get(HEADER, "")
    g.request_id = sent if _SANE_ID.fullmatch(sent) else new_id()
    if "\0" in request.path:
        # No id of ours has one, and PostgreSQL would refuse to look for it.
        abort(404)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BodyTooLarge


def _send(response: Response) -> Response:
    headers = response.headers
    polled = request.method == "GET" and response.status_code == HTTPStatus.OK and not response.is_streamed
    usual = SAFETY | {"Cache-Control": "private, no-cache" if polled else "no-store"}
    if (response.mimetype or "").endswith("json"):
        usual["Content-Language"] = content_language()
        headers.add("Vary", "Accept-Language, Authorization")
    # Looked through once: werkzeug's headers are a list, which `setdefault` reads from its beginning every time.
    said = {name.lower() for name, _ in headers}
    headers.extend((name, value) for name, value in usual.items() if name.lower() not in said)
    headers[HEADER] = g.get("request_id") or new_id()
    if polled:
        response.add_etag()
        response.make_conditional(request)
    return response


def _take_the_rest(response: Response) -> Response:
    """Read what a refused request still sends, or say that the connection ends.

    A server that answers before the body has come has to close the connection without a word, and whoever sends
    the next request on it gets no answer.
    """
    try:
        whole = len(request.get_data()) <= MAX_BODY_BYTES
    except RequestEntityTooLarge:
        whole = _discarded(request.content_length or 0)
    except ClientDisconnected:
        whole = False
    if not whole:
        response.headers["Connection"] = "close"
    return response


def _discarded(length: int) -> bool:
    # Who is cut off while still sending mostly doesn't read the answer, which says what is wrong.
    if length > MOST_DISCARDED:
        return False
    sent = request.environ["wsgi.input"]
    while sent.read(MAX_BODY_BYTES):
        pass
    return True


def _insist_on_tls(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response
