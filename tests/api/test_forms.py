"""Forms that fill themselves: the catalogue, and what a draft is filled with and from whom."""

from datetime import timedelta

import pytest

from tests import family
from tests.forms import RENEWAL, SUBSIDY, agent, begin, kinds, representative, typing, value
from tests.organisations import at_level_3
from tests.sandbox import Citizen, Sandbox, persona, words

DESIGNED = {
    "startup-subsidy",
    "food-licence-new",
    "company-change",
    "housing-fund-rent",
    "driving-licence-renewal",
    "residence-permit-endorsement",
    "newborn-registration",
    "elderly-card",
    "school-enrolment",
    "business-cancellation",
    "road-transport-inspection",
    "medical-remote-filing",
}
HEALTH_CERT = {
    "kind": "HEALTH_CERT",
    "title": "预防性健康检查合格证(健康证)",
    "hint": "在“我的证照”中添加，或到体检机构办理",
    "service_code": "SVC0019",
}


def test_anybody_reads_the_twelve_forms_and_pages_through_them(standing_sandbox: Sandbox) -> None:
    anybody = standing_sandbox.anybody

    page = anybody.expect(200, "GET", "/v1/forms?limit=7")
    rest = anybody.expect(200, "GET", f"/v1/forms?limit=7&cursor={page['next_cursor']}")

    assert set(words(page["items"] + rest["items"], "code")) == DESIGNED
    assert rest["next_cursor"] is None


def test_a_form_tells_its_ten_materials_and_its_fields_in_both_languages(standing_sandbox: Sandbox) -> None:
    path, english = f"/v1/forms/{SUBSIDY}", {"Accept-Language": "en"}

    form = standing_sandbox.anybody.expect(200, "GET", path)
    in_english = standing_sandbox.anybody.expect(200, "GET", path, headers=english)

    fields = [field for section in form["sections"] for field in section["fields"]]
    assert (form["title"], in_english["title"]) == ("创业补贴申请", "Start-up subsidy")
    assert len(form["materials"]) == 10
    assert next(one for one in fields if one["key"] == "company_name")["sources"] == [
        {"kind": "BUSINESS_LICENCE", "party": "company", "field": "name"}
    ]


def test_a_form_that_did_not_change_is_not_sent_again(standing_sandbox: Sandbox) -> None:
    tag = standing_sandbox.anybody.get("/v1/forms").headers["ETag"]

    assert standing_sandbox.anybody.get("/v1/forms", headers={"If-None-Match": tag}).status_code == 304


def test_there_is_no_form_of_another_code(standing_sandbox: Sandbox) -> None:
    standing_sandbox.anybody.refused(404, "form-not-found", "GET", "/v1/forms/tax-return")


def test_an_agents_draft_is_filled_from_the_company_and_from_the_agents_own_licences(
    sandbox: Sandbox,
) -> None:
    citizen = agent(sandbox)

    draft = begin(citizen)

    name, mine = value(draft, "company_name"), value(draft, "agent_name")
    assert (draft["form_code"], draft["status"], draft["case_id"]) == (SUBSIDY, "draft", None)
    assert (name["label"], name["value"], name["locked"]) == ("企业名称", "深圳市测试味道餐饮有限公司", True)
    source = {part: name["source"][part] for part in ("kind", "field", "party")}
    assert source == {"kind": "BUSINESS_LICENCE", "field": "name", "party": "company"}
    assert len(name["source"]["digest"]) == 64
    assert name["source"]["as_of"].endswith("Z")
    assert (mine["value"], mine["source"]["kind"]) == ("赵敏", "ID_CARD")
    branch = value(draft, "bank_branch")
    assert (branch["value"], branch["locked"], branch["source"]) == (None, False, None)
    assert [{part: one[part] for part in HEALTH_CERT} for one in draft["missing"]] == [HEALTH_CERT]


def test_a_representative_who_holds_everything_misses_nothing(sandbox: Sandbox) -> None:
    draft = begin(representative(sandbox))

    assert draft["missing"] == draft["unreached"] == []
    assert value(draft, "health_cert_no")["value"] == "JK4403000001"
    assert set(words(draft["to_do"], "key")) == {
        "bank_branch",
        "founder_category",
        "agent_phone",
        "first_application",
        "employees",
        "amount",
    }


def test_an_agent_without_the_scope_begins_nothing(sandbox: Sandbox) -> None:
    citizen = agent(sandbox, scopes=("licences:read",))

    citizen.refused(403, "scope-required", "POST", f"/v1/forms/{SUBSIDY}/drafts")


