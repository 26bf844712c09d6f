"""Every operation of the contract, ready to be called: by whom, and with ids that are the caller's own."""

from collections.abc import Iterator
from dataclasses import dataclass

from identity.ids import new_id
from tests import contract
from tests.sandbox import JSON, Caller, Sandbox
from wallet.status_lists import publishing

KIND = "DRIVING_LICENCE"
# A code that exists, by the resource that has it.
CODES = {"services": "SVC0019", "bundles": "NEWBORN", "guides": "newborn"}


@dataclass(frozen=True)
class Operation:
    """An operation of the contract, with whoever may call it and a path that exists."""

    method: str
    path: str
    caller: Caller
    described: JSON

    @property
    def takes_fields(self) -> bool:
        """Tell whether its body has any field."""
        schema = self.described["requestBody"]["content"]["application/json"]["schema"]
        return not schema.get("$ref", "").endswith("/Empty")


def posts(sandbox: Sandbox) -> list[Operation]:
    """Return every POST of the contract."""
    return [one for one in _operations(sandbox) if one.method == "POST"]


def gets(sandbox: Sandbox) -> list[Operation]:
    """Return every GET of the contract."""
    return [one for one in _operations(sandbox) if one.method == "GET"]


def _operations(sandbox: Sandbox) -> Iterator[Operation]:
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    newcomer = sandbox.log_in("wu-fang")
    clerk = sandbox.staff_who_may("raise-assurance")
    shown = citizen.show(KIND, mode="confirm", lifetime_seconds=300)
    ids = {
        "licence_id": citizen.licence(KIND)["id"],
        "token_id": shown["id"],
        "verification_id": officer.scan(citizen.show(KIND)["qr_text"])["id"],
        "identifier": citizen.licence(KIND)["identifier"],
        "notice_id": new_id(),
        "check_id": sandbox.log_in("zhang-wei").begin_face_check(),
        "session_id": new_id(),
        "list_id": _a_list(sandbox),
    }
    for template, path_item in contract.contract()["paths"].items():
        resource = template.removeprefix("/v1/").partition("/")[0]
        known = ids | {"code": CODES.get(resource, "traffic-police")}
        path = template.format(**known)
        for method, described in path_item.items():
            if method in {"get", "post"}:
                caller = _caller(described, sandbox.anybody, newcomer, citizen, officer)
                if described.get("x-required-permission") == "raise-assurance":
                    caller = clerk
                if {"refreshToken": []} in described.get("security", []):
                    caller = Caller(sandbox.app, newcomer.refresh_token)
                yield Operation(method.upper(), path, caller, described)


def _caller(described: JSON, anybody: Caller, newcomer: Caller, citizen: Caller, officer: Caller) -> Caller:
    if "x-required-permission" in described:
        return officer
    match described.get("x-required-level"):
        case 2:
            return citizen
        case 1:
            return newcomer
        case _:
            return anybody


def _a_list(sandbox: Sandbox) -> str:
    with sandbox.parts.database.read() as session:
        return publishing.all_ids(session)[0]
