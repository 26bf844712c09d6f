"""WeChat's access token: fetched once, renewed in time, and once more when it is refused."""

from threading import Barrier, Thread

import pytest

from identity.errors import PlatformBusy
from identity.platforms.tokens import AccessToken, StableToken
from tests.sandbox import at_once


class Platform:
    """Hands out numbered tokens; a number goes up when it is forced to or when time has passed."""

    def __init__(self) -> None:
        self.now = 0.0
        self.number = 1
        self.seconds = 7200.0
        self.asked: list[bool] = []
        self.down = False

    def fetch(self, by_force: bool) -> AccessToken:
        self.asked.append(by_force)
        if self.down:
            raise PlatformBusy
        if by_force:
            self.number += 1
        return AccessToken(f"token-{self.number}", self.seconds)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def token(platform: Platform) -> StableToken:
    return StableToken(platform.fetch, platform.monotonic)


def test_a_token_is_fetched_once_until_five_minutes_before_its_end(
    platform: Platform,
    token: StableToken,
) -> None:
    first = token.get()
    platform.now = 7200 - 301
    before = (token.get(), len(platform.asked))
    platform.number, platform.now = 2, 7200 - 299

    assert (first, before) == ("token-1", ("token-1", 1))
    assert (token.get(), len(platform.asked)) == ("token-2", 2)


def test_a_token_that_is_handed_out_near_its_end_is_used_for_half_of_what_is_left(
    platform: Platform,
    token: StableToken,
) -> None:
    platform.seconds = 60
    token.get()
    platform.now = 29
    token.get()
    once = len(platform.asked)
    platform.now = 31
    token.get()

    assert (once, len(platform.asked)) == (1, 2)


def test_threads_share_one_fetch(platform: Platform, token: StableToken) -> None:
    got = at_once(*[token.get] * 8)

    assert (set(got), platform.asked) == ({"token-1"}, [False])


def test_a_refused_token_is_replaced_by_force_only_where_the_platform_still_hands_it_out(
    platform: Platform,
    token: StableToken,
) -> None:
    refused = token.get()
    platform.number = 2
    moved_on = token.instead_of(refused)
    asked = [*platform.asked]

    assert (moved_on, asked) == ("token-2", [False, False])
    assert token.instead_of("token-2") == "token-3"
    assert platform.asked == [*asked, False, True]


def test_threads_that_meet_the_same_refusal_renew_once(platform: Platform, token: StableToken) -> None:
    refused = token.get()

    got = at_once(*[lambda: token.instead_of(refused)] * 8)

    assert set(got) == {"token-2"}
    assert platform.asked == [False, False, True]


def test_who_queued_behind_a_failure_shares_it(platform: Platform) -> None:
    waiting, asked = Barrier(2), 0

    def fetch(_by_force: bool) -> AccessToken:
        nonlocal asked
        asked += 1
        waiting.wait(10)
        while not second.is_alive():
            pass
        platform.now += 1
        raise PlatformBusy

    token = StableToken(fetch, platform.monotonic)
    refusals: list[bool] = []

    def get() -> None:
        try:
            token.get()
        except PlatformBusy:
            refusals.append(True)

    first, second = Thread(target=get), Thread(target=get)
    first.start()
    waiting.wait(10)
    second.start()
    first.join(10)
    second.join(10)

    assert (refusals, asked) == ([True, True], 1)


def test_after_a_failure_the_next_one_tries_again(platform: Platform, token: StableToken) -> None:
    platform.down = True
    with pytest.raises(PlatformBusy):
        token.get()
    platform.down, platform.now = False, 1

    assert token.get() == "token-1"


def test_a_token_is_not_told_by_its_repr() -> None:
    assert "token-1" not in repr(AccessToken("token-1", 1))
