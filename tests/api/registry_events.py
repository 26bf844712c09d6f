"""Events as registries push them, for tests: signed by the sandbox, or by whoever a test says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from identity.orm import Database
from tests.interleaving import after_first_call
from tests.sandbox import JSON, Citizen, Sandbox
from wallet.registries.asking import RegistryDesk

PATH = "/v1/registry-events"
STATUS_OF = {
    "suspend": "suspended",
    "restore": "valid",
    "revoke": "revoked",
    "cancel": "cancelled",
    "supersede": "superseded",
    "transfer": "transferred",
    "update": "valid",
}


def signed(sandbox: Sandbox, event: str, identifier: str, **claims: Any) -> str:
    """Return an event of a department; the registry and anything else may be chosen."""
    registry = claims.pop("registry", "traffic-police")
    body = {"event": event, "identifier": identifier, "version": 1, "status": STATUS_OF[event]} | claims
    path = f"/v1/sandbox/registries/{registry}/events"
    jws: str = sandbox.anybody.expect(200, "POST", path, json=body)["jws"]
    return jws


def send(sandbox: Sandbox, jws: str) -> TestResponse:
    """Push an event."""
    return sandbox.anybody.post(PATH, data=jws, content_type="application/jose")


def push(sandbox: Sandbox, event: str, identifier: str, **claims: Any) -> str:
    """Push an event and return what became of it."""
    answer: JSON = send(sandbox, signed(sandbox, event, identifier, **claims)).get_json()
    outcome: str = answer["outcome"]
    return outcome


def refusal(response: TestResponse) -> tuple[int, str]:
    """Return status and code of a problem."""
    return response.status_code, response.get_json()["code"]


def renew(sandbox: Sandbox, identifier: str, *, push: bool = False) -> str:
    """Let a department issue the next version of a licence; its identifier."""
    path = f"/v1/sandbox/licences/{identifier}/renew"
    newer: str = sandbox.anybody.expect(200, "POST", path, json={"push": push})["identifier"]
    return newer


def give_to(sandbox: Sandbox, identifier: str, persona: str, *, push: bool = False) -> None:
    """Let a department write a licence over to somebody else."""
    path = f"/v1/sandbox/licences/{identifier}/transfer"
    sandbox.anybody.expect(200, "POST", path, json={"to": persona, "push": push})


def sync_overtaken_by(
    meanwhile: Callable[[], object], sandbox: Sandbox, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> JSON:
    """Sync, and let something happen while what the registries answered is on its way."""

    def act() -> None:
        sandbox.pass_time(timedelta(seconds=1))
        meanwhile()

    after_first_call(monkeypatch, RegistryDesk, "ask_all", act)
    return citizen.sync()


def count(database: Database, table: str) -> int:
    """Return how many rows a table has."""
    with database.read() as session:
        rows: int = session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608
        return rows
