"""A person's rights: a copy of everything held on them, an end of it, and what they agreed to."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import LargeBinary, select

from api.upkeep import personal_data
from identity import notices, people
from identity.accounts import AccountRow
from identity.consent_texts import ConsentGivenRow
from identity.crypto.cipher import CipherError
from identity.ids import PersonId
from identity.notices import NoticeKind
from identity.orm import Base
from identity.people import PersonRow
from tests import clients, consents, forms
from tests.cases import finished, review
from tests.sandbox import JSON, Citizen, Sandbox, claim_of, persona
from wallet.showing.models import AccessRecordRow

KIND = "DRIVING_LICENCE"
EXPORT, CLOSE = "/v1/account/export", "/v1/account/close"
DOCUMENT = {key: value for key, value in claim_of("zhang-wei").items() if key != "consent_version"}
LOGIN = {"provider": "sandbox", "code": "zhang-wei", "device": {"name": "张伟的手机", "platform": "wechat"}}


@pytest.fixture
def rich(sandbox: Sandbox) -> Citizen:
    """A citizen of whom there is something in every part, freshly proved."""
    sandbox.anybody.expect(201, "POST", "/v1/sessions", json=LOGIN)
    citizen = sandbox.log_in("zhang-wei")
    wrong = {"name": "张伟", "id_type": "resident_id", "id_number": persona("li-na")["id_number"]}
    citizen.post("/v1/real-name", wrong | {"consent_version": "1"})
    citizen.bind()
    citizen = frozen_for_a_while(sandbox)
    citizen.sync()
    sandbox.staff().scan(citizen.show(KIND)["qr_text"], purpose="核对张伟本人")
    citizen.show(KIND, mode="confirm")
    citizen.expect(200, "POST", "/v1/services/SVC0019/favourite", json={"on": True})
    citizen.expect(200, "POST", "/v1/services/SVC0020/hide", json={"on": True})
    events = [{"id": "e1", "service_code": "SVC0019", "action": "apply"}]
    citizen.expect(202, "POST", "/v1/service-events", json={"events": events})
    tell(sandbox, citizen)
    consents.consented(clients.a_client(sandbox), citizen)
    forms.of_a_strange_registry(sandbox, citizen)
    forms.begin(citizen, forms.RENEWAL)
    review(citizen, finished(sandbox, citizen, "SVC0019"), comment="张伟很满意")
    code = citizen.expect(201, "POST", "/v1/real-name/counter-codes")["code"]
    clerk = sandbox.staff_who_may("raise-assurance")
    clerk.expect(200, "POST", "/v1/staff/raise-assurance", json=DOCUMENT | {"code": code})
    citizen.prove()
    return citizen


def frozen_for_a_while(sandbox: Sandbox) -> Citizen:
    """Let staff freeze the wallet of somebody, who logs in anew and unfreezes it."""
    clerk = sandbox.staff_who_may("raise-assurance")
    clerk.expect(201, "POST", "/v1/staff/wallet-freezes", json=DOCUMENT | {"reason": "张伟遗失手机"})
    again = sandbox.log_in("zhang-wei")
    again.prove()
    again.expect(200, "POST", "/v1/wallet/unfreeze")
    return again


def tell(sandbox: Sandbox, citizen: Citizen) -> None:
    parts, account = sandbox.parts, citizen.expect(200, "GET", "/v1/account")
    with parts.database.write() as session:
        person_id = PersonId(session.get_one(AccountRow, account["id"]).person_id or "")
        about = {"organisation": "测试市公安局交通管理局", "licence": "张伟的驾驶证"}
        notices.tell(
            session,
            parts.cipher,
            person_id=person_id,
            kind=NoticeKind.CODE_SCANNED,
            about=about,
            now=sandbox.now(),
        )


@pytest.fixture
def wife(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("li-na")


def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(personal_data.schema())
    return Draft202012Validator(personal_data.schema(), format_checker=FormatChecker())


def rows_of(sandbox: Sandbox, table: str) -> list[Any]:
    with sandbox.parts.database.read() as session:
        return list(session.execute(select(Base.metadata.tables[table])))


def test_the_copy_has_what_its_schema_says_and_nothing_else(rich: Citizen) -> None:
    document = rich.expect(200, "GET", EXPORT)

    assert [error.message for error in validator().iter_errors(document)] == []


def test_every_part_of_the_copy_has_something_of_a_person_who_used_everything(rich: Citizen) -> None:
    document = rich.expect(200, "GET", EXPORT)

    empty = {part.name for part in personal_data.PARTS if not document[part.name]}
    # A place in a status list is given to a licence when it is first shown offline; a membership, by somebody.
    assert empty <= {"status_list_entries", "memberships", "client_credentials", "dependants"}


def test_a_copy_tells_a_person_their_own_name_number_and_licences_in_clear(rich: Citizen) -> None:
    document = rich.expect(200, "GET", EXPORT)

    known = persona("zhang-wei")
    assert document["real_name"]["name"] == known["name"]
    assert document["real_name"]["id_number"] == known["id_number"]
    assert len(document["licences"]) == len(rich.licences())
    licence = next(one for one in document["licences"] if one["kind"] == KIND)
    values = {field["key"]: field["value"] for field in licence["fields"]}
    assert known["name"] in values.values()
    assert licence["photo_png_base64"]
    assert document["access_records"][0]["purpose"] == "核对张伟本人"
    assert "张伟的手机" in [one["device_name"] for one in document["sessions"]]
    assert document["service_usage"]["services"][0]["service_code"] == "SVC0019"
    assert document["service_preferences"]["favourites"] == ["SVC0019"]
    assert len(document["real_name_attempts"]) == 1


def test_a_copy_holds_nothing_of_anybody_else_and_no_secret(rich: Citizen, wife: Citizen) -> None:
    wife_document = json.dumps(persona("li-na"), ensure_ascii=False)

    document = rich.expect(200, "GET", EXPORT)
    # A consent is a signed statement that both sides keep.
    statements = document.pop("consents")
    text = json.dumps(document, ensure_ascii=False)

    assert statements
    assert persona("li-na")["id_number"] in wife_document
    assert persona("li-na")["id_number"] not in text
    assert "eyJ" not in text
    assert (wife.account or {})["id"] not in text


def test_a_copy_is_to_be_saved_and_not_to_be_cached(rich: Citizen) -> None:
    headers = rich.get(EXPORT).headers

    assert headers["Content-Disposition"] == 'attachment; filename="account-export.json"'
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "path"), [("GET", EXPORT), ("POST", CLOSE)])
def test_both_need_a_proof_of_the_last_ten_minutes(
    sandbox: Sandbox, rich: Citizen, wife: Citizen, method: str, path: str
) -> None:
    wife.refused(403, "fresh-proof-required", method, path)
    sandbox.pass_time(timedelta(minutes=11))

    rich.refused(403, "fresh-proof-required", method, path)

    assert rich.get("/v1/account").status_code == 200


def test_a_closed_account_ends_every_login_at_once(sandbox: Sandbox, rich: Citizen) -> None:
    other_device = sandbox.log_in("zhang-wei")

    closed = rich.expect(200, "POST", CLOSE)

    assert [one["code"] for one in closed["kept"]] == [
        "access-records",
        "consents-given",
        "legal-representative",
    ]
    for citizen in (rich, other_device):
        citizen.refused(401, "unauthenticated", "GET", "/v1/account")
        refresh = citizen.app.test_client().post(
            "/v1/sessions/refresh", headers={"Authorization": f"Bearer {citizen.refresh_token}"}
        )
        assert refresh.status_code == 401


def test_who_closed_an_account_comes_back_as_somebody_new(sandbox: Sandbox, rich: Citizen) -> None:
    before = rich.account
    rich.expect(200, "POST", CLOSE)

    again = sandbox.citizen("zhang-wei")

    assert again.account is not None
    assert again.account["id"] != (before or {})["id"]
    assert again.expect(200, "GET", "/v1/account")["assurance_level"] == 2
    assert (again.access_records(), len(again.licences()) > 0) == ([], True)
    assert again.expect(200, "GET", "/v1/notices")["items"] == []
    assert sandbox.staff().scan(again.show(KIND)["qr_text"])["outcome"] == "accepted"


def test_after_closing_nothing_that_is_kept_can_be_opened_to_who_it_was(
    sandbox: Sandbox, rich: Citizen
) -> None:
    rich.expect(200, "POST", CLOSE)

    opened = list(everything_sealed(sandbox))

    known = persona("zhang-wei")
    words = [known["name"], known["id_number"], known["address"], "核对", "zhang-wei", "SVC0019"]
    assert [word for word in words for plain in opened if word.encode() in plain] == []


def everything_sealed(sandbox: Sandbox) -> Iterator[bytes]:
    """Yield every sealed value outside of the sandbox's own registries, in clear."""
    tables = [table for table in Base.metadata.sorted_tables if not table.name.startswith("sandbox_")]
    # Kept for a day and named by nobody; see the README on Idempotency-Key. Learnt from and not a person's.
    tables = [table for table in tables if table.name not in {"usage_log", "usage_snapshots"}]
    for table in tables:
        for column in table.columns:
            if column.name.endswith("_sealed") and isinstance(column.type, LargeBinary):
                for row in rows_of(sandbox, table.name):
                    value = getattr(row, column.name)
                    if value is not None:
                        yield opened_anywhere(sandbox, table.name, column.name, row, value)


