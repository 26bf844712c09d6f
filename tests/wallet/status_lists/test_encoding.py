"""Status lists as text: the draft's own vectors, and what is no list."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paths import ROOT
from wallet.status_lists.encoding import (
    MAX_BYTES,
    MAX_CHARACTERS,
    WIDTHS,
    StatusList,
    StatusListMalformed,
    pack,
    put,
    unpack,
)

VECTORS = json.loads((ROOT / "tests" / "vectors" / "status_list.json").read_bytes())["vectors"]
SIZE = 2**20


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['bits']} bits")
def test_the_drafts_vectors_are_read(vector: dict[str, object]) -> None:
    statuses = dict(vector["statuses"])  # type: ignore[call-overload]

    unpacked = unpack(str(vector["lst"]), int(str(vector["bits"])))

    assert unpacked.size == SIZE
    assert {place: unpacked.status(place) for place in statuses} == statuses
    assert sum(map(bool, unpacked.data)) <= len(statuses)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['bits']} bits")
def test_the_drafts_vectors_are_written_character_for_character(vector: dict[str, object]) -> None:
    bits = int(str(vector["bits"]))
    data = bytearray(SIZE * bits // 8)
    for place, status in vector["statuses"]:  # type: ignore[attr-defined]
        put(data, bits, place, status)

    assert pack(bytes(data)) == vector["lst"]


def test_the_drafts_short_examples_hold() -> None:
    one = unpack("eNrbuRgAAhcBXQ", 1)
    two = unpack("eNo76fITAAPfAgc", 2)

    assert [one.status(place) for place in range(16)] == [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    assert [two.status(place) for place in range(12)] == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


@given(st.data(), st.sampled_from(WIDTHS), st.integers(1, 64))
def test_what_was_put_is_read_back_and_nothing_else_changes(
    data: st.DataObject, bits: int, length: int
) -> None:
    size = length * 8 // bits
    expected = data.draw(st.lists(st.integers(0, 2**bits - 1), min_size=size, max_size=size))
    raw = bytearray(data.draw(st.binary(min_size=length, max_size=length)))
    for place, status in enumerate(expected):
        put(raw, bits, place, status)

    unpacked = unpack(pack(bytes(raw)), bits)

    assert [unpacked.status(place) for place in range(unpacked.size)] == expected


@pytest.mark.parametrize("index", [-1, 16, 2**31])
def test_an_entry_outside_a_list_is_not_made_up(index: int) -> None:
    with pytest.raises(IndexError):
        StatusList(1, b"\0\0").status(index)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eNrbuRgAAhcBXQ=",
        "eNrbuRgAAhcBX",
        "eNrbuRgAAhcBXQAA",
        "eNrb+RgAAhcBXQ",
        "é",
        text_of(b"x"),
        text_of(zlib.compress(b"")),
        text_of(zlib.compress(b"a" * 100)[:-1]),
        text_of(zlib.compress(b"a" * 100)[:-4] + b"\0\0\0\0"),
        text_of(zlib.compress(b"a") + b"more"),
        text_of(b"\x1f\x8b" + zlib.compress(b"a")),
        "A" * (MAX_CHARACTERS + 1),
    ],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(StatusListMalformed):
        unpack(text, 2)


@pytest.mark.parametrize("bits", [0, 3, 16, -1])
def test_a_width_that_the_draft_does_not_know_is_refused(bits: int) -> None:
    with pytest.raises(StatusListMalformed):
        unpack("eNrbuRgAAhcBXQ", bits)


def test_a_list_that_unpacks_to_more_than_one_may_hold_is_refused() -> None:
    largest, bomb = pack(bytes(MAX_BYTES)), pack(bytes(64 * MAX_BYTES))

    assert unpack(largest, 8).size == SIZE
    assert len(bomb) < MAX_CHARACTERS
    with pytest.raises(StatusListMalformed):
        unpack(bomb, 8)


@given(st.text(max_size=60))
def test_no_text_makes_reading_stumble(text: str) -> None:
    try:
        unpack(text, 2)
    except StatusListMalformed:
        return
