"""Which signal carries a candidate."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.blend import Blend
from hotservices.signals.columns import SIGNALS, ReasonCode
from hotservices.signals.lineup import Lineup

_NOTICEABLE = 1e-3
_CODES = list(SIGNALS)
_ROWS = {code: np.array(rows) for code, rows in SIGNALS.items()}
_NOTHING = np.zeros((1, 1), np.float32)
# Popularity is the one thing that everything has some of; now, then at all.
_POPULARITY = np.concatenate([_ROWS[ReasonCode.POPULAR_NOW], _ROWS[ReasonCode.POPULAR]])
_NOW, _HALF = len(_ROWS[ReasonCode.POPULAR_NOW]), np.array(0.5, np.float32)


class Reason(NamedTuple):
    """Why a service is shown; `source` is the used service that co-use starts from.

    `times` is at how many visits the person has used it.
    """

    code: ReasonCode
    source: str | None = None
    times: int = 0


class Ranked(NamedTuple):
    """A service in a list, and why it is there; `tried` is one that too few have used, in its place by lot."""

    item: str
    reason: Reason
    tried: bool = False


def dominating(lineup: Lineup, places: list[int], blend: Blend) -> list[ReasonCode]:
    """For each service the signal without which its score would fall the most.

    "Without" means as if the person had not used it, nothing pointed to it, or it were as popular as the middle of the
    candidates.
    """
    where = {place: index for index, place in enumerate(lineup.items.tolist())}
    indexes = [where[place] for place in places]
    falls = _falls(lineup, np.array(indexes, np.int64), blend)
    signals = [_CODES[best] for best in falls.argmax(axis=0).tolist()]
    noticed = (np.maximum.reduce(falls) > _NOTICEABLE).tolist()
    others_know = (lineup.known > 0).tolist()
    return [
        _code(signal if carried else None, owned=index < lineup.owned, known=others_know[index])
        for index, signal, carried in zip(indexes, signals, noticed, strict=True)
    ]


def _code(carrying: ReasonCode | None, *, owned: bool, known: bool) -> ReasonCode:
    if not owned and not known:
        return ReasonCode.NEW
    return carrying or (ReasonCode.OWN_USE if owned else ReasonCode.POPULAR)


def _falls(lineup: Lineup, indexes: NDArray[np.int64], blend: Blend) -> NDArray[np.float32]:
    """By how much each service's score falls without each signal: (signals, services).

    Only those are scored anew that the signal says something of: half of them, and scoring is most of the work.
    """
    columns = lineup.columns.take(indexes, axis=1)
    falls = np.zeros((len(SIGNALS), len(indexes)), np.float32)
    variants, changed = [columns], []
    middle = _middle(lineup.columns, _POPULARITY)
    usually = {ReasonCode.POPULAR_NOW: middle[:_NOW], ReasonCode.POPULAR: middle[_NOW:]}
    for code, rows in _ROWS.items():
        usual = usually.get(code, _NOTHING)
        here = np.logical_or.reduce(columns.take(rows, axis=0) != usual).nonzero()[0]
        variant = columns.take(here, axis=1)
        variant[rows] = usual
        variants.append(variant)
        changed.append(here)
    scores = blend.score(np.concatenate(variants, axis=1))
    with_all, start = scores[: len(indexes)], len(indexes)
    for fall, here in zip(falls, changed, strict=True):
        fall[here] = with_all[here] - scores[start : start + len(here)]
        start += len(here)
    return falls


def _middle(columns: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the median of these columns over the candidates: (rows, 1)."""
    ordered = np.sort(columns.take(rows, axis=0), axis=1)
    last = ordered.shape[1] - 1
    middle: NDArray[np.float32] = (ordered[:, last // 2] + ordered[:, (last + 1) // 2]) * _HALF
    return middle[:, None]
