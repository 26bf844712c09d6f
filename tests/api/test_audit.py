"""The chain of access records is proven whole, or its first broken record is named."""

import pytest
from sqlalchemy import delete, update

from tests.sandbox import Sandbox
from tests.tampering import change, proven, records, scanned, swap, tampering, unnoticed
from wallet.showing.models import AccessAnchorRow, AccessChainRow, AccessRecordRow
from wallet.showing.records import anchors, chain
from wallet.showing.records.audit import Broken, Fault, Proven


@pytest.fixture(scope="module")
def audited(standing_sandbox: Sandbox) -> Sandbox:
    return scanned(standing_sandbox)


def test_records_as_they_were_written_are_proven(audited: Sandbox) -> None:
    with tampering(audited) as session:
        found = proven(audited, session)

    assert found == Proven(records=9, chains=found.chains if isinstance(found, Proven) else 0)


@pytest.mark.parametrize(
    "change_made",
    [
        {"outcome": "accepted"},
        {"reason": "expired"},
        {"actor": "helper"},
        {"profile": "full"},
        {"purpose_commitment": b"x" * 32},
        {"purpose_commitment": None},
        {"link": b"x" * 32},
    ],
    ids=lambda made: next(iter(made)),
)
def test_the_first_altered_record_is_named(audited: Sandbox, change_made: dict[str, object]) -> None:
    with tampering(audited) as session:
        second, third = records(session)[1:3]
        wanted = third if "purpose_commitment" in change_made else second
        change(session, wanted, **change_made)
        change(session, records(session)[4], outcome="pending")

        found = proven(audited, session)

    assert found == Broken(Fault.ALTERED, wanted.chain, wanted.position, wanted.id)


def test_a_record_that_got_other_words_for_its_purpose_is_named(audited: Sandbox) -> None:
    with tampering(audited) as session:
        first = records(session)[0]
        place = chain.purpose_place(first.id)
        change(session, first, purpose_sealed=audited.parts.cipher.seal(bytes(32) + "其他".encode(), place))

        found = proven(audited, session)

    assert found == Broken(Fault.ALTERED, first.chain, first.position, first.id)


@pytest.mark.parametrize("place", [0, 3, -1])
def test_a_record_that_is_missing_is_told_by_its_position(audited: Sandbox, place: int) -> None:
    with tampering(audited) as session:
        gone = records(session)[place]
        unnoticed(session, delete(AccessRecordRow).where(AccessRecordRow.id == gone.id))

        found = proven(audited, session)

    assert found == Broken(Fault.MISSING, gone.chain, gone.position)


def test_records_that_changed_places_are_re_ordered(audited: Sandbox) -> None:
    with tampering(audited) as session:
        second, third = records(session)[1:3]
        swap(session, second, third, "position")

        moved = proven(audited, session)

        assert moved == Broken(Fault.REORDERED, second.chain, second.position, third.id)


def test_records_whose_contents_changed_places_are_re_ordered(audited: Sandbox) -> None:
    with tampering(audited) as session:
        second, third = records(session)[1:3]
        swap(session, second, third, "position", "link")

        found = proven(audited, session)

    assert found == Broken(Fault.REORDERED, second.chain, second.position, third.id)


def test_a_head_that_tells_of_another_chain_is_found(audited: Sandbox) -> None:
    with tampering(audited) as session:
        last = records(session)[-1]
        head = update(AccessChainRow).where(AccessChainRow.chain == last.chain)
        session.execute(head.values(head=b"x" * 32))

        found = proven(audited, session)

    assert found == Broken(Fault.HEAD, last.chain, last.position)


def test_who_cuts_a_chain_and_its_head_short_is_found_by_the_anchor(audited: Sandbox) -> None:
    with tampering(audited) as session:
        anchors.anchor(session, audited.parts.receipts, audited.now())
        before, last = records(session)[-2:]
        unnoticed(session, delete(AccessRecordRow).where(AccessRecordRow.id == last.id))
        head = update(AccessChainRow).where(AccessChainRow.chain == last.chain)
        session.execute(head.values(length=before.position, head=before.link))

        found = proven(audited, session)

    assert found == Broken(Fault.MISSING, last.chain, last.position)


def test_who_makes_a_chain_vanish_with_its_head_is_found_by_the_anchor(audited: Sandbox) -> None:
    with tampering(audited) as session:
        anchors.anchor(session, audited.parts.receipts, audited.now())
        mine = records(session)[0].chain
        unnoticed(session, delete(AccessRecordRow).where(AccessRecordRow.chain == mine))
        unnoticed(session, delete(AccessChainRow).where(AccessChainRow.chain == mine))

        found = proven(audited, session)

    assert found == Broken(Fault.HEAD, mine)


def test_who_writes_a_chain_anew_is_found_by_the_anchor(audited: Sandbox) -> None:
    with tampering(audited) as session:
        anchors.anchor(session, audited.parts.receipts, audited.now())
        last = records(session)[-1]
        columns = chain.columns_of(last) | {"outcome": "rejected", "reason": "declined"}
        before = records(session)[-2].link
        link = chain.linked(before, chain.digest_of(columns))
        change(session, last, outcome="rejected", reason="declined", link=link)
        head = update(AccessChainRow).where(AccessChainRow.chain == last.chain)
        session.execute(head.values(head=link))

        found = proven(audited, session)

    assert found == Broken(Fault.ANCHOR, last.chain, last.position, last.id)


def test_an_anchor_that_we_did_not_sign_is_found(audited: Sandbox) -> None:
    with tampering(audited) as session:
        signed = anchors.anchor(session, audited.parts.receipts, audited.now())
        forged = signed.jws[:-4] + ("AAAA" if signed.jws[-4:] != "AAAA" else "BBBB")
        session.execute(update(AccessAnchorRow).values(jws=forged))

        assert proven(audited, session) == Broken(Fault.ANCHOR)
