"""Idempotency keys: a retried POST does its work once and gets the first answer again."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from identity import idempotency
from identity.crypto.cipher import PiiCipher
from identity.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from identity.idempotency import LEASE, Answer, IdempotencyRow, KeyedRequest, Lease
from identity.orm import Database
from tests.sandbox import Sandbox

DAY = timedelta(days=1)
REQUEST = KeyedRequest.of(caller="account:1", route="show", key="k1", body=b"{}")
ANSWER = Answer(201, '{"name":"张伟"}'.encode())


@pytest.fixture
def database(sandbox: Sandbox) -> Database:
    return sandbox.parts.database


def claim(database: Database, cipher: PiiCipher, request: KeyedRequest, now: datetime) -> Answer | None:
    with database.write() as session:
        return idempotency.claim(session, cipher, request, lifetime=DAY, now=now)


def answer(database: Database, cipher: PiiCipher, request: KeyedRequest, now: datetime) -> None:
    """Do the work of a request: claim, and keep its answer."""
    with database.write() as session:
        assert idempotency.claim(session, cipher, request, lifetime=DAY, now=now) is None
        idempotency.keep(session, cipher, request, ANSWER)


def test_the_same_key_and_body_give_the_first_answer_again(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    answer(database, cipher, REQUEST, now)

    again = claim(database, cipher, REQUEST, now + DAY - timedelta(seconds=1))

    assert again == ANSWER


def test_the_same_key_with_another_body_is_refused(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    answer(database, cipher, REQUEST, now)
    other = KeyedRequest.of(caller="account:1", route="show", key="k1", body=b'{"a":1}')

    with pytest.raises(IdempotencyKeyReused):
        claim(database, cipher, other, now)
    with pytest.raises(IdempotencyKeyReused), database.read() as session:
        idempotency.find(session, cipher, other, now)


@pytest.mark.parametrize(
    "other",
    [
        KeyedRequest.of(caller="account:2", route="show", key="k1", body=b"{}"),
        KeyedRequest.of(caller="account:1", route="sync", key="k1", body=b"{}"),
        KeyedRequest.of(caller="account:1", route="show", key="k2", body=b"{}"),
        KeyedRequest.of(caller="account:1s", route="how", key="k1", body=b"{}"),
    ],
)
def test_another_caller_route_or_key_is_another_request(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
    other: KeyedRequest,
) -> None:
    answer(database, cipher, REQUEST, now)

    assert claim(database, cipher, other, now) is None


def test_a_key_is_forgotten_when_its_time_is_over(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    answer(database, cipher, REQUEST, now)

    with database.read() as session:
        found = idempotency.find(session, cipher, REQUEST, now + DAY)

    assert found is None
    assert claim(database, cipher, REQUEST, now + DAY) is None


def test_work_that_failed_leaves_no_claim_behind(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    with suppress(RuntimeError), database.write() as session:
        idempotency.claim(session, cipher, REQUEST, lifetime=DAY, now=now)
        raise RuntimeError

    assert claim(database, cipher, REQUEST, now) is None


def test_a_key_that_nobody_used_has_no_answer(database: Database, cipher: PiiCipher, now: datetime) -> None:
    with database.read() as session:
        assert idempotency.find(session, cipher, REQUEST, now) is None


def test_answers_lie_sealed_and_keys_as_digests(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    answer(database, cipher, REQUEST, now)

    with database.read() as session:
        row = session.scalars(select(IdempotencyRow)).one()

    assert row.answer_sealed is not None
    assert ANSWER.body not in row.answer_sealed
    assert (len(row.id), len(row.request_digest)) == (32, 32)
    assert b"k1" not in row.id


def test_an_answer_moved_to_another_key_does_not_open() -> None:
    moved = replace(REQUEST, id=bytes(32))

    assert moved.place != REQUEST.place


def lease(database: Database, cipher: PiiCipher, request: KeyedRequest, now: datetime) -> Lease | Answer:
    with database.write() as session:
        return idempotency.claim_ahead(session, cipher, request, lifetime=DAY, now=now)


def keep(database: Database, cipher: PiiCipher, held: Lease | Answer) -> None:
    assert isinstance(held, Lease)
    with database.write() as session:
        idempotency.keep(session, cipher, REQUEST, ANSWER, held)


def test_work_under_way_is_not_begun_a_second_time(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    lease(database, cipher, REQUEST, now)

    with pytest.raises(IdempotencyKeyInUse):
        lease(database, cipher, REQUEST, now + LEASE - timedelta(seconds=1))


def test_work_that_was_leased_and_done_has_its_answer_for_a_day(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    keep(database, cipher, lease(database, cipher, REQUEST, now))

    again = lease(database, cipher, REQUEST, now + DAY - timedelta(seconds=1))
    later = lease(database, cipher, REQUEST, now + DAY)

    assert again == ANSWER
    assert isinstance(later, Lease)


def test_work_whose_worker_died_can_be_begun_again_when_its_lease_is_over(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    died = lease(database, cipher, REQUEST, now)

    second = lease(database, cipher, REQUEST, now + LEASE)

    assert isinstance(second, Lease)
    assert second != died


def test_who_lost_the_lease_can_not_answer_in_the_others_place(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    slow = lease(database, cipher, REQUEST, now)
    second = lease(database, cipher, REQUEST, now + LEASE)

    with pytest.raises(IdempotencyKeyInUse):
        keep(database, cipher, slow)

    keep(database, cipher, second)
    assert lease(database, cipher, REQUEST, now + LEASE) == ANSWER


def test_work_that_was_refused_gives_its_key_back(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    held = lease(database, cipher, REQUEST, now)
    assert isinstance(held, Lease)
    with database.write() as session:
        idempotency.release(session, REQUEST, held)

    assert isinstance(lease(database, cipher, REQUEST, now), Lease)


def test_another_body_under_a_leased_key_is_refused(
    database: Database,
    cipher: PiiCipher,
    now: datetime,
) -> None:
    lease(database, cipher, REQUEST, now)
    other = KeyedRequest.of(caller="account:1", route="show", key="k1", body=b'{"a":1}')

    with pytest.raises(IdempotencyKeyReused):
        lease(database, cipher, other, now)