def opened_anywhere(sandbox: Sandbox, table: str, column: str, row: Any, value: bytes) -> bytes:
    """Open a sealed value at the places that the code uses."""
    name = column.removesuffix("_sealed")
    key = row[0]
    try:
        return sandbox.parts.cipher.open(value, f"{table}.{name}:{key}")
    except CipherError as error:
        msg = f"{table}.{column} does not lie where its name says"
        raise AssertionError(msg) from error


def test_what_the_law_wants_kept_is_kept_of_nobody_in_particular(sandbox: Sandbox, rich: Citizen) -> None:
    rich.expect(200, "POST", CLOSE)

    with sandbox.parts.database.read() as session:
        (record,) = session.scalars(select(AccessRecordRow)).all()
        account_ids = set(session.scalars(select(ConsentGivenRow.account_id)))
        accounts = [session.get_one(AccountRow, account_id) for account_id in account_ids]
        (account,) = [one for one in accounts if one.closed_at]
        person = session.get_one(PersonRow, record.person_id)
        name = people.open_person(person, sandbox.parts.cipher).name

    assert (record.outcome, record.purpose_sealed) == ("accepted", None)
    assert account.person_id is None
    assert (name, bool(person.erased_at)) == ("-", True)


def test_a_closed_account_leaves_others_as_they_are(sandbox: Sandbox, rich: Citizen, wife: Citizen) -> None:
    before = wife.licences()
    rich.expect(200, "POST", CLOSE)

    assert wife.licences() == before
    shared = wife.licence("MARRIAGE_CERT")
    assert wife.expect(200, "GET", f"/v1/licences/{shared['id']}")["fields"]
    assert sandbox.staff().expect(200, "GET", "/v1/verifications")["items"][0]["outcome"] == "accepted"


