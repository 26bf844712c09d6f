"""Binding a real name: who can, with what, and what refuses it."""

import pytest

from identity.sandbox import personas
from tests.sandbox import JSON, Citizen, Sandbox, at_once, claim_of, told

ROUTE = "/v1/real-name"
OWN_CONSENT = [person["key"] for person in personas.source() if person["key"] != "zhang-zimo"]


def mismatch(citizen: Citizen, claim: JSON) -> JSON:
    return citizen.refused(422, "real-name-mismatch", "POST", ROUTE, json=claim)


def wrong_fields(citizen: Citizen, claim: JSON, **kwargs: JSON) -> dict[str, list[str]]:
    problem = citizen.refused(422, "validation-failed", "POST", ROUTE, json=claim, **kwargs)
    errors: dict[str, list[str]] = problem["errors"]
    return errors


@pytest.mark.parametrize("code", OWN_CONSENT)
def test_everybody_binds_from_a_login_of_their_own(sandbox: Sandbox, code: str) -> None:
    citizen = sandbox.log_in(code)
    claim = claim_of(code)

    account = citizen.bind()

    shown = account["real_name"]
    assert account["assurance_level"] == 2
    assert shown["id_type"] == claim["id_type"]
    assert claim["id_number"] not in str(account)
    assert shown["name_masked"].endswith(claim["name"][-1])
    assert shown["name_masked"].startswith("*")
    assert account == citizen.expect(200, "GET", "/v1/account")


def test_a_number_is_masked_to_its_first_and_last_four(sandbox: Sandbox) -> None:
    account = sandbox.log_in("zhang-wei").bind()

    assert account["real_name"]["name_masked"] == "*伟"
    assert account["real_name"]["id_number_masked"] == "1000**********0119"


def test_a_short_number_is_masked_to_its_first_and_last_two(sandbox: Sandbox) -> None:
    account = sandbox.log_in("anna-meyer").bind()

    assert account["real_name"]["id_number_masked"] == "TX*****67"


def test_a_child_under_14_needs_a_guardian(sandbox: Sandbox) -> None:
    child = sandbox.log_in("zhang-zimo")

    child.refused(403, "guardian-consent-required", "POST", ROUTE, json=claim_of("zhang-zimo"))

    assert child.expect(200, "GET", "/v1/account")["assurance_level"] == 1


@pytest.mark.parametrize("code", ["wu-fang", "huang-li"])
def test_a_lower_case_x_at_the_end_counts_as_upper_case(sandbox: Sandbox, code: str) -> None:
    claim = claim_of(code)

    account = sandbox.log_in(code).expect(
        201,
        "POST",
        ROUTE,
        json=claim | {"id_number": claim["id_number"].lower()},
    )

    assert account["real_name"]["id_number_masked"].endswith("X")


def test_spaces_around_and_letters_in_lower_case_are_forgiven(sandbox: Sandbox) -> None:
    claim = claim_of("smith-john") | {"name": " smith  john ", "id_number": " 911124198108030251 "}

    account = sandbox.log_in("smith-john").expect(201, "POST", ROUTE, json=claim)

    assert account["assurance_level"] == 2


def test_a_wrong_name_a_strangers_data_and_an_unknown_number_are_refused_alike(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("he-jun")
    nobodys_number = "110101199003070011"

    wrong_name = mismatch(citizen, claim_of("he-jun") | {"name": "何俊"})
    strangers_data = mismatch(citizen, claim_of("li-na"))
    unknown_number = mismatch(citizen, claim_of("he-jun") | {"id_number": nobodys_number})
    wrong_document = mismatch(citizen, claim_of("he-jun") | {"id_type": "passport"})

    assert told(wrong_name) == told(strangers_data) == told(unknown_number) == told(wrong_document)
    assert citizen.bind()["assurance_level"] == 2


@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "阿卜杜拉•买买提", "买" * 30, "𠮷野", "O’Brien-Ñandú"])
def test_long_and_dotted_names_get_a_clean_answer(sandbox: Sandbox, name: str) -> None:
    citizen = sandbox.log_in("zhang-wei")

    mismatch(citizen, claim_of("zhang-wei") | {"name": name})


