"""Events that are not what they seem: forged, replayed, late, early, out of order, or somebody else's."""

from datetime import timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from identity.crypto.signer import sign_compact
from tests.api.registry_events import PATH, count, push, refusal, renew, send, signed
from tests.sandbox import Citizen, Sandbox
from wallet.registries import sandbox as departments
from wallet.registries.keys import RegistrySigner
from wallet.registry_events.event import TYP

KIND = "DRIVING_LICENCE"
FORGED = (401, "event-signature-refused")
MALFORMED = (400, "event-malformed")
IDENTIFIER = next(
    licence["identifier"] for licence in departments.source()["licences"] if licence["kind"] == KIND
)


@pytest.fixture
def standing(standing_sandbox: Sandbox) -> Sandbox:
    """A sandbox for events that leave no trace in it."""
    return standing_sandbox


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def identifier(citizen: Citizen) -> str:
    name: str = citizen.licence(KIND)["identifier"]
    return name


def claims(sandbox: Sandbox, named: str, **changed: object) -> dict[str, object]:
    return {
        "jti": "one",
        "iat": int(sandbox.now().timestamp()),
        "registry": "traffic-police",
        "event": "revoke",
        "identifier": named,
        "version": 1,
        "status": "revoked",
    } | changed


def genuine(sandbox: Sandbox, payload: bytes, typ: str = TYP) -> str:
    """Sign anything with the traffic police's own key."""
    assert sandbox.parts.departments
    return sign_compact(payload, sandbox.parts.departments._signers["traffic-police"], typ)


