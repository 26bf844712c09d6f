"""The wallet: what the registries know of a person, and what a licence is worth now."""

import time
from datetime import UTC, datetime

import pytest

from tests.sandbox import JSON, Sandbox, words

# The last day of zhao-min's driving licence is 2027-01-15; it ends at 24:00 in China.
LAST_SECONDS = datetime(2027, 1, 15, 15, 59, tzinfo=UTC)
FIRST_SECOND_AFTER = datetime(2027, 1, 15, 16, 0, tzinfo=UTC)


def by_code(synced: JSON) -> dict[str, JSON]:
    return {registry["code"]: registry for registry in synced["registries"]}


def bound(sandbox: Sandbox, code: str) -> None:
    sandbox.log_in(code).bind()


def test_a_sync_asks_sixteen_registries_and_answers_with_the_wallet(sandbox: Sandbox) -> None:
    bound(sandbox, "zhang-wei")
    citizen = sandbox.log_in("zhang-wei")

    synced = citizen.sync()

    assert len(synced["registries"]) == 16
    assert set(words(synced["registries"], "status")) == {"ok"}
    assert sum(words(synced["registries"], "found")) == len(synced["licences"]) == 11
    assert synced["licences"] == citizen.licences()


def test_a_wallet_is_empty_before_the_first_sync(sandbox: Sandbox) -> None:
    bound(sandbox, "zhang-wei")

    assert sandbox.log_in("zhang-wei").licences() == []


