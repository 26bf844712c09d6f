"""How a system outside is asked: what is waited for, asked again, believed, and never written down."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from identity.errors import DomainError, LoginRefused, PlatformBusy, PlatformRateLimited
from identity.platforms.refusing import platform_error
from identity.platforms.wire import (
    MAX_ANSWER_BYTES,
    Answer,
    Line,
    Manners,
    Patience,
    Question,
    Trouble,
    text_in,
)
from tests.platforms.fake_server import (
    Asked,
    Fake,
    Mishap,
    Reply,
    cut,
    drips,
    hangs_up,
    late,
    lost,
    packed,
    playing,
    replies,
    said,
)
from tests.platforms.waiting import ANSWER_SECONDS, Pauses

PATH = "/question"
GOOD: dict[str, Any] = {"word": "yes", "padding": "x" * 100}
ONCE = Question("once", "POST", PATH, False, {"secret": "s3cret-in-the-url"}, json={"code": "one-time-code"})
OFTEN = replace(ONCE, name="often", idempotent=True)


class Oracle(Fake):
    """Says yes."""

    def answer(self, asked: Asked) -> Reply:
        return said(GOOD)


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    with playing(Oracle()) as fake:
        yield fake


@pytest.fixture
def line(oracle: Oracle, patience: Patience) -> Iterator[Line]:
    line = Line(oracle.address, Manners("oracle", platform_error, trouble_in=_busy), patience)
    yield line
    line.close()


def _busy(body: dict[str, Any]) -> Trouble | None:
    return Trouble.BUSY if body.get("word") == "busy" else None


def ask(line: Line, question: Question) -> str:
    return line.ask(question, lambda answer: text_in(answer.body, "word"))


def trouble_of(line: Line, question: Question, error: type[DomainError] = PlatformBusy) -> str:
    """Ask, and return the trouble that is written down."""
    with capture_logs() as logs, pytest.raises(error):
        ask(line, question)
    (written,) = logs
    assert (written["system"], written["call"]) == ("oracle", question.name)
    return str(written["trouble"])


def test_an_answer_is_read(line: Line, oracle: Oracle, pauses: Pauses) -> None:
    assert ask(line, ONCE) == "yes"
    assert [asked.json for asked in oracle.asked] == [{"code": "one-time-code"}]
    assert pauses.made == []


MISHAPS: list[tuple[str, Mishap]] = [
    ("late", late),
    ("late", drips),
    ("cut", cut),
    ("cut", hangs_up),
    ("cut", lost),
    ("failed", replies(Reply(b"{}", status=500))),
    ("failed", replies(Reply(b"{}", status=503))),
]


@pytest.mark.parametrize(("trouble", "mishap"), MISHAPS)
def test_what_may_have_been_done_is_asked_again_only_where_twice_is_once(
    line: Line,
    oracle: Oracle,
    pauses: Pauses,
    trouble: str,
    mishap: Mishap,
) -> None:
    oracle.next(PATH, mishap)
    once = trouble_of(line, ONCE)
    asked_once = len(oracle.asked)
    oracle.next(PATH, mishap)

    often = ask(line, OFTEN)

    assert (once, asked_once, often) == (trouble, 1, "yes")
    assert (len(oracle.asked), len(pauses.made)) == (3, 1)


@pytest.mark.parametrize("question", [ONCE, OFTEN])
def test_who_says_busy_is_asked_again(line: Line, oracle: Oracle, question: Question) -> None:
    busy = replies(said({"word": "busy"}))
    oracle.next(PATH, busy, busy)

    assert ask(line, question) == "yes"
    assert len(oracle.asked) == 3


def test_who_is_always_busy_is_asked_three_times_at_most_with_growing_pauses(
    line: Line,
    oracle: Oracle,
    pauses: Pauses,
) -> None:
    oracle.next(PATH, *[replies(said({"word": "busy"}))] * 9)

    assert trouble_of(line, ONCE) == "busy"
    assert len(oracle.asked) == 3
    assert pauses.made == [0.1, 0.4]


@pytest.mark.parametrize(("random", "expected"), [(0.0, [0.05, 0.2]), (1.0, [0.15, 0.6])])
def test_pauses_are_of_chance(oracle: Oracle, random: float, expected: list[float]) -> None:
    pauses = Pauses(random=random)
    line = Line(oracle.address, Manners("oracle", platform_error, trouble_in=_busy), pauses.patience())
    oracle.next(PATH, *[replies(said({"word": "busy"}))] * 9)

    with pytest.raises(PlatformBusy):
        ask(line, ONCE)
    line.close()

    assert pauses.made == pytest.approx(expected)


def test_nothing_is_asked_again_when_time_is_up(oracle: Oracle, pauses: Pauses) -> None:
    hasty = replace(pauses.patience(), total_seconds=0.05)
    line = Line(oracle.address, Manners("oracle", platform_error, trouble_in=_busy), hasty)
    oracle.next(PATH, *[replies(said({"word": "busy"}))] * 9)

    with pytest.raises(PlatformBusy):
        ask(line, ONCE)
    line.close()

    assert (len(oracle.asked), pauses.made) == (1, [])


def test_who_is_out_of_reach_was_told_nothing_and_is_tried_again(pauses: Pauses) -> None:
    with playing(Oracle()) as gone:
        address = gone.address
    line = Line(address, Manners("oracle", platform_error), pauses.patience())

    trouble = trouble_of(line, ONCE)
    line.close()

    assert trouble == "unreachable"
    assert len(pauses.made) == 2


WRONG: list[tuple[str, Mishap]] = [
    ("not-json", replies(Reply(b"<html>busy</html>"))),
    ("not-json", replies(Reply(b""))),
    ("not-json", replies(Reply(b"\xef\xbb\xbf{}"))),
    ("not-json", replies(Reply(b'{"word": "\xff"}'))),
    ("not-json", replies(Reply(b'{"word": NaN}'))),
    ("not-json", replies(Reply(b"[" * 5000))),
    ("wrong-shape", replies(said(["word"]))),
    ("wrong-shape", replies(said(None))),
    ("wrong-shape", replies(said({}))),
    ("wrong-shape", replies(said({"word": 1}))),
    ("wrong-shape", replies(said({"word": ""}))),
    ("wrong-shape", replies(said({"word": {"word": "yes"}}))),
    ("wrong-type", replies(said(GOOD, "text/html"))),
    ("wrong-type", replies(said(GOOD, ""))),
    ("wrong-type", replies(said(GOOD, "image/png"))),
    ("wrong-type", replies(said(GOOD, "application/json; charset=gbk"))),
    ("wrong-type", packed),
    ("too-large", replies(Reply(b" " * (MAX_ANSWER_BYTES + 1)))),
    ("refused", replies(Reply(b"{}", status=404))),
    ("refused", replies(Reply(b"{}", status=302, headers={"Location": "/elsewhere"}))),
]


@pytest.mark.parametrize(("trouble", "mishap"), WRONG)
def test_an_answer_that_can_not_be_right_is_not_believed_and_not_asked_for_again(
    line: Line,
    oracle: Oracle,
    trouble: str,
    mishap: Mishap,
) -> None:
    oracle.next(PATH, mishap)

    assert trouble_of(line, OFTEN) == trouble
    assert len(oracle.asked) == 1


def test_an_answer_may_be_as_large_as_the_bound(line: Line, oracle: Oracle) -> None:
    body = b'{"word": "yes"}'.ljust(MAX_ANSWER_BYTES)
    oracle.next(PATH, replies(Reply(body)))

    assert ask(line, ONCE) == "yes"


def test_too_many_requests_is_the_rate(line: Line, oracle: Oracle) -> None:
    oracle.next(PATH, replies(Reply(b"{}", status=429)))

    assert trouble_of(line, OFTEN, PlatformRateLimited) == "rate"
    assert len(oracle.asked) == 1


def test_a_dripping_answer_is_given_up_on(oracle: Oracle, line: Line) -> None:
    oracle.next(PATH, drips)
    began = line._patience.monotonic()

    trouble_of(line, ONCE)

    assert line._patience.monotonic() - began < 10 * ANSWER_SECONDS


def test_a_refusal_that_the_reader_raises_is_the_answer(line: Line) -> None:
    def read(_answer: Answer) -> str:
        raise LoginRefused

    with capture_logs() as logs, pytest.raises(LoginRefused):
        line.ask(ONCE, read)

    assert logs == []


@pytest.mark.parametrize("mishap", [late, cut, replies(Reply(b"no")), replies(Reply(b"{}", status=500))])
def test_neither_an_error_nor_any_log_holds_a_word_of_question_or_answer(
    line: Line,
    oracle: Oracle,
    caplog: pytest.LogCaptureFixture,
    mishap: Mishap,
) -> None:
    oracle.next(PATH, mishap)
    for name in ("httpx", "httpcore", ""):
        caplog.set_level(logging.DEBUG, name)

    with capture_logs() as logs, pytest.raises(PlatformBusy) as refusal:
        ask(line, ONCE)

    seen = f"{logs} {caplog.text} {_chain(refusal.value)} {ONCE!r}"
    assert "httpcore" in caplog.text
    assert "s3cret-in-the-url" not in seen
    assert "one-time-code" not in seen


def _chain(error: BaseException | None) -> str:
    told = ""
    while error is not None:
        told += f"{error!r} {error.__dict__} "
        error = error.__cause__ or error.__context__
    return told