def test_an_event_signed_with_another_key_is_refused(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    forger = RegistrySigner("traffic-police-1", ec.generate_private_key(ec.SECP256R1()))
    jws = sign_compact(orjson.dumps(claims(sandbox, identifier)), forger, TYP)

    answer = send(sandbox, jws)

    assert refusal(answer) == FORGED
    assert citizen.licence(KIND)["status"] == "valid"
    assert count(sandbox.parts.database, "registry_events") == 0


@pytest.mark.parametrize("registry", ["civil-affairs", "mars", "", None, 1, ["traffic-police"]])
def test_an_event_that_names_another_registry_than_its_signer_is_refused(
    standing: Sandbox, registry: object
) -> None:
    jws = genuine(standing, orjson.dumps(claims(standing, IDENTIFIER, registry=registry)))

    assert refusal(send(standing, jws)) == FORGED


def test_a_registry_cannot_change_anothers_licence(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    jws = signed(sandbox, "revoke", identifier, registry="civil-affairs")

    answer = send(sandbox, jws)

    assert refusal(answer) == (403, "event-not-yours")
    assert citizen.licence(KIND)["status"] == "valid"


def test_a_registry_cannot_supersede_anothers_licence(sandbox: Sandbox, identifier: str) -> None:
    newer = renew(sandbox, identifier)

    answer = send(
        sandbox,
        signed(sandbox, "supersede", newer, registry="civil-affairs", version=2, status="valid"),
    )

    assert refusal(answer) == (403, "event-not-yours")


@pytest.mark.parametrize(
    "changed",
    [
        {"jti": None},
        {"jti": ""},
        {"jti": "a" * 65},
        {"jti": "a b"},
        {"iat": "2026"},
        {"iat": True},
        {"iat": -1},
        {"iat": 10**12},
        {"iat": 1.5},
        {"event": "explode"},
        {"event": ["revoke"]},
        {"identifier": "1.2.3"},
        {"identifier": None},
        {"identifier": "1.2.156.3005.2." + "A" * 500},
        {"version": 0},
        {"version": 1000},
        {"version": "1"},
        {"status": "valid"},
        {"status": "dead"},
    ],
)
def test_a_signed_event_with_a_wrong_claim_is_refused(standing: Sandbox, changed: dict[str, object]) -> None:
    jws = genuine(standing, orjson.dumps(claims(standing, IDENTIFIER, **changed)))

    assert refusal(send(standing, jws)) == MALFORMED


@pytest.mark.parametrize("name", ["jti", "iat", "event", "identifier", "version", "status"])
def test_a_signed_event_without_one_of_its_claims_is_refused(standing: Sandbox, name: str) -> None:
    told = claims(standing, IDENTIFIER)
    del told[name]

    assert refusal(send(standing, genuine(standing, orjson.dumps(told)))) == MALFORMED


def test_an_identifier_with_a_wrong_check_character_is_refused(standing: Sandbox) -> None:
    wrong = IDENTIFIER[:-1] + ("A" if IDENTIFIER[-1] != "A" else "B")

    assert refusal(send(standing, genuine(standing, orjson.dumps(claims(standing, wrong))))) == MALFORMED


def test_what_is_no_event_at_all_is_refused(standing: Sandbox) -> None:
    good = genuine(standing, orjson.dumps(claims(standing, IDENTIFIER)))
    head, body, signature = good.split(".")
    twice = orjson.dumps(claims(standing, IDENTIFIER))[:-1] + b',"status":"valid"}'
    others = [
        "",
        "x",
        "a.b",
        good + "x",
        good[:-1],
        f"{head}.{body}",
        f"{head}.{body}.{signature}.{signature}",
        genuine(standing, b"[]"),
        genuine(standing, b"not json"),
        genuine(standing, b'{"iat": NaN}'),
        genuine(standing, b"[" * 2000),
        genuine(standing, twice),
        genuine(standing, orjson.dumps(claims(standing, IDENTIFIER)), typ="lz"),
        genuine(standing, orjson.dumps(claims(standing, IDENTIFIER, padding="x" * 5000))),
        "é" * 100,
    ]

    said = {refusal(send(standing, other)) for other in others if other}

    assert said == {MALFORMED}


def test_a_tampered_event_is_refused(standing: Sandbox) -> None:
    told, other = claims(standing, IDENTIFIER), claims(standing, IDENTIFIER, jti="two")
    head, _, signature = genuine(standing, orjson.dumps(told)).split(".")
    _, body, _ = genuine(standing, orjson.dumps(other)).split(".")

    assert refusal(send(standing, f"{head}.{body}.{signature}")) == FORGED


def test_the_same_event_again_gets_the_same_answer_and_does_nothing(
    sandbox: Sandbox, identifier: str
) -> None:
    jws = signed(sandbox, "suspend", identifier)
    first = send(sandbox, jws)
    push(sandbox, "restore", identifier)
    sandbox.pass_time(timedelta(hours=3))

    again = send(sandbox, jws)

    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert sandbox.log_in("zhang-wei").licence(KIND)["status"] == "valid"


def test_an_events_id_cannot_be_used_for_another_event(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    send(sandbox, signed(sandbox, "suspend", identifier, jti="one"))

    answer = send(sandbox, signed(sandbox, "revoke", identifier, jti="one"))

    assert refusal(answer) == (409, "event-id-reused")
    assert citizen.licence(KIND)["status"] == "suspended"


@pytest.mark.parametrize("seconds", [-3700, -86_400, 400, 86_400])
def test_an_event_that_is_not_of_now_is_refused(
    sandbox: Sandbox, citizen: Citizen, identifier: str, seconds: int
) -> None:
    iat = int(sandbox.now().timestamp()) + seconds

    answer = send(sandbox, signed(sandbox, "revoke", identifier, iat=iat))

    assert refusal(answer) == (422, "event-out-of-time")
    assert citizen.licence(KIND)["status"] == "valid"


def test_an_older_event_that_comes_late_changes_nothing(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    now = int(sandbox.now().timestamp())
    push(sandbox, "revoke", identifier, iat=now - 10)

    outcome = push(sandbox, "restore", identifier, iat=now - 60)

    assert outcome == "outdated"
    assert citizen.licence(KIND)["status"] == "revoked"


def test_an_event_of_an_older_version_changes_nothing(
    sandbox: Sandbox, citizen: Citizen, identifier: str
) -> None:
    push(sandbox, "suspend", identifier, version=3)

    outcome = push(sandbox, "restore", identifier, version=2)

    assert outcome == "outdated"
    assert citizen.licence(KIND)["status"] == "suspended"


def test_what_is_in_nobodys_wallet_is_acknowledged_and_kept_nowhere(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    identifier = citizen.licence(KIND)["identifier"]
    sandbox.anybody.expect(200, "POST", "/v1/sandbox/reset")

    outcome = push(sandbox, "revoke", identifier)

    assert outcome == "not_held"
    assert count(sandbox.parts.database, "licences") == 0


def test_an_event_may_come_as_json_too(sandbox: Sandbox, identifier: str) -> None:
    jws = signed(sandbox, "suspend", identifier)

    answer = sandbox.anybody.expect(200, "POST", PATH, json={"jws": jws})

    assert answer["outcome"] == "applied"
    sandbox.anybody.refused(422, "validation-failed", "POST", PATH, json={"jws": 5})
    sandbox.anybody.refused(415, "unsupported-media-type", "POST", PATH, data=jws, content_type="text/plain")
