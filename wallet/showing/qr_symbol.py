"""QR symbols of text (ISO/IEC 18004, byte mode), drawn from tables.

A symbol of one version and level is always the same but for its data: finder and timing patterns, where each
bit goes, how blocks interleave. A well-known library (segno) draws that part once, and it is kept; a code then
costs a few array operations. The mask is fixed, where the standard (§7.8) would try all eight: any is valid,
and trying them costs more than everything else.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from typing import Any

import numpy as np
import segno
from numpy.typing import NDArray
from segno import consts

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]

MASK_PATTERN = 3
MAX_VERSION = 40
# From version 10 on the count of characters takes 16 bits instead of 8 (table 3).
FIRST_LONG_COUNT = 10
BYTE_MODE = 0b0100
PADDING = (0xEC, 0x11)
FIELD_POLYNOMIAL = 0x11D
# What the logarithm of nothing is taken to be: any sum with it points behind the powers, where zeros lie.
LOG_OF_ZERO = 600


class Level(StrEnum):
    """Error correction levels."""

    L = "L"
    M = "M"
    Q = "Q"
    H = "H"


class TextTooLong(ValueError):
    """No symbol holds that much at that level."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What all symbols of a version and level have in common.

    `blocks` are (number, data bytes each); `interleaved` orders the data bytes of all blocks; `template` is the
    symbol with every data bit zero, and `places` are the flat positions of its bits, in order.
    """

    side: int
    capacity: int
    count_bytes: int
    blocks: tuple[tuple[int, int], ...]
    correction: int
    interleaved: Places
    template: Bytes
    places: Places


def symbol(text: str, level: Level) -> Bytes:
    """Return the smallest symbol of an ASCII text: rows of modules without a quiet zone, 1 is dark.

    Raises TextTooLong.
    """
    data = text.encode("ascii")
    layout = _layout(_version(len(data), level), level)
    modules = layout.template.copy()
    bits = np.unpackbits(_codewords(data, layout))
    modules[layout.places[: bits.size]] ^= bits
    return modules.reshape(layout.side, layout.side)


def _codewords(data: bytes, layout: _Layout) -> Bytes:
    head = BYTE_MODE << 8 * layout.count_bytes | len(data)
    # Mode, count, data and terminator: the two half bytes at the ends make the whole even.
    stream = (head << 8 * len(data) | int.from_bytes(data)) << 4
    used = 1 + layout.count_bytes + len(data)
    missing = layout.capacity - used
    padding = bytes(PADDING) * (missing // 2) + bytes(PADDING[: missing % 2])
    words = np.frombuffer(stream.to_bytes(used) + padding, np.uint8)
    return np.concatenate([words[layout.interleaved], _corrections(words, layout).T.ravel()])


def _corrections(words: Bytes, layout: _Layout) -> Bytes:
    logs, powers = _field()
    done, parts = 0, []
    for number, size in layout.blocks:
        block = words[done : done + number * size].reshape(number, size, 1)
        products = powers[logs[block] + _remainders(size, layout.correction)]
        parts.append(np.bitwise_xor.reduce(products, axis=1))
        done += number * size
    return np.concatenate(parts)


@cache
def _version(length: int, level: Level) -> int:
    for version in range(1, MAX_VERSION + 1):
        if _layout(version, level).capacity >= length + 1 + _count_bytes(version):
            return version
    raise TextTooLong(length)


@cache
def _layout(version: int, level: Level) -> _Layout:
    blocks = consts.ECC[version][consts.ERROR_MAPPING[level]]
    sizes = [block.num_data for block in blocks for _ in range(block.num_blocks)]
    kinds = _kinds_of_modules(version, level)
    data = np.isin(kinds, (consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT))
    # segno 1.6 names one module too many as format information.
    data[8, len(data) - 9] = True
    row, column = np.indices(kinds.shape)
    # Of data modules only the mask is there so far.
    masked = (row + column) % 3 == 0
    return _Layout(
        side=len(kinds),
        capacity=sum(sizes),
        count_bytes=_count_bytes(version),
        blocks=tuple((block.num_blocks, block.num_data) for block in blocks),
        correction=blocks[0].num_total - blocks[0].num_data,
        interleaved=_interleaved(sizes),
        template=np.where(data, masked, kinds >> 8 > 0).astype(np.uint8).ravel(),
        places=_places(data),
    )


def _kinds_of_modules(version: int, level: Level) -> NDArray[np.int64]:
    drawn: Any = segno.make_qr(
        "0", version=version, error=level, mask=MASK_PATTERN, mode="byte", boost_error=False
    )
    return np.array([list(row) for row in drawn.matrix_iter(border=0, verbose=True)])


def _count_bytes(version: int) -> int:
    return 1 if version < FIRST_LONG_COUNT else 2


def _interleaved(sizes: list[int]) -> Places:
    starts = np.cumsum([0, *sizes[:-1]])
    order = [
        start + place
        for place in range(max(sizes))
        for start, size in zip(starts, sizes, strict=True)
        if place < size
    ]
    return np.array(order, np.intp)


def _places(data: NDArray[np.bool_]) -> Places:
    # §7.7.3: pairs of columns from the right, upwards and downwards in turn; column 6 is the timing pattern.
    side = len(data)
    order = []
    upwards = True
    for right in [*range(side - 1, 6, -2), 5, 3, 1]:
        rows = range(side - 1, -1, -1) if upwards else range(side)
        order += [row * side + column for row in rows for column in (right, right - 1) if data[row, column]]
        upwards = not upwards
    return np.array(order, np.intp)


@cache
def _field() -> tuple[NDArray[np.int64], Bytes]:
    logs, powers = np.full(256, LOG_OF_ZERO), np.zeros(2 * LOG_OF_ZERO + 1, np.uint8)
    value = 1
    for exponent in range(255):
        logs[value] = exponent
        powers[exponent] = powers[exponent + 255] = value
        value = value << 1 ^ (FIELD_POLYNOMIAL if value & 0x80 else 0)
    return logs, powers


@cache
def _remainders(size: int, correction: int) -> NDArray[np.int64]:
    """Return, for each of a block's data bytes, the logarithms of what one of it adds to the correction.

    Reed-Solomon codes are linear (§7.5.2): the whole is the sum of the parts.
    """
    logs, powers = _field()
    generator = reduce(_times_root, range(correction), np.ones(1, np.uint8))[1:]
    rows = [generator]
    for _ in range(size - 1):
        last = rows[-1]
        rows.append(np.append(last[1:], np.uint8(0)) ^ powers[logs[last[0]] + logs[generator]])
    return logs[np.array(rows[::-1])]


def _times_root(polynomial: Bytes, exponent: int) -> Bytes:
    logs, powers = _field()
    return np.append(polynomial, np.uint8(0)) ^ np.append(np.uint8(0), powers[logs[polynomial] + exponent])
