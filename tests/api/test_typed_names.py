"""Names and numbers as people type them: on Chinese keyboards, with blanks, from old cards. Nothing half-bound."""

import pytest

from tests.sandbox import FACE_CHECKS, JSON, Citizen, Sandbox, claim_of

REAL_NAME = "/v1/real-name"


def wide(text: str) -> str:
    """Return a text as a Chinese keyboard writes letters and digits."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def unbound(citizen: Citizen) -> bool:
    account = citizen.expect(200, "GET", "/v1/account")
    return (account["assurance_level"], account["real_name"]) == (1, None)


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("zhang-wei", {"name": "张 伟", "id_number": "100000 19900517 0119"}),
        ("zhang-wei", {"name": "\u200b张\u3000伟 ", "id_number": wide("100000199005170119")}),
        ("wu-fang", {"name": "吴芳", "id_number": wide("10000019880808018x")}),
        ("smith-john", {"name": wide("Smith  John"), "id_number": "9111 2419 8108 0302 51"}),
        ("anna-meyer", {"name": "meyer anna", "id_number": wide("tx1234567")}),
    ],
)
def test_what_is_typed_wide_spaced_or_small_binds_at_both_levels(
    sandbox: Sandbox,
    code: str,
    typed: JSON,
) -> None:
    bound = sandbox.log_in(code).expect(201, "POST", REAL_NAME, json=claim_of(code) | typed)
    joining = sandbox.log_in(f"{code}#2")
    check_id = joining.begin_face_check(**(claim_of(code) | typed))

    joined = joining.expect(200, "POST", f"{FACE_CHECKS}/{check_id}/complete")

    assert joined["id"] == bound["id"]
    assert joined["real_name"]["id_number_masked"] == bound["real_name"]["id_number_masked"]


@pytest.mark.parametrize("path", [REAL_NAME, FACE_CHECKS])
def test_a_number_of_fifteen_digits_is_answered_with_what_to_do(sandbox: Sandbox, path: str) -> None:
    citizen = sandbox.log_in("zhang-wei")
    claim = claim_of("zhang-wei") | {"id_number": "100000900517011"}

    problem = citizen.refused(422, "validation-failed", "POST", path, json=claim)

    assert problem["errors"] == {"id_number": ["十五位旧号码已停用，请填写现行居民身份证的十八位号码"]}
    assert unbound(citizen)


@pytest.mark.parametrize("path", [REAL_NAME, FACE_CHECKS])
@pytest.mark.parametrize("name", ["\u200b", "\ufeff\ufeff", " ", "\u3000"])
def test_a_name_of_nothing_is_named_and_does_not_count(sandbox: Sandbox, path: str, name: str) -> None:
    citizen = sandbox.log_in("zhang-wei")

    for _ in range(6):
        claim = claim_of("zhang-wei") | {"name": name}
        problem = citizen.refused(422, "validation-failed", "POST", path, json=claim)
        assert list(problem["errors"]) == ["name"]

    assert citizen.bind()["assurance_level"] == 2


@pytest.mark.parametrize("path", [REAL_NAME, FACE_CHECKS])
@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "阿卜杜拉.买买提", "买" * 30, "𠮷野", "O’Brien-Ñandú"])
def test_names_that_are_long_dotted_rare_or_foreign_get_a_clean_answer(
    sandbox: Sandbox,
    path: str,
    name: str,
) -> None:
    citizen = sandbox.log_in("zhang-wei")

    citizen.refused(422, "real-name-mismatch", "POST", path, json=claim_of("zhang-wei") | {"name": name})

    assert unbound(citizen)


@pytest.mark.parametrize("path", [REAL_NAME, FACE_CHECKS])
def test_a_registry_that_is_late_is_given_up_on_and_nothing_is_half_bound(
    sandbox: Sandbox, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.sandbox.personas.POPULATION_PATIENCE_SECONDS", 0.1)
    citizen = sandbox.log_in("zhang-wei")
    sandbox.break_registry("population", "slow")

    citizen.refused(503, "registry-unavailable", "POST", path, json=claim_of("zhang-wei"))

    assert unbound(citizen)
    sandbox.break_registry("population", "ok")
    assert citizen.prove()["assurance_level"] == 3
