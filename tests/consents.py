"""Consent and pulls in a few words: a client asks, a holder answers, the client pulls."""

import base64
import json
from typing import Any

from tests.clients import Machine, a_client, token_by_secret
from tests.sandbox import JSON, Caller, Citizen, Sandbox, persona

DRIVING, IDENTITY = "DRIVING_LICENCE", "ID_CARD"
PURPOSES: list[JSON] = [
    {
        "code": "driver-hiring",
        "text": "核对应聘司机的驾驶资格",
        "items": [
            {"kind": DRIVING, "fields": ["name", "vehicle_class", "valid_to", "photo"]},
            {"kind": IDENTITY, "fields": ["name", "id_no"]},
        ],
    },
    {
        "code": "family",
        "text": "核对婚姻状况",
        "items": [{"kind": "MARRIAGE_CERT", "fields": ["holder", "male_id_no", "female_id_no"]}],
    },
    {
        "code": "school",
        "text": "入学登记",
        "items": [{"kind": "BIRTH_CERT", "fields": ["newborn_name", "sex"]}],
    },
    {
        "code": "company",
        "text": "核对营业执照",
        "items": [{"kind": "BUSINESS_LICENCE", "fields": ["name", "uscc"]}],
    },
]
ITEMS: list[JSON] = [{"kind": DRIVING, "fields": ["name", "vehicle_class"]}]


def an_asker(sandbox: Sandbox, **changes: Any) -> Machine:
    """Return a client with purposes of these tests."""
    return a_client(sandbox, purposes=PURPOSES, **changes)


def again(sandbox: Sandbox, client: Machine) -> Machine:
    """Return a client with a token of this moment."""
    return machine(sandbox, client.client, client.manager)


def machine(sandbox: Sandbox, registered: JSON, manager: Citizen) -> Machine:
    """Return a registered client with a token."""
    answered = token_by_secret(sandbox, registered["client_id"], registered["client_secret"])
    token: str = answered.get_json()["access_token"]
    return Machine(sandbox.app, token, manager=manager, client=registered)


def ids(sandbox: Sandbox, registered: JSON, manager: Citizen, citizen: Citizen) -> dict[str, str]:
    """Return the ids of a request that waits for a citizen, and of a consent of theirs."""
    client = machine(sandbox, registered, manager)
    waiting = ask(client, named(citizen.code))
    return {"request_id": waiting["id"], "consent_id": consented(client, citizen)}


def named(code: str) -> JSON:
    """Return how a client names a persona."""
    somebody = persona(code)
    return {"name": somebody["name"], "id_number": somebody["id_number"]}


def asked(holder: JSON | None, **changes: Any) -> JSON:
    """Return what a client says to ask for consent."""
    said = {"purpose": "driver-hiring", "items": ITEMS, "valid_days": 30, "uses": 5}
    return {"holder": holder} | said | changes


def ask(client: Machine, holder: JSON | None, **changes: Any) -> JSON:
    """Ask for consent."""
    return client.expect(201, "POST", "/v1/consent-requests", json=asked(holder, **changes))


def answer(citizen: Caller, request: JSON, verb: str = "approve", **body: Any) -> JSON:
    """Answer a request."""
    return citizen.expect(200, "POST", f"/v1/consent-requests/{request['id']}/{verb}", json=body)


def consented(client: Machine, citizen: Citizen, **changes: Any) -> str:
    """Ask a citizen and let them approve; return the consent's id."""
    consent_id: str = answer(citizen, ask(client, named(citizen.code), **changes))["consent_id"]
    return consent_id


def one_given(sandbox: Sandbox) -> str:
    """Let somebody consent to something; return the consent's id."""
    return consented(an_asker(sandbox), sandbox.citizen("zhang-wei"))


def one_asked(sandbox: Sandbox) -> JSON:
    """Ask somebody, who is not known here, for something."""
    return ask(an_asker(sandbox), named("zhang-wei"))


def pull(client: Machine, consent_id: str, **body: Any) -> JSON:
    """Pull by a consent."""
    return client.expect(200, "POST", "/v1/pulls", json={"consent_id": consent_id} | body)


def refused(client: Machine, status: int, code: str, consent_id: str, **body: Any) -> JSON:
    """Pull, and return the problem."""
    return client.refused(status, code, "POST", "/v1/pulls", json={"consent_id": consent_id} | body)


def withdraw(citizen: Caller, consent_id: str) -> JSON:
    """Take a consent back."""
    return citizen.expect(200, "POST", f"/v1/consents/{consent_id}/withdraw")


def payload_of(jws: str) -> JSON:
    """Return what a JWS says, without checking who signed it."""
    body = jws.split(".")[1]
    said: JSON = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


def values(licence: JSON) -> JSON:
    """Return the values of a licence that was pulled, by their keys."""
    return {one["key"]: one["value"] for one in licence["fields"]}
