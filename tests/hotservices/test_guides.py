"""Guides: every way through every guide ends at services that exist, within a few questions."""

from collections.abc import Iterator

import pytest

from hotservices import guides
from hotservices.catalogue import shipped
from hotservices.errors import GuideNotFound
from hotservices.guides import Advises, Asks, Guide
from identity.errors import InvalidField
from wallet.kinds import all_kinds

ALL = list(guides.guides(shipped()).values())
MOST_QUESTIONS = 4
Answers = dict[str, str]

# A valid passport and a short trip: there is nothing to arrange, and saying so is the right answer.
NOTHING_NEEDED = [("abroad", {"where": "abroad", "passport": "valid", "purpose": "travel", "insured": "no"})]


def ways(guide: Guide, answers: Answers) -> Iterator[tuple[Answers, Advises]]:
    """Yield every way through a guide, and where it ends."""
    match guides.follow(guide, answers):
        case Asks(question):
            for choice in question.choices:
                yield from ways(guide, answers | {question.code: choice.code})
        case Advises() as advice:
            yield answers, advice


def test_there_are_at_least_eight_guides() -> None:
    assert len(ALL) >= 8


@pytest.mark.parametrize("guide", ALL, ids=lambda guide: str(guide.code))
def test_every_way_ends_within_a_few_questions_at_services_and_licences_that_exist(guide: Guide) -> None:
    ends = list(ways(guide, {}))

    for answers, advice in ends:
        assert 1 <= len(answers) <= MOST_QUESTIONS
        assert all(shipped().services[service.code] == service for service in advice.services)
        assert all(kind in all_kinds() for service in advice.services for kind in service.requires)
        assert len(set(advice.services)) == len(advice.services)
        assert advice.services or (guide.code, answers) in NOTHING_NEEDED


@pytest.mark.parametrize("guide", ALL, ids=lambda guide: str(guide.code))
def test_every_question_is_reached_and_every_choice_can_be_made(guide: Guide) -> None:
    made = {pair for answers, _ in ways(guide, {}) for pair in answers.items()}

    assert len(guide.questions) >= 2
    assert made == {
        (question.code, choice.code) for question in guide.questions for choice in question.choices
    }


@pytest.mark.parametrize("guide", ALL, ids=lambda guide: str(guide.code))
def test_every_word_is_there_in_chinese_and_in_english(guide: Guide) -> None:
    said = [guide.text]
    for question in guide.questions:
        said += [question.text, *(choice.text for choice in question.choices)]

    assert all(wording.en.isascii() and not wording.zh.isascii() for wording in said)


@pytest.mark.parametrize("guide", ALL, ids=lambda guide: str(guide.code))
def test_a_question_depends_on_choices_of_earlier_questions_alone(guide: Guide) -> None:
    earlier: dict[str, set[str]] = {}

    for question in guide.questions:
        assert all(choices <= earlier[code] for code, choices in question.when.items())
        earlier[question.code] = {choice.code for choice in question.choices}


def test_answers_that_no_longer_lead_anywhere_are_left_aside() -> None:
    guide = guides.get(shipped(), "open_shop")
    gone_back = {"kind": "other", "size": "small", "staff": "no", "money": "no"}

    advice = guides.follow(guide, gone_back)

    assert isinstance(advice, Advises)
    assert [service.code for service in advice.services] == ["SVC0205"]


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"certificate": "perhaps"}, "answers.certificate"), ({"colour": "red"}, "answers.colour")],
)
def test_an_answer_that_the_guide_does_not_know_is_named(answers: Answers, field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        guides.follow(guides.get(shipped(), "newborn"), answers)

    assert refusal.value.field == field


def test_a_guide_of_another_code_is_refused() -> None:
    with pytest.raises(GuideNotFound):
        guides.get(shipped(), "nothing")
