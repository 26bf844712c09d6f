"""Showing a licence offline, and scanning such a code while there is a network after all."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from identity.crypto.keyring import Purpose
from tests import forging
from tests.sandbox import JSON, Citizen, Sandbox
from tests.wallet.tokens import decoded

KIND = "DRIVING_LICENCE"


@pytest.fixture(scope="module")
def citizen(standing_sandbox: Sandbox) -> Citizen:
    return standing_sandbox.citizen("zhang-wei")


def claims_of(shown: JSON) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(decoded(shown["token"].split(".")[1]))
    return claims


def test_an_offline_code_carries_the_basic_profile_and_nothing_in_clear(citizen: Citizen) -> None:
    shown = citizen.show(KIND, mode="offline")
    licence = citizen.licence(KIND)

    claims = claims_of(shown)

    assert (shown["mode"], shown["disclose"], shown["check_code"]) == ("offline", "basic", None)
    assert len(shown["token"]) <= 367
    assert set(claims) == {"jti", "exp", "iat", "k", "n", "no", "vt", "sl"}
    assert (claims["k"], claims["vt"]) == (KIND, licence["valid_to"])
    assert (claims["n"], claims["no"]) == (licence["holder_name_masked"], licence["number_masked"])


def test_two_codes_of_one_licence_name_different_entries(citizen: Citizen) -> None:
    first, second = (claims_of(citizen.show(KIND, mode="offline"))["sl"] for _ in range(2))

    assert first != second


def test_the_qr_of_an_offline_code_reads_back(citizen: Citizen) -> None:
    shown = citizen.show(KIND, mode="offline")

    png = citizen.get(f"/v1/show-tokens/{shown['id']}/qr.png").data
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(png)), formats=zxingcpp.BarcodeFormat.QRCode)

    assert code.text == shown["qr_text"]


def test_a_kind_that_is_verified_online_only_is_refused(citizen: Citizen) -> None:
    path = f"/v1/licences/{citizen.licence('ID_CARD')['id']}/show-tokens"

    citizen.refused(409, "offline-not-allowed", "POST", path, json={"mode": "offline"})


@pytest.mark.parametrize("disclose", ["standard", "full"])
def test_no_more_than_the_basic_profile_is_shown_offline(citizen: Citizen, disclose: str) -> None:
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"

    problem = citizen.refused(
        422, "validation-failed", "POST", path, json={"mode": "offline", "disclose": disclose}
    )

    assert list(problem["errors"]) == ["disclose"]


def test_scanned_online_it_is_accepted_once(sandbox: Sandbox) -> None:
    shown = sandbox.citizen("zhang-wei").show(KIND, mode="offline")
    officer = sandbox.staff()

    first, second = officer.scan(shown["qr_text"]), officer.scan(shown["qr_text"])

    assert (first["outcome"], first["signal"]) == ("accepted", "green")
    assert {field["key"] for field in first["licence"]["fields"]} >= {"vehicle_class", "photo"}
    assert "name" not in first["holder"]
    assert (second["outcome"], second["reason"], second["used_by_you"]) == ("rejected", "used", True)


def test_scanned_online_it_is_judged_by_what_is_known_there(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND, mode="offline")
    sandbox.decide(citizen.licence(KIND)["identifier"], "revoked")

    assert officer.scan(shown["qr_text"])["reason"] == "licence_revoked"


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_scanned_online_after_its_end_it_is_refused(sandbox: Sandbox, end: str) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND, mode="offline")
    if end == "withdrawn":
        citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/withdraw")
    else:
        sandbox.pass_time(timedelta(seconds=60))

    assert officer.scan(shown["qr_text"])["reason"] == end


def test_an_online_codes_number_under_the_offline_key_is_unknown(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    online = claims_of(citizen.show(KIND))
    offline = claims_of(citizen.show(KIND, mode="offline"))
    key = sandbox.parts.rings[Purpose.OFFLINE].signing()
    head = {"alg": "ES256", "kid": key.kid, "typ": "lz-off"}

    mixed = forging.sign(key.private, head, offline | {"jti": online["jti"]})

    assert officer.scan(mixed)["reason"] == "unknown_code"


def test_a_code_of_one_mode_sent_as_the_other_is_malformed(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    online, offline = claims_of(citizen.show(KIND)), claims_of(citizen.show(KIND, mode="offline"))
    show_key, off_key = (
        sandbox.parts.rings[Purpose.SHOW].signing(),
        sandbox.parts.rings[Purpose.OFFLINE].signing(),
    )

    as_online = forging.sign(show_key.private, forging.header(sandbox.parts), offline)
    as_offline = forging.sign(
        off_key.private, forging.header(sandbox.parts, typ="lz-off", kid=off_key.kid), online
    )
    wrong_ring = forging.sign(show_key.private, forging.header(sandbox.parts, typ="lz-off"), offline)

    reasons = [officer.scan(token)["reason"] for token in (as_online, as_offline, wrong_ring)]

    assert reasons == ["malformed", "malformed", "unknown_key"]
