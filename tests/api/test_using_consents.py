"""When a consent may be used, and what ends it."""

from datetime import timedelta

import pytest

from tests import family
from tests.clients import Machine
from tests.consents import (
    again,
    an_asker,
    answer,
    ask,
    consented,
    named,
    pull,
    refused,
    values,
    withdraw,
)
from tests.organisations import at_level_3
from tests.sandbox import Citizen, Sandbox, told, words


@pytest.fixture
def client(sandbox: Sandbox) -> Machine:
    return an_asker(sandbox)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def test_a_consent_is_used_as_often_as_it_allows(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen, uses=2)
    pulled = [pull(client, consent_id)["id"] for _ in range(2)]

    refused(client, 403, "consent-used-up", consent_id)

    (consent,) = citizen.expect(200, "GET", "/v1/consents")["items"]
    assert (consent["status"], consent["used"]) == ("used_up", 2)
    assert words(citizen.access_records(), "id") == pulled[::-1]


def test_a_retried_pull_is_the_same_pull(client: Machine, citizen: Citizen) -> None:
    body = {"consent_id": consented(client, citizen, uses=1)}
    key = {"Idempotency-Key": "pull-1"}

    first = client.expect(200, "POST", "/v1/pulls", json=body, headers=key)
    withdraw(citizen, body["consent_id"])

    assert client.expect(200, "POST", "/v1/pulls", json=body, headers=key) == first
    assert len(citizen.access_records()) == 1


def test_a_withdrawn_consent_is_refused_from_that_moment(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen)
    pull(client, consent_id)

    ended = withdraw(citizen, consent_id)

    assert (ended["status"], ended["ended_by"]) == ("withdrawn", "holder")
    refused(client, 403, "consent-withdrawn", consent_id)
    assert withdraw(citizen, consent_id) == ended


def test_a_consent_ends_with_its_days(sandbox: Sandbox, client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen, valid_days=1)
    sandbox.pass_time(timedelta(days=1))

    refused(again(sandbox, client), 403, "consent-expired", consent_id)

    (consent,) = sandbox.log_in("zhang-wei").expect(200, "GET", "/v1/consents")["items"]
    assert consent["status"] == "expired"


def test_freezing_suspends_a_consent_and_unfreezing_resumes_it(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen)
    citizen.expect(200, "POST", "/v1/wallet/freeze")

    refused(client, 403, "wallet-frozen", consent_id)
    (consent,) = citizen.expect(200, "GET", "/v1/consents")["items"]
    citizen.prove()
    citizen.expect(200, "POST", "/v1/wallet/unfreeze")

    assert consent["status"] == "suspended"
    assert pull(client, consent_id)["data"]["licences"]


def test_another_clients_consent_is_as_absent_as_none(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    organisation = {"id": client.client["organisation_id"]}
    other = an_asker(sandbox, manager=client.manager, organisation=organisation)

    theirs = refused(other, 403, "consent-required", consent_id)
    nobodys = refused(other, 403, "consent-required", "0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11")

    assert told(theirs) == told(nobodys)
    for path in (f"/v1/consents/{consent_id}", f"/v1/consents/{consent_id}/record"):
        other.refused(404, "consent-not-found", "GET", path)


def test_a_request_that_waits_is_no_consent(client: Machine, citizen: Citizen) -> None:
    refused(client, 403, "consent-required", ask(client, named(citizen.code))["id"])


def test_unbinding_ends_every_consent(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen)
    citizen.prove()

    citizen.expect(200, "POST", "/v1/real-name/unbind")

    refused(client, 403, "consent-withdrawn", consent_id)


def test_closing_the_account_ends_every_consent(client: Machine, citizen: Citizen) -> None:
    consent_id, waiting = consented(client, citizen), ask(client, named(citizen.code))
    citizen.prove()

    citizen.expect(200, "POST", "/v1/account/close")

    refused(client, 403, "consent-withdrawn", consent_id)
    path = f"/v1/consent-requests/{waiting['id']}"
    assert client.expect(200, "GET", path)["status"] == "expired"


def test_a_childs_consent_ends_with_the_guardians_tie(sandbox: Sandbox, client: Machine) -> None:
    father = at_level_3(sandbox, "zhang-wei")
    child = father.expect(201, "POST", "/v1/dependants", json=family.named("zhang-zimo", "son"))
    acting = family.acting(father, dependant_id=child["id"])
    items = [{"kind": "BIRTH_CERT", "fields": ["newborn_name"]}]
    request = ask(client, named("zhang-zimo"), purpose="school", items=items)
    consent_id = answer(acting, request)["consent_id"]
    assert values(pull(client, consent_id)["data"]["licences"][0])["newborn_name"]
    assert words(acting.expect(200, "GET", "/v1/consents")["items"], "actor") == ["guardian"]

    father.expect(200, "POST", f"/v1/dependants/{child['id']}/revoke")

    refused(client, 403, "consent-withdrawn", consent_id)
