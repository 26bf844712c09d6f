"""Freezing stops everything at once; unfreezing asks for fresh proof."""

import pytest
from sqlalchemy import select

from tests.sandbox import Sandbox, at_once, claim_of, words
from wallet.models import StaffFreezeRow

KIND = "DRIVING_LICENCE"
FREEZE, UNFREEZE = "/v1/wallet/freeze", "/v1/wallet/unfreeze"


def test_a_frozen_wallet_shows_nothing_and_its_running_codes_do_not_count(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND)

    frozen = citizen.expect(200, "POST", FREEZE)
    seen = officer.scan(shown["qr_text"])

    assert frozen == {"frozen": True}
    assert citizen.expect(200, "GET", "/v1/account")["wallet_frozen"] is True
    assert (seen["outcome"], seen["reason"], seen["holder"]) == ("rejected", "wallet_frozen", None)
    assert citizen.expect(200, "GET", f"/v1/show-tokens/{shown['id']}")["state"] == "active"
    path = f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"
    citizen.refused(403, "wallet-frozen", "POST", path)


def test_who_may_not_see_a_kind_is_told_so_before_the_freeze(sandbox: Sandbox) -> None:
    citizen, hotel = sandbox.citizen("zhang-wei"), sandbox.staff("hotel", "H001")
    shown = citizen.show(KIND)
    citizen.expect(200, "POST", FREEZE)

    assert hotel.scan(shown["qr_text"])["reason"] == "not_permitted"


def test_freezing_ends_every_other_session_and_unfreezing_brings_none_back(sandbox: Sandbox) -> None:
    citizen, tablet = sandbox.citizen("zhang-wei"), sandbox.log_in("zhang-wei")

    citizen.expect(200, "POST", FREEZE)

    citizen.expect(200, "GET", "/v1/account")
    tablet.refused(401, "unauthenticated", "GET", "/v1/account")
    citizen.prove()
    citizen.expect(200, "POST", UNFREEZE)
    tablet.refused(401, "unauthenticated", "GET", "/v1/account")


def test_unfreezing_asks_for_fresh_proof_and_lets_running_codes_count_again(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND, lifetime_seconds=300)
    citizen.expect(200, "POST", FREEZE)
    citizen.refused(403, "fresh-proof-required", "POST", UNFREEZE)
    citizen.prove()

    citizen.expect(200, "POST", UNFREEZE)

    assert officer.scan(shown["qr_text"])["outcome"] == "accepted"
    assert citizen.expect(200, "GET", "/v1/account")["wallet_frozen"] is False


def test_a_scan_that_waits_can_not_be_confirmed_from_a_frozen_wallet(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])
    citizen.expect(200, "POST", FREEZE)

    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")

    seen = officer.expect(200, "GET", f"/v1/verifications/{scan['id']}")
    assert (seen["outcome"], seen["reason"], seen["holder"]) == ("rejected", "wallet_frozen", None)


def test_staff_freeze_for_a_lost_phone_which_is_recorded_and_told(sandbox: Sandbox) -> None:
    citizen, clerk = sandbox.citizen("zhang-wei"), sandbox.staff_who_may("raise-assurance")
    claim = {name: value for name, value in claim_of("zhang-wei").items() if name != "consent_version"}

    body = claim | {"reason": "手机遗失", "id_number": " １０００００ 199005170119"}
    record = clerk.expect(201, "POST", "/v1/staff/wallet-freezes", json=body)

    citizen.refused(401, "unauthenticated", "GET", "/v1/account")
    again = sandbox.log_in("zhang-wei")
    assert again.expect(200, "GET", "/v1/account")["wallet_frozen"] is True
    assert "wallet_frozen" in words(again.expect(200, "GET", "/v1/notices")["items"], "kind")
    with sandbox.parts.database.read() as session:
        row = session.scalars(select(StaffFreezeRow)).one()
    assert row.id == record["id"]
    assert "手机遗失".encode() not in row.reason_sealed


@pytest.mark.parametrize(
    "wrong", [{"name": "李娜"}, {"id_number": "100000199001010011"}, {"id_type": "passport"}]
)
def test_staff_freeze_nobody_whose_name_and_number_they_do_not_have(
    sandbox: Sandbox, wrong: dict[str, str]
) -> None:
    sandbox.citizen("zhang-wei")
    clerk = sandbox.staff_who_may("raise-assurance")
    claim = {name: value for name, value in claim_of("zhang-wei").items() if name != "consent_version"}

    body = claim | {"reason": "手机遗失"} | wrong
    clerk.refused(422, "real-name-mismatch", "POST", "/v1/staff/wallet-freezes", json=body)


@pytest.mark.parametrize("_turn", range(2))
def test_a_code_that_is_scanned_while_its_wallet_freezes_is_one_or_the_other(
    sandbox: Sandbox, _turn: int
) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown = citizen.show(KIND)

    _, seen = at_once(
        lambda: citizen.post(FREEZE),
        lambda: officer.post("/v1/verifications", json={"qr_text": shown["qr_text"]}),
    )

    answer = seen.get_json()
    assert (answer["outcome"], answer["reason"]) in {("accepted", None), ("rejected", "wallet_frozen")}
    state = citizen.expect(200, "GET", f"/v1/show-tokens/{shown['id']}")["state"]
    assert state == ("used" if answer["outcome"] == "accepted" else "active")
