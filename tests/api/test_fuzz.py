"""schemathesis against every operation of openapi.yaml: no 5xx, and no answer that the contract does not declare.

Short by default and the same every time; FUZZ_EXAMPLES=200 looks further, differently each time (`make fuzz`).
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import count
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.config import Config, RateLimits
from identity.ids import new_id
from tests import contract, stores
from tests.conftest import sandbox_config
from tests.sandbox import JSON, Citizen, Sandbox, Staff, claim_of, running

DEFAULT_EXAMPLES = 6
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", DEFAULT_EXAMPLES))
UNLIMITED = RateLimits(**{rate.name: "1000000/second" for rate in fields(RateLimits)})
# Calls that end what the next ones need: each gets a sandbox of its own.
ENDING = (
    "/freeze",
    "/unbind",
    "/close",
    "/revoke-all",
    "/staff/password",
    "/staff/totp",
    "/deactivate",
    "/roles",
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
KIND = "DRIVING_LICENCE"
SANDBOX, RESET = "/v1/sandbox/", "/v1/sandbox/reset"
PLAIN_TEXT = {"type": "string", "minLength": 1}
# A reset hashes every member of staff's password anew.
MAX_RESETS = 3


def operations(*, sandbox: bool) -> list[Any]:
    """Return method, path and mode of what is to be sent: well-formed requests, and broken ones."""
    return [
        pytest.param(method.upper(), path, mode, id=f"{mode.value} {method.upper()} {path}")
        for path, item in contract.contract()["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post"} and (path.startswith(SANDBOX) or _ends_something(path)) == sandbox
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or can_be_broken(item, operation)
    ]


def _ends_something(path: str) -> bool:
    return any(word in path for word in ENDING)


def can_be_broken(item: JSON, operation: JSON) -> bool:
    """Tell whether a request can be out of form at all: any text is a proper text."""
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    bounded = [one for one in parameters if not PLAIN_TEXT.items() >= one.get("schema", {}).items()]
    return "requestBody" in operation or bool(bounded)


class Lot:
    """The people of a sandbox, what they hold, and the tokens that an operation is called with."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.citizen: Citizen = sandbox.citizen("zhang-wei")
        self.licence_id = self.citizen.licence(KIND)["id"]
        self._places = count(1)
        self.log_in_again()

    def log_in_again(self) -> None:
        """Give everybody new tokens: none ends in the midst of a long run."""
        self.citizen = self.sandbox.log_in("zhang-wei")
        self.newcomer = self.sandbox.log_in(f"zheng-hao#{next(self._places)}")
        self._staff: dict[str, Staff] = {}
        self._proven: Citizen | None = None

    @property
    def officer(self) -> Staff:
        """Somebody who may scan."""
        return self.staff_with("verify")

    def staff_with(self, permission: str) -> Staff:
        """Return staff who have a permission, logged in when first asked for: passwords take their time."""
        if permission not in self._staff:
            self._staff[permission] = self.sandbox.staff_who_may(permission)
        return self._staff[permission]

    @property
    def platform_admin(self) -> Staff:
        """The admin of the platform's own staff."""
        if "platform" not in self._staff:
            self._staff["platform"] = self.sandbox.staff("platform", "P001")
        return self._staff["platform"]

    @property
    def proven(self) -> Citizen:
        """Somebody of level 3."""
        if self._proven is None:
            self._proven = self.sandbox.log_in("wang-qiang")
            self._proven.prove()
        return self._proven

    def token_for(self, operation: JSON) -> str | None:
        """Return a token of somebody who may call an operation."""
        if {"refreshToken": []} in operation.get("security", []):
            return self.sandbox.log_in("li-na").refresh_token
        caller = self._staff_for(operation) or self._citizen_for(operation)
        return caller.token if caller else None

    def _staff_for(self, operation: JSON) -> Staff | None:
        if "x-required-organisation" in operation:
            return self.platform_admin
        if "x-required-permission" in operation:
            return self.staff_with(operation["x-required-permission"])
        staff_only = operation.get("x-staff-allowed") and "x-required-level" not in operation
        return self.officer if staff_only else None

    def _citizen_for(self, operation: JSON) -> Citizen | None:
        match operation.get("x-required-level"):
            case 3:
                return self.proven
            case 2:
                return self.citizen
            case 1:
                return self.newcomer
            case _:
                return None

    def own_ids(self, path: str, names: set[str]) -> JSON:
        """Return ids that exist and are the caller's, for the parameters of a path."""
        makers: dict[str, Callable[[], str]] = {
            "licence_id": lambda: self.licence_id,
            "token_id": lambda: self._shown()["id"],
            "verification_id": lambda: self.officer.scan(self._shown()["qr_text"])["id"],
            "check_id": lambda: self.newcomer.begin_face_check(**claim_of(self.newcomer.code)),
            "identifier": lambda: self.citizen.licence("PASSPORT")["identifier"],
            "code": lambda: "SVC0019" if path.startswith("/v1/services") else "traffic-police",
        }
        # What nobody here has is the id of nothing.
        return {name: makers.get(name, new_id)() for name in names}

    def own_body(self, path: str, body: Any) -> Any:
        """Return a body that gets further than chance would."""
        if not isinstance(body, dict):
            return body
        match path:
            case "/v1/verifications":
                return body | {"qr_text": self._shown()["qr_text"]}
            case "/v1/sessions":
                return body | {"provider": "sandbox", "code": "li-na"}
            case _:
                return body

    def _shown(self) -> JSON:
        return self.citizen.expect(
            201, "POST", f"/v1/licences/{self.licence_id}/show-tokens", json={"mode": "confirm"}
        )


