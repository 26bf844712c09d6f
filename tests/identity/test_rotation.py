"""Keys are rotated in two steps, and what was signed before goes on being trusted."""

import stat
from pathlib import Path

import pytest

from identity.crypto import rotation
from identity.crypto.keyring import KeyRing, KeyRingError, KeyState, Purpose, UnknownKey, create_ring
from tests.sandbox import Sandbox, at_once


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    create_ring(tmp_path, Purpose.SHOW)
    return KeyRing(tmp_path, Purpose.SHOW)


def test_a_key_is_announced_before_it_signs(ring: KeyRing, tmp_path: Path) -> None:
    before = ring.signing().kid

    kid = rotation.stage(tmp_path, Purpose.SHOW)
    announced = [jwk["kid"] for jwk in ring.jwks()]
    still = ring.signing().kid
    rotation.promote(tmp_path, Purpose.SHOW)

    assert (announced, still) == ([before, kid], before)
    assert ring.signing().kid == kid
    assert ring.trusted(before).state is KeyState.VERIFYING


def test_a_retired_key_is_trusted_no_longer_and_one_that_signs_is_not_retired(
    ring: KeyRing, tmp_path: Path
) -> None:
    before = ring.signing().kid
    with pytest.raises(KeyRingError):
        rotation.retire(tmp_path, Purpose.SHOW, before)
    rotation.stage(tmp_path, Purpose.SHOW)
    rotation.promote(tmp_path, Purpose.SHOW)

    rotation.retire(tmp_path, Purpose.SHOW, before)

    with pytest.raises(UnknownKey):
        ring.public(before)


def test_a_ring_is_readable_by_its_owner_alone_after_a_rotation(ring: KeyRing, tmp_path: Path) -> None:
    rotation.stage(tmp_path, Purpose.SHOW)

    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600


def test_of_many_who_announce_a_key_at_once_one_does(ring: KeyRing, tmp_path: Path) -> None:
    def announce() -> bool:
        try:
            rotation.stage(tmp_path, Purpose.SHOW)
        except KeyRingError:
            return False
        return True

    assert sorted(at_once(*[announce] * 4)) == [False, False, False, True]
    assert len(ring.jwks()) == 2


def test_codes_shown_before_and_after_a_rotation_are_verified(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    before = citizen.show("DRIVING_LICENCE")["qr_text"]
    run = sandbox.app.test_cli_runner().invoke

    rotated = run(args=["keys", "rotate", "show", "--now"])
    after = citizen.show("DRIVING_LICENCE")["qr_text"]

    assert rotated.exit_code == 0, rotated.output
    assert before.partition(".")[0] != after.partition(".")[0]
    assert [officer.scan(text)["outcome"] for text in (before, after)] == ["accepted"] * 2
