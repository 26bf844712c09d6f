"""A crowd in a database: as many people as are asked for, each with 50 uses of 10 000 services behind them.

They are loaded in bulk, as a snapshot and packed states: 50 million events one by one would take a day. The first
10 000 people lived through their events; all others take over the state of one of those. A few thousand of them, the
tellers, have a real name and are logged in, so that they can tell of more.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from api import tokens
from api.services import Services
from hotservices.administration import versions
from hotservices.administration.versions import Author
from hotservices.ranking import Ranker
from hotservices.usage import places, snapshots
from hotservices.usage.models import UsageLogRow, UsageStateRow
from identity.accounts import AccountRow
from identity.ids import PersonId, SessionId, new_id
from identity.numbers.resident_id import IdType, check_character
from identity.orm import Base
from identity.people import NUMBER_LABEL, PersonRow, seal_name, seal_number
from identity.sessions import SessionRow
from tests.bench.rank_speed import EVENTS_EACH, SERVICES, TEMPLATES, zipf_events
from tests.bench.search import made_up

HISTORY = timedelta(days=180)
ROWS_A_STATEMENT = 5_000
REGIONS = ("440106", "440305", "310104", "110105", "510107")


def sell(parts: Services) -> None:
    """Put 10 000 services in the place of the catalogue, and wait until search has its index of them."""
    services, _ = made_up(SERVICES, random.Random(2026))  # noqa: S311  a repeatable bench, no secret
    with parts.database.write() as session:
        versions.make(session, lambda _before: services, Author(None, "bench", parts.clock.now()))
        places.assign(session, [service.code for service in services])
    parts.catalogue.current()
    parts.catalogue.await_index()


def first_people(parts: Services, now: datetime) -> Ranker:
    """Return a ranking of the services, as their places are, and the first people in it."""
    codes = list(parts.catalogue.current().services)
    with parts.database.read() as session:
        ranker = Ranker(places.read(session))
    start = int((now - HISTORY).timestamp())
    span = int(HISTORY.total_seconds()) - 3600
    events = zipf_events(TEMPLATES, TEMPLATES * EVENTS_EACH, 1, start=start, span=span)
    for user, item, at in events:
        ranker.observe(user, codes[int(item.removeprefix("service-"))], at)
    ranker.refresh(int(now.timestamp()))
    return ranker


def move_in(parts: Services, ranker: Ranker, people: int, tellers: int, now: datetime) -> list[str]:
    """Load a crowd, and what everybody's use says; return the access tokens of its tellers."""
    states = [ranker.export_person(f"person-{n}") for n in range(TEMPLATES)]
    sessions = []
    for start in range(0, people, ROWS_A_STATEMENT):
        batch = range(start, min(start + ROWS_A_STATEMENT, people))
        accounts = [new_id() for _ in batch]
        persons = [_person(parts, n, now) for n in batch if n < tellers]
        told = [_session(account, now) for n, account in zip(batch, accounts, strict=True) if n < tellers]
        sessions += told
        with parts.database.write() as session:
            known: list[str | None] = [row["id"] for row in persons]
            known += [None] * (len(accounts) - len(known))
            rows: list[tuple[type[Base], list[dict[str, Any]]]] = [
                (PersonRow, persons),
                (AccountRow, [_account(*pair, now) for pair in zip(accounts, known, strict=True)]),
                (SessionRow, told),
                (
                    UsageStateRow,
                    [_state(parts, a, states[n % TEMPLATES]) for n, a in zip(batch, accounts, strict=True)],
                ),
            ]
            for table, some in rows:
                if some:
                    session.execute(insert(table), some)
    _keep_tables(parts, ranker, now)
    return [
        tokens.issue(
            parts.session_keys,
            one["account_id"],
            tokens.CITIZEN,
            SessionId(one["id"]),
            1,
            now=parts.clock.now(),
        ).access_token
        for one in sessions
    ]


def _keep_tables(parts: Services, ranker: Ranker, now: datetime) -> None:
    with parts.database.write() as session:
        first = session.scalar(
            insert(UsageLogRow).values(use_sealed=b"the beginning", logged_at=now).returning(UsageLogRow.id)
        )
        assert first is not None
        snapshots.save(session, snapshots.pack(parts.cipher, ranker.export_shared()), first, now)


def _state(parts: Services, account_id: str, packed: bytes) -> dict[str, Any]:
    sealed = parts.cipher.seal(packed, f"usage_states.state:{account_id}")
    return {"account_id": account_id, "state_sealed": sealed}


def _account(account_id: str, person_id: str | None, now: datetime) -> dict[str, Any]:
    level = 1 if person_id is None else 2
    return {"id": account_id, "assurance_level": level, "person_id": person_id, "created_at": now}


def _session(account_id: str, now: datetime) -> dict[str, Any]:
    end = now + timedelta(days=30)
    return {"id": new_id(), "account_id": account_id, "generation": 1, "created_at": now, "expires_at": end}


def _person(parts: Services, number: int, now: datetime) -> dict[str, Any]:
    person_id = PersonId(new_id())
    body = f"{REGIONS[number % len(REGIONS)]}{1950 + number % 55}0{1 + number % 9}11{number % 1000:03}"
    id_number = body + check_character(body)
    return {
        "id": person_id,
        "id_type": IdType.RESIDENT_ID,
        "number_index": parts.index.of(NUMBER_LABEL, f"{number}:{id_number}"),
        "name_sealed": seal_name(parts.cipher, person_id, "测试"),
        "number_sealed": seal_number(parts.cipher, person_id, id_number),
        "verified_at": now,
    }