def test_a_live_code_of_a_closed_account_is_worth_nothing(sandbox: Sandbox, rich: Citizen) -> None:
    shown = rich.show(KIND)
    rich.expect(200, "POST", CLOSE)

    seen = sandbox.staff().scan(shown["qr_text"])

    assert (seen["outcome"], seen["holder"]) == ("rejected", None)


def test_a_scan_of_just_before_the_closing_tells_no_name_any_more(sandbox: Sandbox, rich: Citizen) -> None:
    officer = sandbox.staff()
    scan = officer.scan(rich.show(KIND)["qr_text"])
    rich.expect(200, "POST", CLOSE)

    again = officer.expect(200, "GET", f"/v1/verifications/{scan['id']}")

    assert scan["holder"]["name_masked"] == "*伟"
    assert "伟" not in json.dumps(again, ensure_ascii=False)


def test_a_person_sees_what_they_agreed_to_word_for_word(rich: Citizen, wife: Citizen) -> None:
    (given,) = rich.expect(200, "GET", "/v1/account/consents")["items"]

    texts: list[JSON] = wife.expect(200, "GET", "/v1/consent-texts")["items"]
    text = next(one for one in texts if one["purpose"] == "real-name")
    assert {name: given[name] for name in ("purpose", "version", "text", "sha256")} == {
        name: text[name] for name in ("purpose", "version", "text", "sha256")
    }
    assert given["given_at"].startswith("2026-11-22T02:0")


def test_with_personal_ranking_off_use_is_not_even_written_down(rich: Citizen) -> None:
    rich.expect(200, "POST", "/v1/account/personalisation", json={"on": False})
    events = [{"service_code": "SVC0007", "action": "apply"}]
    rich.expect(202, "POST", "/v1/service-events", json={"events": events})

    document = rich.expect(200, "GET", EXPORT)

    assert document["service_preferences"]["personalised"] is False
    assert [one["service_code"] for one in document["service_usage"]["services"]] == ["SVC0019"]
