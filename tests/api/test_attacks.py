"""Every route of the contract under attack: with no token, with each wrong one, and with another person's ids.

The routes are read from openapi.yaml, so one that is added later is attacked as well. A part of a path that
nobody has a foreign id for fails here by its name (`tests.cast.Cast.ids`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from identity import notices
from identity.accounts import AccountRow
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from identity.staff import Permission
from tests import contract, family, forging
from tests.cast import Cast, path_of
from tests.organisations import LOGISTICS, at_level_3, register
from tests.sandbox import JSON, Caller, Citizen, Sandbox, told

# Parts of paths that are everybody's to know; what they name is public, or only ever the caller's own.
PUBLIC_PARTS = {"code", "identifier", "list_id"}
# What proves its sender in the body, or is a login itself.
SIGNED = {"/v1/registry-events", "/v1/oauth/token"}


@dataclass(frozen=True)
class Target:
    """An operation under attack."""

    method: str
    template: str
    described: JSON

    @property
    def bearers(self) -> list[JSON]:
        """What opens it: nothing, an access token, a refresh token."""
        return list(self.described.get("security", []))

    @property
    def needs_access(self) -> bool:
        """Tell whether nobody gets in without an access token."""
        return self.bearers == [{"bearer": []}]

    @property
    def permission(self) -> str | None:
        """The staff permission that it needs."""
        return self.described.get("x-required-permission")

    @property
    def of_platform(self) -> bool:
        """Tell whether it is for the platform's own staff."""
        return self.described.get("x-required-organisation") == "platform"

    @property
    def level(self) -> int:
        """The level of a citizen that it needs; 0 where it is no citizen's."""
        return int(self.described.get("x-required-level", 0))

    @property
    def parts(self) -> set[str]:
        """The parts of its path that are somebody's own."""
        return set(re.findall(r"{(\w+)}", self.template)) - PUBLIC_PARTS

    def attack(self, caller: Caller, ids: dict[str, str]) -> tuple[int, str]:
        """Send the contract's own example, as somebody, with some ids; return status and code."""
        response = self.send(caller, ids)
        return response[0], response[1].get("code", "")

    def send(self, caller: Caller, ids: dict[str, str]) -> tuple[int, JSON]:
        """Return status and answer."""
        media = self.described.get("requestBody", {}).get("content", {}).get("application/json", {})
        kwargs = {"json": media.get("example", {})} if self.method == "POST" else {}
        response = caller.send(self.method, path_of(self.template, ids), **kwargs)
        return response.status_code, response.get_json(silent=True) or {}


TARGETS = [
    Target(method.upper(), template, described)
    for template, item in contract.contract()["paths"].items()
    for method, described in item.items()
    if method in {"get", "post"}
    if template.startswith("/v1/") and not template.startswith("/v1/sandbox/") and template not in SIGNED
]
GUARDED = [one for one in TARGETS if one.needs_access]


def named(targets: list[Target]) -> pytest.MarkDecorator:
    """Run a test for each target, under its name."""
    return pytest.mark.parametrize("target", targets, ids=[f"{one.method} {one.template}" for one in targets])


@pytest.fixture(scope="module")
def cast(standing_sandbox: Sandbox) -> Cast:
    return Cast.of(standing_sandbox)


@pytest.fixture(scope="module")
def ids(standing_sandbox: Sandbox, cast: Cast) -> dict[str, str]:
    """Ids that exist and are somebody's, with a notice and a session of theirs."""
    session_id = cast.citizen.expect(200, "GET", "/v1/sessions")["items"][0]["id"]
    return cast.ids(standing_sandbox) | {
        "session_id": session_id,
        "notice_id": a_notice(standing_sandbox, cast.citizen),
    }


@pytest.fixture(scope="module")
def stranger(standing_sandbox: Sandbox) -> Citizen:
    """Somebody at level 3 with a fresh proof, an enterprise and a wallet, who may do whatever a citizen may."""
    stranger = at_level_3(standing_sandbox, "zhao-min")
    stranger.prove()
    return stranger


@pytest.fixture(scope="module")
def acting(cast: Cast, ids: dict[str, str]) -> Citizen:
    """The manager, acting for their enterprise."""
    return family.acting(cast.manager, organisation_id=ids["organisation_id"])


@pytest.fixture(scope="module")
def staff(standing_sandbox: Sandbox) -> Callable[[str], Caller]:
    """Staff of another agency than the officer's, by the one permission that they have."""
    logged_in: dict[str, Caller] = {}

    def with_permission(permission: str) -> Caller:
        if permission not in logged_in:
            logged_in[permission] = standing_sandbox.staff_who_may(permission)
        return logged_in[permission]

    return with_permission


def a_notice(sandbox: Sandbox, citizen: Citizen) -> str:
    with sandbox.parts.database.write() as session:
        account = session.get_one(AccountRow, (citizen.account or {})["id"])
        notices.tell(
            session,
            sandbox.parts.cipher,
            person_id=PersonId(account.person_id or ""),
            kind=NoticeKind.CODE_SCANNED,
            about={"organisation": "测试市公安局", "licence": "居民身份证"},
            now=sandbox.now(),
        )
    notice_id: str = citizen.expect(200, "GET", "/v1/notices")["items"][0]["id"]
    return notice_id


def wrong_tokens(cast: Cast) -> Iterator[str | None]:
    yield None
    yield "nonsense"
    yield cast.citizen.refresh_token
    yield cast.officer.refresh_token
    # The citizen's own claims, under the signature of nobody (RFC 8725 §2.1).
    claims = (cast.citizen.token or "").split(".")[1]
    yield f"{forging.segment({'alg': 'none', 'typ': 'JWT'})}.{claims}."


