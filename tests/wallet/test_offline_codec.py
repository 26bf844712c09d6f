"""Offline tokens on the wire: what they say, how long they are, and whose they are."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import KeySet

from identity.crypto.keyring import KeyRing, Purpose, create_ring
from identity.crypto.signer import KeyRingSigner, Signer
from identity.numbers.masks import mask_name, mask_number
from tests.wallet.tokens import JTI, decoded, header, ours
from wallet.kinds import all_kinds
from wallet.showing import token_codec
from wallet.showing.jws import Untrusted
from wallet.showing.offline import offline_codec
from wallet.showing.offline.offline_codec import (
    MAX_TOKEN_CHARACTERS,
    OfflineClaims,
    lifetime_fault,
    open_token,
    seal,
)
from wallet.showing.qr_symbol import Level, symbol
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import CLOCK_LEEWAY, MAX_LIFETIME

ISSUED_AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CLAIMS = OfflineClaims(
    jti=JTI,
    issued_at=ISSUED_AT,
    expires_at=ISSUED_AT + timedelta(seconds=60),
    kind="DRIVING_LICENCE",
    name="*伟",
    number="1000**********0119",
    valid_to=date(2032, 8, 20),
    list_id="aB3",
    place=104_857,
)
PAYLOAD = {
    "jti": JTI,
    "exp": 1795312860,
    "iat": 1795312800,
    "k": "DRIVING_LICENCE",
    "n": "*伟",
    "no": "1000**********0119",
    "vt": "2032-08-20",
    "sl": ["aB3", 104857],
}
NAMES_OF_30 = ["阿卜杜拉·买买提" * 4, "A" * 30, "𠮷" * 30, "司马" * 15, "é" * 30]
OFFLINE_KINDS = [kind.code for kind in all_kinds().values() if kind.offline_allowed]
# ISO/IEC 18004: version v has 17 + 4v modules a side.
VERSION_12 = 17 + 4 * 12

instants = st.integers(1_000_000_000, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
claims = st.builds(
    OfflineClaims,
    jti=st.just(JTI),
    issued_at=instants,
    expires_at=instants,
    kind=st.sampled_from(OFFLINE_KINDS),
    name=st.text(st.characters(categories=["L"]), min_size=1, max_size=60).map(mask_name),
    number=st.text("0123456789ABC", min_size=1, max_size=40).map(mask_number),
    valid_to=st.none() | st.dates(date(1950, 1, 1)),
    list_id=st.text("abcXYZ019", min_size=3, max_size=3),
    place=st.integers(0, 2**20 - 1),
)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    folder: Path = tmp_path_factory.mktemp("offline")
    create_ring(folder, Purpose.OFFLINE)
    return KeyRing(folder, Purpose.OFFLINE)


@pytest.fixture(scope="module")
def offline_signer(ring: KeyRing) -> Signer:
    return KeyRingSigner(ring)


def refusal(unverified: str, keys: KeyRing) -> Reason | None:
    try:
        open_token(unverified, keys)
    except Untrusted as untrusted:
        return untrusted.reason
    return None


def test_it_says_what_the_contract_names_unescaped(offline_signer: Signer) -> None:
    head, payload, _ = seal(CLAIMS, offline_signer).split(".")

    assert json.loads(decoded(head)) == {"alg": "ES256", "kid": offline_signer.kid, "typ": "lz-off"}
    assert json.loads(decoded(payload)) == PAYLOAD
    assert "*伟" in decoded(payload).decode()


@given(claims)
def test_what_was_sealed_opens_to_the_same_but_for_stars_that_found_no_room(
    ring: KeyRing,
    offline_signer: Signer,
    claims: OfflineClaims,
) -> None:
    token = seal(claims, offline_signer)
    opened = open_token(token, ring)

    assert len(token) <= MAX_TOKEN_CHARACTERS == 367
    assert (opened.jti, opened.kind, opened.valid_to) == (claims.jti, claims.kind, claims.valid_to)
    assert (opened.issued_at, opened.expires_at) == (claims.issued_at, claims.expires_at)
    assert (opened.list_id, opened.place) == (claims.list_id, claims.place)
    assert opened.name.replace("*", "") == claims.name.replace("*", "")
    assert opened.number.replace("*", "") == claims.number.replace("*", "")
    assert ("*" in opened.name, "*" in opened.number) == ("*" in claims.name, "*" in claims.number)


@pytest.mark.parametrize("kind", OFFLINE_KINDS)
@pytest.mark.parametrize("name", NAMES_OF_30)
def test_a_name_of_30_characters_fits_a_version_12_code(offline_signer: Signer, kind: str, name: str) -> None:
    number = mask_number("91440300MA5TEST00X")
    worst = {"kind": kind, "name": mask_name(name), "number": number, "place": 2**20 - 1}
    fields = {slot: getattr(CLAIMS, slot) for slot in OfflineClaims.__slots__}

    token = seal(OfflineClaims(**fields | worst), offline_signer)

    assert len(symbol(token, Level.L)) <= VERSION_12
    assert json.loads(decoded(token.split(".")[1]))["n"] == "*" + name[-1]


def test_a_short_name_and_number_are_left_as_they_are(ring: KeyRing, offline_signer: Signer) -> None:
    assert open_token(seal(CLAIMS, offline_signer), ring) == CLAIMS


def test_an_independent_library_verifies_it(ring: KeyRing, offline_signer: Signer) -> None:
    keys = KeySet.import_key_set({"keys": ring.jwks()})  # type: ignore[typeddict-item]

    verified = jws.deserialize_compact(seal(CLAIMS, offline_signer), keys, algorithms=["ES256"])

    assert json.loads(verified.payload) == PAYLOAD


@pytest.mark.parametrize(
    "change",
    [
        {"jti": JTI[:-1]},
        {"exp": "1795312860"},
        {"exp": True},
        {"iat": 1.5},
        {"iat": -1},
        {"k": "driving_licence"},
        {"k": ""},
        {"k": None},
        {"k": "A" * 33},
        {"n": ""},
        {"n": None},
        {"n": "a\nb"},
        {"n": "\u202e伟"},
        {"no": 5},
        {"no": ""},
        {"vt": ""},
        {"vt": "2032-8-20"},
        {"vt": "2032-02-30"},
        {"vt": 20320820},
        {"vt": "２０３２-08-20"},
        {"sl": ["aB3"]},
        {"sl": ["aB3", -1]},
        {"sl": ["aB3", 1.0]},
        {"sl": ["aB3", True]},
        {"sl": ["aB3", 2**40]},
        {"sl": ["../x", 1]},
        {"sl": [3, 1]},
        {"sl": "aB3"},
        {"sl": {"aB3": 1}},
        {"sl": None},
        {"x": 1},
    ],
)
def test_claims_that_we_would_not_make_are_malformed_even_under_our_signature(
    ring: KeyRing,
    change: dict[str, Any],
) -> None:
    forged = ours(ring, header(ring, typ="lz-off"), PAYLOAD | change)

    assert refusal(forged, ring) is Reason.MALFORMED


@pytest.mark.parametrize("missing", list(PAYLOAD))
def test_a_token_without_any_one_claim_is_malformed(ring: KeyRing, missing: str) -> None:
    payload = {name: value for name, value in PAYLOAD.items() if name != missing}

    assert refusal(ours(ring, header(ring, typ="lz-off"), payload), ring) is Reason.MALFORMED


@pytest.mark.parametrize("typ", ["lz", "lz-pack", "statuslist+jwt", "JWT", "LZ-OFF", None])
def test_another_typ_is_no_offline_token_though_the_same_ring_signed_it(ring: KeyRing, typ: str) -> None:
    assert refusal(ours(ring, header(ring, typ=typ), PAYLOAD), ring) is Reason.MALFORMED


def test_a_token_of_one_mode_is_malformed_where_the_other_is_read(
    ring: KeyRing,
    show_ring: KeyRing,
    signer: Signer,
    offline_signer: Signer,
) -> None:
    online = token_codec.seal(JTI, CLAIMS.expires_at, signer)
    offline = seal(CLAIMS, offline_signer)

    with pytest.raises(Untrusted):
        token_codec.open_token(offline, show_ring)
    assert refusal(online, ring) is Reason.MALFORMED


def test_the_key_of_online_tokens_is_unknown_to_offline_ones(ring: KeyRing, show_ring: KeyRing) -> None:
    forged = ours(show_ring, header(show_ring, typ="lz-off"), PAYLOAD)

    assert refusal(forged, ring) is Reason.UNKNOWN_KEY


@given(st.text(max_size=400))
def test_no_text_makes_opening_stumble(ring: KeyRing, text: str) -> None:
    assert refusal(text, ring) is Reason.MALFORMED


@pytest.mark.parametrize(
    ("ahead", "fault"),
    [
        (timedelta(0), None),
        (59 * SECOND, None),
        (60 * SECOND, Reason.EXPIRED),
        (-CLOCK_LEEWAY, None),
        (-CLOCK_LEEWAY - SECOND, Reason.NOT_YET_VALID),
        (timedelta(days=-900), Reason.NOT_YET_VALID),
        (timedelta(days=900), Reason.EXPIRED),
    ],
)
def test_it_lives_from_its_issue_to_its_end(ahead: timedelta, fault: Reason | None) -> None:
    assert lifetime_fault(CLAIMS, ISSUED_AT + ahead) is fault


def test_a_life_longer_than_any_that_we_give_is_not_of_now() -> None:
    fields = {slot: getattr(CLAIMS, slot) for slot in OfflineClaims.__slots__}
    endless = OfflineClaims(**fields | {"expires_at": ISSUED_AT + MAX_LIFETIME + CLOCK_LEEWAY + SECOND})

    assert lifetime_fault(endless, ISSUED_AT) is Reason.NOT_YET_VALID
    assert offline_codec.TYP == "lz-off"
