"""A licence in its holder's wallet: details, order, photo, conditional reads; and never in anybody else's."""

from io import BytesIO
from itertools import chain
from typing import Any

import pytest
from PIL import Image

from tests.sandbox import JSON, Citizen, Sandbox, told, words

NOBODYS = "01970000-0000-7000-8000-000000000000"
ON_A_LICENCE = [
    ("GET", ""),
    ("GET", "/photo"),
    ("POST", "/refresh"),
    ("POST", "/preferences"),
    ("POST", "/show-tokens"),
]
ON_A_TOKEN = [
    ("GET", ""),
    ("GET", "/qr.svg"),
    ("GET", "/qr.png"),
    ("POST", "/confirm"),
    ("POST", "/decline"),
    ("POST", "/withdraw"),
]


def values(licence: JSON) -> dict[str, Any]:
    return {field["key"]: field["value"] for field in licence["fields"]}


def detail(citizen: Citizen, kind: str) -> JSON:
    return citizen.expect(200, "GET", f"/v1/licences/{citizen.licence(kind)['id']}")


def prefer(citizen: Citizen, kind: str, **change: object) -> JSON:
    path = f"/v1/licences/{citizen.licence(kind)['id']}/preferences"
    return citizen.expect(200, "POST", path, json=change)


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


def test_a_list_has_no_fields_and_masks_name_and_number(citizen: Citizen) -> None:
    licence = citizen.licence("DRIVING_LICENCE")

    assert "fields" not in licence
    assert (licence["holder_name_masked"], licence["number_masked"]) == ("*伟", "1000**********0119")
    assert licence["issuer"] == {"code": "traffic-police", "name": "测试市公安局交通管理局"}
    assert (licence["issued_on"], licence["valid_from"], licence["valid_to"]) == (
        "2012-08-20",
        "2022-08-20",
        "2032-08-20",
    )


def test_holders_see_their_own_licence_in_clear(citizen: Citizen) -> None:
    licence = detail(citizen, "DRIVING_LICENCE")

    shown = values(licence)
    assert (shown["name"], shown["licence_no"]) == ("张伟", "100000199005170119")
    assert not any(words(licence["fields"], "masked"))


def test_a_co_holders_values_are_masked_in_the_other_holders_wallet(sandbox: Sandbox) -> None:
    his = values(detail(sandbox.citizen("zhang-wei"), "MARRIAGE_CERT"))
    hers = values(detail(sandbox.citizen("li-na"), "MARRIAGE_CERT"))

    assert (his["male_id_no"], his["female_id_no"]) == ("100000199005170119", "1000**********0125")
    assert (hers["male_id_no"], hers["female_id_no"]) == ("1000**********0119", "100000199103080125")
    assert (his["male_name"], his["female_name"]) == ("张伟", "*娜")
    assert (hers["male_name"], hers["female_name"]) == ("*伟", "李娜")


def test_a_photo_is_the_holders_portrait_as_png(citizen: Citizen) -> None:
    licence = detail(citizen, "DRIVING_LICENCE")

    response = citizen.get(values(licence)["photo"])

    assert response.mimetype == "image/png"
    assert Image.open(BytesIO(response.data)).size == (240, 320)


def test_a_licence_without_a_photo_answers_404(citizen: Citizen) -> None:
    licence = citizen.licence("PASSPORT")

    citizen.refused(404, "photo-not-found", "GET", f"/v1/licences/{licence['id']}/photo")


