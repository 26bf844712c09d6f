"""The tables of tokens that any implementation can run, run against this one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.paths import ROOT
from wallet.showing import codecs
from wallet.showing.codecs import Codecs
from wallet.showing.jws import Untrusted
from wallet.showing.offline import pack_reading
from wallet.showing.offline.offline_decision import Pack, decide
from wallet.showing.offline.pack_reading import PublishedKeys

OFFLINE: dict[str, Any] = json.loads((ROOT / "tests/vectors/offline.json").read_bytes())
HOSTILE: dict[str, Any] = json.loads((ROOT / "tests/vectors/hostile.json").read_bytes())


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    keys = PublishedKeys.of(OFFLINE["keys"])
    return {name: pack_reading.read(jws, keys) for name, jws in OFFLINE["packs"].items()}


@pytest.mark.parametrize("case", OFFLINE["cases"], ids=lambda case: case["name"])
def test_a_scan_without_a_network_is_decided_as_the_table_says(
    packs: dict[str, Pack],
    case: dict[str, Any],
) -> None:
    decision = decide(
        case["text"],
        packs[case["pack"]],
        device_now=instant(case["device_time"]),
        clock_offset=timedelta(seconds=case["clock_offset_seconds"]),
        seen=case["seen"],
    )

    assert case["expect"] == {
        "outcome": decision.outcome,
        "reason": decision.reason,
        "freshness": decision.freshness,
        "signal": decision.signal,
    }


@pytest.mark.parametrize("token", HOSTILE["tokens"], ids=lambda token: token["name"])
def test_a_hostile_token_is_refused_for_its_reason(token: dict[str, Any]) -> None:
    rings = {name: PublishedKeys.of(jwks) for name, jwks in HOSTILE["keys"].items()}
    both = Codecs(rings["show"], rings["offline"], qr_prefix="")
    try:
        reason = codecs.lifetime_fault(both.open(token["text"]), instant(HOSTILE["now"]))
    except Untrusted as untrusted:
        reason = untrusted.reason

    assert reason == token["reason"]


def test_the_tables_hold_what_they_are_for() -> None:
    reasons = {case["expect"]["reason"] for case in OFFLINE["cases"]}
    freshness = {case["expect"]["freshness"] for case in OFFLINE["cases"]}
    hostile = [token for token in HOSTILE["tokens"] if token["reason"]]

    assert reasons == {
        None,
        "malformed",
        "unknown_key",
        "bad_signature",
        "not_yet_valid",
        "expired",
        "used",
        "not_permitted",
        "licence_expired",
        "licence_suspended",
        "licence_revoked",
    }
    assert freshness == {"fresh", "stale", "unknown"}
    assert len({token["text"] for token in hostile}) >= 60
