"""Retention: what has been kept long enough is purged, what has not is left, and stopping costs nothing."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta

import pytest
from click.testing import Result
from sqlalchemy import func, select

from api.upkeep import purging
from api.upkeep.retention import Retention
from hotservices.models import ImpersonalRankingRow, ServicePreferenceRow
from hotservices.usage.models import UsageReceiptRow, UsageStateRow
from identity import notices
from identity.accounts import AccountRow
from identity.consent_texts import ConsentGivenRow
from identity.ids import PersonId
from identity.notices import NoticeKind, NoticeRow
from identity.orm import Base
from tests import cases, clients, consents, family, forms, organisations, webhooks
from tests.sandbox import Citizen, Sandbox, claim_of, persona
from tests.scans import brought_in, item
from wallet.showing.models import AccessRecordRow, ShowTokenRow

KIND = "DRIVING_LICENCE"
MARGIN = timedelta(days=2)
SHORT = timedelta(minutes=30)


def purge(sandbox: Sandbox, *options: str) -> Result:
    with sandbox.app.app_context():
        result = sandbox.app.test_cli_runner().invoke(args=["purge", *options])
    assert result.exit_code == 0, result.output
    return result


def count(sandbox: Sandbox, table: str) -> int:
    with sandbox.parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0


def scanned(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    shown = citizen.show(KIND, mode="confirm")
    sandbox.staff().scan(shown["qr_text"])
    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")


def told(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    with sandbox.parts.database.write() as session:
        account = session.get_one(AccountRow, citizen.expect(200, "GET", "/v1/account")["id"])
        notices.tell(
            session,
            sandbox.parts.cipher,
            person_id=PersonId(account.person_id or ""),
            kind=NoticeKind.CODE_SCANNED,
            about={},
            now=sandbox.now(),
        )


def mistaken(sandbox: Sandbox) -> None:
    wrong = {"name": "张伟", "id_type": "resident_id", "id_number": persona("li-na")["id_number"]}
    sandbox.log_in("zhang-wei").post("/v1/real-name", wrong | {"consent_version": "1"})


def used(sandbox: Sandbox) -> None:
    events = [{"id": "e1", "service_code": "SVC0019", "action": "apply"}]
    sandbox.log_in("zhang-wei").expect(202, "POST", "/v1/service-events", json={"events": events})


def retried(sandbox: Sandbox) -> None:
    sandbox.log_in("zhang-wei").post("/v1/sessions/revoke-all", headers={"Idempotency-Key": "k"})


def closed(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    citizen.prove()
    citizen.expect(200, "POST", "/v1/account/close")


def shown(sandbox: Sandbox) -> None:
    sandbox.citizen("zhang-wei").show(KIND)


def decided(sandbox: Sandbox) -> None:
    sandbox.decide(sandbox.citizen("zhang-wei").licence(KIND)["identifier"], "suspended")


def brought_in_afterwards(sandbox: Sandbox) -> None:
    shown = sandbox.citizen("zhang-wei").show(KIND, mode="offline")
    brought_in(sandbox.staff(), item(shown["qr_text"], sandbox.now()))


def read_aloud(sandbox: Sandbox) -> None:
    sandbox.citizen("zhang-wei").show(KIND, check_code=True)


def misheard(sandbox: Sandbox) -> None:
    sandbox.staff().expect(200, "POST", "/v1/verifications", json={"check_code": "00000000"})


def frozen_by_staff(sandbox: Sandbox) -> None:
    sandbox.citizen("zhang-wei")
    mine = {key: persona("zhang-wei")[key] for key in ("name", "id_type", "id_number")}
    who = mine | {"reason": "lost phone"}
    sandbox.staff("service-hall", "S002").expect(201, "POST", "/v1/staff/wallet-freezes", json=who)


def logged_in(sandbox: Sandbox) -> None:
    sandbox.log_in("zhang-wei")


def claimed(sandbox: Sandbox) -> None:
    sandbox.log_in("zhang-wei").begin_face_check(**claim_of("zhang-wei"))


def missed(sandbox: Sandbox) -> None:
    entry = claim_of("zhang-wei") | {"code": "00000000"}
    del entry["consent_version"]
    sandbox.staff_who_may("raise-assurance").post("/v1/staff/raise-assurance", entry)


def asked(sandbox: Sandbox) -> None:
    ask(sandbox)


def ask(sandbox: Sandbox) -> str:
    helper = organisations.at_level_3(sandbox, "wang-qiang")
    body = family.named("chen-guihua", "mother")
    tie_id: str = helper.expect(201, "POST", "/v1/dependants", json=body)["id"]
    return tie_id


def released(sandbox: Sandbox) -> None:
    tie_id, principal = ask(sandbox), sandbox.citizen("chen-guihua")
    for verb in ("approve", "revoke"):
        principal.expect(200, "POST", f"/v1/dependants/{tie_id}/{verb}")


def raised_and_closed(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    code = citizen.expect(201, "POST", "/v1/real-name/counter-codes", json={})["code"]
    entry = claim_of("zhang-wei") | {"code": code}
    del entry["consent_version"]
    sandbox.staff_who_may("raise-assurance").expect(200, "POST", "/v1/staff/raise-assurance", json=entry)
    citizen.expect(200, "POST", "/v1/account/close")


def closed_and_used(sandbox: Sandbox) -> None:
    """Close an account, and let it be used a moment later all the same."""
    closed(sandbox)
    now = sandbox.now()
    with sandbox.parts.database.write() as session:
        one = session.scalars(select(AccountRow.id).where(AccountRow.closed_at.is_not(None))).one()
        session.add(UsageStateRow(account_id=one, state_sealed=b""))
        session.add(UsageReceiptRow(account_id=one, event_digest=b"", said_digest=b"", received_at=now))
        session.add(ImpersonalRankingRow(account_id=one, since=now))
        session.add(ServicePreferenceRow(account_id=one, service_code="SVC0022", favourite_since=now))


# A rule, its table, what leaves a row there, and how long after that the row is over by itself.
RULES: list[tuple[str, str, Callable[[Sandbox], object], timedelta]] = [
    ("access_records", "access_records", scanned, timedelta(0)),
    ("show_tokens", "show_tokens", shown, timedelta(minutes=1)),
    ("notices", "notices", told, timedelta(0)),
    ("registry_events", "registry_events", decided, timedelta(0)),
    ("sessions", "sessions", logged_in, timedelta(days=30)),
    ("real_name_attempts", "real_name_attempts", mistaken, timedelta(0)),
    ("face_checks", "face_checks", claimed, timedelta(hours=1)),
    ("counter_misses", "counter_misses", missed, timedelta(0)),
    ("helper_requests", "dependants", asked, timedelta(days=7)),
    ("dependants", "dependants", released, timedelta(0)),
    ("idempotency_keys", "idempotency_keys", retried, timedelta(days=1)),
    ("usage_receipts", "usage_receipts", used, timedelta(0)),
    ("client_assertions", "client_assertions", clients.signed_for, timedelta(minutes=1)),
    ("client_credentials", "client_credentials", clients.rotated, timedelta(0)),
    ("clients", "clients", clients.unregistered, timedelta(0)),
    ("consents", "consents", consents.one_given, timedelta(days=30)),
    ("consent_requests", "consent_requests", consents.one_asked, timedelta(days=3)),
    ("closed_accounts", "consents_given", closed, timedelta(0)),
    ("closed_accounts", "counter_checks", raised_and_closed, timedelta(0)),
    ("closed_accounts", "service_preferences", closed_and_used, timedelta(0)),
    ("licence_status_changes", "licence_status_changes", decided, timedelta(0)),
    ("offline_scans", "offline_scans", brought_in_afterwards, timedelta(0)),
    ("check_codes", "check_codes", read_aloud, timedelta(0)),
    ("check_code_misses", "check_code_misses", misheard, timedelta(0)),
    ("staff_freezes", "staff_freezes", frozen_by_staff, timedelta(0)),
    ("webhook_events", "webhook_events", webhooks.happen, timedelta(0)),
    ("webhook_deliveries", "webhook_deliveries", webhooks.told, timedelta(0)),
    ("reviews", "reviews", cases.reviewed, timedelta(0)),
    ("cases", "case_steps", cases.withdrawn, timedelta(0)),
    ("drafts", "drafts", forms.begun, timedelta(0)),
    ("corrections", "corrections", forms.answered, timedelta(0)),
    ("webhooks", "webhooks", webhooks.deleted, timedelta(0)),
]


def test_every_rule_has_a_span_and_is_tested() -> None:
    names = {rule.name for rule in purging.RULES}

    assert names == {field.name for field in fields(Retention)}
    # Of memberships, people and status changes something stays, as tests of their own say.
    assert names == {name for name, *_ in RULES} | {"memberships", "people_let_go", "status_changes"}


@pytest.mark.parametrize(
    ("name", "table", "leave", "life"), RULES, ids=[f"{name}-{table}" for name, table, *_ in RULES]
)
def test_a_row_is_kept_for_its_span_and_then_purged(
    sandbox: Sandbox,
    name: str,
    table: str,
    leave: Callable[[Sandbox], object],
    life: timedelta,
) -> None:
    leave(sandbox)
    there = count(sandbox, table)
    sandbox.pass_time(sandbox.parts.config.retention.of(name) + life - SHORT)
    purge(sandbox)
    within = count(sandbox, table)
    sandbox.pass_time(2 * SHORT)

    purge(sandbox)

    assert there >= 1
    assert (within, count(sandbox, table)) == (there, 0)


def test_memberships_that_were_revoked_or_ran_out_are_purged_and_the_representative_stays(
    sandbox: Sandbox,
) -> None:
    manager = organisations.at_level_3(sandbox, "wang-qiang")
    enterprise = organisations.register(manager)
    added = organisations.add(manager, enterprise, "zhao-min")
    organisations.add(manager, enterprise, "li-na", valid_to=f"{sandbox.now():%Y-%m-%d}")
    organisations.add(manager, enterprise, "sun-lei", role="admin", valid_to=None)
    organisations.revoke(manager, enterprise, added)
    sandbox.pass_time(sandbox.parts.config.retention.memberships - SHORT)
    purge(sandbox)
    within = count(sandbox, "memberships")
    sandbox.pass_time(MARGIN)

    purge(sandbox)

    assert (within, count(sandbox, "memberships")) == (4, 2)


def test_a_scanned_token_stays_as_long_as_the_record_of_it(sandbox: Sandbox) -> None:
    scanned(sandbox)
    sandbox.pass_time(sandbox.parts.config.retention.show_tokens + MARGIN)
    purge(sandbox)
    before = count(sandbox, "show_tokens")
    sandbox.pass_time(sandbox.parts.config.retention.access_records)

    purge(sandbox)

    assert (before, count(sandbox, "show_tokens"), count(sandbox, "access_records")) == (1, 0, 0)


def test_what_is_due_goes_in_batches_and_what_is_left_goes_next_time(sandbox: Sandbox) -> None:
    for _ in range(5):
        mistaken(sandbox)
    sandbox.pass_time(sandbox.parts.config.retention.real_name_attempts + MARGIN)
    (rule,) = [one for one in purging.RULES if one.name == "real_name_attempts"]

    first = next(purging.batches(sandbox.parts, rule, sandbox.now(), size=2))
    left = count(sandbox, "real_name_attempts")
    rest = list(purging.batches(sandbox.parts, rule, sandbox.now(), size=2))

    assert (first, left, rest, count(sandbox, "real_name_attempts")) == (2, 3, [2, 1], 0)


def test_a_purge_says_what_it_would_do_and_shows_how_far_it_is(sandbox: Sandbox) -> None:
    told(sandbox)
    sandbox.pass_time(sandbox.parts.config.retention.notices + MARGIN)

    asked = purge(sandbox, "--dry-run").output
    done = purge(sandbox, "--batch", "1").output

    assert "notices: 1 due" in asked
    assert "notices" in done
    assert count(sandbox, "notices") == 0


def test_a_citizen_goes_on_after_a_purge(sandbox: Sandbox) -> None:
    citizen: Citizen = sandbox.citizen("zhang-wei")
    officer = sandbox.staff()
    officer.scan(citizen.show(KIND)["qr_text"])

    purge(sandbox)

    with sandbox.parts.database.read() as session:
        kept = [len(session.scalars(select(row)).all()) for row in (AccessRecordRow, ShowTokenRow)]
        assert session.scalars(select(ConsentGivenRow)).all()
        assert session.scalars(select(NoticeRow)).all() is not None
    assert kept == [1, 1]
    assert officer.scan(citizen.show(KIND)["qr_text"])["outcome"] == "accepted"