def test_a_wallet_is_filtered_by_kind_and_by_status(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("liu-yang")

    expired = citizen.expect(200, "GET", "/v1/licences?status=expired")["items"]
    neither = citizen.expect(200, "GET", "/v1/licences?status=expired&kind=ID_CARD")["items"]

    assert words(expired, "kind") == ["DRIVING_LICENCE"]
    assert neither == []


def test_a_wallet_is_read_page_by_page(citizen: Citizen) -> None:
    whole = words(citizen.licences(), "id")
    pages: list[list[str]] = []
    cursor = ""

    while cursor is not None:
        answer = citizen.expect(200, "GET", f"/v1/licences?limit=4{cursor}")
        pages.append(words(answer["items"], "id"))
        cursor = answer["next_cursor"] and f"&cursor={answer['next_cursor']}"

    assert [len(page) for page in pages] == [4, 4, 3]
    assert list(chain.from_iterable(pages)) == whole


def test_a_pinned_licence_comes_first_and_a_hidden_one_last(citizen: Citizen) -> None:
    prefer(citizen, "PASSPORT", pinned=True)
    hidden = prefer(citizen, "ID_CARD", hidden=True)

    kinds = words(citizen.licences(), "kind")

    assert (kinds[0], kinds[-1]) == ("PASSPORT", "ID_CARD")
    assert hidden["hidden"] is True


def test_positions_order_a_wallet_and_what_is_not_named_stays(citizen: Citizen) -> None:
    prefer(citizen, "PASSPORT", position=2, pinned=True)
    prefer(citizen, "MARRIAGE_CERT", position=1, pinned=True)
    prefer(citizen, "PASSPORT", hidden=False)

    kinds = words(citizen.licences(), "kind")

    assert kinds[:2] == ["MARRIAGE_CERT", "PASSPORT"]


def test_preferences_survive_a_sync(citizen: Citizen) -> None:
    prefer(citizen, "PASSPORT", pinned=True)

    citizen.sync()

    assert citizen.licence("PASSPORT")["pinned"] is True


def test_each_holder_of_a_shared_licence_has_an_order_of_their_own(sandbox: Sandbox) -> None:
    husband, wife = sandbox.citizen("zhang-wei"), sandbox.citizen("li-na")

    prefer(husband, "MARRIAGE_CERT", hidden=True)

    assert wife.licence("MARRIAGE_CERT")["hidden"] is False


def test_a_refresh_asks_the_registry_anew(sandbox: Sandbox, citizen: Citizen) -> None:
    licence = citizen.licence("DRIVING_LICENCE")
    sandbox.set_clock(sandbox.now().replace(minute=20))

    refreshed = citizen.expect(200, "POST", f"/v1/licences/{licence['id']}/refresh")

    assert refreshed["as_of"] > licence["as_of"]
    assert refreshed["freshness"] == "fresh"


def test_a_refresh_says_when_the_registry_is_down_and_keeps_what_is_known(
    sandbox: Sandbox,
    citizen: Citizen,
) -> None:
    licence = citizen.licence("DRIVING_LICENCE")
    sandbox.break_registry("traffic-police")

    citizen.refused(503, "registry-unavailable", "POST", f"/v1/licences/{licence['id']}/refresh")

    assert citizen.licence("DRIVING_LICENCE") == licence


@pytest.mark.parametrize("path", ["/v1/licences", "/v1/account", "/v1/licence-kinds", "/v1/access-records"])
def test_an_unchanged_answer_is_304_until_it_changes(citizen: Citizen, path: str) -> None:
    tag = citizen.get(path).headers["ETag"]

    unchanged = citizen.get(path, headers={"If-None-Match": tag})
    other = citizen.get(path, headers={"If-None-Match": '"somethingelse"'})

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == tag
    assert other.status_code == 200


def test_a_change_makes_a_new_etag(citizen: Citizen) -> None:
    tag = citizen.get("/v1/licences").headers["ETag"]
    prefer(citizen, "PASSPORT", pinned=True)

    response = citizen.get("/v1/licences", headers={"If-None-Match": tag})

    assert response.status_code == 200
    assert response.headers["ETag"] != tag


@pytest.mark.parametrize(("method", "action"), ON_A_LICENCE)
def test_another_persons_licence_is_as_if_it_did_not_exist(
    sandbox: Sandbox,
    citizen: Citizen,
    method: str,
    action: str,
) -> None:
    theirs = sandbox.citizen("li-na").licence("ID_CARD")["id"]
    code = "photo-not-found" if action == "/photo" else "licence-not-found"

    strangers = citizen.refused(404, code, method, f"/v1/licences/{theirs}{action}")
    nobodys = citizen.refused(404, code, method, f"/v1/licences/{NOBODYS}{action}")

    assert told(strangers) == told(nobodys)


@pytest.mark.parametrize(("method", "action"), ON_A_TOKEN)
def test_another_persons_show_token_is_as_if_it_did_not_exist(
    sandbox: Sandbox,
    citizen: Citizen,
    method: str,
    action: str,
) -> None:
    wife = sandbox.citizen("li-na")
    # Of a licence that both hold: the token is hers alone.
    theirs = wife.show("MARRIAGE_CERT", mode="confirm")["id"]

    strangers = citizen.refused(404, "show-token-not-found", method, f"/v1/show-tokens/{theirs}{action}")
    nobodys = citizen.refused(404, "show-token-not-found", method, f"/v1/show-tokens/{NOBODYS}{action}")

    assert told(strangers) == told(nobodys)
    assert wife.expect(200, "GET", f"/v1/show-tokens/{theirs}")["state"] == "active"
