"""What the chain of access records allows, and what it is good for: forgetting, receipts, anchors."""

from collections.abc import Callable
from datetime import datetime, timedelta

import jwt
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from identity.crypto.keyring import Purpose
from identity.ids import PersonId
from identity.orm import Database
from tests.sandbox import Sandbox, at_once, words
from tests.tampering import KIND, proven, records, scanned, tampering
from wallet.showing import statements
from wallet.showing.models import AccessCheckpointRow, AccessRecordRow
from wallet.showing.records import anchors, append_only, chain, forgetting
from wallet.showing.records.audit import Broken, Fault, Proven


@pytest.fixture(scope="module")
def audited(standing_sandbox: Sandbox) -> Sandbox:
    return scanned(standing_sandbox)


# What a verification leaves empty: another value there is a change, and nothing is none.
EMPTY = {"client_id": "id", "consent_id": "id", "disclosed": "'{}'"}
FORBIDDEN = [
    f"UPDATE access_records SET {column.name} = {EMPTY.get(column.name, 'NULL')}"  # noqa: S608 - the table's own columns
    for column in AccessRecordRow.__table__.columns
    if column.name != append_only.CHANGEABLE
] + [
    "DELETE FROM access_records",
    "UPDATE access_anchors SET jws = 'x'",
    "DELETE FROM access_anchors",
    (
        "INSERT INTO access_records (id, kind, organisation_id, staff_id, actor, outcome, freshness, at) "
        "SELECT '0197aaaa000070008000000000000000', kind, organisation_id, staff_id, actor, outcome, freshness, at "
        "FROM access_records LIMIT 1"
    ),
]


def test_the_chain_is_proven_after_a_holders_personal_values_are_destroyed(audited: Sandbox) -> None:
    with tampering(audited) as session:
        append_only.install(session.connection())
        holder = PersonId(str(records(session)[0].person_id))

        erased = forgetting.erase_personal(session, holder)

        assert erased == 4
        assert [row for row in records(session) if row.purpose_sealed] == []
        assert sum(row.purpose_commitment is not None for row in records(session)) == 4
        assert isinstance(proven(audited, session), Proven)


def purge(sandbox: Sandbox, session: Session, before: datetime, most: int | None = None) -> list[str]:
    ids = list(session.scalars(forgetting.due(before).limit(most)))
    forgetting.purge(session, ids, signer=sandbox.parts.receipts, now=sandbox.now())
    return ids


def test_the_chain_is_proven_after_old_records_are_purged_a_few_at_a_time(audited: Sandbox) -> None:
    with tampering(audited) as session:
        append_only.install(session.connection())
        rows = records(session)

        purge(audited, session, rows[3].at, most=1)
        first = [row.id for row in records(session)]
        purge(audited, session, rows[3].at)
        then = [row.id for row in records(session)]

        assert first == [row.id for row in rows[1:]]
        assert then == [row.id for row in rows if row.at > rows[3].at]
        assert isinstance(proven(audited, session), Proven)


def test_a_scan_goes_with_what_settled_it_and_not_before(audited: Sandbox) -> None:
    with tampering(audited) as session:
        append_only.install(session.connection())
        settlement = next(row for row in records(session) if row.settles)
        pair = {settlement.id, settlement.settles}

        purge(audited, session, settlement.at - timedelta(microseconds=1))
        assert pair <= {row.id for row in records(session)}
        purge(audited, session, settlement.at, most=1)

        assert not pair & {row.id for row in records(session)}
        assert isinstance(proven(audited, session), Proven)


def test_a_checkpoint_that_we_did_not_sign_is_found(audited: Sandbox) -> None:
    with tampering(audited) as session:
        last = records(session)[-1]
        claims = {"chain": last.chain, "position": last.position, "link": last.link.hex()}
        # Signed by us, but as something else.
        jws = statements.state(audited.parts.receipts, statements.RECEIPT_TYP, claims)
        session.add(
            AccessCheckpointRow(chain=last.chain, position=last.position, jws=jws, at=audited.now()),
        )

        found = proven(audited, session)

    assert found == Broken(Fault.CHECKPOINT, last.chain, last.position)


