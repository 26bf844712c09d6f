"""Who acted and for whom: in every record, before the holder, the verifier and the auditor, and in notices."""

import pytest

from tests.api.test_children import SON
from tests.family import acting, person_of, tie
from tests.organisations import add, at_level_3, register
from tests.sandbox import JSON, Citizen, Sandbox, words
from tests.tampering import proven, records, tampering
from wallet.showing.records import append_only
from wallet.showing.records.audit import Proven

KIND = "ID_CARD"


@pytest.fixture
def elder(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("chen-guihua")


@pytest.fixture
def helper(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture
def for_her(sandbox: Sandbox, helper: Citizen, elder: Citizen) -> Citizen:
    """wang-qiang as he acts for his mother."""
    return acting(helper, dependant_id=tie(sandbox, helper, elder))


def told(citizen: Citizen) -> list[tuple[str, str]]:
    notices = citizen.expect(200, "GET", "/v1/notices")["items"]
    return [(one["kind"], one["text"]) for one in notices if one["kind"].startswith("helper_")]


def who(records: list[JSON]) -> list[tuple[str, str | None]]:
    return [(one["actor"], one["actor_name_masked"]) for one in records]


def confirm(citizen: Citizen, shown: JSON) -> None:
    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")


def test_both_who_acted_and_whose_licence_it_is_are_in_the_record(
    sandbox: Sandbox, helper: Citizen, elder: Citizen, for_her: Citizen
) -> None:
    officer = sandbox.staff()
    officer.scan(elder.show(KIND)["qr_text"])

    scan = officer.scan(for_her.show(KIND)["qr_text"])

    assert scan["outcome"] == "accepted"
    assert "agent_masked" not in scan["holder"]
    assert who(elder.access_records()) == [("helper", "*强"), ("self", None)]
    assert helper.access_records() == []
    with tampering(sandbox) as session:
        kept = [(row.person_id, row.actor_person_id, row.actor) for row in records(session)]
    mother, son = person_of(sandbox, elder), person_of(sandbox, helper)
    assert kept == [(mother, mother, "self"), (mother, son, "helper")]


def test_who_confirms_for_another_is_in_the_record_and_the_last_word_is_read(
    sandbox: Sandbox, elder: Citizen, for_her: Citizen
) -> None:
    officer = sandbox.staff()
    shown, hers = elder.show(KIND, mode="confirm"), for_her.show(KIND, mode="confirm")
    for one, by in ((shown, for_her), (hers, elder)):
        officer.scan(one["qr_text"])
        confirm(by, one)

    assert who(elder.access_records()) == [("helper", "*强")] * 2
    with tampering(sandbox) as session:
        kept = [(row.kind, row.actor) for row in records(session)]
        assert isinstance(proven(sandbox, session), Proven)
    assert kept == [
        ("verification", "self"),
        ("confirmation", "helper"),
        ("verification", "helper"),
        ("confirmation", "self"),
    ]


def test_every_use_by_another_is_told_once_and_ones_own_is_not(
    sandbox: Sandbox, elder: Citizen, for_her: Citizen
) -> None:
    elder.show(KIND)
    assert told(elder) == []

    key = {"headers": {"Idempotency-Key": "shown-once"}}
    path = f"/v1/licences/{for_her.licence(KIND)['id']}/show-tokens"
    shown = [for_her.expect(201, "POST", path, json={"mode": "confirm"}, **key) for _ in range(2)]
    sandbox.staff().scan(shown[0]["qr_text"])
    confirm(for_her, shown[0])
    for_her.expect(200, "POST", "/v1/wallet/freeze")
    for_her.refused(403, "wallet-frozen", "POST", path, json={})

    assert told(sandbox.log_in("chen-guihua")) == [
        ("helper_froze", "*强为您冻结了证照，本人核验后可解除"),
        ("helper_confirmed", "*强为您同意向测试市公安局交通管理局出示居民身份证"),
        ("helper_used", "*强为您出示了居民身份证"),
    ]


def test_a_code_that_a_helper_shows_ends_with_the_tie_and_ones_own_goes_on(
    sandbox: Sandbox, elder: Citizen, for_her: Citizen
) -> None:
    own, helpers = elder.show(KIND), for_her.show(KIND)
    (tied,) = elder.expect(200, "GET", "/v1/dependants")["items"]

    elder.expect(200, "POST", f"/v1/dependants/{tied['id']}/revoke")

    officer = sandbox.staff()
    assert officer.scan(helpers["qr_text"])["reason"] == "withdrawn"
    assert officer.scan(own["qr_text"])["outcome"] == "accepted"


def test_a_code_that_an_agent_shows_ends_with_the_membership(sandbox: Sandbox) -> None:
    representative, agent = at_level_3(sandbox, "wang-qiang"), at_level_3(sandbox, "zhao-min")
    organisation = register(representative)
    member = add(representative, organisation, "zhao-min")
    company = acting(agent, organisation_id=organisation["id"])
    company.sync()
    shown = company.show("BUSINESS_LICENCE")

    path = f"/v1/organisations/{organisation['id']}/members/{member['id']}/revoke"
    representative.expect(200, "POST", path)

    assert sandbox.staff().scan(shown["qr_text"])["reason"] == "withdrawn"


def test_a_small_child_without_an_account_is_told_all_the_same(sandbox: Sandbox) -> None:
    father = at_level_3(sandbox, "zhang-wei")
    child = father.expect(201, "POST", "/v1/dependants", json=SON)
    for_child = acting(father, dependant_id=child["id"])
    for_child.sync()

    for_child.show("BIRTH_CERT")

    (notice,) = told(for_child)
    assert notice == ("helper_used", "*伟为您出示了出生医学证明")
    assert told(father) == []
    himself = sandbox.log_in("zhang-zimo")
    himself.bind()
    assert told(himself) == [notice]


def test_the_verifier_of_a_companys_licence_sees_company_and_agent_masked(sandbox: Sandbox) -> None:
    representative, agent = at_level_3(sandbox, "wang-qiang"), at_level_3(sandbox, "zhao-min")
    organisation = register(representative)
    add(representative, organisation, "zhao-min")
    company = acting(agent, organisation_id=organisation["id"])
    company.sync()
    officer = sandbox.staff()

    scan = officer.scan(company.show("BUSINESS_LICENCE")["qr_text"])

    named = {"name_masked": "*" * 12 + "司", "name": organisation["name"]}
    assert scan["holder"] == named | {"agent_masked": "*敏"}
    again = officer.expect(200, "GET", f"/v1/verifications/{scan['id']}")
    assert again["holder"] == scan["holder"]
    own = acting(representative, organisation_id=organisation["id"])
    assert who(own.access_records()) == [("agent", "*敏")]
    assert told(own) == [("helper_used", "*敏为您出示了营业执照")]


def test_a_scan_without_a_network_keeps_who_showed_it(
    sandbox: Sandbox, elder: Citizen, for_her: Citizen
) -> None:
    shown = for_her.show("SOCIAL_SECURITY_CARD", mode="offline")
    item = {"qr_text": shown["qr_text"], "scanned_at": sandbox.now().isoformat()}

    body = {"items": [item]}
    (done,) = sandbox.staff().expect(200, "POST", "/v1/verifications/offline-batch", json=body)["items"]

    assert done["outcome"] == "accepted"
    assert who(elder.access_records()) == [("helper", "*强")]


def test_once_the_actors_account_is_erased_the_chain_is_proven_and_the_record_names_nobody(
    sandbox: Sandbox, helper: Citizen, elder: Citizen, for_her: Citizen
) -> None:
    sandbox.staff().scan(for_her.show(KIND)["qr_text"])

    helper.expect(200, "POST", "/v1/account/close")

    assert who(elder.access_records()) == [("helper", None)]
    with tampering(sandbox) as session:
        assert isinstance(proven(sandbox, session), Proven)


def test_who_acted_cannot_be_changed_unnoticed(sandbox: Sandbox, elder: Citizen, for_her: Citizen) -> None:
    sandbox.staff().scan(for_her.show(KIND)["qr_text"])

    with tampering(sandbox) as session:
        (record,) = records(session)
        record.actor_person_id = person_of(sandbox, elder)

        assert not isinstance(proven(sandbox, session), Proven)
    assert append_only.CHANGEABLE != "actor_person_id"


def test_the_list_of_devices_says_for_whom_an_acting_session_acts(helper: Citizen, for_her: Citizen) -> None:
    listed = helper.expect(200, "GET", "/v1/sessions")["items"]

    (tie_id,) = words(helper.expect(200, "GET", "/v1/account")["dependants"], "id")
    for_whom = {"type": "dependant", "id": tie_id, "name_masked": "**花"}
    assert [(one["current"], one["acting_for"]) for one in listed] == [(False, for_whom), (True, None)]
    ended = helper.expect(200, "POST", f"/v1/sessions/{listed[0]['id']}/revoke")
    assert (ended["acting_for"], ended["revoked_at"] is not None) == (for_whom, True)
    for_her.refused(401, "unauthenticated", "GET", "/v1/licences")
    helper.expect(200, "GET", "/v1/licences")
