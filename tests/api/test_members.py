"""Who acts for an enterprise: at most five admins, agents with scopes and a last day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from identity.acting import ActingFor
from identity.clock import SHANGHAI
from identity.errors import OrganisationNotFound
from identity.ids import OrganisationId, PersonId
from identity.organisations import acting
from identity.organisations.models import MembershipRow
from identity.organisations.scopes import ALL_SCOPES
from identity.people import NUMBER_LABEL, PersonRow
from tests.organisations import (
    LONG,
    RESTAURANT,
    add,
    at_level_3,
    member,
    members_path,
    memberships,
    register,
    revoke,
)
from tests.sandbox import JSON, Citizen, Sandbox, persona, words

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


def test_an_agent_sees_the_membership_in_their_account(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")

    added = add(representative, organisation, "zhao-min", scopes=["licences:show"])

    assert (added["name"], added["id_number_masked"]) == ("赵敏", "1000**********0160")
    assert (added["status"], added["valid_to"]) == ("active", LONG)
    assert memberships(agent) == [
        {
            "organisation_id": organisation["id"],
            "name": RESTAURANT["name"],
            "role": "agent",
            "scopes": ["licences:show"],
            "valid_to": LONG,
        },
    ]


def test_an_agent_is_told_once_when_it_begins_and_when_it_ends(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")
    added = add(representative, organisation, "zhao-min")

    revoke(representative, organisation, added)
    revoke(representative, organisation, added)

    notices = agent.expect(200, "GET", "/v1/notices")["items"]
    assert words(notices, "kind") == ["membership_revoked", "membership_given"]
    assert RESTAURANT["name"] in notices[0]["text"]


def test_who_is_not_known_yet_is_a_member_and_told_as_soon_as_they_are_bound(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    add(representative, organisation, "zhao-min")
    agent = sandbox.log_in("zhao-min")
    before = memberships(agent)

    agent.bind()

    assert before == []
    assert words(memberships(agent), "organisation_id") == [organisation["id"]]
    assert words(agent.expect(200, "GET", "/v1/notices")["items"], "kind") == ["membership_given"]


def test_the_answer_does_not_tell_whether_a_person_is_known_here(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    at_level_3(sandbox, "zhang-wei")

    known = add(representative, organisation, "zhang-wei")
    unknown = add(representative, organisation, "li-na")

    own = {"id", "name", "id_number_masked"}
    assert {k: v for k, v in known.items() if k not in own} == {
        k: v for k, v in unknown.items() if k not in own
    }
    assert {item["status"] for item in listed(representative, organisation)} == {"active"}


def listed(manager: Citizen, organisation: JSON) -> list[JSON]:
    items: list[JSON] = manager.expect(200, "GET", members_path(organisation))["items"]
    return items


def test_under_a_wrong_name_nobody_becomes_a_member_and_nobody_learns_it(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    agent = at_level_3(sandbox, "zhao-min")

    add(representative, organisation, "zhao-min", name="赵明")

    assert memberships(agent) == []
    assert agent.expect(200, "GET", "/v1/notices")["items"] == []
    with pytest.raises(OrganisationNotFound):
        acts(sandbox, "zhao-min", organisation)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id_number": "100000199311200161"}, "id_number"),
        ({"id_number": "100000931120016"}, "id_number"),
        ({"id_number": RESTAURANT["uscc"]}, "id_number"),
        ({"name": ""}, "name"),
        ({"role": "legal_representative"}, "role"),
        ({"role": "owner"}, "role"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["licences:destroy"]}, "scopes.0"),
        ({"valid_to": "2026-11-21"}, "valid_to"),
        ({"valid_to": "next year"}, "valid_to"),
    ],
)
def test_what_is_wrong_with_a_member_is_named(
    representative: Citizen, organisation: JSON, wrong: JSON, field: str
) -> None:
    problem = refused_member(
        representative, organisation, 422, "validation-failed", member("zhao-min", **wrong)
    )

    assert list(problem["errors"]) == [field]


def test_an_agents_last_day_has_to_be_said_and_may_be_never(
    representative: Citizen, organisation: JSON
) -> None:
    unsaid = member("zhao-min")
    del unsaid["valid_to"]

    problem = refused_member(representative, organisation, 422, "validation-failed", unsaid)
    added = add(representative, organisation, "zhao-min", valid_to=None)

    assert list(problem["errors"]) == ["valid_to"]
    assert added["valid_to"] is None


def test_a_lower_case_x_is_understood(sandbox: Sandbox, representative: Citizen, organisation: JSON) -> None:
    agent = at_level_3(sandbox, "huang-li")

    add(representative, organisation, "huang-li", id_number=persona("huang-li")["id_number"].lower())

    assert len(memberships(agent)) == 1


def test_an_agents_last_day_ends_at_midnight_in_china(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    at_level_3(sandbox, "zhao-min")
    agent = sandbox.log_in("zhao-min")
    add(representative, organisation, "zhao-min", valid_to="2026-11-22")
    midnight = datetime(2026, 11, 23, tzinfo=SHANGHAI).astimezone(UTC)

    sandbox.set_clock(midnight - timedelta(seconds=2))
    last_second = acts(sandbox, "zhao-min", organisation)
    sandbox.set_clock(midnight)

    assert last_second.scopes == frozenset({"licences:read", "licences:show"})
    with pytest.raises(OrganisationNotFound):
        acts(sandbox, "zhao-min", organisation)
    assert memberships(sandbox.log_in("zhao-min")) == []
    assert agent.token


def test_who_acts_for_an_organisation_has_its_legal_person_and_their_own_scopes(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    at_level_3(sandbox, "zhao-min")
    added = add(representative, organisation, "zhao-min", scopes=["licences:show"])

    agent, owner = (acts(sandbox, code, organisation) for code in ("zhao-min", "wang-qiang"))
    revoke(representative, organisation, added)

    assert (agent.type, agent.id, sorted(agent.scopes or ())) == (
        "organisation",
        organisation["id"],
        ["licences:show"],
    )
    assert (owner.person_id, owner.scopes) == (agent.person_id, ALL_SCOPES)
    with pytest.raises(OrganisationNotFound):
        acts(sandbox, "zhao-min", organisation)


def test_a_membership_is_for_the_person_and_survives_another_login(
    sandbox: Sandbox, representative: Citizen, organisation: JSON
) -> None:
    at_level_3(sandbox, "zhao-min")
    add(representative, organisation, "zhao-min")
    with sandbox.parts.database.write() as session:
        session.execute(update(MembershipRow).values(valid_to=date(2026, 12, 31)))

    assert words(memberships(sandbox.log_in("zhao-min")), "valid_to") == ["2026-12-31"]