@named(GUARDED)
def test_without_an_access_token_nobody_gets_in(cast: Cast, ids: dict[str, str], target: Target) -> None:
    for token in wrong_tokens(cast):
        assert target.attack(Caller(cast.anybody.app, token), ids) == (401, "unauthenticated")


@named([one for one in TARGETS if {} in one.bearers])
def test_where_nobody_has_to_log_in_a_wrong_token_is_refused_all_the_same(
    cast: Cast, ids: dict[str, str], target: Target
) -> None:
    for token in wrong_tokens(cast):
        if token:
            assert target.attack(Caller(cast.anybody.app, token), ids) == (401, "unauthenticated")


@named([one for one in TARGETS if {"refreshToken": []} in one.bearers])
def test_an_access_token_refreshes_nothing(cast: Cast, ids: dict[str, str], target: Target) -> None:
    for caller in (cast.anybody, cast.citizen, cast.officer):
        assert target.attack(caller, ids) == (401, "unauthenticated")


@named([one for one in GUARDED if one.level and not one.described.get("x-staff-allowed")])
def test_staff_get_into_nothing_of_a_citizens(cast: Cast, ids: dict[str, str], target: Target) -> None:
    assert target.attack(cast.officer, ids) == (403, "forbidden")


@named([one for one in GUARDED if not one.level])
def test_a_citizen_gets_into_nothing_of_staff(
    cast: Cast, stranger: Citizen, ids: dict[str, str], target: Target
) -> None:
    for citizen in (cast.newcomer, cast.citizen, stranger):
        assert target.attack(citizen, ids) == (403, "forbidden")


@named([one for one in GUARDED if one.permission])
def test_staff_without_the_permission_do_not_get_in(
    staff: Callable[[str], Caller], ids: dict[str, str], target: Target
) -> None:
    for permission in set(Permission) - {target.permission}:
        assert target.attack(staff(permission), ids) == (403, "forbidden")


@named([one for one in GUARDED if one.level > 1])
def test_a_citizen_of_a_lower_level_does_not_get_in(cast: Cast, ids: dict[str, str], target: Target) -> None:
    lower = {1: cast.newcomer, 2: cast.citizen}

    for level in range(1, target.level):
        status, problem = target.send(lower[level], ids)

        assert (status, problem["code"]) == (403, "assurance-level-required")
        assert problem["required_level"] == target.level


@named([one for one in GUARDED if one.described.get("x-acting-allowed") is False])
def test_who_acts_for_somebody_else_does_not_get_in(
    acting: Citizen, ids: dict[str, str], target: Target
) -> None:
    assert target.attack(acting, ids) == (403, "acting-not-allowed")


@named([one for one in GUARDED if one.parts and one.level])
def test_another_citizens_id_is_answered_as_if_it_were_not(
    stranger: Citizen, ids: dict[str, str], target: Target
) -> None:
    anothers = target.send(stranger, ids)
    nobodys = target.send(stranger, ids | {name: new_id() for name in target.parts})

    assert anothers[0] == 404
    assert told(anothers[1]) == told(nobodys[1])


@named([one for one in GUARDED if one.of_platform])
def test_an_agencys_admin_gets_into_nothing_of_the_platforms(
    staff: Callable[[str], Caller], ids: dict[str, str], target: Target
) -> None:
    assert target.attack(staff(target.permission or ""), ids) == (403, "forbidden")


@named([one for one in GUARDED if one.parts and one.permission and not one.of_platform])
def test_another_agencys_id_is_answered_as_if_it_were_not(
    staff: Callable[[str], Caller], ids: dict[str, str], target: Target
) -> None:
    colleague = staff(target.permission or "")
    anothers = target.send(colleague, ids)
    nobodys = target.send(colleague, ids | {name: new_id() for name in target.parts})

    assert anothers[0] == 404
    assert told(anothers[1]) == told(nobodys[1])


@named([one for one in GUARDED if len(one.parts) > 1])
def test_an_id_below_anothers_is_not_reached_through_ones_own(
    stranger: Citizen, ids: dict[str, str], target: Target
) -> None:
    mine = {"organisation_id": own_organisation(stranger)}

    assert set(mine) <= target.parts
    assert target.attack(stranger, ids | mine)[0] == 404


def own_organisation(stranger: Citizen) -> str:
    owned: list[JSON] = stranger.expect(200, "GET", "/v1/organisations")["items"]
    organisation = owned[0] if owned else register(stranger, LOGISTICS)
    organisation_id: str = organisation["id"]
    return organisation_id


def test_what_was_attacked_still_stands(cast: Cast, ids: dict[str, str]) -> None:
    """Runs last: whoever was attacked finds their things as they were."""
    paths = ("/v1/account", f"/v1/licences/{ids['licence_id']}", f"/v1/show-tokens/{ids['token_id']}")

    answers = [cast.citizen.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert (
        answers[-1].get_json()["state"] == "awaiting_confirmation"
        or answers[-1].get_json()["state"] == "active"
    )
    assert cast.manager.get(f"/v1/organisations/{ids['organisation_id']}").status_code == 200


def test_the_walk_meets_what_it_is_for() -> None:
    assert len(GUARDED) > 30
    assert {"licence_id", "token_id", "verification_id"} <= {name for one in GUARDED for name in one.parts}
    assert replace(GUARDED[0], described={}).bearers == []
