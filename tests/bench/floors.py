"""Two floors to measure showing and verifying against, as Flask apps on the same database.

- *like*: the same bearer check, the same reads and rows, on the raw driver: what the database, the signature
  and the JWT cost when nothing else stands between.
- *bare*: Flask, one ES256 operation, one durable write.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, Response, request
from jwt.algorithms import ECAlgorithm

from api import tokens
from api.services import Services
from identity.crypto.keyring import Purpose
from identity.ids import new_id
from wallet.showing import token_codec

ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)
MESSAGE = b"x" * 120

CITIZEN = """SELECT s.expires_at, s.revoked_at, a.id, a.assurance_level, a.person_id
    FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = ?"""
STAFF = """SELECT s.expires_at, s.revoked_at, st.id, st.staff_number, st.permissions, o.id, o.code, o.name
    FROM sessions s JOIN staff st ON st.id = s.staff_id JOIN organisations o ON o.id = st.organisation_id
    WHERE s.id = ? AND st.active"""
TO_SHOW = """SELECT l.kind, l.registry_status, l.valid_from, l.valid_to, l.as_of
    FROM licences l JOIN holdings h ON h.licence_id = l.id WHERE l.id = ? AND h.person_id = ?"""
LOCKED = " FOR NO KEY UPDATE OF h"
WITHDRAW = """UPDATE show_tokens SET state = 'withdrawn' WHERE licence_id = ? AND person_id = ?
    AND expires_at > ? AND state = 'active' AND id <= (SELECT id FROM show_tokens
    WHERE licence_id = ? AND person_id = ? AND expires_at > ? AND state = 'active'
    ORDER BY id DESC LIMIT 1 OFFSET 2)"""
INSERT_TOKEN = """INSERT INTO show_tokens
    (id, jti, licence_id, person_id, mode, disclose, state, issued_at, expires_at, qr_sealed)
    VALUES (?, ?, ?, ?, 'online', 'basic', 'active', ?, ?, ?)"""
SHOWN = """SELECT t.id, t.person_id, t.licence_id, t.mode, t.disclose, t.state, t.confirm_by, l.kind,
    l.registry_status, l.valid_from, l.valid_to, l.as_of, l.content_sealed, p.name_sealed, p.number_sealed,
    h.licence_id, g.profile
    FROM show_tokens t JOIN licences l ON l.id = t.licence_id JOIN persons p ON p.id = t.person_id
    LEFT JOIN holdings h ON h.licence_id = t.licence_id AND h.person_id = t.person_id
    LEFT JOIN verifier_grants g ON g.organisation_id = ? AND g.kind = l.kind WHERE t.jti = ?"""
CLAIM = """UPDATE show_tokens SET state = 'used' WHERE id = ? AND state = 'active' AND expires_at > ?
    RETURNING id"""
RECORD = """INSERT INTO access_records (id, kind, person_id, licence_id, show_token_id, organisation_id,
    staff_id, actor, purpose_sealed, profile, outcome, freshness, as_of, at, chain, position, link)
    VALUES (?, 'verification', ?, ?, ?, ?, ?, 'self', ?, 'basic', 'accepted', 'fresh', ?, ?, ?, ?, ?)"""
# The floor's records are chained as well, in a chain of their own.
LINK = "UPDATE access_chains SET length = length + 1, head = ? WHERE chain = 99 RETURNING length, head"


class RawDatabase:
    """One connection of the raw driver, with the same durability as the app's."""

    def __init__(self, parts: Services) -> None:
        self.sqlite = parts.database.is_sqlite
        url = parts.database.url
        self._connection: Any
        if self.sqlite:
            self._connection = sqlite3.connect(url.database or "", isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(plain, autocommit=True)
        self.execute("CREATE TABLE IF NOT EXISTS bench_bare (id VARCHAR(36) PRIMARY KEY, at VARCHAR(40))")

    def execute(self, statement: str, *values: Any) -> Any:
        """Run a statement; ids and instants in the form this driver stores."""
        if self.sqlite:
            return self._connection.execute(statement, [_for_sqlite(value) for value in values])
        return self._connection.execute(statement.replace("?", "%s"), values)

    def begin(self) -> None:
        """Begin a transaction as the app does."""
        self.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def like_floor(parts: Services, raw: RawDatabase) -> Flask:
    """Return the like floor: routes /show/<licence_id> and /verify."""
    app = Flask("like")
    raw.execute("INSERT INTO access_chains (chain, length, head) VALUES (99, 0, ?)", bytes(32))

    @app.post("/show/<licence_id>")
    def show(licence_id: str) -> Response:
        now = datetime.now(UTC)
        person_id = str(raw.execute(CITIZEN, session_id_of_bearer(parts, now)).fetchone()[4])
        raw.begin()
        raw.execute(TO_SHOW if raw.sqlite else TO_SHOW + LOCKED, licence_id, person_id).fetchone()
        raw.execute(WITHDRAW, *2 * (licence_id, person_id, now))
        token_id, jti, expires_at = new_id(), token_codec.new_jti(), now + timedelta(seconds=60)
        token = token_codec.seal(jti, expires_at, parts.show.signer)
        sealed = parts.cipher.seal(token, "bench")
        raw.execute(INSERT_TOKEN, token_id, jti, licence_id, person_id, now, expires_at, sealed)
        raw.execute("COMMIT")
        return json_answer({"id": token_id, "token": token})

    @app.post("/verify")
    def verify() -> Response:
        now = datetime.now(UTC)
        staff = raw.execute(STAFF, session_id_of_bearer(parts, now)).fetchone()
        claims = token_codec.open_token(request.get_json()["qr_text"], parts.rings[Purpose.SHOW])
        raw.begin()
        row = raw.execute(SHOWN, staff[5], claims.jti).fetchone()
        assert raw.execute(CLAIM, row[0], now).fetchone()
        content = parts.cipher.open(row[12], f"licences.content:{dashed(row[2])}")
        name = parts.cipher.open_text(row[13], f"persons.name:{dashed(row[1])}")
        parts.cipher.open_text(row[14], f"persons.number:{dashed(row[1])}")
        record = new_id()
        sealed = parts.cipher.seal("bench", "bench")
        link = raw.execute(LINK, hashlib.sha256(sealed).digest()).fetchone()
        raw.execute(
            RECORD, record, row[1], row[2], row[0], staff[5], staff[2], sealed, row[11], now, 99, *link
        )
        raw.execute("COMMIT")
        return json_answer({"id": record, "name": name, "fields": json.loads(content)})

    return app


def bare_floor(key: ec.EllipticCurvePrivateKey, raw: RawDatabase) -> Flask:
    """Return the bare floor: routes /sign and /check."""
    app = Flask("bare")
    signature = ES256.sign(MESSAGE, key)

    def answer(operation: Callable[[], object]) -> Response:
        operation()
        raw.execute("INSERT INTO bench_bare VALUES (?, ?)", new_id(), datetime.now(UTC).isoformat())
        return json_answer({"ok": True})

    @app.post("/sign")
    def sign() -> Response:
        return answer(lambda: ES256.sign(MESSAGE, key))

    @app.post("/check")
    def check() -> Response:
        return answer(lambda: ES256.verify(MESSAGE, key.public_key(), signature))

    return app


def lend(parts: Services) -> "closing[RawDatabase]":
    """Lend a raw connection."""
    return closing(RawDatabase(parts))


def session_id_of_bearer(parts: Services, now: datetime) -> str:
    bearer = request.headers["Authorization"].removeprefix("Bearer ")
    return tokens.read(parts.session_keys, bearer, tokens.ACCESS, now).session_id


def json_answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), content_type="application/json")


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", timespec="microseconds")
    if isinstance(value, str) and len(value) == 36 and value.count("-") == 4:
        return value.replace("-", "")
    return value


def dashed(value: Any) -> str:
    text = str(value)
    if "-" in text:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
