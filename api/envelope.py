"""What every request and every response has: a request id, bounds, languages, cache and safety headers."""

import re
from http import HTTPStatus

from flask import Flask, Response, abort, g, request

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
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask, *, encrypted: bool) -> None:
    """Put the envelope around an app; `encrypted` tells that it answers behind TLS."""
    # One byte more than is allowed: werkzeug cuts a chunked body there in silence, and the reader sees the excess.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES + 1
    app.before_request(_receive)
    app.after_request(_send)
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
    headers[HEADER] = g.get("request_id") or new_id()
    for name, value in SAFETY.items():
        headers.setdefault(name, value)
    if (response.mimetype or "").endswith("json"):
        headers.setdefault("Content-Language", content_language())
        headers.add("Vary", "Accept-Language, Authorization")
    if request.method == "GET" and response.status_code == HTTPStatus.OK and not response.is_streamed:
        headers.setdefault("Cache-Control", "private, no-cache")
        response.add_etag()
        response.make_conditional(request)
        return response
    headers.setdefault("Cache-Control", "no-store")
    return response


def _insist_on_tls(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response
