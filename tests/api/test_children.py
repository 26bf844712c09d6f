"""Children: added under 16 by a parent whom a registry names, acted for until their 18th birthday."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from identity.clock import SHANGHAI
from identity.consent_texts import GUARDIAN, ConsentGivenRow, current
from identity.dependants import DependantRow
from tests.family import acting, named
from tests.organisations import at_level_3
from tests.sandbox import JSON, Citizen, Sandbox, at_once, words

DEPENDANTS = "/v1/dependants"
SON = named("zhang-zimo", "son")
SECOND = timedelta(seconds=1)


@pytest.fixture
def father(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "zhang-wei")


def add(parent: Citizen, body: JSON = SON) -> JSON:
    return parent.expect(201, "POST", DEPENDANTS, json=body)


def midnight(year: int, month: int, day: int) -> datetime:
    """Return when a day begins in China."""
    return datetime(year, month, day, tzinfo=SHANGHAI).astimezone(UTC)


def test_a_parent_whom_the_birth_certificate_names_acts_for_the_child_at_once(
    sandbox: Sandbox, father: Citizen
) -> None:
    mother = at_level_3(sandbox, "li-na")

    for parent in (father, mother):
        child = add(parent)
        assert (child["kind"], child["status"], child["relation"]) == ("child", "active", "son")
        assert (child["name_masked"], child["ends_on"]) == ("**墨", "2036-06-01")
        for_child = acting(parent, dependant_id=child["id"])
        for_child.sync()
        assert "BIRTH_CERT" in words(for_child.licences(), "kind")
        assert parent.expect(200, "GET", "/v1/account")["dependants"] == [child]
        assert parent.expect(200, "GET", DEPENDANTS)["items"] == [child]


def test_the_household_register_proves_it_where_no_birth_certificate_can(
    sandbox: Sandbox, father: Citizen
) -> None:
    sandbox.break_registry("health")

    assert add(father)["status"] == "active"


def test_with_no_register_to_ask_nothing_is_proved_and_nothing_refused(
    sandbox: Sandbox, father: Citizen
) -> None:
    for code in ("health", "public-security"):
        sandbox.break_registry(code)

    for _ in range(6):
        father.refused(503, "registry-unavailable", "POST", DEPENDANTS, json=SON)


def test_another_ones_child_and_a_wrong_name_are_refused_alike_and_counted(sandbox: Sandbox) -> None:
    stranger = at_level_3(sandbox, "wang-qiang")
    no_such_child = named("zhang-zimo", "son", id_number="100000201907010130")
    bodies = [SON, SON | {"name": "张子豪"}, no_such_child]

    problems = [stranger.refused(422, "kinship-not-proved", "POST", DEPENDANTS, json=one) for one in bodies]
    for _ in range(2):
        stranger.refused(422, "kinship-not-proved", "POST", DEPENDANTS, json=SON)

    assert len({repr(problem | {"request_id": None}) for problem in problems}) == 1
    stranger.refused(429, "real-name-locked", "POST", DEPENDANTS, json=SON)
    assert stranger.expect(200, "GET", DEPENDANTS)["items"] == []


def test_a_child_under_14_is_added_with_the_guardians_consent_on_record(
    sandbox: Sandbox, father: Citizen
) -> None:
    father.refused(422, "validation-failed", "POST", DEPENDANTS, json=SON | {"consent_version": "0"})

    add(father, SON | {"consent_version": "1"})

    with sandbox.parts.database.read() as session:
        kept = session.scalars(select(ConsentGivenRow).where(ConsentGivenRow.purpose == GUARDIAN)).one()
        tie = session.scalars(select(DependantRow)).one()
    text = current(GUARDIAN)
    assert (kept.version, kept.sha256) == (tie.consent_version, tie.consent_sha256) == ("1", text.sha256)
    texts = father.expect(200, "GET", "/v1/consent-texts")["items"]
    assert (GUARDIAN, text.sha256) in [(one["purpose"], one["sha256"]) for one in texts]


def test_an_under_14_binds_a_real_name_once_a_guardian_has_consented_and_not_after_it_was_taken_back(
    sandbox: Sandbox, father: Citizen
) -> None:
    child = sandbox.log_in("zhang-zimo")
    claim = {
        "name": "张子墨",
        "id_type": "resident_id",
        "id_number": SON["id_number"],
        "consent_version": "1",
    }
    child.refused(403, "guardian-consent-required", "POST", "/v1/real-name", json=claim)

    added = add(father)
    father.expect(200, "POST", f"{DEPENDANTS}/{added['id']}/revoke")
    child.refused(403, "guardian-consent-required", "POST", "/v1/real-name", json=claim)
    add(father)

    assert child.bind()["real_name"]["name_masked"] == "**墨"
    (seen,) = [one for one in child.expect(200, "GET", DEPENDANTS)["items"] if one["status"] == "active"]
    assert (seen["side"], seen["name_masked"]) == ("principal", "*伟")


def test_a_child_added_twice_even_at_once_has_one_tie(father: Citizen) -> None:
    first, second = at_once(lambda: add(father), lambda: add(father))

    assert first == second == add(father)
    assert len(father.expect(200, "GET", DEPENDANTS)["items"]) == 1


def test_on_the_16th_birthday_a_child_has_to_agree_as_any_adult(sandbox: Sandbox) -> None:
    birthday = midnight(2034, 6, 1)
    sandbox.set_clock(birthday - timedelta(minutes=5))
    early, late = at_level_3(sandbox, "zhang-wei"), at_level_3(sandbox, "li-na")

    proved = add(early)
    sandbox.set_clock(birthday)
    asked = add(late)

    assert (proved["kind"], proved["status"]) == ("child", "active")
    assert (asked["kind"], asked["status"]) == ("adult", "pending")
    assert acting(early, dependant_id=proved["id"]).licences() == []


def test_on_the_18th_birthday_in_china_the_tie_ends_by_itself(sandbox: Sandbox) -> None:
    sandbox.set_clock(midnight(2034, 5, 30))
    child = add(at_level_3(sandbox, "zhang-wei"))
    birthday = midnight(2036, 6, 1)
    sandbox.set_clock(birthday - timedelta(minutes=5))
    father = sandbox.log_in("zhang-wei")
    for_child = acting(father, dependant_id=child["id"])

    sandbox.set_clock(birthday - 2 * SECOND)
    for_child.sync()
    sandbox.set_clock(birthday)

    for_child.refused(401, "unauthenticated", "GET", "/v1/licences")
    father.refused(
        404, "dependant-not-found", "POST", "/v1/sessions/act-as", json={"dependant_id": child["id"]}
    )
    assert words(father.expect(200, "GET", DEPENDANTS)["items"], "status") == ["ended"]
    assert father.expect(200, "GET", "/v1/account")["dependants"] == []


def test_a_child_is_added_at_level_3_only(sandbox: Sandbox) -> None:
    at_level_2 = sandbox.log_in("zhang-wei")
    at_level_2.bind()

    problem = at_level_2.refused(403, "assurance-level-required", "POST", DEPENDANTS, json=SON)

    assert problem["required_level"] == 3


def test_a_number_that_cannot_be_right_is_named_and_not_counted(father: Citizen) -> None:
    for _ in range(6):
        problem = father.refused(
            422, "validation-failed", "POST", DEPENDANTS, json=SON | {"id_number": "100000201806010132"}
        )
    assert list(problem["errors"]) == ["id_number"]
    assert add(father)["status"] == "active"