def test_who_holds_nothing_has_an_empty_wallet(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zheng-hao")

    assert citizen.licences() == []


def test_syncing_again_changes_nothing(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licences()

    citizen.sync()

    assert words(citizen.licences(), "id") == words(before, "id")


def test_one_registry_down_and_one_slow_hold_up_none_of_the_others(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    sandbox.break_registry("exit-entry", "down")
    sandbox.break_registry("civil-affairs", "slow")
    started = time.monotonic()

    synced = citizen.sync()

    seconds = time.monotonic() - started
    registries = by_code(synced)
    assert seconds < 4
    assert (registries["exit-entry"]["status"], registries["exit-entry"]["found"]) == ("unavailable", 0)
    assert (registries["civil-affairs"]["status"], registries["civil-affairs"]["found"]) == ("timeout", 0)
    others = [one for code, one in registries.items() if code not in {"exit-entry", "civil-affairs"}]
    assert set(words(others, "status")) == {"ok"}
    kinds = words(synced["licences"], "kind")
    assert "DRIVING_LICENCE" in kinds
    assert not {"PASSPORT", "HK_MACAO_PERMIT", "MARRIAGE_CERT"} & set(kinds)


def test_what_is_known_stays_while_its_registry_is_down(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = citizen.licence("PASSPORT")
    sandbox.break_registry("exit-entry")

    citizen.sync()

    assert citizen.licence("PASSPORT") == before


def test_a_registry_that_recovers_is_asked_again(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    sandbox.break_registry("traffic-police")
    citizen.sync()
    sandbox.break_registry("traffic-police", "ok")

    citizen.sync()

    assert citizen.licence("DRIVING_LICENCE")["status"] == "valid"


@pytest.mark.parametrize("kind", ["MARRIAGE_CERT", "REAL_ESTATE_CERT"])
def test_a_licence_with_two_holders_is_one_licence_in_both_wallets(sandbox: Sandbox, kind: str) -> None:
    husband, wife = sandbox.citizen("zhang-wei"), sandbox.citizen("li-na")

    his, hers = husband.licence(kind), wife.licence(kind)

    assert his["id"] == hers["id"]
    assert his["identifier"] == hers["identifier"]
    assert (his["holder_name_masked"], hers["holder_name_masked"]) == ("*伟", "*娜")


@pytest.mark.parametrize("code", ["wang-qiang", "huang-li", "zhao-min"])
def test_an_enterprises_licences_are_in_no_persons_wallet(sandbox: Sandbox, code: str) -> None:
    kinds = sandbox.anybody.expect(200, "GET", "/v1/licence-kinds")["items"]
    enterprise = {kind["code"] for kind in kinds if kind["holder_type"] == "enterprise"}

    held = words(sandbox.citizen(code).licences(), "kind")

    assert held
    assert not enterprise & set(held)


@pytest.mark.parametrize(
    ("code", "status", "chinese", "english"),
    [
        ("liu-yang", "expired", "机动车驾驶证已过有效期", "机动车驾驶证: expired"),
        ("sun-lei", "revoked", "机动车驾驶证已被吊销", "机动车驾驶证: revoked"),
        ("wu-fang", "suspended", "机动车驾驶证已被暂扣", "机动车驾驶证: suspended"),
    ],
)
def test_a_licence_that_is_not_valid_is_listed_with_its_state_and_can_not_be_shown(
    sandbox: Sandbox,
    code: str,
    status: str,
    chinese: str,
    english: str,
) -> None:
    citizen = sandbox.citizen(code)
    licence = citizen.licence("DRIVING_LICENCE")
    route = f"/v1/licences/{licence['id']}/show-tokens"

    problem = citizen.refused(409, "licence-not-showable", "POST", route)
    in_english = citizen.refused(
        409, "licence-not-showable", "POST", route, headers={"Accept-Language": "en"}
    )

    assert (licence["status"], licence["showable"]) == (status, False)
    assert licence["not_showable_reason"] == f"licence_{status}"
    assert (problem["detail"], in_english["detail"]) == (chinese, english)
    assert problem["licence_status"] == status


@pytest.mark.parametrize("status", ["revoked", "suspended", "cancelled", "superseded", "transferred"])
def test_a_departments_decision_reaches_the_wallet_at_once(sandbox: Sandbox, status: str) -> None:
    citizen = sandbox.citizen("zhang-wei")
    licence = citizen.licence("DRIVING_LICENCE")

    sandbox.decide(licence["identifier"], status)

    assert citizen.licence("DRIVING_LICENCE")["status"] == status
    route = f"/v1/licences/{licence['id']}/show-tokens"
    problem = citizen.refused(409, "licence-not-showable", "POST", route)
    assert problem["licence_status"] == status


def test_the_last_day_of_a_licence_counts_to_its_end_in_china(sandbox: Sandbox) -> None:
    bound(sandbox, "zhao-min")
    sandbox.set_clock(LAST_SECONDS)
    citizen = sandbox.log_in("zhao-min")
    citizen.sync()

    before = citizen.licence("DRIVING_LICENCE")["status"]
    shown = citizen.show("DRIVING_LICENCE")["mode"]
    sandbox.set_clock(FIRST_SECOND_AFTER)
    after = citizen.licence("DRIVING_LICENCE")["status"]

    assert (before, shown, after) == ("valid", "online", "expired")


def test_a_licence_does_not_count_before_its_first_day(sandbox: Sandbox) -> None:
    bound(sandbox, "zhang-wei")
    sandbox.set_clock(datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    citizen = sandbox.log_in("zhang-wei")
    citizen.sync()

    before = citizen.licence("HOUSING_FUND")["status"]
    sandbox.set_clock(datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    after = citizen.licence("HOUSING_FUND")["status"]

    assert (before, after) == ("not_yet_valid", "valid")


def test_a_licence_without_an_end_is_valid_for_decades(sandbox: Sandbox) -> None:
    bound(sandbox, "chen-guihua")
    sandbox.set_clock(datetime(2080, 1, 1, tzinfo=UTC))
    citizen = sandbox.log_in("chen-guihua")
    citizen.sync()

    card = citizen.licence("ID_CARD")

    assert (card["valid_to"], card["status"]) == (None, "valid")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/wallet/sync"), ("GET", "/v1/licences"), ("GET", "/v1/access-records")],
)
def test_a_wallet_needs_level_2(sandbox: Sandbox, method: str, path: str) -> None:
    newcomer = sandbox.log_in("zhang-wei")

    problem = newcomer.refused(403, "assurance-level-required", method, path)

    assert problem["required_level"] == 2
