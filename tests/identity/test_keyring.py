"""Key rings: the life of a key, and rotation without a restart."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity.crypto.keyring import (
    KID_PREFIX,
    KeyRing,
    KeyRingError,
    KeyState,
    Purpose,
    UnknownKey,
    create_ring,
    new_jwk,
)
from identity.crypto.signer import KeyRingSigner
from tests.identity import rings
from tests.paths import ROOT

NEXT, SIGNING, VERIFYING, RETIRED = KeyState


@pytest.fixture
def four(tmp_path: Path) -> KeyRing:
    """Return a ring with a key in each state: sRET, sVER, sSIG, sNEX."""
    keys = [(RETIRED, "sRET"), (VERIFYING, "sVER"), (SIGNING, "sSIG"), (NEXT, "sNEX")]
    return rings.ring_of(
        tmp_path, Purpose.SHOW, *((state, rings.fresh(Purpose.SHOW, kid)) for state, kid in keys)
    )


def test_only_the_signing_key_signs(four: KeyRing) -> None:
    assert four.signing().kid == "sSIG"
    assert KeyRingSigner(four).kid == "sSIG"


def test_next_keys_are_announced_and_retired_ones_are_not(four: KeyRing) -> None:
    assert {jwk["kid"] for jwk in four.jwks()} == {"sVER", "sSIG", "sNEX"}


def test_what_is_published_holds_no_private_part(four: KeyRing) -> None:
    for jwk in four.jwks():
        assert set(jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert (jwk["kty"], jwk["crv"], jwk["alg"], jwk["use"]) == ("EC", "P-256", "ES256", "sig")


@pytest.mark.parametrize("kid", ["sVER", "sSIG", "sNEX"])
def test_a_key_that_is_not_retired_is_trusted(four: KeyRing, kid: str) -> None:
    assert four.trusted(kid).kid == kid
    assert four.public(kid) == four.trusted(kid).public


@pytest.mark.parametrize("kid", ["sRET", "sNO", "", "../s", "pSIG"])
def test_a_retired_key_is_as_unknown_as_one_that_never_was(four: KeyRing, kid: str) -> None:
    with pytest.raises(UnknownKey):
        four.trusted(kid)
    with pytest.raises(UnknownKey):
        four.public(kid)


def test_a_rotation_reaches_a_running_ring(tmp_path: Path) -> None:
    old, new = rings.fresh(Purpose.SHOW), rings.fresh(Purpose.SHOW)
    ring = rings.ring_of(tmp_path, Purpose.SHOW, (SIGNING, old), (NEXT, new))

    rings.write(tmp_path, Purpose.SHOW, (VERIFYING, old), (SIGNING, new))
    rotated = ring.signing().kid
    rings.write(tmp_path, Purpose.SHOW, (RETIRED, old), (SIGNING, new))

    assert rotated == new["kid"]
    with pytest.raises(UnknownKey):
        ring.public(old["kid"])


@pytest.mark.parametrize("kid", ["pA1b", "A1bs", "sA1b2", ""])
def test_a_kid_of_another_purpose_or_over_four_characters_is_refused(tmp_path: Path, kid: str) -> None:
    rings.write(tmp_path, Purpose.SHOW, (SIGNING, new_jwk(Purpose.SHOW) | {"kid": kid}))

    with pytest.raises(KeyRingError, match="kid"):
        KeyRing(tmp_path, Purpose.SHOW)


def test_kids_never_repeat_across_purposes() -> None:
    assert len(set(KID_PREFIX.values())) == len(Purpose)
    assert set(KID_PREFIX) == set(Purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_fresh_key_has_a_kid_of_its_purpose_within_four_characters(purpose: Purpose) -> None:
    kid = new_jwk(purpose)["kid"]

    assert kid.startswith(KID_PREFIX[purpose])
    assert len(kid) == 4


@pytest.mark.parametrize("states", [[], [NEXT], [VERIFYING, RETIRED], [SIGNING, SIGNING]])
def test_a_ring_needs_exactly_one_signing_key(tmp_path: Path, states: list[KeyState]) -> None:
    rings.write(tmp_path, Purpose.SHOW, *((state, rings.fresh(Purpose.SHOW)) for state in states))

    with pytest.raises(KeyRingError, match="exactly one key in state 'signing'"):
        KeyRing(tmp_path, Purpose.SHOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"keys": 1}',
        '{"keys": [{}]}',
        '{"keys": [{"state": "signing", "jwk": {"kid": "sA1b", "kty": "EC"}}]}',
        '{"keys": [{"state": "on fire", "jwk": {"kid": "sA1b", "kty": "oct", "k": "AA"}}]}',
        '{"keys": [{"state": "signing", "jwk": {"kid": "sA1b", "kty": "oct", "k": "AA"}}]}',
    ],
)
def test_a_broken_ring_stops_the_start_with_a_sentence_that_names_the_file(
    tmp_path: Path,
    text: str,
) -> None:
    (tmp_path / "show.json").write_text(text, encoding="utf-8")

    with pytest.raises(KeyRingError, match=r"show\.json"):
        KeyRing(tmp_path, Purpose.SHOW)


def test_a_ring_of_public_keys_can_not_sign_and_is_refused(tmp_path: Path) -> None:
    public = {name: value for name, value in rings.fresh(Purpose.SHOW).items() if name != "d"}
    rings.write(tmp_path, Purpose.SHOW, (SIGNING, public))

    with pytest.raises(KeyRingError, match="unreadable"):
        KeyRing(tmp_path, Purpose.SHOW)


def test_a_signing_key_on_another_curve_than_p256_is_refused(tmp_path: Path) -> None:
    jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()), as_dict=True)
    rings.write(tmp_path, Purpose.SHOW, (SIGNING, {name: str(jwk[name]) for name in jwk} | {"kid": "sA1b"}))

    with pytest.raises(KeyRingError, match="unreadable"):
        KeyRing(tmp_path, Purpose.SHOW)


def test_an_absent_ring_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match=r"show\.json"):
        KeyRing(tmp_path, Purpose.SHOW)


def test_a_created_ring_is_its_owners_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    create_ring(folder, Purpose.PII)
    first = (folder / "pii.json").read_bytes()
    create_ring(folder, Purpose.PII)

    assert (folder / "pii.json").read_bytes() == first
    assert (folder / "pii.json").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["pii.json"]


def test_processes_that_create_a_ring_at_once_end_up_with_the_same_one(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from identity.crypto.keyring import KeyRing, Purpose, create_ring;"
        "folder = Path(sys.argv[1]); sys.stdin.read(1);"
        "create_ring(folder, Purpose.SHOW); print(KeyRing(folder, Purpose.SHOW).signing().kid)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    kids = {process.communicate("!")[0].strip() for process in started}

    assert [process.returncode for process in started] == [0, 0, 0, 0]
    assert kids == {json.loads((tmp_path / "show.json").read_text())["keys"][0]["jwk"]["kid"]}
    assert [path.name for path in tmp_path.iterdir()] == ["show.json"]


@pytest.mark.parametrize(("purpose", "other"), [(Purpose.SHOW, Purpose.PII), (Purpose.PII, Purpose.SHOW)])
def test_a_ring_takes_no_key_of_the_other_sort(tmp_path: Path, purpose: Purpose, other: Purpose) -> None:
    kid = rings.fresh(purpose)["kid"]
    stranger = rings.fresh(other, kid)

    with pytest.raises(KeyRingError, match="unreadable"):
        rings.ring_of(tmp_path, purpose, (KeyState.SIGNING, stranger))


def test_a_kid_given_twice_is_refused(tmp_path: Path) -> None:
    first, second = rings.fresh(Purpose.SHOW, "s1"), rings.fresh(Purpose.SHOW, "s1")

    with pytest.raises(KeyRingError, match="twice"):
        rings.ring_of(tmp_path, Purpose.SHOW, (KeyState.SIGNING, first), (KeyState.VERIFYING, second))


@pytest.mark.parametrize("kid", [7, None, ["s1"]])
def test_a_kid_that_is_no_text_is_refused(tmp_path: Path, kid: object) -> None:
    jwk: Any = rings.fresh(Purpose.SHOW) | {"kid": kid}

    with pytest.raises(KeyRingError, match="unreadable"):
        rings.ring_of(tmp_path, Purpose.SHOW, (KeyState.SIGNING, jwk))


def test_a_file_that_breaks_while_it_serves_leaves_the_last_good_keys_in_service(tmp_path: Path) -> None:
    ring = rings.ring_of(tmp_path, Purpose.SHOW, (KeyState.SIGNING, rings.fresh(Purpose.SHOW, "s1")))

    ring.path.write_text('{"purpose": "show", "keys": [{"sta', encoding="utf-8")
    half_written = ring.signing().kid
    ring.path.unlink()

    assert (half_written, ring.signing().kid, ring.trusted("s1").kid) == ("s1", "s1", "s1")
    with pytest.raises(KeyRingError):
        ring.require_readable()