def test_what_a_choice_asks_for_is_named_and_filled_and_nothing_is_taken_before(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    draft = begin(citizen, "housing-fund-rent")
    assert "MARRIAGE_CERT" not in kinds(draft["licences"])

    married = typing(citizen, draft, {"marital_status": "married"})
    single = typing(citizen, draft, {"marital_status": "single"})

    assert value(married, "marriage_cert_no")["value"] == "J440300-2016-000001"
    assert "MARRIAGE_CERT" in kinds(married["licences"])
    assert value(single, "marriage_cert_no")["value"] is None
    assert "MARRIAGE_CERT" not in kinds(single["licences"])


def test_a_founder_who_is_not_logged_in_brings_nothing_of_their_own(sandbox: Sandbox) -> None:
    citizen = agent(sandbox)

    draft = typing(citizen, begin(citizen), {"founder_category": "disabled"})

    assert kinds(draft["missing"]) == ["HEALTH_CERT", "DISABILITY_CERT"]


def test_a_parent_who_acts_for_their_child_fills_with_both(sandbox: Sandbox) -> None:
    parent = sandbox.citizen("zhang-wei")
    parent.prove()
    named = family.named("zhang-zimo", "child")
    tie = parent.expect(201, "POST", "/v1/dependants", json=named)
    child = family.acting(parent, dependant_id=tie["id"])

    draft = typing(child, begin(child, "school-enrolment"), {"home": "own"})

    assert value(draft, "child_name")["value"] == "张子墨"
    assert value(draft, "guardian_name")["value"] == "张伟"
    assert value(draft, "property_cert_no")["value"] == "粤(2017)测试市不动产权第0000001号"
    assert value(draft, "property_cert_no")["source"]["party"] == "actor"
    assert draft["missing"] == []


def test_what_a_holder_sees_masked_fills_no_form(sandbox: Sandbox) -> None:
    wife = sandbox.citizen("li-na")

    draft = begin(wife, "newborn-registration")

    # The householder is her husband.
    assert value(draft, "householder")["value"] is None
    assert value(draft, "household_no")["value"] == "440300000001"


def test_an_enterprises_form_says_to_act_for_the_enterprise_first(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")

    draft = begin(citizen)

    business = next(one for one in draft["missing"] if one["kind"] == "BUSINESS_LICENCE")
    assert (business["essential"], business["hint"]) == (True, "请先切换到企业身份，再办理本事项")


def test_a_persons_form_is_not_begun_for_an_enterprise(sandbox: Sandbox) -> None:
    citizen = representative(sandbox)

    citizen.refused(409, "form-not-for-caller", "POST", f"/v1/forms/{RENEWAL}/drafts")


def test_a_renewal_takes_an_expired_licence_and_no_revoked_one(sandbox: Sandbox) -> None:
    expired = begin(sandbox.citizen("liu-yang"), RENEWAL)
    revoked = begin(sandbox.citizen("sun-lei"), RENEWAL)

    assert value(expired, "vehicle_class")["value"] == "C1"
    assert value(revoked, "vehicle_class")["value"] is None
    (gap,) = revoked["missing"]
    assert (gap["kind"], gap["status"], gap["hint"]) == (
        "DRIVING_LICENCE",
        "revoked",
        "该证照已被吊销，请先办理",
    )


def test_a_wallet_that_was_never_filled_is_filled_for_the_form(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()

    draft = begin(citizen, RENEWAL)

    assert value(draft, "licence_no")["value"] == persona("zhang-wei")["id_number"]


def test_stale_data_is_asked_for_anew_and_a_dead_registry_is_named(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    sandbox.pass_time(timedelta(days=2))
    again = sandbox.log_in("zhang-wei")
    sandbox.break_registry("traffic-police")

    draft = begin(again, RENEWAL)

    licences = {one["kind"]: one for one in draft["licences"]}
    assert [(one["code"], one["status"]) for one in draft["unreached"]] == [("traffic-police", "unavailable")]
    assert licences["DRIVING_LICENCE"]["freshness"] == "stale"
    assert licences["ID_CARD"]["freshness"] == "fresh"
    assert citizen.code == "zhang-wei"


def test_a_missing_licence_may_only_be_out_of_reach(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    sandbox.break_registry("traffic-police")

    draft = begin(citizen, RENEWAL)

    (gap,) = draft["missing"]
    assert gap["hint"].startswith("部分部门暂时无法查询，请稍后重新获取；")


def test_a_frozen_wallet_fills_no_form(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.expect(200, "POST", "/v1/wallet/freeze")

    citizen.refused(403, "wallet-frozen", "POST", f"/v1/forms/{RENEWAL}/drafts")


@pytest.mark.parametrize("body", [{"licence_ids": ["x"]}, {"licence_ids": "x"}, {"form": 1}])
def test_a_malformed_beginning_is_told_what_is_wrong(sandbox: Sandbox, body: dict[str, object]) -> None:
    citizen = sandbox.citizen("zhang-wei")

    citizen.refused(422, "validation-failed", "POST", f"/v1/forms/{RENEWAL}/drafts", json=body)


def test_drafts_need_a_real_name(sandbox: Sandbox) -> None:
    newcomer = sandbox.log_in("zheng-hao")

    newcomer.refused(403, "assurance-level-required", "POST", f"/v1/forms/{RENEWAL}/drafts")
    newcomer.refused(403, "assurance-level-required", "GET", "/v1/drafts")


def test_a_begun_form_asked_for_again_with_its_key_is_the_same(sandbox: Sandbox) -> None:
    citizen, key = sandbox.citizen("zhang-wei"), {"Idempotency-Key": "one"}
    path = f"/v1/forms/{RENEWAL}/drafts"

    first = citizen.expect(201, "POST", path, headers=key)
    second = citizen.expect(201, "POST", path, headers=key)

    assert first == second
    assert len(drafts_of(citizen)) == 1


def drafts_of(citizen: Citizen) -> list[object]:
    items: list[object] = citizen.expect(200, "GET", "/v1/drafts")["items"]
    return items


def test_somebody_of_level_3_is_the_same_applicant(sandbox: Sandbox) -> None:
    citizen = at_level_3(sandbox, "zhang-wei")

    assert value(begin(citizen, RENEWAL), "applicant_name")["value"] == "张伟"
