"""What one server did holds on the other, which shares nothing with it but the database and the keys."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from sqlalchemy import select

from api.config import Config
from identity.idempotency import LEASE, IdempotencyRow
from identity.orm import Database
from tests import live, outside
from tests.family import named
from tests.live import Server
from tests.organisations import RESTAURANT, member
from tests.sandbox import FIRST_DAY, JSON, at_once

SON = named("zhang-zimo", "son")
KIND = "DRIVING_LICENCE"
KEY = {"Idempotency-Key": "two-servers"}


@pytest.fixture
def servers(config: Config) -> Iterator[tuple[Server, Server]]:
    """Two running servers of one's own, for who kills one."""
    with live.pair(config) as servers:
        yield servers


def bearer(via: httpx.Client) -> str:
    token: str = via.headers["Authorization"].removeprefix("Bearer ")
    return token


def set_clock(server: Server, now: str) -> None:
    with outside.client(server.address) as anybody:
        outside.post(anybody, "/v1/sandbox/clock", {"now": now})


def leases(config: Config) -> int:
    database = Database(config.database_url)
    with database.read() as session:
        held = session.scalars(select(IdempotencyRow.id).where(IdempotencyRow.lease_id.is_not(None))).all()
    database.dispose()
    return len(held)


def test_one_key_on_two_servers_at_once_does_the_work_once(addresses: tuple[str, str]) -> None:
    citizen = outside.citizen(addresses[0], "li-na")
    (licence,) = citizen.get("/v1/licences", params={"kind": KIND}).json()["items"]
    vias = [outside.client(address, bearer(citizen)) for address in addresses] * 2
    path = f"/v1/licences/{licence['id']}/show-tokens"

    shown = at_once(*[lambda via=via: via.post(path, json={}, headers=KEY) for via in vias])
    synced = at_once(*[lambda via=via: via.post("/v1/wallet/sync", headers=KEY) for via in vias])

    for answers in (shown, synced):
        assert {answer.status_code for answer in answers} <= {200, 201}
        assert {answer.content for answer in answers} == {answers[0].content}
        assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    for via in (citizen, *vias):
        via.close()


def test_work_that_a_killed_server_began_is_done_by_the_other_once_its_lease_is_over(
    config: Config,
    servers: tuple[Server, Server],
) -> None:
    dying, living = servers
    citizen = outside.citizen(dying.address, "zhang-wei")
    with outside.client(living.address) as anybody:
        outside.post(anybody, "/v1/sandbox/registries/traffic-police", {"status": "slow"})
    sync = threading.Thread(target=sync_in_vain, args=(citizen,))
    sync.start()
    wait_for_lease(config)
    dying.kill()
    sync.join()

    set_clock(living, (FIRST_DAY + 2 * LEASE).isoformat())
    with outside.client(living.address, bearer(citizen)) as elsewhere:
        first = elsewhere.post("/v1/wallet/sync", headers=KEY)
        again = elsewhere.post("/v1/wallet/sync", headers=KEY)

    citizen.close()
    assert (first.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_device_that_is_revoked_on_one_server_is_out_on_the_other(addresses: tuple[str, str]) -> None:
    here, there = addresses
    login = {"provider": "sandbox", "code": "zheng-hao"}
    with outside.client(here) as anybody:
        lost, kept = (outside.post(anybody, "/v1/sessions", login) for _ in range(2))
    elsewhere = [(there, lost["access_token"]), (there, kept["access_token"])]
    before = [status_of(*one) for one in elsewhere]

    with outside.client(here, kept["access_token"]) as keeper:
        outside.post(keeper, "/v1/sessions/revoke-all", {"keep_current": True})
    after = [status_of(*one) for one in elsewhere]

    assert (before, after) == ([200, 200], [401, 200])


def test_a_tie_that_is_revoked_on_one_server_stops_its_tokens_on_the_other(
    addresses: tuple[str, str],
) -> None:
    here, there = addresses
    with closing(outside.at_level_3(here, "zhang-wei")) as father:
        child = outside.post(father, "/v1/dependants", SON)
        for_child = outside.post(father, "/v1/sessions/act-as", {"dependant_id": child["id"]})
        before = licences_of(there, for_child)
        outside.post(father, f"/v1/dependants/{child['id']}/revoke")

        assert (before, licences_of(there, for_child)) == (200, 401)

    owner, agent = (outside.at_level_3(here, code) for code in ("wang-qiang", "zhao-min"))
    with closing(owner), closing(agent):
        organisation = outside.post(owner, "/v1/organisations", RESTAURANT)
        members = f"/v1/organisations/{organisation['id']}/members"
        added = outside.post(owner, members, member("zhao-min"))
        company = outside.post(agent, "/v1/sessions/act-as", {"organisation_id": organisation["id"]})
        before = licences_of(there, company)
        outside.post(owner, f"{members}/{added['id']}/revoke")

        assert (before, licences_of(there, company)) == (200, 401)


def licences_of(address: str, tokens: JSON) -> int:
    with outside.client(address, tokens["access_token"]) as via:
        return via.get("/v1/licences").status_code


def status_of(address: str, token: str) -> int:
    with outside.client(address, token) as via:
        return via.get("/v1/sessions").status_code


def sync_in_vain(citizen: httpx.Client) -> None:
    with pytest.raises(httpx.TransportError):
        citizen.post("/v1/wallet/sync", headers=KEY)


def wait_for_lease(config: Config) -> None:
    deadline = time.monotonic() + outside.PATIENCE_SECONDS
    while not leases(config):
        assert time.monotonic() < deadline
        time.sleep(0.02)
