"""Favourites, hidden services, personal ranking on or off: each person's own, and kept."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from identity.prepared import Prepared
from identity.prepared import _Plan as Plan
from tests.sandbox import JSON, Citizen, Sandbox, at_once, words

FAVOURITE, HIDE = "/v1/services/SVC0105/favourite", "/v1/services/SVC0105/hide"
PERSONALISATION = "/v1/account/personalisation"
SWITCHES = [FAVOURITE, HIDE, PERSONALISATION]
ON, OFF = {"on": True}, {"on": False}


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.log_in("zhang-wei")


def hot(citizen: Citizen, limit: int = 100) -> JSON:
    return citizen.expect(200, "GET", f"/v1/hot-services?limit={limit}")


def marks(citizen: Citizen, code: str = "SVC0105") -> tuple[bool | None, bool | None]:
    """Return what a service says of itself: favourite, hidden."""
    service = citizen.expect(200, "GET", f"/v1/services/{code}")
    return service["favourite"], service["hidden"]


def test_a_favourite_comes_first_and_says_so(citizen: Citizen) -> None:
    answer = citizen.expect(200, "POST", FAVOURITE, json=ON)

    first = hot(citizen)["items"][0]
    assert answer == {"code": "SVC0105", "favourite": True, "hidden": False}
    assert (first["code"], first["reason"]) == ("SVC0105", {"code": "favourite", "text": "您收藏的事项"})
    assert marks(citizen) == (True, False)


def test_the_newest_favourite_leads_and_choosing_again_moves_nothing(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    for code in ("SVC0105", "SVC0279", "SVC0105"):
        citizen.expect(200, "POST", f"/v1/services/{code}/favourite", json=ON)
        sandbox.pass_time(timedelta(minutes=1))

    assert words(hot(citizen)["items"][:2], "code") == ["SVC0279", "SVC0105"]


def test_what_is_no_favourite_any_more_is_back_in_its_place(citizen: Citizen) -> None:
    before = hot(citizen)["items"]

    citizen.expect(200, "POST", FAVOURITE, json=ON)
    citizen.expect(200, "POST", FAVOURITE, json=OFF)

    assert hot(citizen)["items"] == before
    assert marks(citizen) == (False, False)


def test_a_hidden_service_leaves_the_list_until_it_is_shown_again(citizen: Citizen) -> None:
    popular = hot(citizen)["items"][0]["code"]

    citizen.expect(200, "POST", f"/v1/services/{popular}/hide", json=ON)
    hidden = words(hot(citizen)["items"], "code")
    citizen.expect(200, "POST", f"/v1/services/{popular}/hide", json=OFF)

    assert popular not in hidden
    assert words(hot(citizen)["items"], "code")[0] == popular


@pytest.mark.parametrize(
    ("choices", "left"),
    [
        ([(FAVOURITE, ON), (HIDE, ON)], (False, True)),
        ([(HIDE, ON), (FAVOURITE, ON)], (True, False)),
        ([(FAVOURITE, ON), (HIDE, OFF)], (True, False)),
        ([(HIDE, ON), (FAVOURITE, OFF)], (False, True)),
        ([(HIDE, OFF), (FAVOURITE, OFF)], (False, False)),
        ([(HIDE, ON), (HIDE, ON), (HIDE, OFF)], (False, False)),
    ],
)
def test_the_later_choice_takes_the_place_of_the_earlier(
    citizen: Citizen, choices: list[tuple[str, JSON]], left: tuple[bool, bool]
) -> None:
    for path, body in choices:
        citizen.expect(200, "POST", path, json=body)

    assert marks(citizen) == left


def test_choices_made_at_the_same_moment_leave_one_of_them(citizen: Citizen) -> None:
    answers = at_once(
        *(lambda path=path: citizen.post(path, json=ON) for path in [FAVOURITE, HIDE] * 3),
    )

    assert {answer.status_code for answer in answers} == {200}
    assert marks(citizen) in {(True, False), (False, True)}


def test_choices_are_each_persons_own(sandbox: Sandbox, citizen: Citizen) -> None:
    citizen.expect(200, "POST", FAVOURITE, json=ON)

    other = sandbox.log_in("li-na")

    assert hot(other)["personalised"] is False
    assert marks(other) == (False, False)


def test_before_login_nothing_is_said_of_favourites(sandbox: Sandbox) -> None:
    service = sandbox.anybody.expect(200, "GET", "/v1/services/SVC0105")

    assert (service["favourite"], service["hidden"]) == (None, None)


def test_with_personal_ranking_off_the_list_is_everybodys(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.expect(200, "POST", FAVOURITE, json=ON)
    assert hot(citizen)["personalised"] is True

    answer = citizen.expect(200, "POST", PERSONALISATION, json=OFF)

    own, everybodys = hot(citizen), sandbox.anybody.expect(200, "GET", "/v1/hot-services?limit=100")
    assert answer == {"on": False}
    assert (own["items"], own["personalised"]) == (everybodys["items"], False)
    assert marks(citizen) == (True, False)


def test_with_personal_ranking_off_nothing_of_the_person_is_read(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, use = sandbox.citizen("zhang-wei"), {"service_code": "SVC0101", "action": "apply"}
    citizen.expect(202, "POST", "/v1/service-events", json={"events": [use]})
    citizen.expect(200, "POST", PERSONALISATION, json=OFF)
    read: list[str] = []
    rows: dict[str, list[Any]] = {}

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        read.append(statement)

    def note_prepared(plan: Plan, raw: Any) -> Any:
        rows.setdefault(plan.sql, []).append(raw)
        return take(plan, raw)

    def note_run(prepared: Prepared, session: Any, values: dict[str, Any]) -> Any:
        plan, cursor = run(prepared, session, values)
        rows.setdefault(plan.sql, [])
        return plan, cursor

    event.listen(sandbox.parts.database.engine, "before_cursor_execute", note)
    # Prepared statements go to the driver itself, past the engine's events.
    run, take = Prepared.execute, Plan.read
    monkeypatch.setattr(Prepared, "execute", note_run)
    monkeypatch.setattr(Plan, "read", note_prepared)
    hot(citizen)
    citizen.expect(200, "GET", "/v1/services?q=gjj")
    for told in ([use], [use, use]):
        citizen.expect(202, "POST", "/v1/service-events", json={"events": told})

    assert [statement for statement in rows if "impersonal_rankings" in statement]
    personal = ("holdings", "service_preferences", "persons.", "usage_states")
    assert [s for s in read if any(name in s for name in personal)] == []
    # A statement that asks whether ranking is personal may name more, and is given nothing of it.
    given = [s for s, raws in rows.items() if any(any(raw) for raw in raws)]
    assert [s for s in given if any(name in s for name in personal)] == []


def test_personal_ranking_is_on_until_it_is_turned_off_and_can_be_turned_on_again(citizen: Citizen) -> None:
    states = [citizen.expect(200, "GET", PERSONALISATION)["on"]]
    for body in (OFF, OFF, ON, ON):
        citizen.expect(200, "POST", PERSONALISATION, json=body)
        states.append(citizen.expect(200, "GET", PERSONALISATION)["on"])

    assert states == [True, False, False, True, True]


def test_a_licence_ten_days_from_its_end_leads_the_list(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhao-min")
    driving = citizen.licence("DRIVING_LICENCE")
    before = hot(citizen)["items"][0]

    sandbox.pass_time(timedelta(days=44))

    assert driving["valid_to"] == "2027-01-15"
    assert before["reason"] == {"code": "licence-expiring", "text": "您的机动车驾驶证将于54天内到期"}
    again = sandbox.log_in("zhao-min")
    first = hot(again)["items"][0]
    assert first["reason"] == {
        "code": "licence-expiring-soon",
        "text": "您的机动车驾驶证将于10天内到期，请尽快办理",
    }


def test_a_vehicles_inspection_is_on_its_owners_list(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("wang-qiang")

    first = hot(citizen)["items"][0]

    assert first["code"] == "SVC0027"
    assert first["reason"]["code"] == "inspection-due"


@pytest.mark.parametrize("path", SWITCHES)
def test_only_who_is_logged_in_can_choose(sandbox: Sandbox, path: str) -> None:
    sandbox.anybody.refused(401, "unauthenticated", "POST", path, json=ON)
    sandbox.staff().refused(403, "forbidden", "POST", path, json=ON)


@pytest.mark.parametrize("path", SWITCHES)
@pytest.mark.parametrize("body", [{}, {"on": "yes"}, {"on": 1}, {"on": None}, {"on": True, "off": False}])
def test_on_is_true_or_false_and_nothing_else(citizen: Citizen, path: str, body: JSON) -> None:
    citizen.refused(422, "validation-failed", "POST", path, json=body)


@pytest.mark.parametrize("action", ["favourite", "hide"])
def test_a_service_that_does_not_exist_can_not_be_chosen(citizen: Citizen, action: str) -> None:
    citizen.refused(404, "service-not-found", "POST", f"/v1/services/SVC9999/{action}", json=ON)
