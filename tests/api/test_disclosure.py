"""What a verifier sees: what the holder chose to disclose ∩ what the organisation may see."""

from typing import Any

import pytest

from tests.sandbox import JSON, Citizen, Sandbox, Staff

NUMBER = "100000199005170119"
MASKED_NUMBER = "1000**********0119"
BASIC_ID_CARD = {
    "name": "*伟",
    "id_no": MASKED_NUMBER,
    "sex": "男",
    "ethnicity": "汉",
    "issuing_authority": "测试市公安局",
    "valid_from": "2016-07-01",
    "valid_to": "2036-07-01",
}


def values(seen: JSON) -> dict[str, Any]:
    """Return what a scan showed, without the photo's path."""
    shown = {field["key"]: field["value"] for field in seen["licence"]["fields"]}
    shown.pop("photo", None)
    return shown


def scan(citizen: Citizen, scanner: Staff, kind: str, disclose: str) -> JSON:
    """Show a licence, scan it, confirm it if that is asked for, and return what was seen."""
    shown = citizen.show(kind, disclose=disclose)
    seen = scanner.scan(shown["qr_text"])
    if seen["outcome"] == "pending":
        citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")
        seen = scanner.expect(200, "GET", f"/v1/verifications/{seen['id']}")
    return seen


@pytest.fixture(scope="module")
def citizen(standing_sandbox: Sandbox) -> Citizen:
    return standing_sandbox.citizen("zhang-wei")


@pytest.fixture(scope="module")
def officer(standing_sandbox: Sandbox) -> Staff:
    return standing_sandbox.staff()


@pytest.fixture(scope="module")
def hotel(standing_sandbox: Sandbox) -> Staff:
    return standing_sandbox.staff("hotel", "H001")


def test_basic_shows_what_is_not_sensitive_and_name_and_number_masked(
    citizen: Citizen,
    officer: Staff,
) -> None:
    seen = scan(citizen, officer, "ID_CARD", "basic")

    assert values(seen) == BASIC_ID_CARD
    assert seen["holder"] == {"name_masked": "*伟"}


def test_basic_shows_the_photo(citizen: Citizen, officer: Staff) -> None:
    seen = scan(citizen, officer, "ID_CARD", "basic")

    (path,) = [field["value"] for field in seen["licence"]["fields"] if field["key"] == "photo"]
    assert path == f"/v1/verifications/{seen['id']}/photo"
    assert officer.get(path).mimetype == "image/png"


def test_standard_adds_the_name_in_clear_and_masks_the_other_sensitive_values(
    citizen: Citizen,
    officer: Staff,
) -> None:
    seen = scan(citizen, officer, "ID_CARD", "standard")

    shown = values(seen)
    assert seen["holder"] == {"name_masked": "*伟", "name": "张伟"}
    assert (shown["name"], shown["id_no"]) == ("张伟", MASKED_NUMBER)
    assert shown["birth_date"] != "1990-05-17"
    assert "测试路" not in shown["address"]
    masked = {field["key"] for field in seen["licence"]["fields"] if field["masked"]}
    assert masked == {"id_no", "birth_date", "address"}


def test_full_shows_everything_once_the_holder_has_confirmed(citizen: Citizen, officer: Staff) -> None:
    seen = scan(citizen, officer, "ID_CARD", "full")

    shown = values(seen)
    assert (seen["outcome"], seen["holder"]["name"]) == ("accepted", "张伟")
    assert (shown["id_no"], shown["birth_date"]) == (NUMBER, "1990-05-17")
    assert shown["address"] == "广东省深圳市南山区测试路1号1栋101"
    assert not any(field["masked"] for field in seen["licence"]["fields"])


@pytest.mark.parametrize("disclose", ["basic", "standard", "full"])
def test_a_hotel_sees_the_basic_profile_whatever_the_holder_discloses(
    citizen: Citizen,
    hotel: Staff,
    disclose: str,
) -> None:
    seen = scan(citizen, hotel, "ID_CARD", disclose)

    assert seen["outcome"] == "accepted"
    assert values(seen) == BASIC_ID_CARD
    assert seen["holder"] == {"name_masked": "*伟"}


@pytest.mark.parametrize("kind", ["DRIVING_LICENCE", "PASSPORT", "MARRIAGE_CERT"])
def test_a_hotel_sees_nothing_of_another_kind(citizen: Citizen, hotel: Staff, kind: str) -> None:
    seen = scan(citizen, hotel, kind, "standard")

    assert (seen["outcome"], seen["reason"]) == ("rejected", "not_permitted")
    assert (seen["holder"], seen["licence"]) == (None, None)


@pytest.mark.parametrize("disclose", ["standard", "full"])
def test_a_co_holders_values_stay_masked_in_every_profile(
    standing_sandbox: Sandbox,
    officer: Staff,
    disclose: str,
) -> None:
    wife = standing_sandbox.log_in("li-na")
    if wife.expect(200, "GET", "/v1/account")["assurance_level"] == 1:
        wife.bind()
        wife.sync()

    shown = values(scan(wife, officer, "MARRIAGE_CERT", disclose))

    assert (shown["male_id_no"], shown["male_name"]) == (MASKED_NUMBER, "*伟")
    assert NUMBER not in str(shown)
    own = "100000199103080125" if disclose == "full" else "1000**********0125"
    assert shown["female_id_no"] == own


@pytest.mark.parametrize("disclose", ["basic", "standard", "full"])
def test_a_shared_flat_is_shown_in_the_name_of_who_shows_it(
    citizen: Citizen,
    officer: Staff,
    disclose: str,
) -> None:
    seen = scan(citizen, officer, "REAL_ESTATE_CERT", disclose)

    assert seen["holder"]["name_masked"] == "*伟"
    assert "100000199103080125" not in str(seen)
    assert "李娜" not in str(seen)


def test_the_holder_reads_which_fields_were_shown(citizen: Citizen, hotel: Staff) -> None:
    seen = scan(citizen, hotel, "ID_CARD", "standard")

    (record,) = [one for one in citizen.access_records() if one["id"] == seen["id"]]

    assert set(record["fields"]) == {*BASIC_ID_CARD, "photo"}


@pytest.mark.parametrize("disclose", ["basic", "standard", "full"])
def test_a_kinds_declared_profiles_are_what_is_shown_in_clear(
    standing_sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
    disclose: str,
) -> None:
    kinds = standing_sandbox.anybody.expect(200, "GET", "/v1/licence-kinds")["items"]
    declared = next(kind["fields"] for kind in kinds if kind["code"] == "DRIVING_LICENCE")
    ranks = ["basic", "standard", "full"]

    seen = scan(citizen, officer, "DRIVING_LICENCE", disclose)

    in_clear = {field["key"] for field in seen["licence"]["fields"] if not field["masked"]}
    promised = {field["key"] for field in declared if ranks.index(field["profile"]) <= ranks.index(disclose)}
    assert in_clear == promised
