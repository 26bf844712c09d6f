"""Handing a form in: what is checked again, what a case gets, and that there is only ever one."""

from functools import partial

import pytest
from sqlalchemy import func, select, update

from hotservices.cases.models import CaseRow
from identity.people import PersonRow, seal_name
from tests import family
from tests.cases import worker
from tests.forms import RENEWAL, TYPED, begin, representative, typing, value
from tests.organisations import LOGISTICS, at_level_3, register
from tests.sandbox import JSON, Citizen, Sandbox, at_once, words
from wallet.registries.sandbox import SandboxLicenceRow


def submit_path(draft: JSON) -> str:
    return f"/v1/drafts/{draft['id']}/submit"


def read(citizen: Citizen, draft: JSON) -> JSON:
    """Read a draft again."""
    return citizen.expect(200, "GET", f"/v1/drafts/{draft['id']}")


def cases(sandbox: Sandbox) -> int:
    """Return how many cases there are."""
    with sandbox.parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(CaseRow)) or 0


def ready(citizen: Citizen) -> JSON:
    """Return a subsidy's draft with everything in it."""
    return typing(citizen, begin(citizen), TYPED)


@pytest.fixture
def company(sandbox: Sandbox) -> Citizen:
    return representative(sandbox)


def renewed(sandbox: Sandbox, citizen: Citizen, kind: str) -> None:
    """Let a registry issue the next version of a licence, without telling us."""
    identifier = citizen.licence(kind)["identifier"]
    path = f"/v1/sandbox/licences/{identifier}/renew"
    sandbox.anybody.expect(200, "POST", path, json={"push": False})


def test_a_form_that_is_handed_in_becomes_a_case_of_its_department(
    sandbox: Sandbox, company: Citizen
) -> None:
    draft = ready(company)

    answer = company.expect(200, "POST", submit_path(draft))

    case = company.expect(200, "GET", f"/v1/cases/{answer['case_id']}")
    after = read(company, draft)
    assert (after["status"], after["case_id"]) == ("submitted", answer["case_id"])
    assert (case["form_code"], case["draft_id"], case["state"]) == (
        "startup-subsidy",
        draft["id"],
        "submitted",
    )
    handed = {one["key"]: one for one in case["values"]}
    assert (handed["company_name"]["locked"], handed["company_name"]["verified"]) == (True, True)
    assert handed["company_name"]["source"]["kind"] == "BUSINESS_LICENCE"
    assert (handed["bank_branch"]["value"], handed["bank_branch"]["source"]) == ("科技园支行", None)
    assert handed["founder_category"]["value"] == "其他"
    # Not asked for: the founder is no veteran.
    assert "veteran_card_no" not in handed
    assert worker(sandbox).expect(200, "GET", f"/v1/staff/cases/{case['id']}")["values"] == case["values"]


def test_what_is_missing_is_told_by_its_field_and_nothing_is_handed_in(
    sandbox: Sandbox, company: Citizen
) -> None:
    draft = begin(company)

    errors = company.refused(422, "validation-failed", "POST", submit_path(draft))["errors"]

    assert set(errors) == set(TYPED)
    assert errors["bank_branch"] == ["必填"]
    assert cases(sandbox) == 0