@pytest.mark.parametrize(
    ("id_type", "id_number"),
    [
        ("resident_id", "100000199005170110"),
        ("resident_id", "100000199002300118"),
        ("resident_id", "10000019900517011"),
        ("resident_id", "100000990051701190"),
        ("resident_id", "一00000199005170119"),
        ("resident_id", "100000209905170111"),
        ("hk_mo_tw_residence_permit", "100000199005170119"),
        ("hk_mo_tw_residence_permit", "810000199408230233"),
        ("foreign_permanent_resident", "911124198108030252"),
        ("foreign_permanent_resident", "ABC12345678901"),
        ("passport", "TX-1234567"),
        ("passport", "T1"),
    ],
)
def test_a_number_that_cannot_be_right_is_named_as_the_wrong_field(
    sandbox: Sandbox,
    id_type: str,
    id_number: str,
) -> None:
    claim = claim_of("zhang-wei") | {"id_type": id_type, "id_number": id_number}

    errors = wrong_fields(sandbox.log_in("zhang-wei"), claim)

    assert list(errors) == ["id_number"]


def test_a_wrong_check_digit_is_explained_in_both_languages(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    claim = claim_of("zhang-wei") | {"id_number": "100000199005170110"}

    chinese = wrong_fields(citizen, claim)
    english = wrong_fields(citizen, claim, headers={"Accept-Language": "en"})

    assert chinese["id_number"] == ["证件号码校验位不正确，请核对"]
    assert english["id_number"] == ["The number's check digit is wrong."]


@pytest.mark.parametrize("version", ["0", "2", "1.0", "latest"])
def test_consent_to_another_version_of_the_text_is_no_consent(sandbox: Sandbox, version: str) -> None:
    claim = claim_of("zhang-wei") | {"consent_version": version}

    errors = wrong_fields(sandbox.log_in("zhang-wei"), claim)

    assert list(errors) == ["consent_version"]


@pytest.mark.parametrize("missing", ["name", "id_type", "id_number", "consent_version"])
def test_what_is_missing_is_named(sandbox: Sandbox, missing: str) -> None:
    claim = claim_of("zhang-wei")
    del claim[missing]

    errors = wrong_fields(sandbox.log_in("zhang-wei"), claim)

    assert list(errors) == [missing]


def test_the_version_to_consent_to_is_published_with_its_hash(sandbox: Sandbox) -> None:
    texts = sandbox.anybody.expect(200, "GET", "/v1/consent-texts")["items"]

    (real_name,) = [text for text in texts if text["purpose"] == "real-name"]
    assert real_name["version"] == "1"


def test_an_account_is_bound_once(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()

    citizen.refused(409, "real-name-already-bound", "POST", ROUTE, json=claim_of("zhang-wei"))
    citizen.refused(409, "real-name-already-bound", "POST", ROUTE, json=claim_of("li-na"))

    assert citizen.expect(200, "GET", "/v1/account")["real_name"]["name_masked"] == "*伟"


def test_a_person_is_bound_to_one_account(sandbox: Sandbox) -> None:
    sandbox.log_in("zhang-wei").bind()
    second = sandbox.log_in("zhang-wei#2")

    second.refused(409, "real-name-bound-elsewhere", "POST", ROUTE, json=claim_of("zhang-wei"))

    assert second.expect(200, "GET", "/v1/account")["assurance_level"] == 1


def test_of_two_logins_that_bind_one_person_at_once_one_wins(sandbox: Sandbox) -> None:
    logins = [sandbox.log_in("zhang-wei"), sandbox.log_in("zhang-wei#2"), sandbox.log_in("zhang-wei#3")]

    answers = at_once(*[lambda one=one: one.post(ROUTE, json=claim_of("zhang-wei")) for one in logins])

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    levels = [one.expect(200, "GET", "/v1/account")["assurance_level"] for one in logins]
    assert sorted(levels) == [1, 1, 2]
