"""The hot list through the API: true reasons, own use, everybody's use, and nobody's that is few people's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hotservices.catalogue import shipped
from hotservices.hot_list import RENEWALS
from hotservices.seasons import ENROLMENT
from hotservices.usage.models import UsageLogRow
from hotservices.usage.uses import open_use
from identity.sandbox import personas
from tests.api.test_service_events import CODES, FUND, PASSPORT, SCHOOL, first, tell, used
from tests.family import acting, named
from tests.organisations import at_level_3, register
from tests.sandbox import JSON, Caller, Sandbox, words

OTHER = "SVC0150"


def everybody(sandbox: Sandbox, count: int, *codes: str) -> None:
    """So many accounts use these services, one after the other, half an hour and more apart."""
    for login in CODES[:count]:
        citizen = sandbox.log_in(login)
        for n, code in enumerate(codes):
            at = sandbox.now() - timedelta(hours=len(codes) - n)
            tell(citizen, used(code, at=at.isoformat()))
    sandbox.parts.ranking.catch_up()


def whole(caller: Caller) -> list[JSON]:
    return first(caller, 100)


def place(items: list[JSON], code: str) -> int:
    codes = words(items, "code")
    return codes.index(code) if code in codes else len(codes)


def test_a_fresh_sandbox_shows_what_is_in_season_and_the_portals_own_list(sandbox: Sandbox) -> None:
    listed = {code for code, service in shipped().services.items() if service.listed}

    season, *items = first(sandbox.anybody, 1 + len(listed))

    assert season["reason"] == {"code": "season", "text": "城乡居民医保集中缴费期（9月至12月）"}
    assert set(words(items, "code")) == listed
    assert {item["reason"]["code"] for item in items} == {"portal-list"}


def test_a_licence_that_ends_stays_above_what_is_used_most(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    before = [item for item in whole(citizen) if item["reason"]["code"].startswith("licence-exp")]
    assert before

    tell(citizen, used(SCHOOL))
    after = whole(citizen)

    assert after[: len(before)] == before
    assert after[len(before)]["code"] == SCHOOL


def test_own_use_is_called_frequent_only_when_it_is(sandbox: Sandbox) -> None:
    texts = []
    for _ in range(4):
        citizen = sandbox.log_in("li-na")
        tell(citizen, used(SCHOOL))
        item = first(citizen)[0]
        texts.append((item["code"], item["reason"]["code"], item["reason"]["text"]))
        sandbox.pass_time(timedelta(days=1))

    assert texts[0] == (SCHOOL, "own-use", "您用过的事项")
    assert texts[3][0] == SCHOOL
    assert texts[3][2] in {"您常用的事项", "您隔一段时间会再用的事项"}


@pytest.mark.parametrize(("people", "is_shown"), [(9, False), (10, True)])
def test_what_fewer_than_ten_people_used_changes_nobody_elses_list(
    sandbox: Sandbox, people: int, is_shown: bool
) -> None:
    before = whole(sandbox.anybody)

    everybody(sandbox, people, OTHER)

    assert (first(sandbox.anybody)[0]["code"] == OTHER) is is_shown
    assert (whole(sandbox.anybody) != before) is is_shown


def test_one_person_alone_does_not_move_the_public_list(sandbox: Sandbox) -> None:
    everybody(sandbox, 12, FUND)
    before = whole(sandbox.anybody)

    for _ in range(4):
        robot = sandbox.log_in("li-na")
        tell(robot, *[used(PASSPORT, id=None)] * 50)
        sandbox.pass_time(timedelta(minutes=40))
    sandbox.parts.ranking.catch_up()

    assert words(whole(sandbox.anybody), "code") == words(before, "code")


def test_a_service_that_users_of_mine_also_use_says_which(sandbox: Sandbox) -> None:
    everybody(sandbox, 12, SCHOOL, OTHER)
    everybody(sandbox, 34, FUND)
    citizen = sandbox.log_in("li-na")
    tell(citizen, used(SCHOOL))

    items = whole(citizen)
    co_used = [item["reason"]["text"] for item in items if item["reason"]["code"] == "co-use"]

    assert place(items, OTHER) < 5
    assert all(text == f"用过“{shipped().services[SCHOOL].name}”的人也常用" for text in co_used)


def test_a_list_has_no_service_twice_and_a_shorter_one_is_its_beginning(sandbox: Sandbox) -> None:
    everybody(sandbox, 12, SCHOOL, OTHER, FUND)
    citizen = sandbox.citizen("zhang-wei")
    tell(citizen, used(PASSPORT))

    codes = words(whole(citizen), "code")

    assert len(codes) == len(set(codes)) == 100
    assert words(first(citizen, 4), "code") == codes[:4]


def test_with_personal_ranking_off_nothing_of_the_person_is_read_or_observed(
    sandbox: Sandbox,
) -> None:
    citizen = sandbox.citizen("zhang-wei")
    tell(citizen, used(SCHOOL))
    citizen.expect(200, "POST", "/v1/account/personalisation", json={"on": False})

    answer = tell(citizen, used(OTHER))
    citizen.expect(200, "GET", f"/v1/services/{OTHER}")
    own = citizen.expect(200, "GET", "/v1/hot-services?limit=50")
    anybody = sandbox.anybody.expect(200, "GET", "/v1/hot-services?limit=50")
    citizen.expect(200, "POST", "/v1/account/personalisation", json={"on": True})
    again = {item["code"]: item["reason"]["code"] for item in whole(citizen)}

    assert answer == {"accepted": 1, "rejected": []}
    assert own["items"] == anybody["items"]
    assert own["personalised"] is False
    assert SCHOOL in list(again)[:5]
    assert again[SCHOOL] == "own-use"
    assert again.get(OTHER) != "own-use"


def test_what_only_enterprises_ask_for_is_on_a_persons_list_once_they_used_it(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    code = min(shipped().for_enterprises)
    before = words(whole(citizen), "code")

    tell(citizen, used(code))

    assert code not in before[:20]
    assert [item["reason"]["code"] for item in first(citizen, 20) if item["code"] == code] == ["own-use"]


def test_reasons_are_said_in_the_callers_language(sandbox: Sandbox) -> None:
    citizen = sandbox.log_in("li-na")
    tell(citizen, used(SCHOOL))

    english = citizen.get("/v1/hot-services?limit=1", headers={"Accept-Language": "en"}).get_json()

    assert english["items"][0]["reason"]["text"] == "You have used it before"


def test_enrolment_is_for_whose_child_reaches_school_age_unless_ranking_is_impersonal(
    sandbox: Sandbox,
) -> None:
    sandbox.set_clock(datetime(2025, 4, 10, 2, tzinfo=UTC))
    parent, neighbour = sandbox.citizen("zhang-wei"), sandbox.citizen("wang-qiang")
    parent.prove()
    # Born on 1 June 2018: school began in 2024, and a year later it is no news any more.
    parent.expect(201, "POST", "/v1/dependants", json=named("zhang-zimo", "son"))
    late = [item for item in whole(parent) if item["reason"]["code"] == "school-age"]
    sandbox.set_clock(datetime(2024, 4, 10, 2, tzinfo=UTC))
    parent, neighbour = sandbox.log_in("zhang-wei"), sandbox.log_in("wang-qiang")

    items = [item for item in whole(parent) if item["reason"]["code"] == "school-age"]
    others = [item for item in whole(neighbour) if item["reason"]["code"] == "school-age"]
    parent.expect(200, "POST", "/v1/account/personalisation", json={"on": False})
    impersonal = [item for item in whole(parent) if item["reason"]["code"] == "school-age"]

    assert words(items, "code") == [ENROLMENT]
    assert items[0]["reason"]["text"] == "您的孩子今年8月31日前满六周岁，秋季可以入学"
    assert late == others == impersonal == []


def test_who_acts_for_an_enterprise_is_shown_what_enterprises_can_ask_for(sandbox: Sandbox) -> None:
    boss = at_level_3(sandbox, "wang-qiang")
    enterprise = acting(boss, organisation_id=register(boss)["id"])
    enterprise.expect(200, "POST", "/v1/wallet/sync")

    shown = set(words(whole(enterprise), "code"))
    found, own = (
        words(caller.expect(200, "GET", "/v1/services?q=登记&limit=100")["items"], "code")
        for caller in (enterprise, boss)
    )

    assert not shown & shipped().for_persons
    assert shown & shipped().for_enterprises
    assert sorted(found) == sorted(own)
    assert found != own


def test_others_learn_from_a_use_for_whom_and_where_it_was_and_not_whose(sandbox: Sandbox) -> None:
    boss = at_level_3(sandbox, "wang-qiang")
    organisation = register(boss)
    enterprise = acting(boss, organisation_id=organisation["id"])

    tell(boss, used(PASSPORT))
    tell(enterprise, used(FUND))

    with sandbox.parts.database.read() as session:
        rows = session.scalars(select(UsageLogRow.use_sealed).order_by(UsageLogRow.id)).all()
    own, for_company = (dict(open_use(sandbox.parts.cipher, row)[0].attributes) for row in rows)
    number = next(person["id_number"] for person in personas.source() if person["key"] == "wang-qiang")
    assert {own["audience"], own["area"]} == {"personal", f"in{number[:4]}"}
    assert {for_company["audience"], for_company["area"]} == {"enterprise", f"in{organisation['uscc'][2:6]}"}
    assert "age" in own
    assert "age" not in for_company


@pytest.mark.parametrize("audience", ["personal", "enterprise"])
def test_an_audience_works_without_a_login_and_whatever_everybody_uses(
    sandbox: Sandbox, audience: str
) -> None:
    everybody(sandbox, 12, min(shipped().for_enterprises), min(shipped().for_persons))

    items = sandbox.anybody.expect(200, "GET", f"/v1/hot-services?limit=100&audience={audience}")["items"]

    services = [shipped().get(item["code"]) for item in items]
    assert {service.audience for service in services} <= {audience, "both"}
    assert items[0]["reason"]["code"] in {"popular", "popular-now"}


def test_an_audience_that_there_is_not_is_refused_by_name(sandbox: Sandbox) -> None:
    problem = sandbox.anybody.refused(422, "validation-failed", "GET", "/v1/hot-services?audience=everybody")

    assert list(problem["errors"]) == ["audience"]


def test_a_revoked_licence_is_not_said_to_have_expired_when_its_time_is_over(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhao-min")
    (licence,) = citizen.expect(200, "GET", "/v1/licences?kind=DRIVING_LICENCE")["items"]
    revoked = f"/v1/sandbox/licences/{licence['identifier']}/status"
    sandbox.anybody.expect(200, "POST", revoked, json={"status": "revoked"})
    sandbox.set_clock(datetime(date.fromisoformat(licence["valid_to"]).year + 1, 1, 1, tzinfo=UTC))

    items = [
        item for item in whole(sandbox.log_in("zhao-min")) if item["code"] == RENEWALS["DRIVING_LICENCE"]
    ]

    assert "licence-expired" not in [item["reason"]["code"] for item in items]
