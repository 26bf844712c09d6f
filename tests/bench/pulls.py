"""What a pull costs over two floors, side by side in one run, and how many a second that is: `make pull-bench`.

As in `tests.bench.cost`: every request goes through the whole WSGI app in this process, on a database with durable
commits, and the app and its floors take turns.

- *like*: the same bearer check, the same reads and rows on the raw driver, the same signature.
- *bare*: Flask, one ES256 signature, one durable write.
"""

import gc
import hashlib
import json
import os
import statistics
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, Response, request

from api import migrating, seeding
from api.app import create_app
from api.config import Config
from api.services import Services, build
from identity.clock import SystemClock
from identity.crypto.signer import sign_compact
from identity.ids import new_id
from tests import stores
from tests.bench import cost, floors
from tests.bench.floors import LINK, RawDatabase
from tests.clients import Machine
from tests.consents import an_asker, consented
from tests.sandbox import Sandbox
from wallet.enterprise.models import ConsentRow

ROUNDS, WARM_UP = int(os.environ.get("BENCH_ROUNDS", "600")), 60
EVER = 10**9

CLIENT = """SELECT c.id, c.organisation_id, o.name, c.name, c.scopes, c.purposes
    FROM clients c JOIN client_credentials k ON k.client_id = c.id JOIN enterprises e ON e.id = c.organisation_id
    JOIN organisations o ON o.id = c.organisation_id
    WHERE k.id = ? AND k.revoked_at IS NULL AND c.revoked_at IS NULL AND e.status = 'active'"""
CONSENT = """SELECT n.person_id, n.items, n.purpose_code, n.purpose_text, n.expires_at, n.organisation_id, p.name_sealed,
    p.number_sealed, p.wallet_frozen_at
    FROM consents n JOIN persons p ON p.id = n.person_id WHERE n.id = ? AND n.client_id = ?"""
COUNT = """UPDATE consents SET used = used + 1 WHERE id = ? AND ended_at IS NULL AND expires_at > ? AND used < uses
    AND NOT EXISTS (SELECT 1 FROM persons p WHERE p.id = consents.person_id AND p.wallet_frozen_at IS NOT NULL)
    RETURNING used"""
FRESH = """SELECT l.id, l.kind, l.as_of, l.changed_at FROM licences l JOIN holdings h ON h.licence_id = l.id
    WHERE h.person_id = ? AND l.kind = 'DRIVING_LICENCE'"""
HELD = """SELECT l.id, l.kind, l.registry_status, l.valid_from, l.valid_to, l.as_of, l.content_sealed
    FROM licences l JOIN holdings h ON h.licence_id = l.id WHERE h.person_id = ? AND l.kind = 'DRIVING_LICENCE'"""
NOTICE = """INSERT INTO notices (id, person_id, kind, about_sealed, at) VALUES (?, ?, 'data_pulled', ?, ?)"""
RECORD = """INSERT INTO access_records (id, kind, person_id, licence_id, organisation_id, actor, purpose_sealed,
    outcome, freshness, as_of, at, client_id, consent_id, disclosed, chain, position, link)
    VALUES (?, 'pull', ?, ?, ?, 'self', ?, 'accepted', 'fresh', ?, ?, ?, ?, ?, ?, ?, ?)"""


def main() -> None:
    """Print one line per floor."""
    with tempfile.TemporaryDirectory() as folder:
        url = stores.fresh_url(Path(folder))
        try:
            _measure(url, Path(folder))
        finally:
            stores.drop(url)


def _measure(url: str, folder: Path) -> None:
    env = {"LZ_ENV": "sandbox", "DATABASE_URL": url, "DATA_DIR": str(folder), "LOG_LEVEL": "error"}
    config = Config.from_env(env | {"RATE_LIMIT_ACCOUNT": "9999999/minute"})
    parts = build(config)
    migrating.upgrade(parts.database)
    seeding.fill_once(parts)
    parts = replace(parts, clock=SystemClock())
    sandbox = Sandbox(create_app(config, parts))
    client = an_asker(sandbox)
    consent_id = consented(client, sandbox.citizen("zhang-wei"))
    with parts.database.write() as session:
        session.get_one(ConsentRow, consent_id).uses = EVER
    with floors.lend(parts) as raw:
        like, bare = like_floor(parts, raw), floors.bare_floor(ec.generate_private_key(ec.SECP256R1()), raw)
        _report(parts, _timed(sandbox.app, like, bare, client, consent_id))
    parts.close()


