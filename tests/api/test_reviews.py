"""Reviews: once for a case that somebody handled, public with the name masked, added up where ten have written."""

from typing import Any

import pytest

from hotservices.reviews.models import ReviewRow
from identity.ids import new_id
from tests.cases import SERVICE, finished, open_case, read, review, work, worker
from tests.sandbox import Citizen, Sandbox, at_once, words

BAD: list[Any] = [
    {},
    {"stars": 0},
    {"stars": 6},
    {"stars": "5"},
    {"stars": 4.5},
    {"stars": 2**62},
    {"stars": 5, "aspects": ["food"]},
    {"stars": 5, "aspects": "speed"},
    {"stars": 5, "comment": "长" * 501},
    {"stars": 5, "comment": "\u0000"},
    {"stars": 5, "name": "x"},
]
REVIEWS, STATISTICS = f"/v1/services/{SERVICE}/reviews", "/v1/review-statistics"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def written_by_strangers(sandbox: Sandbox, count: int, stars: int, **about: Any) -> None:
    """Let people who have been erased since have written reviews."""
    what = {"service_code": SERVICE, "service_name": "创业补贴申请", "department": "人力资源和社会保障局"}
    with sandbox.parts.database.write() as session:
        session.add_all(
            ReviewRow(id=new_id(), stars=stars, aspects="", at=sandbox.now(), **what | about)
            for _ in range(count)
        )


def test_a_finished_case_is_reviewed_once_and_everybody_reads_it_with_the_name_masked(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    case = finished(sandbox, citizen)
    assert (read(citizen, case)["reviewable"], read(citizen, case)["review"]) == (True, None)

    written = review(citizen, case, 4, aspects=["speed", "speed", "online"], comment="很快\n很方便")

    shown = read(citizen, case)
    assert (shown["reviewable"], shown["review"]["stars"]) == (False, 4)
    assert (written["label"], written["name_masked"], written["comment"]) == ("满意", "*伟", "很快 很方便")
    assert words(written["aspects"], "code") == ["speed", "online"]
    answer = sandbox.anybody.expect(200, "GET", REVIEWS)
    assert (answer["items"], answer["score"]) == ([written], None)
    path = f"/v1/cases/{case['id']}/review"
    citizen.refused(409, "review-exists", "POST", path, json={"stars": 1})
    assert sandbox.anybody.expect(200, "GET", "/v1/services/SVC0019/reviews")["items"] == []
    sandbox.anybody.refused(404, "service-not-found", "GET", "/v1/services/SVC9999/reviews")


def test_what_nobody_has_handled_and_what_is_not_finished_has_nothing_to_review(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    staff = worker(sandbox)
    going_on, withdrawn, left_midway = (open_case(citizen) for _ in range(3))
    work(staff, left_midway, "accept")
    for case in (withdrawn, left_midway):
        citizen.expect(200, "POST", f"/v1/cases/{case['id']}/withdraw")

    for case in (going_on, withdrawn):
        path = f"/v1/cases/{case['id']}/review"
        citizen.refused(409, "case-not-reviewable", "POST", path, json={"stars": 1})
        assert read(citizen, case)["reviewable"] is False
    assert review(citizen, left_midway, 2)["stars"] == 2


def test_another_persons_case_is_as_if_it_were_not(sandbox: Sandbox, citizen: Citizen) -> None:
    case = finished(sandbox, citizen)

    path = f"/v1/cases/{case['id']}/review"
    sandbox.citizen("li-na").refused(404, "case-not-found", "POST", path, json={"stars": 1})


def test_a_review_that_is_none_is_refused_by_the_field(citizen: Citizen) -> None:
    for body in BAD:
        citizen.refused(422, "validation-failed", "POST", f"/v1/cases/{new_id()}/review", json=body)


def test_of_many_reviews_of_one_case_at_once_one_is_kept(sandbox: Sandbox, citizen: Citizen) -> None:
    path = f"/v1/cases/{finished(sandbox, citizen)['id']}/review"

    answers = at_once(*[lambda n=n: citizen.post(path, {"stars": n}) for n in range(1, 6)])

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 4]
    assert len(sandbox.anybody.expect(200, "GET", REVIEWS)["items"]) == 1


def test_of_fewer_than_ten_people_no_score_is_told_and_of_ten_it_is(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    review(citizen, finished(sandbox, citizen), 1)
    review(citizen, finished(sandbox, citizen), 1)
    written_by_strangers(sandbox, 8, 5)
    written_by_strangers(sandbox, 3, 2, service_code="SVC0271", service_name="公证", department="司法局")

    few = sandbox.anybody.expect(200, "GET", REVIEWS)["score"]
    written_by_strangers(sandbox, 1, 5)
    score = sandbox.anybody.expect(200, "GET", REVIEWS)["score"]

    assert few is None
    assert score == {
        "count": 11,
        "average": 4.27,
        "satisfied_percent": 81.8,
        "negative": 2,
        "by_stars": [2, 0, 0, 0, 9],
    }
    told = sandbox.anybody.expect(200, "GET", STATISTICS)
    assert {one["department"]: one["score"] for one in told["items"]} == {
        "人力资源和社会保障局": score,
        "司法局": None,
    }
    assert told["total"]["count"] == 14
    by_service = sandbox.anybody.expect(200, "GET", f"{STATISTICS}?by=service&limit=1")
    rest = sandbox.anybody.expect(200, "GET", f"{STATISTICS}?by=service&cursor={by_service['next_cursor']}")
    assert [one["service"]["code"] for one in by_service["items"] + rest["items"]] == [SERVICE, "SVC0271"]
    only = sandbox.anybody.expect(200, "GET", f"{STATISTICS}?by=service&department=司法局")
    assert [one["department"] for one in only["items"]] == ["司法局"]


def test_who_closes_their_account_leaves_stars_and_nothing_of_themselves(
    sandbox: Sandbox, citizen: Citizen
) -> None:
    case = finished(sandbox, citizen)
    review(citizen, case, 3, comment="还可以")
    citizen.prove()

    citizen.expect(200, "POST", "/v1/account/close")

    (left,) = sandbox.anybody.expect(200, "GET", REVIEWS)["items"]
    assert (left["stars"], left["comment"], left["name_masked"]) == (3, None, None)
    worker(sandbox).refused(404, "case-not-found", "GET", f"/v1/staff/cases/{case['id']}")
