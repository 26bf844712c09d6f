"""Which web pages of other hosts may read our answers: none, unless CORS_ORIGINS names them (Fetch standard).

A mini-program has no origin and needs none of this. Credentials are never allowed: a token is sent on purpose,
in a header, and there are no cookies.
"""

from flask import Flask, Response, request

ALLOWED_METHODS = "GET, POST"
ALLOWED_HEADERS = "Authorization, Content-Type, Accept-Language, Idempotency-Key, If-None-Match, X-Request-ID"
EXPOSED_HEADERS = "ETag, Idempotent-Replayed, Retry-After, X-Request-ID"
# Seconds for which a browser need not ask again.
MAX_AGE = "600"


def register(app: Flask, origins: frozenset[str]) -> None:
    """Let pages of these origins read an app's answers."""
    if not origins:
        return

    def allow(response: Response) -> Response:
        headers = response.headers
        headers.add("Vary", "Origin")
        origin = request.headers.get("Origin")
        if origin not in origins:
            return response
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
            headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            headers["Access-Control-Max-Age"] = MAX_AGE
        return response

    app.after_request(allow)
