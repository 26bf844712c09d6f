"""openapi.yaml is the truth: generated, committed, bilingual, and every example in it holds."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import openapi
from tests import contract
from tests.paths import ROOT
from tests.sandbox import Sandbox

CHINESE = re.compile(r"[\u4e00-\u9fff]")
METHODS = {"get", "post"}
Json = dict[str, Any]


def operations() -> Iterator[tuple[str, Json]]:
    """Yield every operation by method and path."""
    for path, item in contract.contract()["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def contents() -> Iterator[tuple[str, str, Json]]:
    """Yield where each body or answer is declared, its media type and its declaration."""
    for name, operation in operations():
        for media_type, declared in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} body", media_type, declared
        for status, response in operation["responses"].items():
            for media_type, declared in response.get("content", {}).items():
                yield f"{name} {status}", media_type, declared


def examples_of(declared: Json) -> list[Any]:
    """Return the examples of a body or an answer."""
    several = [entry["value"] for entry in declared.get("examples", {}).values()]
    return [declared["example"], *several] if "example" in declared else several


def examples() -> Iterator[tuple[str, Json, Any]]:
    """Yield where each JSON example stands, its schema, and the example."""
    for place, media_type, declared in contents():
        if media_type.endswith("json"):
            for example in examples_of(declared):
                yield place, declared["schema"], example


def test_the_committed_contract_is_the_running_one(sandbox: Sandbox) -> None:
    committed = (ROOT / "openapi.yaml").read_text(encoding="utf-8")

    assert committed == openapi.as_yaml(sandbox.app), "run `make openapi` and commit the result"


def test_an_independent_validator_accepts_the_contract() -> None:
    document = contract.contract()

    OpenAPIV31SpecValidator(document).validate()

    assert document["openapi"].startswith("3.1")


def test_every_route_of_the_api_is_in_the_contract(sandbox: Sandbox) -> None:
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in sandbox.app.url_map.iter_rules()
        if rule.rule.startswith(("/v1/", "/.well-known/"))
    }

    assert rules <= set(contract.contract()["paths"])


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_operation_is_summed_up_in_chinese_and_in_english(name: str, operation: Json) -> None:
    zh, en = operation["x-summary-zh"], operation["x-summary-en"]

    assert CHINESE.search(zh), name
    assert en.isascii(), name
    assert operation["summary"] == f"{zh} · {en}"


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, operation in operations()]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_operation_says_who_may_call_it(name: str, operation: Json) -> None:
    assert "security" in operation, name


def test_every_json_body_and_answer_has_an_example() -> None:
    bare = [
        (place, media_type)
        for place, media_type, declared in contents()
        if media_type.endswith("json") and not examples_of(declared)
    ]

    assert bare == []


@pytest.mark.parametrize(("place", "schema", "example"), list(examples()))
def test_every_example_holds_against_its_schema(place: str, schema: Json, example: Any) -> None:
    assert contract.errors_of(schema, example) == [], place


def test_whole_id_numbers_stand_only_where_a_person_sends_or_sees_their_own() -> None:
    whole = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])")
    # A holder's own licence in their own wallet, a copy of their own data; fictitious people whom a developer
    # has to know.
    own = ("/v1/licences/{licence_id}", "/v1/account/export", "/v1/sandbox/")

    shown = [
        place
        for place, _, example in examples()
        if whole.search(repr(example))
        and not place.endswith(" body")
        and not place.partition(" ")[2].startswith(own)
    ]

    assert shown == []
