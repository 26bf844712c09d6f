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
    """Why a service is shown; `source` is the used service that co-use starts from."""

    code: ReasonCode
    source: str | None = None


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
    return [_dominating(lineup, where[int(place)], usual, blend) for place in places]


def _dominating(lineup: Lineup, index: int, usual: NDArray[np.float32], blend: Blend) -> ReasonCode:
    owned = index < lineup.owned
    if not owned and not lineup.known[index]:
        return ReasonCode.NEW
    code, fall = max(_falls(lineup.columns[:, index], usual, blend).items(), key=lambda pair: pair[1])
    if fall > _NOTICEABLE:
        return code
    return ReasonCode.OWN_USE if owned else ReasonCode.POPULAR


def _falls(column: NDArray[np.float32], usual: NDArray[np.float32], blend: Blend) -> dict[ReasonCode, float]:
    variants = np.repeat(column[:, None], len(SIGNALS) + 1, axis=1)
    for n, (code, rows) in enumerate(SIGNALS.items(), start=1):
        variants[rows, n] = usual[list(rows)] if code in _POPULARITY else 0.0
    scores = blend.score(variants)
    return {code: float(scores[0] - score) for code, score in zip(SIGNALS, scores[1:], strict=True)}
