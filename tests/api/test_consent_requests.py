"""A client asks for consent; the holder reads who, why and which fields, and answers."""

import pytest

from tests import family, organisations
from tests.clients import Machine
from tests.consents import DRIVING, IDENTITY, ITEMS, again, an_asker, answer, ask, asked, named
from tests.sandbox import JSON, Sandbox, told, words

REQUESTS = "/v1/consent-requests"


@pytest.fixture(scope="module")
def standing_asker(standing_sandbox: Sandbox) -> Machine:
    return an_asker(standing_sandbox)


def test_the_holder_is_told_who_asks_why_and_for_which_fields(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")

    request = ask(client, named("zhang-wei"))

    assert (request["status"], set(request)) == ("pending", {"id", "qr_text", "status", "expires_at"})
    (notice,) = citizen.expect(200, "GET", "/v1/notices")["items"]
    assert notice["kind"] == "consent_asked"
    assert notice["about"]["consent_request_id"] == request["id"]
    (seen,) = citizen.expect(200, "GET", REQUESTS)["items"]
    assert seen == citizen.expect(200, "GET", f"{REQUESTS}/{request['id']}")
    assert seen["requester"]["name"] == organisations.RESTAURANT["name"]
    assert seen["requester"]["client_id"] == client.client_id
    assert seen["purpose"] == {"code": "driver-hiring", "text": "核对应聘司机的驾驶资格"}
    (item,) = seen["items"]
    assert (item["kind"], words(item["fields"], "label")) == (DRIVING, ["姓名", "准驾车型"])
    assert (seen["valid_days"], seen["uses"], seen["required_level"]) == (30, 5, 2)


def test_who_becomes_known_later_is_told_then(sandbox: Sandbox) -> None:
    request = ask(an_asker(sandbox), named("zhang-wei"))

    citizen = sandbox.citizen("zhang-wei")

    (notice,) = citizen.expect(200, "GET", "/v1/notices")["items"]
    assert notice["about"]["consent_request_id"] == request["id"]
    assert answer(citizen, request)["status"] == "approved"


def test_whether_there_is_such_a_person_neither_answers_nor_limits_tell(sandbox: Sandbox) -> None:
    client = an_asker(sandbox)
    sandbox.citizen("zhang-wei")
    somebody, nobody = named("zhang-wei"), named("li-na")
    namesake = somebody | {"name": "张三"}

    for holder in (somebody, nobody):
        for _ in range(3):
            assert ask(client, holder)["status"] == "pending"
    refusals = [
        client.refused(409, "too-many-open-requests", "POST", REQUESTS, json=asked(holder))
        for holder in (somebody, nobody, namesake)
    ]

    assert told(refusals[0]) == told(refusals[1]) == told(refusals[2])


def test_an_answer_makes_room_for_another_request(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    first, *_ = [ask(client, named("zhang-wei")) for _ in range(3)]

    answer(citizen, first, "decline")

    assert ask(client, named("zhang-wei"))["status"] == "pending"


def test_a_request_under_another_name_reaches_nobody(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")

    request = ask(client, named("zhang-wei") | {"name": "张三"})

    assert citizen.expect(200, "GET", REQUESTS)["items"] == []
    citizen.refused(404, "consent-request-not-found", "GET", f"{REQUESTS}/{request['id']}")
    assert citizen.expect(200, "GET", "/v1/notices")["items"] == []


def test_a_client_asks_within_its_registered_purposes(sandbox: Sandbox) -> None:
    client = an_asker(sandbox)
    beyond: list[JSON] = [
        {"purpose": "marketing"},
        {"items": [{"kind": DRIVING, "fields": ["name", "address"]}]},
        {"items": [{"kind": "PASSPORT", "fields": ["name"]}]},
    ]

    for change in beyond:
        body = asked(named("zhang-wei"), **change)
        client.refused(403, "purpose-exceeded", "POST", REQUESTS, json=body)


@pytest.mark.parametrize(
    "change",
    [
        {"holder": {"name": "张伟"}},
        {"holder": {"name": "张伟", "id_number": "100000198001011111"}},
        {"holder": "zhang-wei"},
        {"items": []},
        {"items": [{"kind": "NO_SUCH_KIND", "fields": ["name"]}]},
        {"items": [{"kind": DRIVING, "fields": ["no_such_field"]}]},
        {"items": [{"kind": DRIVING, "fields": []}]},
        {"items": [*ITEMS, *ITEMS]},
        {"valid_days": 0},
        {"valid_days": 367},
        {"uses": 0},
        {"uses": 10**12},
        {"uses": True},
        {"surplus": 1},
    ],
)
def test_what_can_not_be_asked_is_named(standing_asker: Machine, change: JSON) -> None:
    problem = standing_asker.refused(
        422, "validation-failed", "POST", REQUESTS, json=asked(named("zhang-wei")) | change
    )

    assert problem["errors"]


def test_an_open_request_belongs_to_whoever_scans_it_first(sandbox: Sandbox) -> None:
    client = an_asker(sandbox)
    first, second = sandbox.citizen("zhang-wei"), sandbox.citizen("li-na")
    request = ask(client, None)
    scan = {"qr_text": request["qr_text"]}

    seen = first.expect(200, "POST", f"{REQUESTS}/resolve", json=scan)

    assert seen["id"] == request["id"]
    assert first.expect(200, "POST", f"{REQUESTS}/resolve", json=scan) == seen
    second.refused(404, "consent-request-not-found", "POST", f"{REQUESTS}/resolve", json=scan)
    second.refused(404, "consent-request-not-found", "POST", f"{REQUESTS}/{request['id']}/approve", json={})
    assert answer(first, request)["status"] == "approved"


def test_a_qr_of_a_named_person_opens_for_nobody_else(sandbox: Sandbox) -> None:
    client = an_asker(sandbox)
    named_one, other = sandbox.citizen("zhang-wei"), sandbox.citizen("li-na")
    scan = {"qr_text": ask(client, named("zhang-wei"))["qr_text"]}

    other.refused(404, "consent-request-not-found", "POST", f"{REQUESTS}/resolve", json=scan)

    assert named_one.expect(200, "POST", f"{REQUESTS}/resolve", json=scan)["status"] == "pending"


def test_a_qr_that_is_none_of_ours_is_absent(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")

    for text in ("", "lz-consent:", "x" * 5000, "\ud800".encode("utf-8", "replace").decode(), "\0"):
        body = {"qr_text": text}
        citizen.refused(404, "consent-request-not-found", "POST", f"{REQUESTS}/resolve", json=body)


def test_a_request_that_nobody_answers_expires(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    request, opened = ask(client, named("zhang-wei")), ask(client, None)
    sandbox.pass_time(sandbox.parts.config.consent_request_lifetime)
    citizen, client = sandbox.log_in("zhang-wei"), again(sandbox, client)

    citizen.refused(409, "consent-request-settled", "POST", f"{REQUESTS}/{request['id']}/approve", json={})
    scan = {"qr_text": opened["qr_text"]}
    citizen.refused(409, "consent-request-settled", "POST", f"{REQUESTS}/resolve", json=scan)

    assert client.expect(200, "GET", f"{REQUESTS}/{request['id']}")["status"] == "expired"
    assert ask(client, named("zhang-wei"))["status"] == "pending"


def test_the_client_reads_what_became_of_its_own_requests_alone(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    other = an_asker(sandbox, manager=client.manager, organisation={"id": client.client["organisation_id"]})
    first, second = [ask(client, named("zhang-wei")) for _ in range(2)]
    approved = answer(citizen, first)
    answer(citizen, second, "decline")

    seen = [client.expect(200, "GET", f"{REQUESTS}/{one['id']}") for one in (first, second)]

    assert words(seen, "status") == ["approved", "declined"]
    assert words(seen, "consent_id") == [approved["consent_id"], None]
    other.refused(404, "consent-request-not-found", "GET", f"{REQUESTS}/{first['id']}")


def test_what_was_answered_is_answered_once(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    request = ask(client, named("zhang-wei"))
    answer(citizen, request, "decline")

    for verb in ("approve", "decline"):
        path = f"{REQUESTS}/{request['id']}/{verb}"
        citizen.refused(409, "consent-request-settled", "POST", path, json={})


def test_the_holder_may_strike_fields_and_kinds_and_add_none(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    wide = [{"kind": DRIVING, "fields": ["name", "vehicle_class"]}, {"kind": IDENTITY, "fields": ["name"]}]
    request = ask(client, named("zhang-wei"), items=wide)
    path = f"{REQUESTS}/{request['id']}/approve"
    for more in (
        [{"kind": DRIVING, "fields": ["name", "valid_to"]}],
        [{"kind": IDENTITY, "fields": ["name", "id_no"]}],
        [],
    ):
        citizen.refused(422, "validation-failed", "POST", path, json={"items": more})

    left = [{"kind": DRIVING, "fields": ["vehicle_class"]}]
    approved = answer(citizen, request, items=left)

    (item,) = client.expect(200, "GET", f"/v1/consents/{approved['consent_id']}")["items"]
    assert (item["kind"], words(item["fields"], "key")) == (DRIVING, ["vehicle_class"])


def test_sensitive_kinds_ask_for_level_3(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    items = [{"kind": "MARRIAGE_CERT", "fields": ["holder"]}]
    request = ask(client, named("zhang-wei"), purpose="family", items=items)
    path = f"{REQUESTS}/{request['id']}/approve"

    problem = citizen.refused(403, "assurance-level-required", "POST", path, json={})

    assert problem["required_level"] == 3
    citizen.prove()
    assert answer(citizen, request)["status"] == "approved"


def test_nothing_is_approved_from_a_frozen_wallet(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    request = ask(client, named("zhang-wei"))
    citizen.expect(200, "POST", "/v1/wallet/freeze")

    citizen.refused(403, "wallet-frozen", "POST", f"{REQUESTS}/{request['id']}/approve", json={})


def test_nobody_consents_for_another_adult(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), sandbox.citizen("zhang-wei")
    helper = sandbox.citizen("li-na")
    request = ask(client, named("zhang-wei"))
    acting = family.acting(helper, dependant_id=family.tie(sandbox, helper, citizen))

    for verb in ("approve", "decline"):
        path = f"{REQUESTS}/{request['id']}/{verb}"
        acting.refused(403, "acting-not-allowed", "POST", path, json={})


def test_an_enterprise_is_answered_for_by_its_managers_and_not_by_its_agents(sandbox: Sandbox) -> None:
    client = an_asker(sandbox)
    owner = organisations.at_level_3(sandbox, "zhao-min")
    company = organisations.register(owner, organisations.LOGISTICS)
    organisations.add(owner, company, "li-na")
    items = [{"kind": "BUSINESS_LICENCE", "fields": ["name"]}]
    holder = {"name": company["name"], "id_number": company["uscc"]}
    request = ask(client, holder, purpose="company", items=items)
    agent = family.acting(organisations.at_level_3(sandbox, "li-na"), organisation_id=company["id"])
    manager = family.acting(owner, organisation_id=company["id"])

    agent.refused(403, "scope-required", "POST", f"{REQUESTS}/{request['id']}/approve", json={})

    assert answer(manager, request)["status"] == "approved"
    (consent,) = manager.expect(200, "GET", "/v1/consents")["items"]
    assert consent["actor"] == "agent"
