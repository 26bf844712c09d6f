"""Guided choice: from what happened in somebody's life, in a few questions, to the services they need.

A guide's questions are asked in order. One with conditions is asked only when all of them hold. Every answer
may add services; which licences those ask for, the catalogue knows. What it has dropped, no guide leads to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from hotservices.catalogue import Catalogue, Service
from hotservices.errors import GuideNotFound
from identity.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Wording:
    """What a guide says, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to a question, and the services that it calls for."""

    code: str
    text: Wording
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `when` names earlier questions and the choices of which one must have been made."""

    code: str
    text: Wording
    choices: tuple[Choice, ...]
    when: Mapping[str, frozenset[str]]

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Tell whether the question is asked of who gave these answers."""
        return all(answers.get(question) in choices for question, choices in self.when.items())

    def choice(self, code: str) -> Choice:
        """Return a choice. Raises InvalidField."""
        found = next((choice for choice in self.choices if choice.code == code), None)
        if found is None:
            raise _unknown(self.code, "没有这个选项", "There is no such choice.")
        return found


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide. `services` are needed whatever the answers."""

    code: str
    text: Wording
    services: tuple[Service, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Asks:
    """The next question."""

    question: Question


@dataclass(frozen=True, slots=True)
class Advises:
    """The services needed, in the order in which the guide names them."""

    services: tuple[Service, ...]


@cache
def _entries() -> dict[str, dict[str, Any]]:
    source = resources.files("hotservices") / "data" / "guides.json"
    return {entry["code"]: entry for entry in json.loads(source.read_bytes())}


def guides(catalogue: Catalogue) -> Mapping[str, Guide]:
    """Return every guide by its code."""
    return {code: _guide(entry, catalogue) for code, entry in _entries().items()}


def get(catalogue: Catalogue, code: str) -> Guide:
    """Return a guide. Raises GuideNotFound."""
    entry = _entries().get(code)
    if entry is None:
        raise GuideNotFound
    return _guide(entry, catalogue)


def follow(guide: Guide, answers: Mapping[str, str]) -> Asks | Advises:
    """Return the next question, or the advice when there is none. Raises InvalidField.

    Answers to questions that these answers do not lead to are left aside, so that going back and choosing
    otherwise needs no tidying.
    """
    unknown = set(answers) - {question.code for question in guide.questions}
    if unknown:
        raise _unknown(min(unknown), "没有这个问题", "There is no such question.")
    taken: dict[str, str] = {}
    services = dict.fromkeys(guide.services)
    for question in guide.questions:
        if not question.applies(taken):
            continue
        if question.code not in answers:
            return Asks(question)
        choice = question.choice(answers[question.code])
        taken[question.code] = choice.code
        services |= dict.fromkeys(choice.services)
    return Advises(tuple(services))


def _unknown(question: str, zh: str, en: str) -> InvalidField:
    return InvalidField(f"answers.{question}", zh, en)


def _guide(entry: dict[str, Any], catalogue: Catalogue) -> Guide:
    return Guide(
        code=entry["code"],
        text=Wording(**entry["text"]),
        services=catalogue.known(entry["services"]),
        questions=tuple(_question(raw, catalogue) for raw in entry["questions"]),
    )


def _question(raw: dict[str, Any], catalogue: Catalogue) -> Question:
    return Question(
        code=raw["code"],
        text=Wording(**raw["text"]),
        choices=tuple(
            Choice(choice["code"], Wording(**choice["text"]), catalogue.known(choice["services"]))
            for choice in raw["choices"]
        ),
        when=MappingProxyType({code: frozenset(choices) for code, choices in raw.get("when", {}).items()}),
    )
