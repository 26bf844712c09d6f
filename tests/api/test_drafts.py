"""Drafts: edited, filled anew, thrown away, kept for their time, and nobody else's."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from tests.at_rest import everything_in_the_database, found
from tests.forms import RENEWAL, agent, begin, representative, typing, value
from tests.sandbox import JSON, Citizen, Sandbox, at_once, persona, words
from wallet.forms.models import DraftRow

BRANCH = {"bank_branch": "科技园支行"}


def edit(citizen: Citizen, draft: JSON, values: Any, **more: Any) -> JSON:
    """Return the refusal of an edit, or the draft."""
    answer: JSON = citizen.post(f"/v1/drafts/{draft['id']}", {"values": values} | more).get_json()
    return answer


def refusals(citizen: Citizen, draft: JSON, values: JSON) -> JSON:
    """Return what is wrong with each value."""
    body = {"values": values}
    path = f"/v1/drafts/{draft['id']}"
    errors: JSON = citizen.refused(422, "validation-failed", "POST", path, json=body)["errors"]
    return errors


@pytest.fixture(scope="module")
def company(standing_sandbox: Sandbox) -> Citizen:
    return representative(standing_sandbox)


@pytest.fixture(scope="module")
def subsidy(company: Citizen) -> JSON:
    return begin(company)


def test_what_is_typed_is_kept_and_read_again(sandbox: Sandbox) -> None:
    citizen = representative(sandbox)
    draft = begin(citizen)

    typing(citizen, draft, BRANCH)
    again = citizen.expect(200, "GET", f"/v1/drafts/{draft['id']}")

    assert value(again, "bank_branch")["value"] == "科技园支行"
    assert again["version"] == draft["version"] + 1
    (listed,) = citizen.expect(200, "GET", "/v1/drafts")["items"]
    assert (listed["id"], listed["form_title"]) == (draft["id"], "创业补贴申请")
    assert "values" not in listed


def test_locked_and_unknown_fields_are_refused_by_name_and_nothing_of_the_edit_is_kept(
    sandbox: Sandbox,
) -> None:
    citizen = representative(sandbox)
    draft = begin(citizen)

    errors = refusals(citizen, draft, BRANCH | {"company_name": "别的公司", "rank": 1})

    assert errors == {"company_name": ["该项由证照带入，不能修改"], "rank": ["未知字段"]}
    assert value(citizen.expect(200, "GET", f"/v1/drafts/{draft['id']}"), "bank_branch")["value"] is None


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1"]
)
def test_a_formula_never_reaches_the_clerks_spreadsheet(
    company: Citizen, subsidy: JSON, formula: str
) -> None:
    assert list(refusals(company, subsidy, {"bank_branch": formula})) == ["bank_branch"]


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("bank_branch", "行" * 10_000),
        ("bank_branch", 7),
        ("bank_branch", {"a": 1}),
        ("bank_branch", "支行\x00"),
        ("bank_branch", "支行\nB2"),
        ("agent_phone", "12"),
        ("agent_phone", "1" * 10_000),
        ("employees", -1),
        ("employees", 10**15),
        ("employees", "三"),
        ("employees", True),
        ("employees", "1e5"),
        ("amount", "0"),
        ("amount", "1.234"),
        ("amount", "NaN"),
        ("amount", [1]),
        ("first_application", "yes"),
        ("first_application", 1),
        ("founder_category", "king"),
        ("founder_category", ["other"]),
    ],
)
def test_what_does_not_fit_its_field_is_refused_by_name(
    company: Citizen, subsidy: JSON, key: str, typed: Any
) -> None:
    assert list(refusals(company, subsidy, {key: typed})) == [key]


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("agent_phone", "+86 138-0000-0006", "13800000006"),
        ("agent_phone", "１３８００００００06", "13800000006"),
        ("amount", 5000.5, "5000.50"),
        ("employees", "12", 12),
        ("bank_branch", "  科技园支行 ", "科技园支行"),
        ("bank_branch", "　", None),
        ("employees", None, None),
        ("remarks", "<b>5-3</b>，甲=乙", "<b>5-3</b>，甲=乙"),
    ],
)
def test_what_is_meant_is_kept_in_one_form(
    company: Citizen, subsidy: JSON, key: str, typed: Any, kept: Any
) -> None:
    assert value(typing(company, subsidy, {key: typed}), key)["value"] == kept


@pytest.mark.parametrize("body", [{}, {"values": []}, {"values": {"": 1}}, {"values": None}, {"status": "x"}])
def test_a_malformed_edit_is_told_what_is_wrong(company: Citizen, subsidy: JSON, body: JSON) -> None:
    company.refused(422, "validation-failed", "POST", f"/v1/drafts/{subsidy['id']}", json=body)


def test_two_phones_that_edit_at_once_lose_nothing(sandbox: Sandbox) -> None:
    citizen = representative(sandbox)
    draft = begin(citizen)
    typed = {"bank_branch": "支行", "employees": 3, "remarks": "无", "first_application": True}

    answers = at_once(*(partial(edit, citizen, draft, {key: said}) for key, said in typed.items()))

    after = citizen.expect(200, "GET", f"/v1/drafts/{draft['id']}")
    assert {key: value(after, key)["value"] for key in typed} == typed
    assert sorted(words(answers, "version")) == [2, 3, 4, 5]


def test_who_says_what_version_they_saw_passes_over_nobodys_change(sandbox: Sandbox) -> None:
    citizen = representative(sandbox)
    draft = begin(citizen)
    path, version = f"/v1/drafts/{draft['id']}", draft["version"]

    first = edit(citizen, draft, BRANCH, version=version)

    late = {"values": {"bank_branch": "别的支行"}, "version": version}
    citizen.refused(409, "draft-changed", "POST", path, json=late)
    assert first["version"] == version + 1
    assert value(citizen.expect(200, "GET", path), "bank_branch")["value"] == "科技园支行"


def test_filling_anew_keeps_what_was_typed_and_takes_what_registries_say_now(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    sandbox.break_registry("traffic-police")
    draft = begin(citizen, RENEWAL)
    typing(citizen, draft, {"phone": "13800000001"})
    sandbox.break_registry("traffic-police", "ok")

    after = citizen.expect(200, "POST", f"/v1/drafts/{draft['id']}/refill")

    assert value(draft, "vehicle_class")["value"] is None
    assert value(after, "vehicle_class")["value"] == "C1"
    assert value(after, "phone")["value"] == "13800000001"
    assert after["missing"] == after["unreached"] == []


def test_a_prefilled_field_that_is_not_locked_is_the_applicants_to_change(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    draft = begin(citizen, "housing-fund-rent")
    card = value(draft, "bank_account")
    assert (card["locked"], card["source"]["kind"]) == (False, "SOCIAL_SECURITY_CARD")

    typing(citizen, draft, {"bank_account": "6200 0000 0000 9999"})
    after = citizen.expect(200, "POST", f"/v1/drafts/{draft['id']}/refill")

    assert (value(after, "bank_account")["value"], value(after, "bank_account")["source"]) == (
        "6200000000009999",
        None,
    )


def test_a_draft_thrown_away_is_gone(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    path = f"/v1/drafts/{begin(citizen, RENEWAL)['id']}"

    citizen.expect(200, "POST", f"{path}/discard")

    citizen.refused(404, "draft-not-found", "GET", path)
    citizen.refused(404, "draft-not-found", "POST", f"{path}/discard")


def test_colleagues_do_not_read_each_others_drafts(sandbox: Sandbox) -> None:
    helper = agent(sandbox)
    draft = begin(helper)
    manager = representative(sandbox)

    manager.refused(404, "draft-not-found", "GET", f"/v1/drafts/{draft['id']}")
    assert manager.expect(200, "GET", "/v1/drafts")["items"] == []


def test_a_draft_made_for_a_company_is_not_among_ones_own(sandbox: Sandbox) -> None:
    draft = begin(agent(sandbox))
    alone = sandbox.log_in("zhao-min")

    alone.refused(404, "draft-not-found", "GET", f"/v1/drafts/{draft['id']}")


def test_a_draft_says_when_its_time_is_over_and_then_it_is(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    draft = begin(citizen, RENEWAL)
    kept = sandbox.parts.config.retention.drafts

    sandbox.pass_time(kept + timedelta(minutes=1))

    later = sandbox.log_in("zhang-wei")
    assert draft["expires_at"] > draft["updated_at"]
    later.refused(404, "draft-not-found", "GET", f"/v1/drafts/{draft['id']}")
    assert later.expect(200, "GET", "/v1/drafts")["items"] == []


def test_nothing_of_a_draft_lies_readable_in_the_database(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    typing(citizen, begin(citizen, "housing-fund-rent"), {"rent_address": "深圳市罗湖区某某路"})

    held = everything_in_the_database(sandbox.parts.config)

    secrets = ["某某路", "HF0456528540", persona("zhang-wei")["id_number"]]
    assert found(secrets, held) == []


def test_drafts_are_listed_newest_first_a_page_at_a_time(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    ids = [begin(citizen, RENEWAL)["id"] for _ in range(3)]

    page = citizen.expect(200, "GET", "/v1/drafts?limit=2")
    rest = citizen.expect(200, "GET", f"/v1/drafts?limit=2&cursor={page['next_cursor']}")

    assert words(page["items"] + rest["items"], "id") == ids[::-1]
    with sandbox.parts.database.read() as session:
        assert len(session.scalars(select(DraftRow.id)).all()) == 3
