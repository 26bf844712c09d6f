"""The floor under an event: the same bearer check, statements and seals on the raw driver, as a Flask app."""

import hashlib
from datetime import UTC, datetime

from flask import Flask, Response, request

from api.services import Services
from hotservices.ranking import fold_of
from hotservices.usage import states
from hotservices.usage.uses import Use
from tests.bench.floors import CITIZEN, RawDatabase, dashed, json_answer, session_id_of_bearer

STATE = """SELECT state_sealed, EXISTS (SELECT 1 FROM impersonal_rankings WHERE account_id = ?)
    FROM usage_states WHERE account_id = ?"""
RECEIPT = """INSERT INTO usage_receipts (account_id, event_digest, said_digest, received_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING RETURNING event_digest"""
LOG = "INSERT INTO usage_log (use_sealed, logged_at) VALUES (?, ?)"
SAVE = "UPDATE usage_states SET state_sealed = ? WHERE account_id = ?"
# PostgreSQL writes all of it at once, and is not waited for until it is on the disk.
WRITE = """WITH saved AS (UPDATE usage_states SET state_sealed = ? WHERE account_id = ? AND state_sealed = ?
        RETURNING account_id),
    received AS (INSERT INTO usage_receipts (account_id, event_digest, said_digest, received_at)
        SELECT account_id, ?::bytea, ?::bytea, ?::timestamptz FROM saved),
    logged AS (INSERT INTO usage_log (use_sealed, logged_at) SELECT ?::bytea, ?::timestamptz FROM saved)
    SELECT account_id, set_config('synchronous_commit', 'off', true) FROM saved"""


def event_floor(parts: Services, raw: RawDatabase) -> Flask:
    """Return the floor: a route /event for people whose use is known and who have no licences."""
    app = Flask("event floor")
    recorder = parts.ranking.recorder()

    @app.post("/event")
    def take() -> Response:
        now = datetime.now(UTC)
        account = raw.execute(CITIZEN, session_id_of_bearer(parts, now)).fetchone()[2]
        (event,) = request.get_json()["events"]
        if raw.sqlite:
            raw.begin()
        read, _ = raw.execute(STATE, account, account).fetchone()
        where = f"usage_states.state:{dashed(account)}"
        person = states.open_person(parts.cipher.open(read, where))
        digests = tuple(hashlib.sha256(event[name].encode()).digest() for name in ("id", "service_code"))
        place, at = recorder.places[event["service_code"]], int(now.timestamp())
        use = Use(place, at, fold_of(dashed(account)), {}, person.to_bytes()).seal(parts.cipher)
        person.use(place, at, recorder.settings.visit_decay, recorder.settings.own_items)
        sealed = parts.cipher.seal(person.to_bytes(), where)
        if raw.sqlite:
            assert raw.execute(RECEIPT, account, *digests, now).fetchone()
            raw.execute(LOG, use, now)
            raw.execute(SAVE, sealed, account)
            raw.execute("COMMIT")
        else:
            assert raw.execute(WRITE, sealed, account, read, *digests, now, use, now).fetchone()
        return json_answer({"accepted": 1})

    return app
