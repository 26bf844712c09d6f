"""A client pulls what a holder consented to: current, signed, annotated, counted, recorded."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwe, jws
from joserfc.jwk import ECKey, KeySet

from tests.clients import Machine
from tests.consents import (
    DRIVING,
    IDENTITY,
    again,
    an_asker,
    answer,
    ask,
    asked,
    consented,
    named,
    payload_of,
    pull,
    refused,
    values,
    withdraw,
)
from tests.sandbox import JSON, Citizen, Sandbox, words


@pytest.fixture
def client(sandbox: Sandbox) -> Machine:
    return an_asker(sandbox)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def published(sandbox: Sandbox) -> KeySet:
    jwks: Any = sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")
    return KeySet.import_key_set(jwks)


def test_a_pull_hands_out_the_fields_that_were_consented_to_and_nothing_else(
    client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)

    answered = pull(client, consent_id)

    data = answered["data"]
    assert (data["aud"], data["consent_id"]) == (client.client_id, consent_id)
    (licence,) = data["licences"]
    assert (licence["kind"], licence["status"], licence["freshness"]) == (DRIVING, "valid", "fresh")
    assert values(licence) == {"name": "张伟", "vehicle_class": "C1"}
    assert answered["as_of"] == licence["as_of"]
    assert data["missing"] == []
    assert "100000" not in str(data)


def test_the_answer_is_signed_for_anybody_to_check(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    answered = pull(client, consented(client, citizen))
    keys = published(sandbox)

    opened = jws.deserialize_compact(answered["jws"], keys, algorithms=["ES256"])

    assert opened.headers()["typ"] == "lz-pull"
    assert payload_of(answered["jws"]) == answered["data"]


def test_each_licence_says_who_has_it_what_for_and_until_when(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen)

    data = pull(client, consent_id)["data"]

    annotation = data["licences"][0]["annotation"]
    consent = citizen.expect(200, "GET", f"/v1/consents/{consent_id}")
    assert annotation["organisation"] == consent["requester"]["name"]
    assert annotation["purpose"] == data["purpose"]["text"] == consent["purpose"]["text"]
    assert annotation["expires_at"] == consent["expires_at"]
    assert consent["purpose"]["text"] in annotation["text"]


def test_part_of_a_consent_may_be_pulled_and_no_more_than_it(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen)

    part = pull(client, consent_id, items=[{"kind": DRIVING, "fields": ["vehicle_class"]}])

    assert values(part["data"]["licences"][0]) == {"vehicle_class": "C1"}
    for beyond in (
        [{"kind": DRIVING, "fields": ["name", "valid_to"]}],
        [{"kind": IDENTITY, "fields": ["name"]}],
    ):
        refused(client, 403, "purpose-exceeded", consent_id, items=beyond)
    assert citizen.expect(200, "GET", f"/v1/consents/{consent_id}")["used"] == 1


def test_what_the_holder_struck_is_not_pulled(client: Machine, citizen: Citizen) -> None:
    left = [{"kind": DRIVING, "fields": ["vehicle_class"]}]
    approved = answer(citizen, ask(client, named("zhang-wei")), items=left)

    assert values(pull(client, approved["consent_id"])["data"]["licences"][0]) == {"vehicle_class": "C1"}
    refused(client, 403, "purpose-exceeded", approved["consent_id"], items=asked(None)["items"])


def test_another_holders_values_stay_masked(sandbox: Sandbox, client: Machine) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.prove()
    items = [{"kind": "MARRIAGE_CERT", "fields": ["male_id_no", "female_id_no"]}]
    consent_id = consented(client, citizen, purpose="family", items=items)

    (certificate,) = pull(client, consent_id)["data"]["licences"]

    own = named("zhang-wei")["id_number"]
    seen = values(certificate)
    assert own in seen.values()
    masked = [one for one in certificate["fields"] if one["masked"]]
    assert len(masked) == 1
    assert "*" in masked[0]["value"]


def test_every_pull_is_in_the_holders_records_and_told(citizen: Citizen, client: Machine) -> None:
    consent_id = consented(client, citizen)
    answered = pull(client, consent_id)

    (record,) = citizen.access_records()
    assert (record["id"], record["kind"], record["consent_id"]) == (answered["id"], "pull", consent_id)
    assert record["fields"] == ["name", "vehicle_class"]
    assert (record["licence_title"], record["purpose"]) == ("机动车驾驶证", "核对应聘司机的驾驶资格")
    assert (record["organisation"]["name"], record["staff_masked"]) == ("深圳市测试味道餐饮有限公司", None)
    notice = citizen.expect(200, "GET", "/v1/notices")["items"][0]
    assert (notice["kind"], notice["about"]["consent_id"]) == ("data_pulled", consent_id)
    receipt = payload_of(citizen.get(f"/v1/access-records/{record['id']}/receipt").text)
    assert receipt["record"]["licences"] == record["licences"]
    (consent,) = citizen.expect(200, "GET", "/v1/consents")["items"]
    assert words(consent["pulls"], "id") == [answered["id"]]


def test_old_data_is_refreshed_before_it_is_handed_out(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    sandbox.decide(citizen.licence(DRIVING)["identifier"], "suspended")
    sandbox.pass_time(timedelta(days=2))

    answered = pull(again(sandbox, client), consent_id)

    (licence,) = answered["data"]["licences"]
    assert (licence["status"], licence["freshness"], licence["registry"]) == ("suspended", "fresh", "ok")
    assert answered["as_of"] > "2026-11-24"


def test_when_the_registry_is_down_the_answer_says_as_of_when_it_is(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    as_of = citizen.licence(DRIVING)["as_of"]
    sandbox.pass_time(timedelta(days=2))
    sandbox.break_registry("traffic-police")

    answered = pull(again(sandbox, client), consent_id)

    (licence,) = answered["data"]["licences"]
    assert (licence["freshness"], licence["registry"]) == ("stale", "unavailable")
    assert answered["as_of"] == licence["as_of"] == as_of
    assert as_of in licence["note"]


def test_a_kind_that_is_not_in_the_wallet_is_asked_for_and_then_named_as_missing(
    sandbox: Sandbox, client: Machine
) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    wide = [{"kind": DRIVING, "fields": ["name"]}, {"kind": IDENTITY, "fields": ["name"]}]
    consent_id = consented(client, citizen, items=wide)

    assert {one["kind"] for one in pull(client, consent_id)["data"]["licences"]} == {DRIVING, IDENTITY}

    other = sandbox.log_in("wu-fang")
    other.bind()
    missing = pull(client, consented(client, other, items=wide))["data"]["missing"]
    held = {one["kind"] for one in other.licences()}
    assert {one["kind"] for one in missing} == {DRIVING, IDENTITY} - held


def test_a_photo_is_fetched_by_its_client_for_ten_minutes_while_the_consent_stands(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    items = [{"kind": DRIVING, "fields": ["name", "photo"]}]
    consent_id = consented(client, citizen, items=items)
    photo = values(pull(client, consent_id)["data"]["licences"][0])["photo"]
    organisation = {"id": client.client["organisation_id"]}
    other = an_asker(sandbox, manager=client.manager, organisation=organisation)

    png = client.get(photo["path"])

    assert png.mimetype == "image/png"
    assert hashlib.sha256(png.data).hexdigest() == photo["sha256"]
    other.refused(404, "photo-not-found", "GET", photo["path"])
    client.refused(404, "photo-not-found", "GET", photo["path"].replace("/photos/0", "/photos/1"))
    withdraw(citizen, consent_id)
    client.refused(404, "photo-not-found", "GET", photo["path"])


def test_a_photo_that_was_not_consented_to_is_not_there(client: Machine, citizen: Citizen) -> None:
    answered = pull(client, consented(client, citizen))

    client.refused(404, "photo-not-found", "GET", f"/v1/pulls/{answered['id']}/photos/0")


def test_a_photo_is_there_for_ten_minutes(sandbox: Sandbox, client: Machine, citizen: Citizen) -> None:
    items = [{"kind": DRIVING, "fields": ["photo"]}]
    photo = values(pull(client, consented(client, citizen, items=items))["data"]["licences"][0])["photo"]
    sandbox.pass_time(timedelta(minutes=10))

    again(sandbox, client).refused(404, "photo-not-found", "GET", photo["path"])


def test_an_answer_may_be_encrypted_to_the_clients_key(sandbox: Sandbox) -> None:
    key = ECKey.generate_key("P-256", {"kid": "e1", "use": "enc"})
    client = an_asker(sandbox, jwks={"keys": [key.as_dict(private=False)]})
    consent_id = consented(client, sandbox.citizen("zhang-wei"))

    answered = pull(client, consent_id, encrypt=True)

    assert (answered["data"], answered["jws"]) == (None, None)
    opened = jwe.decrypt_compact(answered["jwe"], key, algorithms=["ECDH-ES", "A256GCM"])
    header: Any = opened.headers()
    assert (header["alg"], header["enc"], header["kid"]) == ("ECDH-ES", "A256GCM", "e1")
    assert payload_of((opened.plaintext or b"").decode())["consent_id"] == consent_id


def test_without_a_key_nothing_is_encrypted_and_nothing_used(client: Machine, citizen: Citizen) -> None:
    consent_id = consented(client, citizen)

    problem = refused(client, 422, "validation-failed", consent_id, encrypt=True)

    assert list(problem["errors"]) == ["encrypt"]
    assert citizen.expect(200, "GET", f"/v1/consents/{consent_id}")["used"] == 0


def test_a_consent_is_a_signed_record_that_both_sides_keep(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    consent_id = consented(client, citizen)
    path = f"/v1/consents/{consent_id}/record"

    record = citizen.get(path)

    assert record.mimetype == "application/jose"
    assert client.get(path).text == record.text
    keys = published(sandbox)
    opened = jws.deserialize_compact(record.text, keys, algorithms=["ES256"])
    assert opened.headers()["typ"] == "lz-consent"
    claims: JSON = payload_of(record.text)
    assert (claims["jti"], claims["aud"], claims["uses"]) == (consent_id, client.client_id, 5)
    assert claims["items"][0]["fields"] == ["name", "vehicle_class"]
    assert "张伟" not in str(claims)


def test_the_chain_of_access_records_holds_with_pulls_in_it(
    sandbox: Sandbox, client: Machine, citizen: Citizen
) -> None:
    sandbox.staff().scan(citizen.show(DRIVING)["qr_text"])
    pull(client, consented(client, citizen))

    result = sandbox.app.test_cli_runner().invoke(args=["audit", "verify"])

    assert result.exit_code == 0, result.output
