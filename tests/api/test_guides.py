"""Guides over HTTP: a question at a time, then the services and the licences."""

from typing import Any

import pytest

from tests.sandbox import JSON, Caller, Sandbox, words

NEWBORN = "/v1/guides/newborn/answers"


def walk(caller: Caller, code: str) -> JSON:
    """Answer each question with its first choice, as a front end does; return where that ends."""
    answers: dict[str, str] = {}
    while True:
        answer = caller.expect(200, "POST", f"/v1/guides/{code}/answers", json={"answers": answers})
        question = answer["question"]
        if question is None:
            return answer
        assert answer["advice"] is None
        assert question["code"] not in answers
        answers[question["code"]] = question["choices"][0]["code"]


def test_every_guide_of_the_list_leads_to_services_that_are_there(sandbox: Sandbox) -> None:
    items = sandbox.anybody.expect(200, "GET", "/v1/guides")["items"]

    for code in words(items, "code"):
        advice = walk(sandbox.anybody, code)["advice"]
        for service in advice["services"]:
            found = sandbox.anybody.expect(200, "GET", f"/v1/services/{service['code']}")
            assert found["requires"] == service["requires"]
    assert len(items) >= 8


def test_the_licences_are_those_of_the_services_each_once(sandbox: Sandbox) -> None:
    advice = walk(sandbox.anybody, "newborn")["advice"]

    kinds = words(advice["licences"], "kind")
    asked = {need["kind"] for service in advice["services"] for need in service["requires"]}
    assert set(kinds) == asked
    assert len(kinds) == len(asked)
    assert set(words(advice["licences"], "held")) == {None}


def test_with_a_wallet_the_advice_says_what_is_held(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")

    advice = walk(citizen, "newborn")["advice"]

    by_kind = {need["kind"]: need["held"] for need in advice["licences"]}
    assert by_kind["ID_CARD"] is True
    assert None not in by_kind.values()


@pytest.mark.parametrize("body", [None, {}, {"answers": {}}])
def test_without_answers_the_first_question_is_asked(sandbox: Sandbox, body: Any) -> None:
    answer = sandbox.anybody.expect(200, "POST", NEWBORN, json=body)

    assert answer["text"] == "我刚生了孩子"
    assert answer["question"]["code"] == "certificate"


def test_a_guide_speaks_the_callers_language(sandbox: Sandbox) -> None:
    english = {"Accept-Language": "en"}

    items = sandbox.anybody.expect(200, "GET", "/v1/guides", headers=english)["items"]
    answer = sandbox.anybody.expect(200, "POST", NEWBORN, json={}, headers=english)

    assert all(text.isascii() for text in words(items, "text"))
    assert answer["question"]["text"].isascii()
    assert all(text.isascii() for text in words(answer["question"]["choices"], "text"))


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"certificate": "perhaps"}, "answers.certificate"),
        ({"colour": "red"}, "answers.colour"),
        ({"certificate": 1}, "answers.certificate.value"),
        (["certificate"], "answers"),
        ({f"q{number}": "a" for number in range(21)}, "answers"),
    ],
)
def test_an_answer_that_the_guide_does_not_know_is_named(sandbox: Sandbox, answers: Any, field: str) -> None:
    problem = sandbox.anybody.refused(422, "validation-failed", "POST", NEWBORN, json={"answers": answers})

    assert list(problem["errors"]) == [field]


def test_another_guide_is_not_found(sandbox: Sandbox) -> None:
    sandbox.anybody.refused(404, "guide-not-found", "POST", "/v1/guides/nothing/answers", json={})


def test_a_bad_token_is_refused(sandbox: Sandbox) -> None:
    Caller(sandbox.app, "a.b.c").refused(401, "unauthenticated", "POST", NEWBORN, json={})
