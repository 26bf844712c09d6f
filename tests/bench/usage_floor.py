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
LOCKED = " FOR UPDATE"
RECEIPT = """INSERT INTO usage_receipts (account_id, event_digest, said_digest, received_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING RETURNING event_digest"""
LOG = "INSERT INTO usage_log (use_sealed, logged_at) VALUES (?, ?)"
SAVE = "UPDATE usage_states SET state_sealed = ? WHERE account_id = ?"


def event_floor(parts: Services, raw: RawDatabase) -> Flask:
    """Return the floor: a route /event for people whose use is known and who have no licences."""
    app = Flask("event floor")
    recorder = parts.ranking.recorder()

    @app.post("/event")
    def take() -> Response:
        now = datetime.now(UTC)
        account = raw.execute(CITIZEN, session_id_of_bearer(parts, now)).fetchone()[2]
        (event,) = request.get_json()["events"]
        raw.begin()
        sealed, _ = raw.execute(STATE if raw.sqlite else STATE + LOCKED, account, account).fetchone()
        where = f"usage_states.state:{dashed(account)}"
        person = states.open_person(parts.cipher.open(sealed, where))
        digests = (hashlib.sha256(event[name].encode()).digest() for name in ("id", "service_code"))
        assert raw.execute(RECEIPT, account, *digests, now).fetchone()
        place, at = recorder.places[event["service_code"]], int(now.timestamp())
        use = Use(place, at, fold_of(dashed(account)), {}, person.to_bytes())
        raw.execute(LOG, use.seal(parts.cipher), now)
        person.use(place, at, recorder.settings.visit_decay, recorder.settings.own_items)
        raw.execute(SAVE, parts.cipher.seal(person.to_bytes(), where), account)
        raw.execute("COMMIT")
        return json_answer({"accepted": 1})

    return app
