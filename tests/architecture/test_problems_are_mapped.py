"""One table turns every domain error into a problem (RFC 9457)."""

import re
from collections.abc import Iterator

import pytest

from api.problems import table
from api.problems.problem import Problem
from api.problems.table import HTTP_PROBLEMS, INTERNAL, PROBLEMS
from identity.errors import DomainError

KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


ERRORS = sorted(set(_below(DomainError)), key=lambda kind: kind.__qualname__)
ALL = [*PROBLEMS.values(), *HTTP_PROBLEMS.values(), INTERNAL]


@pytest.mark.parametrize("error", ERRORS, ids=lambda kind: str(kind.__name__))
def test_every_domain_error_has_a_row_of_its_own(error: type[DomainError]) -> None:
    assert error in PROBLEMS


def test_an_error_nobody_thought_of_is_a_500_without_a_word_of_it() -> None:
    problem = table.problem_of(DomainError)

    assert problem == INTERNAL
    assert problem.status == 500


@pytest.mark.parametrize("problem", ALL, ids=lambda problem: str(problem.code))
def test_every_code_is_a_kebab_case_word_and_every_title_is_bilingual(problem: Problem) -> None:
    texts = [problem.title, *([problem.detail] if problem.detail else [])]

    assert KEBAB.fullmatch(problem.code)
    assert problem.type == f"urn:liangzheng:problem:{problem.code}"
    assert 400 <= problem.status < 600
    for text in texts:
        assert CHINESE.search(text.zh)
        assert text.en.isascii()


def test_one_code_has_one_status() -> None:
    statuses: dict[str, set[int]] = {}

    for problem in ALL:
        statuses.setdefault(problem.code, set()).add(problem.status)

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