@pytest.mark.parametrize("statement", FORBIDDEN, ids=[one[:44] for one in FORBIDDEN])
def test_the_database_itself_refuses_to_change_what_was_recorded(audited: Sandbox, statement: str) -> None:
    with Session(audited.parts.database.engine) as session:
        anchors.anchor(session, audited.parts.receipts, audited.now())

        with pytest.raises(DBAPIError, match=append_only.REFUSAL):
            session.execute(text(statement))
        session.rollback()


def test_what_may_be_sealed_anew_is_not_refused(audited: Sandbox) -> None:
    database: Database = audited.parts.database
    with Session(database.engine) as session:
        session.execute(text("UPDATE access_records SET purpose_sealed = purpose_sealed"))
        session.rollback()


def test_a_holder_gets_a_signed_receipt_that_anybody_can_check(audited: Sandbox) -> None:
    citizen = audited.log_in("zhang-wei")
    record = next(one for one in citizen.access_records() if one["purpose"])
    keys = jwt.PyJWKSet.from_dict(audited.anybody.expect(200, "GET", "/.well-known/jwks.json"))

    answer = citizen.get(f"/v1/access-records/{record['id']}/receipt")

    header = jwt.get_unverified_header(answer.text)
    claims = jwt.decode(
        answer.text, keys[header["kid"]].key, algorithms=["ES256"], options={"verify_iat": False}
    )
    assert answer.mimetype == "application/jose"
    assert header["typ"] == "lz-receipt"
    assert claims["record"] == record
    with audited.parts.database.read() as session:
        row = session.get_one(AccessRecordRow, record["id"])
        digest = chain.digest_of(chain.columns_of(row)).hex()
    scan = claims["links"][0]
    assert (scan["record_id"], scan["digest"], scan["link"]) == (record["id"], digest, row.link.hex())


def test_a_receipt_is_its_holders_alone(audited: Sandbox) -> None:
    citizen, other = audited.log_in("zhang-wei"), audited.citizen("li-na")
    record = citizen.access_records()[0]

    other.refused(404, "access-record-not-found", "GET", f"/v1/access-records/{record['id']}/receipt")


def test_the_command_proves_the_chain_and_fails_when_it_is_broken(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    scan = officer.scan(citizen.show(KIND)["qr_text"])
    run = sandbox.app.test_cli_runner().invoke
    whole = run(args=["audit", "verify"])
    with sandbox.parts.database.write() as session:
        append_only.lift(session.connection())
        session.execute(update(AccessRecordRow).values(outcome="rejected"))

    broken = run(args=["audit", "verify"])

    assert (whole.exit_code, "1 access records in 1 chains" in whole.output) == (0, True)
    assert (broken.exit_code, f"access record {scan['id']} is altered" in broken.output) == (1, True)


def test_a_day_is_anchored_once_and_published(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    run: Callable[..., object] = sandbox.app.test_cli_runner().invoke
    for _ in range(2):
        officer.scan(citizen.show(KIND)["qr_text"])
        run(args=["audit", "anchor"])
    sandbox.pass_time(timedelta(days=1))
    run(args=["audit", "anchor"])

    items = sandbox.anybody.expect(200, "GET", "/v1/audit/anchors")["items"]

    ring = sandbox.parts.rings[Purpose.RECEIPTS]
    newest, first = (statements.open_statement(one["jws"], ring, "lz-anchor") for one in items)
    assert words(items, "day") == ["2026-11-23", "2026-11-22"]
    assert [length for _, length, _ in first["chains"]] == [1]
    assert [length for _, length, _ in newest["chains"]] == [2]
    assert (first["previous"], len(newest["previous"])) == (None, 64)


def test_records_of_many_scanners_at_once_are_one_chain(sandbox: Sandbox) -> None:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    shown: list[str] = [citizen.show(KIND)["qr_text"] for _ in range(3)]

    at_once(*[lambda text=text: officer.scan(text) for text in shown * 4])

    with tampering(sandbox) as session:
        assert isinstance(proven(sandbox, session), Proven)
        assert [row.position for row in records(session)] == list(range(1, 13))


def test_a_purge_of_nothing_leaves_no_checkpoint(audited: Sandbox) -> None:
    with tampering(audited) as session:
        append_only.install(session.connection())

        purged = purge(audited, session, audited.now() - timedelta(days=9999))

        assert (purged, session.scalars(select(AccessCheckpointRow)).all()) == ([], [])
