"""Who may manage the members of an enterprise, and how many admins it may have."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from identity.acting import ActingFor
from identity.ids import OrganisationId, PersonId
from identity.organisations import acting
from identity.organisations import memberships as lifecycle
from identity.organisations.scopes import ALL_SCOPES
from identity.people import NUMBER_LABEL, PersonRow
from tests.organisations import (
    add,
    at_level_3,
    member,
    members_path,
    memberships,
    register,
    revoke,
)
from tests.sandbox import JSON, Citizen, Sandbox, at_once, persona, told, words

SIX = ["zhang-wei", "li-na", "liu-yang", "sun-lei", "wu-fang", "zheng-hao"]


@pytest.fixture
def representative(sandbox: Sandbox) -> Citizen:
    return at_level_3(sandbox, "wang-qiang")


@pytest.fixture
def organisation(representative: Citizen) -> JSON:
    return register(representative)


def refused_member(manager: Citizen, organisation: JSON, status: int, code: str, body: JSON) -> JSON:
    return manager.refused(status, code, "POST", members_path(organisation), json=body)


def acts(sandbox: Sandbox, citizen_code: str, organisation: JSON) -> ActingFor:
    """Return what the resolver says of a persona who wants to act."""
    parts = sandbox.parts
    with parts.database.read() as session:
        number = parts.index.of(NUMBER_LABEL, persona(citizen_code)["id_number"])
        person_id = session.scalars(select(PersonRow.id).where(PersonRow.number_index == number)).one()
        wanted = OrganisationId(organisation["id"])
        return acting.acting_for(session, parts.cipher, wanted, PersonId(person_id), sandbox.now())


def listed(manager: Citizen, organisation: JSON) -> list[JSON]:
    items: list[JSON] = manager.expect(200, "GET", members_path(organisation))["items"]
    return items


def test_an_admin_who_waits_for_their_own_end_adds_nobody(
    sandbox: Sandbox, representative: Citizen, organisation: JSON, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, revoke_member = at_level_3(sandbox, "sun-lei"), lifecycle.revoke
    ending = add(representative, organisation, "sun-lei", role="admin", valid_to=None)
    answers: list[Future[TestResponse]] = []

    with ThreadPoolExecutor(1) as thread:

        def revoke_slowly(*args: Any) -> Any:
            revoked = revoke_member(*args)
            answers.append(thread.submit(admin.post, members_path(organisation), member("li-na")))
            time.sleep(0.3)
            return revoked

        monkeypatch.setattr(lifecycle, "revoke", revoke_slowly)
        revoke(representative, organisation, ending)

    assert answers[0].result().status_code == 404
    assert persona("li-na")["name"] not in words(listed(representative, organisation), "name")


def test_there_are_at_most_five_admins(representative: Citizen, organisation: JSON) -> None:
    admins = [add(representative, organisation, code, role="admin") for code in SIX[:5]]
    sixth = member(SIX[5], role="admin")

    refused_member(representative, organisation, 409, "too-many-admins", sixth)
    add(representative, organisation, "zhao-min")
    revoke(representative, organisation, admins[0])

    add(representative, organisation, SIX[5], role="admin")


def test_six_admins_added_at_once_are_five(representative: Citizen, organisation: JSON) -> None:
    path = members_path(organisation)

    answers = at_once(
        *[lambda code=code: representative.post(path, member(code, role="admin")) for code in SIX]
    )

    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409]


def test_an_admin_whose_day_is_past_gives_up_the_place(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    for code in SIX[:5]:
        add(representative, organisation, code, role="admin", valid_to="2026-11-22")
    sandbox.pass_time(timedelta(days=1))
    manager = sandbox.log_in("wang-qiang")

    add(manager, organisation, SIX[5], role="admin")

    assert sorted(words(listed(manager, organisation), "status")) == ["active"] * 2 + ["expired"] * 5


def test_nobody_is_a_member_twice(representative: Citizen, organisation: JSON) -> None:
    added = add(representative, organisation, "zhao-min")

    refused_member(representative, organisation, 409, "member-exists", member("zhao-min", role="admin"))
    refused_member(representative, organisation, 409, "member-exists", member("wang-qiang"))
    revoke(representative, organisation, added)

    add(representative, organisation, "zhao-min", role="admin")


def test_an_admin_manages_members_but_not_the_legal_representative(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    admin = at_level_3(sandbox, "zhang-wei")
    own = add(representative, organisation, "zhang-wei", role="admin")
    first = listed(admin, organisation)[0]

    other = add(admin, organisation, "li-na", role="admin")
    revoke(admin, organisation, other)
    admin.refused(
        409, "legal-representative-stays", "POST", f"{members_path(organisation)}/{first['id']}/revoke"
    )

    assert (first["role"], own["scopes"]) == ("legal_representative", sorted(ALL_SCOPES))
    assert acts(sandbox, "wang-qiang", organisation)


def test_an_agent_manages_nobody(sandbox: Sandbox, representative: Citizen, organisation: JSON) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min")
    other = add(representative, organisation, "li-na")

    agent.refused(403, "scope-required", "GET", members_path(organisation))
    refused_member(agent, organisation, 403, "scope-required", member("zhang-wei"))
    path = f"{members_path(organisation)}/{other['id']}/revoke"
    agent.refused(404, "member-not-found", "POST", path)

    assert len(listed(representative, organisation)) == 3


def test_an_agent_who_manages_members_gives_no_more_than_they_have(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min", scopes=["members:manage", "licences:read"])
    admin = add(representative, organisation, "li-na", role="admin")

    add(agent, organisation, "zhang-wei", scopes=["licences:read"])

    refused_member(agent, organisation, 403, "scope-required", member("liu-yang", scopes=["pulls:create"]))
    refused_member(agent, organisation, 403, "scope-required", member("liu-yang", role="admin"))
    agent.refused(403, "scope-required", "POST", f"{members_path(organisation)}/{admin['id']}/revoke")


def test_a_member_may_leave(sandbox: Sandbox, representative: Citizen, organisation: JSON) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    own = add(representative, organisation, "zhao-min")

    left = revoke(agent, organisation, own)

    assert left["status"] == "revoked"
    assert memberships(agent) == []
    agent.refused(404, "organisation-not-found", "GET", f"/v1/organisations/{organisation['id']}")


def test_another_organisations_member_is_not_found(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    other_manager = at_level_3(sandbox, "huang-li")
    shop = register(other_manager, {"uscc": "92440802MA00TEX384", "name": "湛江市赤坎区测试黄丽便利店"})
    theirs = add(other_manager, shop, "zhao-min")
    absent = f"{members_path(organisation)}/{organisation['id']}/revoke"

    here = representative.refused(
        404, "member-not-found", "POST", f"{members_path(organisation)}/{theirs['id']}/revoke"
    )

    assert told(here) == told(representative.refused(404, "member-not-found", "POST", absent))
    assert words(listed(other_manager, shop), "status") == ["active", "active"]


def test_members_are_listed_page_by_page(representative: Citizen, organisation: JSON) -> None:
    for code in SIX[:3]:
        add(representative, organisation, code)

    first = representative.expect(200, "GET", f"{members_path(organisation)}?limit=3")
    rest = representative.expect(200, "GET", f"{members_path(organisation)}?cursor={first['next_cursor']}")

    assert words(first["items"] + rest["items"], "name") == ["王强", "张伟", "李娜", "刘洋"]
    assert rest["next_cursor"] is None
