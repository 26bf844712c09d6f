"""Changing a ring's file: whole or not at all, one at a time, and never into what would not start."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from identity.crypto import jws, ring_files
from identity.crypto.cipher import BlindIndex
from identity.crypto.keyring import KeyRing, KeyRingError, KeyState, Purpose, UnknownKey, create_ring, new_jwk
from identity.crypto.ring_files import KeyInUse
from identity.crypto.signer import KeyRingSigner, sign_compact
from tests.identity import rings
from tests.sandbox import at_once

SHOW, PII = Purpose.SHOW, Purpose.PII
NEXT, SIGNING, VERIFYING, RETIRED = KeyState


@pytest.fixture
def show(tmp_path: Path) -> KeyRing:
    """Return a ring with the key s1."""
    return rings.ring_of(tmp_path, SHOW, (SIGNING, rings.fresh(SHOW, "s1")))


def states(ring: KeyRing) -> dict[str, KeyState]:
    return {key.kid: key.state for key in ring.all_keys()}


def test_a_key_is_announced_before_it_signs_and_the_former_goes_on_verifying(
    show: KeyRing, now: datetime
) -> None:
    ring_files.announce(show, rings.fresh(SHOW, "s2"), now)
    announced, published = states(show), {jwk["kid"] for jwk in show.jwks()}
    ring_files.promote(show, "s2")

    assert announced == {"s1": SIGNING, "s2": NEXT}
    assert published == {"s1", "s2"}
    assert states(show) == {"s1": VERIFYING, "s2": SIGNING}


def test_only_an_announced_key_can_be_let_sign(show: KeyRing, now: datetime) -> None:
    ring_files.announce(show, rings.fresh(SHOW, "s2"), now)
    ring_files.promote(show, "s2")

    for kid in ("s1", "s2", "s9"):
        with pytest.raises(UnknownKey):
            ring_files.promote(show, kid)

    assert states(show) == {"s1": VERIFYING, "s2": SIGNING}


def test_a_second_key_is_not_announced_beside_the_first(show: KeyRing, now: datetime) -> None:
    ring_files.announce(show, rings.fresh(SHOW, "s2"), now)

    with pytest.raises(KeyRingError, match="announced key already"):
        ring_files.announce(show, rings.fresh(SHOW, "s3"), now)

    assert states(show) == {"s1": SIGNING, "s2": NEXT}


def test_the_key_in_use_is_not_retired_and_an_unknown_one_is_said_to_be_unknown(show: KeyRing) -> None:
    with pytest.raises(KeyInUse):
        ring_files.retire(show, "s1")
    with pytest.raises(UnknownKey):
        ring_files.retire(show, "s9")

    assert states(show) == {"s1": SIGNING}


def test_what_would_not_start_is_not_put_in_place(show: KeyRing, now: datetime, tmp_path: Path) -> None:
    before = show.path.read_bytes()

    with pytest.raises(KeyRingError, match="unreadable"):
        ring_files.announce(show, new_jwk(PII) | {"kid": "s2"}, now)

    assert show.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["show.json"]


def test_a_changed_ring_stays_its_owners_alone(show: KeyRing, now: datetime) -> None:
    ring_files.announce(show, rings.fresh(SHOW, "s2"), now)

    assert show.path.stat().st_mode & 0o777 == 0o600


def test_two_who_change_a_ring_at_once_lose_nothing(tmp_path: Path) -> None:
    keys = [(SIGNING, "s0"), *((VERIFYING, f"s{n}") for n in range(1, 9))]
    ring = rings.ring_of(tmp_path, SHOW, *((state, rings.fresh(SHOW, kid)) for state, kid in keys))

    at_once(*[lambda n=n: ring_files.retire(KeyRing(tmp_path, SHOW), f"s{n}") for n in range(1, 9)])

    assert states(ring) == {"s0": SIGNING} | {f"s{n}": RETIRED for n in range(1, 9)}


def test_a_ring_of_the_environment_is_not_changed_by_us(show: KeyRing, now: datetime, tmp_path: Path) -> None:
    given = KeyRing(tmp_path / "absent", SHOW, text=show.path.read_text())

    with pytest.raises(KeyRingError, match="from the environment"):
        ring_files.announce(given, rings.fresh(SHOW), now)

    assert given.signing().kid == "s1"


def test_a_broken_ring_of_the_environment_is_named_and_not_repeated(tmp_path: Path) -> None:
    text = json.dumps({"keys": [{"state": "signing", "jwk": {"kid": "sA1b", "kty": "EC", "d": "topsecret"}}]})

    with pytest.raises(KeyRingError, match="KEYS_JSON_SHOW") as refusal:
        KeyRing(tmp_path, SHOW, text=text)

    assert "topsecret" not in str(refusal.value)


def test_a_key_put_on_top_of_a_marked_ring_loses_nobody(tmp_path: Path) -> None:
    create_ring(tmp_path, PII)
    before = BlindIndex(KeyRing(tmp_path, PII)).of("id_number", "1")
    ring = json.loads((tmp_path / "pii.json").read_text())

    ring["keys"].insert(0, {"state": "verifying", "jwk": new_jwk(PII)})
    (tmp_path / "pii.json").write_text(json.dumps(ring))

    assert BlindIndex(KeyRing(tmp_path, PII)).of("id_number", "1") == before


def test_a_ring_from_before_the_mark_gets_it_with_its_first_change(tmp_path: Path, now: datetime) -> None:
    ring = rings.ring_of(tmp_path, PII, (SIGNING, rings.fresh(PII, "p1")))
    before = BlindIndex(ring).of("id_number", "1")

    ring_files.announce(ring, rings.fresh(PII, "p2"), now)
    ring_files.promote(ring, "p2")
    ring_files.retire(ring, "p1")

    assert json.loads(ring.path.read_text())["index_kid"] == "p1"
    assert ring.index_key().kid == "p1"
    assert BlindIndex(KeyRing(tmp_path, PII)).of("id_number", "1") == before


@pytest.mark.parametrize("mark", [{}, {"index_kid": "pXXX"}, {"index_kid": None}])
def test_a_mark_that_is_lost_or_names_an_absent_key_stops_the_start(
    tmp_path: Path, mark: dict[str, str | None]
) -> None:
    create_ring(tmp_path, PII)
    ring = json.loads((tmp_path / "pii.json").read_text())
    del ring["index_kid"]
    (tmp_path / "pii.json").write_text(json.dumps(ring | mark))

    with pytest.raises(KeyRingError, match=r"pii\.json .*blind index hangs on"):
        KeyRing(tmp_path, PII)


def test_a_list_tells_states_dates_and_the_index_key(tmp_path: Path, now: datetime) -> None:
    ring = rings.ring_of(tmp_path, PII, (SIGNING, rings.fresh(PII, "p1")))
    ring_files.announce(ring, rings.fresh(PII, "p2"), now)

    first, second = ring_files.entries(ring, ring.path.read_bytes())

    assert (first.kid, first.state, first.created, first.is_index_key) == ("p1", SIGNING, None, True)
    assert (second.kid, second.state, second.created) == ("p2", NEXT, now.isoformat())
    assert not second.is_index_key


def test_a_header_names_the_key_that_signed_also_when_a_rotation_falls_in_between(
    show: KeyRing, now: datetime
) -> None:
    class Overtaken(KeyRingSigner):
        @property
        def kid(self) -> str:
            kid = super().kid
            ring_files.promote(show, "s2")
            return kid

    ring_files.announce(show, rings.fresh(SHOW, "s2"), now)

    token = jws.parse(sign_compact(b"{}", Overtaken(show), "lz"), typ="lz", max_characters=1000)

    assert (token.kid, show.signing().kid) == ("s1", "s2")
    assert token.is_signed_by(show.public("s1"))
