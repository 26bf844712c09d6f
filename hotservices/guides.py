"""Guided choice: from what happened in somebody's life, in a few questions, to the services they need.

A guide's questions are asked in order. One with conditions is asked only when all of them hold. Every answer
may add services; which licences those ask for, the catalogue knows.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from hotservices import catalogue
from hotservices.catalogue import Service
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
def guides() -> MappingProxyType[str, Guide]:
    """Return every guide by its code."""
    source = resources.files("hotservices") / "data" / "guides.json"
    return MappingProxyType({entry["code"]: _guide(entry) for entry in json.loads(source.read_bytes())})


def get(code: str) -> Guide:
    """Return a guide. Raises GuideNotFound."""
    guide = guides().get(code)
    if guide is None:
        raise GuideNotFound
    return guide


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


def _guide(entry: dict[str, Any]) -> Guide:
    return Guide(
        code=entry["code"],
        text=Wording(**entry["text"]),
        services=_services(entry),
        questions=tuple(_question(raw) for raw in entry["questions"]),
    )


def _question(raw: dict[str, Any]) -> Question:
    return Question(
        code=raw["code"],
        text=Wording(**raw["text"]),
        choices=tuple(
            Choice(choice["code"], Wording(**choice["text"]), _services(choice)) for choice in raw["choices"]
        ),
        when=MappingProxyType({code: frozenset(choices) for code, choices in raw.get("when", {}).items()}),
    )


def _services(raw: dict[str, Any]) -> tuple[Service, ...]:
    return tuple(catalogue.get(code) for code in raw["services"])
