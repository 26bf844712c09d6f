"""Which signal carries a candidate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.blend import Blend
from hotservices.signals.columns import SIGNALS, ReasonCode
from hotservices.signals.lineup import Lineup

_POPULARITY = (ReasonCode.POPULAR_NOW, ReasonCode.POPULAR)
_NOTICEABLE = 1e-3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a service is shown; `source` is the used service that co-use starts from.

    `times` is at how many visits the person has used it.
    """

    code: ReasonCode
    source: str | None = None
    times: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A service in a list, and why it is there."""

    item: str
    reason: Reason


def dominating(lineup: Lineup, places: NDArray[np.int64], blend: Blend) -> list[ReasonCode]:
    """For each service the signal without which its score would fall the most.

    "Without" means as if the person had not used it, nothing pointed to it, or it were as popular as the middle of the
    candidates.
    """
    where = {int(place): index for index, place in enumerate(lineup.items)}
    usual = np.median(lineup.columns, axis=1)
    indexes = [where[int(place)] for place in places]
    falls = _falls(lineup.columns[:, indexes], usual, blend)
    return [_strongest(lineup, index, fall) for index, fall in zip(indexes, falls.T, strict=True)]


def _strongest(lineup: Lineup, index: int, falls: NDArray[np.float32]) -> ReasonCode:
    owned = index < lineup.owned
    if not owned and not lineup.known[index]:
        return ReasonCode.NEW
    best = int(falls.argmax())
    if falls[best] > _NOTICEABLE:
        return list(SIGNALS)[best]
    return ReasonCode.OWN_USE if owned else ReasonCode.POPULAR


def _falls(columns: NDArray[np.float32], usual: NDArray[np.float32], blend: Blend) -> NDArray[np.float32]:
    """By how much each service's score falls without each signal: (signals, services)."""
    variants = np.repeat(columns[:, None, :], len(SIGNALS) + 1, axis=1)
    for n, (code, rows) in enumerate(SIGNALS.items(), start=1):
        variants[rows, n] = usual[list(rows), None] if code in _POPULARITY else 0.0
    scores = blend.score(variants.reshape(len(columns), -1)).reshape(len(SIGNALS) + 1, -1)
    falls: NDArray[np.float32] = scores[0] - scores[1:]
    return falls
