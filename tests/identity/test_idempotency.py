"""Idempotency keys: a retried POST does its work once and gets the first answer again."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from identity import idempotency
from identity.crypto.cipher import PiiCipher
from identity.errors import IdempotencyKeyReused
from identity.idempotency import Answer, IdempotencyRow, KeyedRequest
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
