"""Show tokens on the wire: what is sealed, how long it is, and how long it lives."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import KeySet

from identity.crypto.keyring import KeyRing, KeyState, Purpose
from identity.crypto.signer import KeyRingSigner, Signer
from tests.identity import rings
from tests.wallet.tokens import EXPIRES_AT, JTI, PAYLOAD, decoded, refusal
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import (
    CLOCK_LEEWAY,
    MAX_LIFETIME,
    MAX_TOKEN_CHARACTERS,
    ShowClaims,
    lifetime_fault,
    new_jti,
    open_token,
    seal,
)

moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  hypothesis wants naive bounds
    datetime(2099, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))


@pytest.fixture(scope="module")
def token(signer: Signer) -> str:
    return seal(JTI, EXPIRES_AT, signer)


@given(moments, st.binary(min_size=16, max_size=16))
def test_what_was_sealed_opens_to_the_same_claims(
    show_ring: KeyRing,
    signer: Signer,
    expires_at: datetime,
    random: bytes,
) -> None:
    jti = base64.urlsafe_b64encode(random).rstrip(b"=").decode()

    assert open_token(seal(jti, expires_at, signer), show_ring) == ShowClaims(jti, expires_at)


@given(moments)
def test_a_token_with_the_longest_kid_fits_213_characters(signer: Signer, expires_at: datetime) -> None:
    assert len(signer.kid) == 4
    assert len(seal(new_jti(), expires_at, signer)) <= MAX_TOKEN_CHARACTERS == 213


def test_a_token_says_nothing_but_its_number_and_its_end(token: str) -> None:
    head, payload, _ = token.split(".")

    assert set(json.loads(decoded(head))) == {"alg", "kid", "typ"}
    assert json.loads(decoded(head))["typ"] == "lz"
    assert json.loads(decoded(payload)) == PAYLOAD


def test_an_independent_library_verifies_it_with_the_published_keys(token: str, show_ring: KeyRing) -> None:
    keys = KeySet.import_key_set({"keys": show_ring.jwks()})  # type: ignore[typeddict-item]

    verified = jws.deserialize_compact(token, keys, algorithms=["ES256"])

    assert json.loads(verified.payload) == PAYLOAD


def test_jtis_are_128_random_bits() -> None:
    jtis = {new_jti() for _ in range(1_000)}

    assert len(jtis) == 1_000
    assert {len(decoded(jti)) for jti in jtis} == {16}
    assert {len(jti) for jti in jtis} == {22}


def test_a_token_outlives_the_rotation_of_its_key_and_not_its_retirement(tmp_path: Path) -> None:
    old, new = rings.fresh(Purpose.SHOW), rings.fresh(Purpose.SHOW)
    keys = rings.ring_of(tmp_path, Purpose.SHOW, (KeyState.SIGNING, old), (KeyState.NEXT, new))
    token = seal(JTI, EXPIRES_AT, KeyRingSigner(keys))

    rings.write(tmp_path, Purpose.SHOW, (KeyState.VERIFYING, old), (KeyState.SIGNING, new))
    rotated = refusal(token, keys)
    rings.write(tmp_path, Purpose.SHOW, (KeyState.RETIRED, old), (KeyState.SIGNING, new))

    assert (rotated, refusal(token, keys)) == (None, Reason.UNKNOWN_KEY)


@pytest.mark.parametrize(
    ("ahead", "fault"),
    [
        (timedelta(seconds=1), None),
        (timedelta(microseconds=1), None),
        (timedelta(0), Reason.EXPIRED),
        (timedelta(seconds=-1), Reason.EXPIRED),
        (timedelta(days=-900), Reason.EXPIRED),
        (MAX_LIFETIME, None),
        (MAX_LIFETIME + CLOCK_LEEWAY, None),
        (MAX_LIFETIME + CLOCK_LEEWAY + timedelta(seconds=1), Reason.NOT_YET_VALID),
    ],
)
def test_at_its_end_a_token_is_expired_and_from_too_far_ahead_it_is_not_yet_valid(
    ahead: timedelta,
    fault: Reason | None,
) -> None:
    assert lifetime_fault(ShowClaims(JTI, EXPIRES_AT), EXPIRES_AT - ahead) is fault
