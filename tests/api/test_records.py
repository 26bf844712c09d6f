"""Who looked: the verifier's own history, and the holder's access records."""

from datetime import timedelta

import pytest

from tests.sandbox import JSON, Citizen, Sandbox, Staff, told, words

KIND = "DRIVING_LICENCE"
NOBODYS = "01970000-0000-7000-8000-000000000000"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


def history(staff: Staff, query: str = "") -> list[JSON]:
    items: list[JSON] = staff.expect(200, "GET", f"/v1/verifications{query}")["items"]
    return items


def look(staff: Staff, scan: JSON) -> JSON:
    return staff.expect(200, "GET", f"/v1/verifications/{scan['id']}")


def test_a_verifier_sees_fields_holder_and_photo_for_two_minutes(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    scan = officer.scan(citizen.show(KIND)["qr_text"])
    photo = f"/v1/verifications/{scan['id']}/photo"
    sandbox.pass_time(timedelta(seconds=110))
    within, picture = look(officer, scan), officer.get(photo).status_code
    sandbox.pass_time(timedelta(seconds=11))

    after = look(officer, scan)

    assert (within["licence"], within["holder"]) == (scan["licence"], scan["holder"])
    assert picture == 200
    assert (after["outcome"], after["holder"]) == ("accepted", None)
    assert after["licence"] == {"kind": KIND, "title": "机动车驾驶证", "status": "valid", "fields": []}
    officer.refused(404, "photo-not-found", "GET", photo)


def test_a_scan_is_its_verifiers_alone(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    scan = officer.scan(citizen.show(KIND)["qr_text"])
    colleague = sandbox.staff("service-hall", "S001")

    for action in ("", "/photo"):
        theirs = colleague.refused(
            404, "verification-not-found", "GET", f"/v1/verifications/{scan['id']}{action}"
        )
        nobodys = colleague.refused(
            404, "verification-not-found", "GET", f"/v1/verifications/{NOBODYS}{action}"
        )
        assert told(theirs) == told(nobodys)

    assert history(colleague) == []


def test_a_rejected_scan_has_no_photo(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND)
    officer.scan(shown["qr_text"])
    again = officer.scan(shown["qr_text"])

    officer.refused(404, "photo-not-found", "GET", f"/v1/verifications/{again['id']}/photo")


def test_a_licence_without_a_photo_shows_none(citizen: Citizen, officer: Staff) -> None:
    scan = officer.scan(citizen.show("PASSPORT")["qr_text"])

    officer.refused(404, "photo-not-found", "GET", f"/v1/verifications/{scan['id']}/photo")


def test_a_history_holds_every_scan_newest_first_and_nothing_personal(
    citizen: Citizen,
    officer: Staff,
) -> None:
    shown = citizen.show(KIND, disclose="standard")
    scans = [officer.scan(text) for text in (shown["qr_text"], shown["qr_text"], "no token", "")]

    listed = history(officer)

    assert words(listed, "id") == words(scans, "id")[::-1]
    assert words(listed, "outcome") == ["rejected", "rejected", "rejected", "accepted"]
    assert words(listed, "reason") == ["malformed", "malformed", "used", None]
    assert set(words(listed, "holder")) == {None}
    assert "张伟" not in str(listed)
    assert listed[-1]["licence"]["fields"] == []


def test_a_history_is_read_page_by_page(officer: Staff) -> None:
    scans = [officer.scan(f"scan {place}")["id"] for place in range(7)]
    seen: list[str] = []
    cursor, pages = "", 0

    while cursor is not None:
        answer = officer.expect(200, "GET", f"/v1/verifications?limit=3{cursor}")
        seen += words(answer["items"], "id")
        pages += 1
        cursor = answer["next_cursor"] and f"&cursor={answer['next_cursor']}"

    assert (seen, pages) == (scans[::-1], 3)


def test_a_scan_made_while_a_history_is_read_does_not_shift_its_pages(officer: Staff) -> None:
    scans = [officer.scan(f"scan {place}")["id"] for place in range(4)]
    first = officer.expect(200, "GET", "/v1/verifications?limit=2")
    officer.scan("another")

    second = officer.expect(200, "GET", f"/v1/verifications?limit=2&cursor={first['next_cursor']}")

    assert words(first["items"] + second["items"], "id") == scans[::-1]


def test_a_holder_reads_who_looked_when_and_for_what(citizen: Citizen, officer: Staff) -> None:
    scan = officer.scan(citizen.show(KIND)["qr_text"], purpose="路面执法")

    (record,) = citizen.access_records()

    assert (record["id"], record["kind"], record["actor"]) == (scan["id"], "verification", "self")
    assert (record["licence_id"], record["licence_title"]) == (citizen.licence(KIND)["id"], "机动车驾驶证")
    assert record["organisation"] == {"code": "traffic-police", "name": "测试市公安局交通管理局"}
    assert (record["staff_masked"], record["purpose"]) == ("V**1", "路面执法")
    assert (record["outcome"], record["reason"], record["at"]) == ("accepted", None, scan["verified_at"])
    shown = words(scan["licence"]["fields"], "key")
    assert record["fields"] == shown


def test_rejected_scans_of_a_holders_code_are_in_their_records_too(
    sandbox: Sandbox,
    citizen: Citizen,
    officer: Staff,
) -> None:
    hotel = sandbox.staff("hotel", "H001")
    shown = citizen.show(KIND)
    hotel.scan(shown["qr_text"], purpose="入住")
    officer.scan(shown["qr_text"])
    officer.scan(shown["qr_text"])
    sandbox.pass_time(timedelta(minutes=2))
    officer.scan(shown["qr_text"])

    records = citizen.access_records()

    assert words(records, "reason") == ["expired", "used", None, "not_permitted"]
    assert words(records, "outcome") == ["rejected", "rejected", "accepted", "rejected"]
    assert (records[-1]["purpose"], records[-1]["fields"]) == ("入住", [])


def test_what_was_never_a_code_of_theirs_is_in_nobodys_records(citizen: Citizen, officer: Staff) -> None:
    officer.scan("no token")

    assert citizen.access_records() == []


def test_access_records_are_the_holders_alone(sandbox: Sandbox, citizen: Citizen, officer: Staff) -> None:
    wife = sandbox.citizen("li-na")

    officer.scan(citizen.show("MARRIAGE_CERT")["qr_text"])

    assert len(citizen.access_records()) == 1
    assert wife.access_records() == []


def test_a_scan_that_waits_and_then_is_confirmed_is_one_record(citizen: Citizen, officer: Staff) -> None:
    shown = citizen.show(KIND, mode="confirm")
    officer.scan(shown["qr_text"])
    (waiting,) = citizen.access_records()

    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")

    (settled,) = citizen.access_records()
    assert (waiting["outcome"], waiting["fields"]) == ("pending", [])
    assert (settled["id"], settled["outcome"]) == (waiting["id"], "accepted")
    assert "vehicle_class" in settled["fields"]


def test_access_records_are_read_page_by_page(citizen: Citizen, officer: Staff) -> None:
    for _ in range(3):
        officer.scan(citizen.show(KIND)["qr_text"])

    first = citizen.expect(200, "GET", "/v1/access-records?limit=2")
    second = citizen.expect(200, "GET", f"/v1/access-records?limit=2&cursor={first['next_cursor']}")

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
