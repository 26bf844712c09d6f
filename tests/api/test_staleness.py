"""Old data: refreshed before it is shown, shown as stale when that fails, and not at all after a week."""

from datetime import timedelta

import pytest

from tests.sandbox import JSON, Citizen, Sandbox

KIND = "DRIVING_LICENCE"


def later(sandbox: Sandbox, span: timedelta) -> Citizen:
    """Fill a wallet, let time pass, and log in again."""
    sandbox.citizen("zhang-wei")
    sandbox.pass_time(span)
    return sandbox.log_in("zhang-wei")


def scan(sandbox: Sandbox, shown: JSON) -> JSON:
    return sandbox.staff().scan(shown["qr_text"])


def test_data_of_today_is_shown_without_asking_the_registry(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(hours=20))
    sandbox.break_registry("traffic-police")

    shown = citizen.show(KIND)

    assert shown["freshness"] == "fresh"
    assert scan(sandbox, shown)["signal"] == "green"


def test_old_data_is_listed_as_stale_with_its_age(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(days=2))

    licence = citizen.licence(KIND)

    assert licence["freshness"] == "stale"
    assert licence["as_of"] < sandbox.now().isoformat()
    assert licence["status"] == "valid"


def test_showing_old_data_refreshes_it_first(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(days=2))

    shown = citizen.show(KIND)

    assert shown["freshness"] == "fresh"
    assert citizen.licence(KIND)["freshness"] == "fresh"
    assert scan(sandbox, shown)["signal"] == "green"


def test_what_the_refresh_brings_decides_whether_it_can_be_shown(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(days=2))
    licence = citizen.licence(KIND)
    sandbox.decide(licence["identifier"], "revoked")

    problem = citizen.refused(
        409, "licence-not-showable", "POST", f"/v1/licences/{licence['id']}/show-tokens"
    )

    assert problem["licence_status"] == "revoked"


def test_old_data_of_a_registry_that_is_down_is_shown_as_stale(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(days=2))
    as_of = citizen.licence(KIND)["as_of"]
    sandbox.break_registry("traffic-police")

    shown = citizen.show(KIND)
    seen = scan(sandbox, shown)

    assert shown["freshness"] == "stale"
    assert (seen["outcome"], seen["signal"], seen["freshness"]) == ("accepted", "amber", "stale")
    assert seen["as_of"] == as_of


def test_after_a_week_of_silence_nothing_is_shown(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(days=8))
    licence = citizen.licence(KIND)
    sandbox.break_registry("traffic-police")

    citizen.refused(503, "registry-unavailable", "POST", f"/v1/licences/{licence['id']}/show-tokens")

    assert citizen.licence(KIND)["status"] == "valid"


def test_a_registry_that_is_back_after_a_week_lets_it_be_shown(sandbox: Sandbox) -> None:
    citizen = later(sandbox, timedelta(days=8))

    assert citizen.show(KIND)["freshness"] == "fresh"


@pytest.mark.parametrize(("hours", "freshness"), [(0.5, "fresh"), (1.5, "stale")])
def test_each_kind_says_how_old_its_data_may_be(sandbox: Sandbox, hours: float, freshness: str) -> None:
    citizen = later(sandbox, timedelta(hours=hours))

    licence = citizen.licence("HOUSING_FUND")

    assert licence["freshness"] == freshness
