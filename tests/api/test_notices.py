"""Notices: what the app told a person, read by that person alone."""

import pytest
from sqlalchemy import select

from api import notice_texts
from identity import accounts, notices
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from tests.sandbox import Citizen, Sandbox, words


def tell(sandbox: Sandbox, citizen: Citizen, licence: str) -> None:
    assert citizen.account
    with sandbox.parts.database.write() as session:
        account = session.get_one(accounts.AccountRow, citizen.account["id"])
        assert account.person_id
        notices.tell(
            session,
            sandbox.parts.cipher,
            person_id=PersonId(account.person_id),
            kind=NoticeKind.CODE_SCANNED,
            about={"organisation": "测试市公安局", "licence": licence},
            now=sandbox.now(),
        )


@pytest.fixture
def reader(sandbox: Sandbox) -> Citizen:
    """Zhang Wei, bound, who was told two things."""
    citizen = sandbox.log_in("zhang-wei")
    citizen.bind()
    for licence in ("居民身份证", "机动车驾驶证"):
        tell(sandbox, citizen, licence)
    return citizen


def test_notices_come_newest_first_in_the_readers_language(reader: Citizen) -> None:
    chinese = reader.expect(200, "GET", "/v1/notices")["items"]
    english = reader.expect(200, "GET", "/v1/notices", headers={"Accept-Language": "en"})["items"]

    assert words(chinese, "text") == [
        "测试市公安局核验了您的机动车驾驶证",
        "测试市公安局核验了您的居民身份证",
    ]
    assert english[0]["title"] == "Your licence was verified"
    assert words(chinese, "read_at") == [None, None]


def test_notices_are_read_page_by_page(reader: Citizen) -> None:
    first = reader.expect(200, "GET", "/v1/notices?limit=1")
    second = reader.expect(200, "GET", f"/v1/notices?limit=1&cursor={first['next_cursor']}")

    assert "驾驶证" in first["items"][0]["text"]
    assert "身份证" in second["items"][0]["text"]
    assert second["next_cursor"] is None


def test_a_notice_is_read_once_and_keeps_the_instant_of_its_first_reading(
    sandbox: Sandbox, reader: Citizen
) -> None:
    newest = reader.expect(200, "GET", "/v1/notices")["items"][0]
    path = f"/v1/notices/{newest['id']}/read"

    first = reader.expect(200, "POST", path)
    sandbox.set_clock(sandbox.now().replace(year=2027))
    reader = sandbox.log_in("zhang-wei")
    again = reader.expect(200, "POST", path)

    assert first["read_at"] == again["read_at"]
    unread = reader.expect(200, "GET", "/v1/notices?unread=true")["items"]
    assert newest["id"] not in words(unread, "id")


def test_another_persons_notice_is_as_if_it_did_not_exist(sandbox: Sandbox, reader: Citizen) -> None:
    newest = reader.expect(200, "GET", "/v1/notices")["items"][0]
    stranger = sandbox.log_in("li-na")

    before = stranger.expect(200, "GET", "/v1/notices")
    stranger.refused(404, "notice-not-found", "POST", f"/v1/notices/{newest['id']}/read")
    stranger.bind()
    stranger.refused(404, "notice-not-found", "POST", f"/v1/notices/{newest['id']}/read")
    stranger.refused(404, "notice-not-found", "POST", f"/v1/notices/{new_id()}/read")

    assert before == {"items": [], "next_cursor": None}
    assert reader.expect(200, "GET", "/v1/notices")["items"][0]["read_at"] is None


@pytest.mark.usefixtures("reader")
def test_what_a_notice_is_about_lies_sealed(sandbox: Sandbox) -> None:
    with sandbox.parts.database.read() as session:
        rows = session.scalars(select(notices.NoticeRow)).all()

    assert len(rows) == 2
    assert all("驾驶证".encode() not in row.about_sealed for row in rows)


def test_every_kind_of_notice_has_its_words_in_both_languages() -> None:
    for kind in NoticeKind:
        title, text = notice_texts.NOTICES[kind]
        assert all((title.zh, title.en, text.zh, text.en)), kind


def test_a_scan_is_told_to_the_holder(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")

    sandbox.staff().scan(citizen.show("DRIVING_LICENCE")["qr_text"])

    assert words(citizen.expect(200, "GET", "/v1/notices")["items"], "text") == [
        "测试市公安局交通管理局核验了您的机动车驾驶证"
    ]
