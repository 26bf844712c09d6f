"""A sandbox to test against, and the people in it: what a front end does, in a few words."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

from flask import Flask
from werkzeug.test import TestResponse

from api.app import create_app
from api.blueprint import EXTENSION
from api.config import Config
from api.services import Services
from identity.sandbox import personas
from identity.staff import Permission
from tests import contract

JSON = dict[str, Any]
Result = TypeVar("Result")

FACE_CHECKS = "/v1/real-name/face-checks"

# Every test sandbox begins here, whatever day it is outside: Sunday, ten o'clock in China.
FIRST_DAY = datetime(2026, 11, 22, 2, tzinfo=UTC)


@dataclass
class Caller:
    """Somebody with a token, or without."""

    app: Flask
    token: str | None = None

    def send(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """Send a request; the answer must be one that the contract declares."""
        headers = dict(kwargs.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        response = self.app.test_client().open(path, method=method, headers=headers, **kwargs)
        contract.check(self.app, response)
        return response

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.send("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> TestResponse:
        if json is not None:
            kwargs["json"] = json
        return self.send("POST", path, **kwargs)

    def expect(self, status: int, method: str, path: str, **kwargs: Any) -> JSON:
        """Send, and return the answer's JSON if it has that status."""
        response = self.send(method, path, **kwargs)
        assert response.status_code == status, (method, path, response.status_code, response.text[:500])
        answer: JSON = response.get_json()
        return answer

    def refused(self, status: int, code: str, method: str, path: str, **kwargs: Any) -> JSON:
        """Send, and return the problem if it is that one."""
        response = self.send(method, path, **kwargs)
        problem: JSON = response.get_json(silent=True) or {}
        said = (response.status_code, problem.get("code"))
        assert said == (status, code), (method, path, said, response.text[:500])
        assert response.mimetype == contract.PROBLEM
        assert problem["request_id"] == response.headers["X-Request-ID"]
        return problem


@dataclass
class Citizen(Caller):
    """A persona who logged in."""

    code: str = ""
    account: JSON | None = None
    refresh_token: str = ""

    def bind(self) -> JSON:
        """Bind the persona's own real name."""
        return self.expect(201, "POST", "/v1/real-name", json=claim_of(self.code))

    def begin_face_check(self, **stated: Any) -> str:
        """Begin a face check; return its id."""
        check_id: str = self.expect(201, "POST", FACE_CHECKS, json=stated)["id"]
        return check_id

    def prove(self) -> JSON:
        """Pass a face check, as the persona whom the account knows or whom it has still to learn of."""
        account = self.expect(200, "GET", "/v1/account")
        stated = {} if account["real_name"] else claim_of(self.code)
        return self.expect(200, "POST", f"{FACE_CHECKS}/{self.begin_face_check(**stated)}/complete")

    def sync(self) -> JSON:
        """Fill the wallet."""
        return self.expect(200, "POST", "/v1/wallet/sync")

    def licences(self, kind: str | None = None) -> list[JSON]:
        """Return the wallet, or the part of one kind."""
        query = f"?kind={kind}" if kind else ""
        items: list[JSON] = self.expect(200, "GET", f"/v1/licences{query}")["items"]
        return items

    def licence(self, kind: str) -> JSON:
        """Return the one licence of a kind."""
        (licence,) = self.licences(kind)
        return licence

    def show(self, kind: str, **how: Any) -> JSON:
        """Show the licence of a kind."""
        path = f"/v1/licences/{self.licence(kind)['id']}/show-tokens"
        return self.expect(201, "POST", path, json=how)

    def access_records(self) -> list[JSON]:
        """Return who looked."""
        items: list[JSON] = self.expect(200, "GET", "/v1/access-records")["items"]
        return items


@dataclass
class Staff(Caller):
    """A member of staff who logged in."""

    refresh_token: str = ""

    def scan(self, qr_text: str, **extra: Any) -> JSON:
        """Verify what a scanner read."""
        body = {"qr_text": qr_text} | extra
        return self.expect(200, "POST", "/v1/verifications", json=body)


@dataclass
class Sandbox:
    """A sandbox of one's own, as on its first day."""

    app: Flask

    @property
    def parts(self) -> Services:
        """What the composition root built."""
        parts: Services = self.app.extensions[EXTENSION]
        return parts

    @property
    def anybody(self) -> Caller:
        """Return a caller without a token."""
        return Caller(self.app)

    def log_in(self, code: str) -> Citizen:
        """Log in as a persona; `zhang-wei#2` is a second login."""
        body = {"provider": "sandbox", "code": code}
        answer = self.anybody.expect(201, "POST", "/v1/sessions", json=body)
        return Citizen(
            self.app,
            answer["access_token"],
            code=code,
            account=answer["account"],
            refresh_token=answer["refresh_token"],
        )

    def citizen(self, code: str) -> Citizen:
        """Log in, bind the real name and fill the wallet."""
        citizen = self.log_in(code)
        citizen.bind()
        citizen.sync()
        return citizen

    def staff(self, organisation_code: str = "traffic-police", staff_number: str = "V001") -> Staff:
        """Log in as staff."""
        body = {
            "organisation_code": organisation_code,
            "staff_number": staff_number,
            "password": f"sandbox-{staff_number}",
        }
        answer = self.anybody.expect(201, "POST", "/v1/staff/sessions", json=body)
        return Staff(self.app, answer["access_token"], answer["refresh_token"])

    def staff_who_may(self, permission: str) -> Staff:
        """Log in as the member of the service hall who has a permission."""
        place = 1 + [str(one) for one in Permission].index(permission)
        return self.staff("service-hall", f"S{place:03}")

    def now(self) -> datetime:
        """Return the sandbox's time."""
        return self.parts.clock.now()

    def pass_time(self, span: timedelta) -> None:
        """Move the clock on."""
        self.set_clock(self.now() + span)

    def set_clock(self, now: datetime) -> None:
        """Move the clock."""
        self.anybody.expect(200, "POST", "/v1/sandbox/clock", json={"now": now.isoformat()})

    def break_registry(self, code: str, status: str = "down") -> None:
        """Let a registry fail."""
        self.anybody.expect(200, "POST", f"/v1/sandbox/registries/{code}", json={"status": status})

    def decide(self, identifier: str, status: str) -> None:
        """Let a department decide on a licence."""
        path = f"/v1/sandbox/licences/{identifier}/status"
        self.anybody.expect(200, "POST", path, json={"status": status})


@contextmanager
def running(config: Config) -> Iterator[Sandbox]:
    """Build the app of a configuration, and let go of its threads and connections afterwards."""
    sandbox = Sandbox(create_app(config))
    try:
        yield sandbox
    finally:
        sandbox.parts.close()


def at_once(*actions: Callable[[], Result]) -> list[Result]:
    """Do things at the same moment, each in a thread of its own; return what each gave."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result:
        start.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def told(problem: JSON) -> JSON:
    """Return a problem without what differs from request to request."""
    return {name: value for name, value in problem.items() if name != "request_id"}


def words(items: Sequence[JSON], name: str) -> list[Any]:
    """Return one member of each item."""
    return [item[name] for item in items]


def persona(code: str) -> JSON:
    """Return a persona's data."""
    key = code.partition("#")[0]
    return next(person for person in personas.source() if person["key"] == key)


def claim_of(code: str) -> JSON:
    """Return what a persona says to bind their real name."""
    person = persona(code)
    wanted = {name: person[name] for name in ("name", "id_type", "id_number")}
    return wanted | {"consent_version": "1"}
