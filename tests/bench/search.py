"""How long a search takes over 10 000 services: `python -m tests.bench.search`.

The services are made from the real ones: each is a real name in another town's words, so that pieces are as
common as in a catalogue of that size. What is typed is the table of queries that the tests hold.
"""

import json
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hotservices.catalogue import Catalogue, Service, catalogue_of, shipped
from hotservices.search import keeping
from hotservices.search.index import Index
from hotservices.search.searching import Finder, Search
from hotservices.search.synonyms import Synonyms, synonyms
from tests.paths import ROOT

COUNT = 10_000
ROUNDS = 5
GOAL_P95_MS = 20.0
QUERIES = ROOT / "tests" / "hotservices" / "data" / "search_queries.json"
PLACES = "东西南北中上下新老大小清平安福宁海山江湖城桥口岭湾溪洲岗塘坪"
MANNERS = (
    "",
    "（县级行使）",
    "（新办）",
    "（变更）",
    "（延续）",
    "（补办）",
    "（指引）",
    "（首次）",
    "（跨省通办）",
)


def made_up(count: int, dice: random.Random) -> tuple[list[Service], Synonyms]:
    """Return as many services as asked for, and the synonyms of those that they are made from."""
    real = list(shipped().services.values())
    known = synonyms()
    made, phrases = [], {}
    for number in range(count):
        origin = real[number % len(real)]
        town = "".join(dice.choices(PLACES, k=2))
        name = f"{town}区{origin.name}{dice.choice(MANNERS)}"
        code = f"SYN{number:05d}"
        made.append(replace(origin, code=code, name=name))
        phrases[code] = known.phrases.get(origin.code, ())
    return made, replace(known, phrases=phrases)


def main() -> None:
    """Print how long building takes, and the times of searching."""
    services, words = made_up(COUNT, random.Random(2026))  # noqa: S311  a repeatable bench, no secret
    queries = [row["query"] for row in json.loads(QUERIES.read_bytes())]
    began = time.perf_counter()
    index = Index(services, words)
    print(f"{COUNT} services, {len(queries)} queries; index built in {time.perf_counter() - began:.1f} s")
    services[0], began = replace(services[0], name="小学生暑期托管报名"), time.perf_counter()
    index = Index(services, words, index.speaker)
    print(f"one service changed: index made anew in {time.perf_counter() - began:.2f} s")
    print(
        f"a worker that starts: index made from what was kept in {_from_a_file(services, words, index):.2f} s"
    )
    catalogue, finder = catalogue_of(services), Finder(services, index)
    times = sorted(_milliseconds(finder, catalogue, query) for _ in range(ROUNDS) for query in queries)
    p50, p95, p99 = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
    print(
        f"mean {statistics.fmean(times):.2f} ms  p50 {p50:.2f}  p95 {p95:.2f}  p99 {p99:.2f}  max {times[-1]:.2f}"
    )
    print(f"goal p95 < {GOAL_P95_MS:.0f} ms: {'held' if p95 < GOAL_P95_MS else 'MISSED'}")


def _from_a_file(services: list[Service], words: Synonyms, index: Index) -> float:
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "words.npz"
        keeping.write(kept, index.speaker, words)
        began = time.perf_counter()
        speaker = keeping.read(kept, words)
        Index(services, words, speaker)
        assert speaker is not None
        assert not speaker.learnt
        return time.perf_counter() - began


def _milliseconds(finder: Finder, catalogue: Catalogue, query: str) -> float:
    began = time.perf_counter()
    finder.find(catalogue, Search(text=query))
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
