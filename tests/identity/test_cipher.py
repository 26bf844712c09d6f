"""The PII cipher and the blind index: how personal data lies in the database."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.crypto.cipher import BlindIndex, CipherError, PiiCipher
from identity.crypto.keyring import KeyRing, KeyState, Purpose
from tests.identity import rings

PLACE = "persons.name:0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> PiiCipher:
    folder = tmp_path_factory.mktemp("cipher")
    return PiiCipher(rings.ring_of(folder, Purpose.PII, (KeyState.SIGNING, rings.fresh(Purpose.PII))))


@given(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_was_sealed_opens_at_its_place(shared: PiiCipher, plain: bytes, place: str) -> None:
    assert shared.open(shared.seal(plain, place), place) == plain


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_text_opens_as_the_same_text(shared: PiiCipher, text: str) -> None:
    assert shared.open_text(shared.seal(text, PLACE), PLACE) == text


@given(st.data())
def test_one_flipped_bit_anywhere_is_refused(shared: PiiCipher, data: st.DataObject) -> None:
    sealed = bytearray(shared.seal("张伟", PLACE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CipherError):
        shared.open(bytes(sealed), PLACE)


@given(st.data())
def test_a_value_cut_short_or_grown_is_refused(shared: PiiCipher, data: st.DataObject) -> None:
    sealed = shared.seal("张伟", PLACE)
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]

    for changed in (cut, sealed + b"\0"):
        with pytest.raises(CipherError):
            shared.open(changed, PLACE)


@given(st.binary(max_size=80))
def test_bytes_that_were_never_sealed_are_refused(shared: PiiCipher, noise: bytes) -> None:
    with pytest.raises(CipherError):
        shared.open(noise, PLACE)


def test_a_value_moved_to_another_row_is_refused(cipher: PiiCipher) -> None:
    sealed = cipher.seal("张伟", "persons.name:one")

    with pytest.raises(CipherError, match=r"persons\.name:two"):
        cipher.open(sealed, "persons.name:two")


def test_the_error_tells_the_place_and_nothing_of_the_value(cipher: PiiCipher) -> None:
    sealed = cipher.seal("100000199005170119", "a")

    with pytest.raises(CipherError) as refusal:
        cipher.open(sealed, "b")

    assert "100000199005170119" not in str(refusal.value)


def test_the_record_names_its_key(pii_ring: KeyRing, cipher: PiiCipher) -> None:
    sealed = cipher.seal("张伟", PLACE)
    kid = pii_ring.signing().kid.encode()

    assert sealed[0] == 1
    assert sealed[1] == len(kid)
    assert sealed[2 : 2 + len(kid)] == kid


def test_the_same_value_never_lies_the_same_way_twice(cipher: PiiCipher) -> None:
    assert len({cipher.seal("张伟", PLACE) for _ in range(100)}) == 100


def test_a_sealed_value_shows_nothing_of_the_plain_one(cipher: PiiCipher) -> None:
    assert b"100000199005170119" not in cipher.seal("100000199005170119", PLACE)


def test_after_a_rotation_old_records_open_and_new_ones_carry_the_new_key(tmp_path: Path) -> None:
    old, new = rings.fresh(Purpose.PII, "p001"), rings.fresh(Purpose.PII, "p002")
    cipher = PiiCipher(rings.ring_of(tmp_path, Purpose.PII, (KeyState.SIGNING, old)))
    before = cipher.seal("张伟", PLACE)

    rings.write(tmp_path, Purpose.PII, (KeyState.VERIFYING, old), (KeyState.SIGNING, new))
    after = cipher.seal("张伟", PLACE)

    assert (cipher.open_text(before, PLACE), cipher.open_text(after, PLACE)) == ("张伟", "张伟")
    assert (before[2:6], after[2:6]) == (b"p001", b"p002")


def test_a_retired_key_opens_nothing_any_more(tmp_path: Path) -> None:
    old, new = rings.fresh(Purpose.PII), rings.fresh(Purpose.PII)
    cipher = PiiCipher(rings.ring_of(tmp_path, Purpose.PII, (KeyState.SIGNING, old)))
    sealed = cipher.seal("张伟", PLACE)

    rings.write(tmp_path, Purpose.PII, (KeyState.RETIRED, old), (KeyState.SIGNING, new))

    with pytest.raises(CipherError):
        cipher.open(sealed, PLACE)


def test_another_installations_key_of_the_same_name_opens_nothing(tmp_path: Path) -> None:
    ciphers = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        key = (KeyState.SIGNING, rings.fresh(Purpose.PII, "p001"))
        ciphers.append(PiiCipher(rings.ring_of(folder, Purpose.PII, key)))

    with pytest.raises(CipherError):
        ciphers[1].open(ciphers[0].seal("张伟", PLACE), PLACE)


def test_an_index_finds_equal_values_and_keeps_kinds_of_values_apart(index: BlindIndex) -> None:
    number = index.of("id_number", "100000199005170119")

    assert number == index.of("id_number", "100000199005170119")
    assert number != index.of("id_number", "100000199103080125")
    assert number != index.of("login_subject", "100000199005170119")
    assert len(number) == 32


def test_an_index_stays_comparable_across_rotations(tmp_path: Path) -> None:
    old, new = rings.fresh(Purpose.PII), rings.fresh(Purpose.PII)
    ring = rings.ring_of(tmp_path, Purpose.PII, (KeyState.SIGNING, old))
    before = BlindIndex(ring).of("id_number", "1")

    rings.write(tmp_path, Purpose.PII, (KeyState.RETIRED, old), (KeyState.SIGNING, new))
    after = BlindIndex(KeyRing(tmp_path, Purpose.PII)).of("id_number", "1")

    assert before == after


def test_an_index_is_not_to_be_made_without_the_key(tmp_path: Path, index: BlindIndex) -> None:
    elsewhere = rings.ring_of(tmp_path, Purpose.PII, (KeyState.SIGNING, rings.fresh(Purpose.PII)))

    assert BlindIndex(elsewhere).of("id_number", "1") != index.of("id_number", "1")