def _timed(app: Flask, like: Flask, bare: Flask, client: Machine, consent_id: str) -> dict[str, list[float]]:
    body = {"consent_id": consent_id}
    senders = {
        "app": (cost._sender(app, "/v1/pulls", client.token), body),
        "like": (cost._sender(like, "/pull", client.token), body),
        "bare": (cost._sender(bare, "/sign", None), {}),
    }
    times: dict[str, list[float]] = {name: [] for name in senders}
    gc.disable()
    for round_number in range(ROUNDS + WARM_UP):
        for name, (send, said) in senders.items():
            seconds, _ = send(said)
            if round_number >= WARM_UP:
                times[name].append(seconds)
        if round_number % 50 == 0:
            gc.collect()
    gc.enable()
    return times


def like_floor(parts: Services, raw: RawDatabase) -> Flask:
    """Return the like floor: the route /pull."""
    app = Flask("like-pull")
    raw.execute("INSERT INTO access_chains (chain, length, head) VALUES (99, 0, ?)", bytes(32))

    @app.post("/pull")
    def pull() -> Response:
        now, consent_id = datetime.now(UTC), request.get_json()["consent_id"]
        client = raw.execute(CLIENT, floors.session_id_of_bearer(parts, now)).fetchone()
        person_id = raw.execute(CONSENT, consent_id, floors.dashed(client[0])).fetchone()[0]
        raw.execute(FRESH, floors.dashed(person_id)).fetchall()
        raw.begin()
        consent = raw.execute(CONSENT, consent_id, floors.dashed(client[0])).fetchone()
        assert raw.execute(COUNT, consent_id, now).fetchone()
        person_id = floors.dashed(consent[0])
        name = parts.cipher.open_text(consent[6], f"persons.name:{person_id}")
        parts.cipher.open_text(consent[7], f"persons.number:{person_id}")
        (licence,) = raw.execute(HELD, person_id).fetchall()
        licence_id, pull_id = floors.dashed(licence[0]), new_id()
        fields = json.loads(parts.cipher.open(licence[6], f"licences.content:{licence_id}"))["fields"]
        data = {"jti": pull_id, "consent_id": consent_id, "name": name, "fields": fields}
        jws = sign_compact(json.dumps(data).encode(), parts.consents, "lz-pull")
        sealed = parts.cipher.seal(consent[3], "bench")
        raw.execute(NOTICE, new_id(), person_id, parts.cipher.seal(json.dumps(consent[3]), "bench"), now)
        link = raw.execute(LINK, hashlib.sha256(sealed).digest()).fetchone()
        organisation_id, client_id = floors.dashed(consent[5]), floors.dashed(client[0])
        raw.execute(
            RECORD, pull_id, person_id, licence_id, organisation_id, sealed, licence[5], now,
            client_id, consent_id, "[]", 99, *link,
        )  # fmt: skip
        raw.execute("COMMIT")
        return floors.json_answer({"id": pull_id, "data": data, "jws": jws})

    return app


def _report(parts: Services, times: dict[str, list[float]]) -> None:
    medians: dict[str, Any] = {name: statistics.median(each) * 1e6 for name, each in times.items()}
    print(f"{parts.database.url.get_backend_name()}, {ROUNDS} rounds, microseconds at the median")
    figures = " ".join(f"{name} {value:6.0f}" for name, value in medians.items())
    ratios = " ".join(f"· {medians['app'] / medians[floor]:.2f} × {floor}" for floor in ("like", "bare"))
    print(f"  pull    {figures}  {ratios} · {1e6 / medians['app']:.0f} pulls a second in one thread")


if __name__ == "__main__":
    main()
