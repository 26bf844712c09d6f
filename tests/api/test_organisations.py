"""An enterprise is registered by its legal representative, against the enterprise registry."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from identity.orm import Base
from identity.sandbox import enterprises
from tests.organisations import (
    LOGISTICS,
    RESTAURANT,
    add,
    at_level_3,
    change_registry,
    memberships,
    register,
)
from tests.sandbox import Caller, Citizen, Sandbox, at_once, persona, told, words

REFUSED = (422, "organisation-not-confirmed", "POST", "/v1/organisations")


@pytest.fixture
def representative(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


def test_the_legal_representative_registers_the_enterprise(representative: Citizen) -> None:
    organisation = register(representative)

    assert (organisation["uscc"], organisation["name"]) == (RESTAURANT["uscc"], RESTAURANT["name"])
    assert (organisation["kind"], organisation["status"]) == ("enterprise", "active")
    assert (organisation["role"], organisation["valid_to"]) == ("legal_representative", None)
    assert "members:manage" in organisation["scopes"]
    assert representative.expect(200, "GET", f"/v1/organisations/{organisation['id']}") == organisation
    assert representative.expect(200, "GET", "/v1/organisations")["items"] == [organisation]


@pytest.mark.parametrize(
    "written",
    [
        {"uscc": " 91440300ma00tex11q "},
        {"name": " 深圳市测试味道餐饮有限公司"},
        {"name": "深圳市测试味道餐饮 有限公司"},
    ],
)
def test_case_blanks_and_width_do_not_matter(representative: Citizen, written: dict[str, str]) -> None:
    assert register(representative, RESTAURANT | written)["uscc"] == RESTAURANT["uscc"]


def test_brackets_may_be_wide_or_narrow(sandbox: Sandbox, representative: Citizen) -> None:
    change_registry(sandbox, "restaurant", name="测试味道（深圳）餐饮有限公司")

    assert register(representative, RESTAURANT | {"name": "测试味道(深圳)餐饮有限公司"})["name"][4] == "（"


def test_a_sole_trader_is_an_organisation_too(sandbox: Sandbox) -> None:
    trader = at_level_3(sandbox, "huang-li")

    shop = register(trader, {"uscc": "92440802MA00TEX384", "name": "湛江市赤坎区测试黄丽便利店"})

    assert shop["kind"] == "sole_trader"


@pytest.mark.parametrize(
    "code",
    [
        "91440300MA00TEX11P",  # the last character
        "91440300MA00TEX21T",  # the organisation code inside: its own check character is wrong
        "91440300MA00TEX11",
        "91440300MA00TEO11Q",  # no O in this alphabet
        "100000198506150154",
        "９１４４０３００ＭＡ００ＴＥＸ１１Ｑ",
    ],
)
def test_a_code_that_cannot_be_right_is_named(representative: Citizen, code: str) -> None:
    problem = representative.refused(
        422, "validation-failed", "POST", "/v1/organisations", json=RESTAURANT | {"uscc": code}
    )

    assert list(problem["errors"]) == ["uscc"]


def test_one_refusal_for_a_wrong_name_a_strangers_and_an_unknown_enterprise(representative: Citizen) -> None:
    wrong_name = representative.refused(*REFUSED, json=RESTAURANT | {"name": "深圳市测试滋味餐饮有限公司"})
    of_a_stranger = representative.refused(*REFUSED, json=LOGISTICS)
    unknown = representative.refused(*REFUSED, json=RESTAURANT | {"uscc": "91110000600037341L"})

    assert told(wrong_name) == told(of_a_stranger) == told(unknown)
    assert representative.expect(200, "GET", "/v1/organisations")["items"] == []


@pytest.mark.parametrize(
    "said",
    [
        {"legal_representative_id_number": "100000199005170119"},
        {"legal_representative": "zhang-wei"},
        {"status": "revoked"},
        {"status": "cancelled"},
    ],
)
def test_representative_and_status_are_the_registrys_to_say(
    sandbox: Sandbox, representative: Citizen, said: dict[str, str]
) -> None:
    change_registry(sandbox, "restaurant", **said)

    representative.refused(*REFUSED, json=RESTAURANT)


def test_an_agent_cannot_register_in_the_representatives_place(sandbox: Sandbox) -> None:
    agent = at_level_3(sandbox, "zhao-min")

    agent.refused(*REFUSED, json=RESTAURANT)


def test_registering_twice_answers_the_same_organisation(representative: Citizen) -> None:
    first = register(representative)

    again = register(representative)

    assert again == first
    assert len(memberships(representative)) == 1


def test_two_registrations_at_once_make_one_organisation(representative: Citizen) -> None:
    answers = at_once(*[lambda: register(representative)] * 3)

    assert len(set(words(answers, "id"))) == 1
    assert len(memberships(representative)) == 1


def test_registering_needs_level_3(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("wang-qiang")
    citizen.bind()

    problem = citizen.refused(403, "assurance-level-required", "POST", "/v1/organisations", json=RESTAURANT)

    assert problem["required_level"] == 3


def test_a_registry_that_is_down_is_no_refusal(sandbox: Sandbox, representative: Citizen) -> None:
    sandbox.break_registry(enterprises.ENTERPRISES)

    representative.refused(503, "registry-unavailable", "POST", "/v1/organisations", json=RESTAURANT)

    sandbox.break_registry(enterprises.ENTERPRISES, "ok")
    register(representative)


def test_who_is_no_member_finds_no_organisation(sandbox: Sandbox, representative: Citizen) -> None:
    organisation = register(representative)
    stranger = at_level_3(sandbox, "zhang-wei")
    path = f"/v1/organisations/{organisation['id']}"

    here = stranger.refused(404, "organisation-not-found", "GET", path)
    nowhere = stranger.refused(
        404, "organisation-not-found", "GET", f"{path[:-1]}{'0' if path[-1] != '0' else '1'}"
    )

    assert told(here) == told(nowhere)
    assert stranger.expect(200, "GET", "/v1/organisations") == {"items": [], "next_cursor": None}
    stranger.refused(404, "organisation-not-found", "GET", f"{path}/members")


def test_a_new_legal_representative_takes_the_former_ones_place(
    sandbox: Sandbox, representative: Citizen
) -> None:
    organisation = register(representative)
    successor = at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min")
    number = persona("zhao-min")["id_number"]
    change_registry(
        sandbox, "restaurant", legal_representative="zhao-min", legal_representative_id_number=number
    )

    registered = register(successor)

    assert (registered["id"], registered["role"]) == (organisation["id"], "legal_representative")
    assert words(memberships(successor), "role") == ["legal_representative"]
    assert memberships(representative) == []
    representative.refused(404, "organisation-not-found", "GET", f"/v1/organisations/{organisation['id']}")
    told_of = representative.expect(200, "GET", "/v1/notices")["items"]
    assert told_of[0]["kind"] == "membership_revoked"


@pytest.mark.parametrize("id_type", ["unified_social_credit_code", "resident_id", "passport"])
def test_nobody_binds_an_enterprise_as_their_real_name(sandbox: Sandbox, id_type: str) -> None:
    citizen = sandbox.log_in("wang-qiang")
    claim = {"name": RESTAURANT["name"], "id_type": id_type, "id_number": RESTAURANT["uscc"]}

    response = citizen.post("/v1/real-name", json=claim | {"consent_version": "1"})

    assert response.status_code == 422
    assert response.get_json()["code"] == (
        "real-name-mismatch" if id_type == "passport" else "validation-failed"
    )


def test_the_registry_and_the_legal_person_lie_sealed(sandbox: Sandbox, representative: Citizen) -> None:
    register(representative)

    with sandbox.parts.database.read() as session:
        rows = [
            (table.name, repr(row))
            for table in Base.metadata.sorted_tables
            if table.name in {"sandbox_enterprises", "persons", "enterprises", "memberships"}
            for row in session.execute(select(table))
        ]

    assert len({name for name, _ in rows}) == 4
    for secret in (RESTAURANT["uscc"], "王强", "100000198506150154"):
        assert [name for name, row in rows if secret in row] == []


def test_without_a_token_nothing_is_registered(sandbox: Sandbox) -> None:
    sandbox.anybody.refused(401, "unauthenticated", "POST", "/v1/organisations", json=RESTAURANT)

    Caller(sandbox.app, sandbox.staff().token).refused(
        403, "forbidden", "POST", "/v1/organisations", json=RESTAURANT
    )


def test_the_same_key_registers_once(representative: Citizen) -> None:
    key = {"Idempotency-Key": "register-1"}
    send: Callable[[], object] = lambda: representative.post("/v1/organisations", RESTAURANT, headers=key)  # noqa: E731

    first, again = send(), send()

    assert (first.data, first.status_code) == (again.data, 201)  # type: ignore[attr-defined]
