"""Enterprises to test with: registered by their representatives, with members."""

from typing import Any

from identity.sandbox import enterprises
from tests.sandbox import JSON, Citizen, Sandbox, persona

RESTAURANT = {"uscc": "91440300MA00TEX11Q", "name": "深圳市测试味道餐饮有限公司"}
LOGISTICS = {"uscc": "91440000MA00TEX2X1", "name": "广东测试快达物流有限公司"}
LONG = "2027-03-31"


def at_level_3(sandbox: Sandbox, code: str) -> Citizen:
    """Log in and pass a face check."""
    citizen = sandbox.log_in(code)
    assert citizen.prove()["assurance_level"] == 3
    return citizen


def register(citizen: Citizen, enterprise: JSON = RESTAURANT) -> JSON:
    """Register an enterprise."""
    return citizen.expect(201, "POST", "/v1/organisations", json=enterprise)


def member(code: str, **changes: Any) -> JSON:
    """Return what a manager says to add a persona."""
    person = persona(code)
    said = {"name": person["name"], "id_number": person["id_number"], "role": "agent"}
    return said | {"scopes": ["licences:read", "licences:show"], "valid_to": LONG} | changes


def members_path(organisation: JSON) -> str:
    """Return where an organisation's members are."""
    return f"/v1/organisations/{organisation['id']}/members"


def add(manager: Citizen, organisation: JSON, code: str, **changes: Any) -> JSON:
    """Add a member."""
    return manager.expect(201, "POST", members_path(organisation), json=member(code, **changes))


def revoke(manager: Citizen, organisation: JSON, added: JSON) -> JSON:
    """End a membership."""
    return manager.expect(200, "POST", f"{members_path(organisation)}/{added['id']}/revoke")


def memberships(citizen: Citizen) -> list[JSON]:
    """Return whom a citizen may act for."""
    items: list[JSON] = citizen.expect(200, "GET", "/v1/account")["memberships"]
    return items


def change_registry(sandbox: Sandbox, key: str, **changes: Any) -> None:
    """Let the enterprise registry know something else from now on."""
    parts = sandbox.parts
    known = next(one for one in enterprises.source() if one["key"] == key)
    with parts.database.write() as session:
        enterprises.put(session, parts.cipher, parts.index, known | changes)
