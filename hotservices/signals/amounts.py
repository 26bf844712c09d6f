"""How amounts (shares, seconds, chances) become columns: nearly all that is known of a candidate is a logarithm."""

import math

import numpy as np
from numpy.typing import NDArray

from hotservices.signals.columns import MINUTE, Column

Matrix = NDArray[np.float32]

_SHARE_FLOOR = 1e-5
REPEAT_FLOOR, RETURN_FLOOR = 1e-3, 1e-4
# Each column is log(amount * times + floor) * unit; with a floor of 1, nothing stays 0.
_USUAL = (1.0, 1.0, 1.0)
_OCTAVES = (1 / MINUTE, 1.0, 1 / math.log(2))  # of seconds: doublings of a minute
_PERCENT = (100.0, 1.0, 1.0)
_RULES = {
    Column.OWN_IDLE: _OCTAVES,
    Column.RHYTHM: _OCTAVES,
    Column.REPEAT: (1 / REPEAT_FLOOR, 1.0, 1.0),
    Column.RETURN: (1 / RETURN_FLOOR, 1.0, 1.0),
    **dict.fromkeys(range(Column.SHARE, Column.BLEND + 1), (1.0, _SHARE_FLOOR, 1.0)),
    Column.ITEM_AGE: _OCTAVES,
    Column.ITEM_IDLE: _OCTAVES,
    Column.CO_BEST: _PERCENT,
    Column.CO_SUM: _PERCENT,
}
AMOUNTS = Column.CO_LIFT + 1
"""The columns before this one hold amounts at first; those that are no logarithms are written later."""
_TIMES, _FLOORS, _UNITS = np.array([_RULES.get(row, _USUAL) for row in range(AMOUNTS)], np.float32).T[
    :, :, None
]


def take_logarithms(columns: Matrix) -> None:
    """Turn amounts into columns, in place and all at once: an operation costs more than what it computes."""
    amounts = columns[:AMOUNTS]
    amounts *= _TIMES
    amounts += _FLOORS
    np.log(amounts, out=amounts)
    amounts *= _UNITS
