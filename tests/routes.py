"""Every operation of the contract, ready to be called: by whom, and with ids that are the caller's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from identity.ids import new_id
from identity.staff import OrganisationRow
from tests import contract
from tests.clients import a_client
from tests.organisations import LOGISTICS, at_level_3, register
from tests.sandbox import JSON, Caller, Citizen, Sandbox, Staff
from wallet.status_lists import publishing

KIND = "DRIVING_LICENCE"
LEVEL_3 = 3
# A code that exists, by the resource that has it.
CODES = {"forms": "driving-licence-renewal", "services": "SVC0019", "bundles": "NEWBORN", "guides": "newborn"}


@dataclass(frozen=True)
class Operation:
    """An operation of the contract, with whoever may call it and a path that exists."""

    method: str
    path: str
    caller: Caller
    described: JSON
    # Whether every id in the path is of something that there is.
    exists: bool = True

    @property
    def takes_json(self) -> bool:
        """Tell whether its body is JSON; a form has tests of its own."""
        return "application/json" in self.described["requestBody"]["content"]

    @property
    def takes_fields(self) -> bool:
        """Tell whether its body has any field."""
        schema = self.described["requestBody"]["content"]["application/json"]["schema"]
        return not schema.get("$ref", "").endswith("/Empty")


def posts(sandbox: Sandbox) -> list[Operation]:
    """Return every POST of the contract that takes JSON."""
    return [one for one in _operations(sandbox) if one.method == "POST" and one.takes_json]


def gets(sandbox: Sandbox) -> list[Operation]:
    """Return every GET of the contract."""
    return [one for one in _operations(sandbox) if one.method == "GET"]


class _Ids(dict[str, str]):
    """Ids for the parameters of paths; what nobody here has is the id of nothing."""

    def __missing__(self, name: str) -> str:
        return new_id()


def _operations(sandbox: Sandbox) -> Iterator[Operation]:
    callers = _Callers(sandbox)
    citizen = callers.citizen
    shown = citizen.show(KIND, mode="confirm", lifetime_seconds=300)
    officer = callers.staff_with("verify")
    ids = _Ids(
        licence_id=citizen.licence(KIND)["id"],
        token_id=shown["id"],
        verification_id=officer.scan(citizen.show(KIND)["qr_text"])["id"],
        record_id=officer.scan(citizen.show(KIND)["qr_text"])["id"],
        identifier=citizen.licence(KIND)["identifier"],
        check_id=sandbox.log_in("zhang-wei").begin_face_check(),
        list_id=_a_list(sandbox),
        draft_id=_a_draft(citizen),
    )
    ids["place"] = "0"
    for template, path_item in contract.contract()["paths"].items():
        resource = template.removeprefix("/v1/").partition("/")[0]
        known = _Ids(ids | {"code": CODES.get(resource, "traffic-police")})
        if resource == "staff":
            known["organisation_id"] = _an_agency(sandbox)
        exists = all(name in known for name in re.findall(r"{(\w+)}", template))
        path = template.format_map(known)
        for method, described in path_item.items():
            if method in {"get", "post"}:
                yield Operation(method.upper(), path, callers.of(described), described, exists)


class _Callers:
    """Somebody for every guard, logged in when first needed: passwords and faces take their time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._staff: dict[str, Staff] = {}
        self.newcomer = sandbox.log_in("wu-fang")
        self.citizen = sandbox.citizen("zhang-wei")

    @cached_property
    def proven(self) -> Citizen:
        """A citizen of level 3, proved just now."""
        citizen = self._sandbox.log_in("wang-qiang")
        citizen.prove()
        return citizen

    @cached_property
    def machine(self) -> Caller:
        """A machine client that may do whatever clients do."""
        citizen = at_level_3(self._sandbox, "zhao-min")
        organisation = register(citizen, LOGISTICS)
        scopes = ["consents:request", "pulls:create", "webhooks:manage"]
        return a_client(self._sandbox, manager=citizen, organisation=organisation, scopes=scopes)

    @cached_property
    def platform_admin(self) -> Staff:
        """The admin of the platform's own staff."""
        return self._sandbox.staff("platform", "P001")

    def staff_with(self, permission: str) -> Staff:
        """Return a member of staff who has a permission."""
        if permission not in self._staff:
            self._staff[permission] = self._sandbox.staff_who_may(permission)
        return self._staff[permission]

    def of(self, described: JSON) -> Caller:
        """Return somebody who may call an operation."""
        if {"refreshToken": []} in described.get("security", []):
            return Caller(self._sandbox.app, self.newcomer.refresh_token)
        if "x-client-scope" in described or "x-required-organisation" in described:
            return self.machine if "x-client-scope" in described else self.platform_admin
        if "x-required-permission" in described:
            return self.staff_with(described["x-required-permission"])
        if "fresh-proof-required" in described["responses"].get("403", {}).get("description", ""):
            return self.proven
        levels: dict[int | None, Caller] = {1: self.newcomer, 2: self.citizen}
        level = described.get("x-required-level")
        if level is None and described.get("x-staff-allowed"):
            return self.staff_with("verify")
        return self.proven if level == LEVEL_3 else levels.get(level, self._sandbox.anybody)


def _an_agency(sandbox: Sandbox) -> str:
    with sandbox.parts.database.read() as session:
        return session.scalars(select(OrganisationRow.id).where(OrganisationRow.code == "hotel")).one()


def _a_draft(citizen: Citizen) -> str:
    # Written out: `tests.forms` is no part of what every route's test needs.
    draft = citizen.expect(201, "POST", "/v1/forms/driving-licence-renewal/drafts")
    draft_id: str = draft["id"]
    return draft_id


def _a_list(sandbox: Sandbox) -> str:
    with sandbox.parts.database.read() as session:
        return publishing.all_ids(session)[0]