@pytest.fixture(scope="module")
def unlimited(
    template_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    keys_dir: Any,
) -> Iterator[Config]:
    folder = tmp_path_factory.mktemp("fuzz")
    with stores.copy_of(template_url, folder) as url:
        yield replace(sandbox_config(url, folder, keys_dir), rate_limits=UNLIMITED)


@pytest.fixture(scope="module")
def lot(unlimited: Config) -> Iterator[Lot]:
    with running(unlimited) as sandbox:
        yield Lot(sandbox)


@pytest.mark.parametrize(("method", "path", "mode"), operations(sandbox=False))
def test_nothing_that_is_sent_gets_an_answer_outside_the_contract(
    lot: Lot,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    lot.log_in_again()

    fuzz(lot, method, path, mode)


@pytest.mark.parametrize(("method", "path", "mode"), operations(sandbox=True))
def test_nothing_that_is_sent_to_the_sandbox_gets_an_answer_outside_the_contract(
    config: Config,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    # Clocks, outages and resets are this test's own.
    with running(replace(config, rate_limits=UNLIMITED)) as sandbox:
        lot = Lot(sandbox)
        fuzz(lot, method, path, mode)


def fuzz(lot: Lot, method: str, path: str, mode: GenerationMode) -> None:
    """Send many requests of an operation, well formed or not, each with a token that may call it."""
    operation: APIOperation[Any, Any, Any, Any] = schema_of(lot.sandbox.app)[path][method]
    described: JSON = operation.definition.raw

    @settings(
        max_examples=MAX_RESETS if path == RESET else EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES == DEFAULT_EXAMPLES,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), reaches=st.sampled_from([True, True, False]))
    def send(case: Case[Any], reaches: bool) -> None:
        if reaches:
            case.path_parameters.update(lot.own_ids(path, set(case.path_parameters)))
            case.body = lot.own_body(path, case.body)
        token = lot.token_for(described)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()


@cache
def schema_of(app: Flask) -> Any:
    """Return the contract as what an app is held against, once for each: reading the app's constants takes its time."""
    schema = schemathesis.openapi.from_dict(contract.contract())
    schema.app = app
    return schema
