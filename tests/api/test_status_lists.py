"""Status lists as anybody fetches them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from sqlalchemy import select

from identity.ids import PersonId
from tests.sandbox import Sandbox
from wallet.models import HoldingRow
from wallet.status_lists import entries, publishing
from wallet.status_lists.encoding import unpack
from wallet.status_lists.entries import Entry
from wallet.status_lists.publishing import LIFETIME, TTL

CONTENT_TYPE = "application/statuslist+jwt"


def list_id(sandbox: Sandbox) -> str:
    with sandbox.parts.database.read() as session:
        return publishing.all_ids(session)[0]


def shown_entry(sandbox: Sandbox, licence_id: str) -> Entry:
    with sandbox.parts.database.write() as session:
        holder = select(HoldingRow.person_id).where(HoldingRow.licence_id == licence_id)
        person = PersonId(session.scalars(holder).one())
        return entries.next_in_turn(session, person, licence_id, sandbox.now())


def fetched(sandbox: Sandbox) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a list's header and claims, proved with the published keys."""
    response = sandbox.anybody.get(f"/v1/status-lists/{list_id(sandbox)}")
    served: Any = sandbox.anybody.expect(200, "GET", "/.well-known/jwks.json")
    token = jws.deserialize_compact(response.text, KeySet.import_key_set(served), algorithms=["ES256"])
    return dict(token.headers()), json.loads(token.payload)


def test_a_list_is_a_status_list_token_that_another_library_verifies(standing_sandbox: Sandbox) -> None:
    header, claims = fetched(standing_sandbox)
    unpacked = unpack(claims["status_list"]["lst"], claims["status_list"]["bits"])

    assert header["typ"] == "statuslist+jwt"
    assert set(claims) == {"sub", "iat", "exp", "ttl", "status_list"}
    assert claims["sub"] == f"/v1/status-lists/{list_id(standing_sandbox)}"
    assert claims["ttl"] == TTL.total_seconds()
    assert claims["exp"] - claims["iat"] == LIFETIME.total_seconds()
    assert claims["iat"] <= standing_sandbox.now().timestamp()
    assert (unpacked.bits, unpacked.size, any(unpacked.data)) == (2, 2**20, False)


def test_it_is_served_as_one_and_may_be_kept_by_anybody_for_its_ttl(standing_sandbox: Sandbox) -> None:
    response = standing_sandbox.anybody.get(f"/v1/status-lists/{list_id(standing_sandbox)}")

    assert response.content_type == CONTENT_TYPE
    assert response.cache_control.public
    assert 0 < int(response.cache_control.max_age or 0) <= TTL.total_seconds()


def test_who_has_it_already_gets_nothing_until_it_changes_or_grows_old(sandbox: Sandbox) -> None:
    path = f"/v1/status-lists/{list_id(sandbox)}"
    tag = sandbox.anybody.get(path).headers["ETag"]
    citizen = sandbox.citizen("zhang-wei")

    def asked_again() -> int:
        return sandbox.anybody.get(path, headers={"If-None-Match": tag}).status_code

    unchanged = asked_again()
    licence = citizen.licence("DRIVING_LICENCE")
    shown_entry(sandbox, licence["id"])
    sandbox.decide(licence["identifier"], "revoked")
    changed = asked_again()
    tag = sandbox.anybody.get(path).headers["ETag"]
    sandbox.pass_time(TTL)

    assert (unchanged, changed, asked_again()) == (304, 200, 200)


def test_a_change_reaches_the_list_at_once(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    licence = citizen.licence("DRIVING_LICENCE")
    entry = shown_entry(sandbox, licence["id"])

    said = []
    for status in ("suspended", "revoked", "valid"):
        sandbox.decide(licence["identifier"], status)
        claims = fetched(sandbox)[1]["status_list"]
        said.append(unpack(claims["lst"], claims["bits"]).status(entry.place))

    assert said == [2, 1, 0]


@pytest.mark.parametrize("unknown", ["0", "nope", "a" * 300, "..", "%00", "é"])
def test_a_list_that_is_not_there_is_not_found(standing_sandbox: Sandbox, unknown: str) -> None:
    answer = standing_sandbox.anybody.get(f"/v1/status-lists/{unknown}")

    assert answer.status_code == 404


def test_two_workers_tag_the_same_list_alike(standing_sandbox: Sandbox) -> None:
    path = f"/v1/status-lists/{list_id(standing_sandbox)}"
    tag = standing_sandbox.anybody.get(path).headers["ETag"]
    standing_sandbox.parts.status_lists._published.clear()
    standing_sandbox.pass_time(timedelta(seconds=1))

    assert standing_sandbox.anybody.get(path).headers["ETag"] == tag