def test_nothing_is_handed_in_without_an_essential_licence(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zheng-hao")
    draft = begin(citizen, RENEWAL)

    errors = citizen.refused(422, "validation-failed", "POST", submit_path(draft))["errors"]

    assert errors["DRIVING_LICENCE"] == ["须先关联机动车驾驶证"]


def test_a_licence_that_is_only_wanted_may_come_later_and_the_department_is_told(sandbox: Sandbox) -> None:
    citizen = at_level_3(sandbox, "zhao-min")
    company = family.acting(citizen, organisation_id=register(citizen, LOGISTICS)["id"])
    # The logistics company has no account permit: its account is typed by hand.
    typed = TYPED | {
        "account_name": LOGISTICS["name"],
        "bank_account": "62001234567890",
        "bank_name": "测试银行",
    }
    draft = typing(company, begin(company), typed)
    assert words(draft["missing"], "kind") == ["BANK_ACCOUNT_PERMIT"]

    answer = company.expect(200, "POST", submit_path(draft))

    case = company.expect(200, "GET", f"/v1/cases/{answer['case_id']}")
    assert case["values"][-1]["value"] == ["基本存款账户信息(原开户许可证)"]


def test_a_changed_source_stops_it_names_the_fields_and_loses_nothing(
    sandbox: Sandbox, company: Citizen
) -> None:
    draft = ready(company)
    change_name(sandbox, "深圳市测试味道餐饮有限公司", "深圳市新味道餐饮有限公司")

    problem = company.refused(409, "source-changed", "POST", submit_path(draft))

    after = read(company, draft)
    assert list(problem["errors"]) == ["company_name"]
    assert value(after, "company_name")["value"] == "深圳市新味道餐饮有限公司"
    assert value(after, "bank_branch")["value"] == "科技园支行"
    assert (after["status"], cases(sandbox)) == ("draft", 0)
    company.expect(200, "POST", submit_path(draft))
    assert cases(sandbox) == 1


def change_name(sandbox: Sandbox, old: str, new: str) -> None:
    """Let the market regulator change an enterprise's name on its business licence."""
    parts = sandbox.parts
    with parts.database.write() as session:
        for row in session.scalars(select(SandboxLicenceRow)):
            place = f"sandbox_licences.licence:{row.identifier}"
            plain = parts.cipher.open_text(row.licence_sealed, place)
            if '"kind": "BUSINESS_LICENCE"' in plain and old in plain:
                row.licence_sealed = parts.cipher.seal(plain.replace(old, new), place)


def test_a_licence_that_was_revoked_meanwhile_is_a_changed_source(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    draft = begin(citizen, RENEWAL)
    sandbox.decide(citizen.licence("DRIVING_LICENCE")["identifier"], "revoked")

    problem = citizen.refused(409, "source-changed", "POST", submit_path(draft))

    assert "vehicle_class" in problem["errors"]
    after = read(citizen, draft)
    assert [(gap["kind"], gap["status"]) for gap in after["missing"]] == [("DRIVING_LICENCE", "revoked")]


def test_a_changed_real_name_is_a_changed_source(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    sandbox.decide(citizen.licence("ID_CARD")["identifier"], "suspended")
    draft = begin(citizen, RENEWAL)
    assert value(draft, "applicant_name")["source"]["kind"] is None
    person_id = family.person_of(sandbox, citizen)
    with sandbox.parts.database.write() as session:
        renamed = seal_name(sandbox.parts.cipher, person_id, "张伟强")
        session.execute(update(PersonRow).where(PersonRow.id == person_id).values(name_sealed=renamed))

    problem = citizen.refused(409, "source-changed", "POST", submit_path(draft))

    assert list(problem["errors"]) == ["applicant_name"]
    assert value(read(citizen, draft), "applicant_name")["value"] == "张伟强"


def test_what_nobody_can_check_is_not_handed_in(sandbox: Sandbox, company: Citizen) -> None:
    draft = ready(company)
    sandbox.break_registry("market-regulation")

    company.refused(503, "registry-unavailable", "POST", submit_path(draft))

    assert (read(company, draft)["status"], cases(sandbox)) == ("draft", 0)
    sandbox.break_registry("market-regulation", "ok")
    company.expect(200, "POST", submit_path(draft))


def test_a_draft_handed_in_many_times_at_once_becomes_one_case(sandbox: Sandbox, company: Citizen) -> None:
    draft = ready(company)

    answers = at_once(*[partial(company.post, submit_path(draft))] * 4)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses[1:]) == {409}
    assert cases(sandbox) == 1


def test_an_edit_and_a_submission_at_once_leave_no_edit_behind(sandbox: Sandbox, company: Citizen) -> None:
    draft = ready(company)
    body = {"values": {"remarks": "后补"}}

    edited, submitted = at_once(
        partial(company.post, f"/v1/drafts/{draft['id']}", body), partial(company.post, submit_path(draft))
    )

    after = read(company, draft)
    if submitted.status_code == 200:
        case = company.expect(200, "GET", f"/v1/cases/{after['case_id']}")
        in_the_case = any(one["value"] == "后补" for one in case["values"])
        assert in_the_case == (edited.status_code == 200)
    else:
        assert (after["status"], edited.status_code, cases(sandbox)) == ("draft", 200, 0)


def test_a_retried_submission_with_its_key_gets_the_same_case(company: Citizen) -> None:
    draft, key = ready(company), {"Idempotency-Key": "one"}

    first = company.expect(200, "POST", submit_path(draft), headers=key)
    second = company.expect(200, "POST", submit_path(draft), headers=key)

    assert first == second


def test_what_was_handed_in_changes_no_more(company: Citizen) -> None:
    draft = ready(company)
    company.expect(200, "POST", submit_path(draft))
    path = f"/v1/drafts/{draft['id']}"

    company.refused(409, "draft-submitted", "POST", submit_path(draft))
    company.refused(409, "draft-submitted", "POST", path, json={"values": {"remarks": "x"}})
    company.refused(409, "draft-submitted", "POST", f"{path}/discard")
    company.refused(409, "draft-submitted", "POST", f"{path}/refill")


def test_a_form_in_which_no_hand_had_a_part_is_decided_at_once(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("chen-guihua")
    draft = begin(citizen, "elderly-card")
    assert draft["to_do"] == []

    answer = citizen.expect(200, "POST", submit_path(draft))

    assert (answer["instant"], answer["state"]) == (True, "approved")


def test_one_typed_value_leaves_the_decision_to_a_department(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("chen-guihua")
    draft = typing(citizen, begin(citizen, "elderly-card"), {"phone": "13800000004"})

    answer = citizen.expect(200, "POST", submit_path(draft))

    assert (answer["instant"], answer["state"]) == (False, "submitted")


def test_who_is_too_young_is_told_so(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("he-jun")
    draft = begin(citizen, "elderly-card")

    errors = citizen.refused(422, "validation-failed", "POST", submit_path(draft))["errors"]

    assert errors == {"applicant_birth_date": ["须年满60周岁"]}


def test_a_wallet_frozen_meanwhile_hands_nothing_in(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    draft = begin(citizen, RENEWAL)
    citizen.expect(200, "POST", "/v1/wallet/freeze")

    citizen.refused(403, "wallet-frozen", "POST", submit_path(draft))


def test_a_renewed_licence_hands_in_what_the_newer_one_says(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    draft = begin(citizen, RENEWAL)
    renewed(sandbox, citizen, "DRIVING_LICENCE")

    answer = citizen.expect(200, "POST", submit_path(draft))

    newer = citizen.licence("DRIVING_LICENCE")["id"]
    case = citizen.expect(200, "GET", f"/v1/cases/{answer['case_id']}")
    handed = {one["key"]: one for one in case["values"]}
    assert handed["vehicle_class"]["source"]["licence_id"] == newer
    assert newer not in {one["licence_id"] for one in draft["licences"]}
