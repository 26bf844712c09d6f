"""Speed and size of the ranking: python -m tests.bench.rank_speed [people ...]

Every person has 50 events over 10 000 services with Zipf popularity, seven of ten being repeats. Prints, for each
number of people (10 000 and 1 000 000 unless told otherwise): microseconds per ranking (p50, p99) and per event
(p50, mean, p99), bytes per person and megabytes shared. A million people are loaded in bulk: 50 million events
through `observe` would take the better part of an hour, so all but the first 10 000 people take over the packed state
of one of those, and so share its shape but not its objects.

Before and after, a yardstick is timed: the plainest ranking that there is, own counts and then popularity over 258
services. Where it takes 13 microseconds, 200 microseconds a ranking are the limit; on a slower machine as many times more.
"""

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np

from hotservices.ranking import Ranker
from hotservices.signals.people import Person

SERVICES = 10_000
EVENTS_EACH = 50
REPEATS = 0.7
TEMPLATES = 10_000
TIMED_RANKINGS = 20_000
TIMED_EVENTS = 100_000
YARDSTICK_SERVICES = 258
START, SPAN = 1_700_000_000, 180 * 86_400


def zipf_events(
    people: int,
    events: int,
    seed: int,
    *,
    start: int,
    span: int,
    repeats: float = REPEATS,
    known: Callable[[int], list[int]] = lambda _: [],
) -> Iterator[tuple[str, str, int]]:
    """Yield events in time order; `repeats` is the share of those that use something again.

    `known` tells what a person had used before.
    """
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, SERVICES + 1) ** 0.9
    users = rng.integers(0, people, events)
    fresh = rng.choice(SERVICES, events, p=weights / weights.sum())
    again, draws = rng.random(events) < repeats, rng.random(events)
    times = np.sort(rng.integers(0, span, events)) + start
    used: dict[int, list[int]] = {}
    for user, item, repeat, draw, at in zip(
        users.tolist(), fresh.tolist(), again.tolist(), draws.tolist(), times.tolist(), strict=True
    ):
        history = used.get(user)
        if history is None:
            history = used[user] = known(user)
        chosen = history[int(draw * len(history))] if history and repeat else item
        history.append(chosen)
        yield f"person-{user}", f"service-{chosen}", at


def microseconds(call: Callable[[], object]) -> float:
    """Time one call."""
    before = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - before) / 1000


def yardstick() -> float:
    """Return the microseconds that the plainest ranking takes here and now, at the median."""
    rng = np.random.default_rng(4)
    counts = rng.integers(1, 5_000, YARDSTICK_SERVICES).astype(np.float64)
    own = {int(place): 2 for place in rng.integers(0, YARDSTICK_SERVICES, 3)}
    names = [f"service-{n}" for n in range(YARDSTICK_SERVICES)]

    def rank() -> list[str]:
        scores = counts / (2 * counts.max() + 1)
        for place, count in own.items():
            scores[place] += count
        best = np.argpartition(-scores, 9)[:10]
        return [names[place] for place in best[np.argsort(-scores[best], kind="stable")]]

    return float(np.median([microseconds(rank) for _ in range(2_000)]))


def loaded() -> Ranker:
    """Return a ranker that knows its first people, with 50 events each."""
    ranker = Ranker([f"service-{n}" for n in range(SERVICES)])
    for user, item, at in zipf_events(TEMPLATES, TEMPLATES * EVENTS_EACH, 1, start=START, span=SPAN):
        ranker.observe(user, item, at)
    ranker.refresh(START + SPAN)
    return ranker


def fill_up(ranker: Ranker, known: int, people: int) -> None:
    """Let so many people be known: those not known yet take over the state of one who is."""
    for n in range(known, people):
        ranker.load_person(f"person-{n}", ranker.export_person(f"person-{n % TEMPLATES}"))


def used_before(ranker: Ranker, person: int) -> list[int]:
    """Return the services that a person has used, each as often as they did."""
    times = Person.from_bytes(ranker.export_person(f"person-{person}")).times_by_item()
    return [place for place, count in times.items() for _ in range(count)]


def bytes_per_person(ranker: Ranker) -> float:
    """Measure what 2 000 people cost the interpreter, their names and their places in the dictionary included."""
    packed = [ranker.export_person(f"person-{n}") for n in range(2_000)]
    tracemalloc.start()
    people = Ranker([])
    before, _ = tracemalloc.get_traced_memory()
    for n, one in enumerate(packed):
        people.load_person(f"person-{n}", one)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(packed)


def measure(ranker: Ranker, people: int, now: int) -> None:
    """Print one line of figures."""
    gc.freeze()
    before, rng = yardstick(), np.random.default_rng(2)
    asked = [f"person-{n}" for n in rng.integers(0, people, TIMED_RANKINGS)]
    rankings = [microseconds(lambda user=user: ranker.rank(user, 10, now)) for user in asked]  # type: ignore[misc]
    events = [
        microseconds(lambda event=event: ranker.observe(*event))  # type: ignore[misc]
        for event in zipf_events(
            people,
            TIMED_EVENTS,
            3,
            start=now,
            span=86_400,
            known=lambda person: used_before(ranker, person),
        )
    ]
    rank_50, rank_99 = np.percentile(rankings, (50, 99))
    event_50, event_99 = np.percentile(events, (50, 99))
    print(
        f"{people:>9} people | ranking p50 {rank_50:6.1f} us, p99 {rank_99:6.1f} us"
        f" | event p50 {event_50:5.1f} us, mean {np.mean(events):5.1f} us, p99 {event_99:6.1f} us"
        f" | {bytes_per_person(ranker):6.0f} B a person | {ranker.shared_bytes() / 1e6:6.1f} MB shared"
        f" | yardstick {before:.1f} us before, {yardstick():.1f} us after",
        flush=True,
    )


if __name__ == "__main__":
    growing, before = loaded(), TEMPLATES
    for turn, size in enumerate([int(argument) for argument in sys.argv[1:]] or [10_000, 1_000_000]):
        fill_up(growing, before, size)
        measure(growing, size, START + SPAN + turn * 86_400)
        before = max(before, size)
