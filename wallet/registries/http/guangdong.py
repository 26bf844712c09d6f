"""The share service of Guangdong, DB44/T 2167.3-2019, as implementations of it show (its text is not public).

| call                         | asked with                                            | answer's data         |
|------------------------------|-------------------------------------------------------|-----------------------|
| `POST /security/login`       | app_key, app_secret, account, password, org_code      | access_token          |
| `POST /license/auth`         | identity_number, service_item_code, service_item_name,| records, each with an |
|                              | request_id, operator, page_size, page_index           | auth_code             |
| `GET /license/get_license`   | auth_code                                             | data_fields           |

All are below `/license-app/v1`; the access token goes in the query. Answers are `{ack_code, errors, data, …}`.

A licence is never handed out by its holder's number, but by a use-code (用证码, `auth_code`) that is bound to the
service item and to one case (`request_id`), and good for one time. Each question here is a case of its own; no
use-code is tried twice, and none is spent on a licence that is not taken from here or is somebody else's.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Any

import structlog

from identity.errors import DomainError, RegistryUnavailable
from identity.ids import new_id
from identity.platforms.tokens import AccessToken, StableToken
from identity.platforms.wire import Answer, Line, Manners, Patience, Question, Trouble, Unusable, text_in
from wallet.errors import RegistryRefuses
from wallet.registries.http.mapping import RecordUnreadable
from wallet.registries.http.reading import (
    MAX_RECORDS,
    PATIENCE,
    read_all,
    read_one,
    records_in,
    require_holder,
)
from wallet.registries.http.settings import GuangdongSettings
from wallet.registries.protocol import RegistryRecord

PREFIX = "/license-app/v1"
PAGE_SIZE = 50
MAX_TOKEN_CHARACTERS, MAX_USE_CODE_CHARACTERS = 512, 256
# A login tells nothing of how long its token lives: until it is refused.
UNTIL_REFUSED = float("inf")

log = structlog.get_logger(__name__)


class Refusal(StrEnum):
    """What a FAILURE comes to. Which error code is which stands with the mapping."""

    ACCESS = "access"
    NOT_FOUND = "not_found"
    USE_CODE = "use_code"
    OTHER = "other"


class GuangdongRegistry:
    """See LicenceRegistry."""

    def __init__(self, settings: GuangdongSettings, patience: Patience = PATIENCE) -> None:
        self.code, self.name = settings.code, settings.name
        self._settings, self._patience = settings, patience
        self._line = Line(settings.base_url, Manners(f"registry {settings.code}", _refuse), patience)
        self._tokens = StableToken(self._log_in, patience.monotonic, busy=RegistryUnavailable)

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        """See LicenceRegistry. What can't be read in time, or is of somebody else, is left out."""
        deadline = self._patience.monotonic() + self._patience.total_seconds

        def read(raw: Any) -> RegistryRecord:
            if self._patience.monotonic() >= deadline:
                msg = "late"
                raise RecordUnreadable(msg)
            return self._extract(raw, id_number)

        return read_all(self.code, self._look_up(id_number), read)

    def by_identifier(self, identifier: str, holder_number: str | None = None, /) -> RegistryRecord | None:
        """See LicenceRegistry. Licences are found by their holders only. Raises RegistryRefuses without one."""
        if holder_number is None:
            raise RegistryRefuses
        member = self._settings.mapping.members["identifier"]
        for raw in self._look_up(holder_number):
            if isinstance(raw, dict) and raw.get(member) == identifier:
                return read_one(self.code, raw, lambda one: self._extract(one, holder_number))
        return None

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def _look_up(self, id_number: str) -> list[Any]:
        """Return a holder's records, each with a use-code for one case. Raises RegistryUnavailable."""
        item, found = self._settings.use_item, list[Any]()
        wanted = {
            "identity_number": id_number,
            "service_item_code": item.code,
            "service_item_name": item.name,
            "request_id": new_id(),
            "operator": dict(self._settings.operator),
            "page_size": PAGE_SIZE,
        }
        for page in range(1, MAX_RECORDS // PAGE_SIZE + 1):
            asked = wanted | {"page_index": page}
            data = self._ask(Question("auth", "POST", f"{PREFIX}/license/auth", True, json=asked))
            if data is Refusal.NOT_FOUND:
                return found
            if isinstance(data, Refusal):
                raise RegistryRefuses
            records = records_in(data)
            found += records
            if len(records) < PAGE_SIZE:
                return found
        raise RegistryUnavailable

    def _extract(self, raw: Any, id_number: str) -> RegistryRecord:
        """Spend a record's use-code on its data. Raises RecordUnreadable, RegistryUnavailable."""
        if not isinstance(raw, dict):
            msg = "shape"
            raise RecordUnreadable(msg)
        name, face = (self._settings.mapping.members[member] for member in ("identifier", "face"))
        # Whatever else is wrong with it is found before a use-code is spent.
        require_holder(self._record(raw | {face: {}}).holder_numbers, id_number)
        data = self._spend(_use_code(raw))
        if data.get(name, raw.get(name)) != raw.get(name):
            msg = "another-licence"
            raise RecordUnreadable(msg)
        # Some put the fields into `data` itself.
        return self._record(raw | {face: data.get(face, data)})

    def _record(self, raw: dict[str, Any]) -> RegistryRecord:
        return self._settings.mapping.record(raw, registry=self.code, kinds=self._settings.kinds)

    def _spend(self, use_code: str) -> dict[str, Any]:
        path, query = f"{PREFIX}/license/get_license", {"auth_code": use_code}
        # Not asked twice: nobody could tell whether the code is used up.
        data = self._ask(Question("get_license", "GET", path, False, query))
        if not isinstance(data, dict):
            msg = f"refused-{data.value}" if isinstance(data, Refusal) else "face"
            raise RecordUnreadable(msg)
        return data

    def _ask(self, question: Question) -> Any:
        """Return the data of an answer, or a Refusal that another access token doesn't help."""
        token = self._tokens.get()
        answered = self._attempt(question, token)
        if answered is Refusal.ACCESS:
            answered = self._attempt(question, self._tokens.instead_of(token))
        if isinstance(answered, Refusal) and answered is not Refusal.NOT_FOUND:
            # What stands beside the error code may quote the question.
            log.error("a registry refuses", registry=self.code, call=question.name, refusal=answered.value)
        return answered

    def _attempt(self, question: Question, token: str) -> Any:
        query = {**question.query, "access_token": token}
        try:
            return self._line.ask(replace(question, query=query), self._open)
        except RegistryRefuses:
            return Refusal.ACCESS

    def _log_in(self, _by_force: bool) -> AccessToken:
        login = self._settings.login
        wanted = {
            "app_key": login.app_key,
            "app_secret": login.app_secret,
            "account": login.account,
            "password": login.password,
            "org_code": login.org_code,
        }
        question = Question("login", "POST", f"{PREFIX}/security/login", True, json=wanted)
        text = self._line.ask(question, self._token_in)
        if text is None:
            log.error("a registry refuses", registry=self.code, call=question.name, refusal="login")
            raise RegistryRefuses
        return AccessToken(text, UNTIL_REFUSED)

    def _token_in(self, answer: Answer) -> str | None:
        """Return the token that a login got, None for a refusal. It stands in `data`, or beside it."""
        data = self._open(answer)
        if isinstance(data, Refusal):
            return None
        return text_in(data if isinstance(data, dict) else answer.body, "access_token", MAX_TOKEN_CHARACTERS)

    def _open(self, answer: Answer) -> Any:
        """Return the data of an answer or a Refusal. Raises Unusable."""
        match answer.body.get("ack_code"):
            case "SUCCESS":
                return answer.body.get("data")
            case "FAILURE":
                return self._refusal_in(answer.body.get("errors"))
            case _:
                raise Unusable

    def _refusal_in(self, errors: Any) -> Refusal:
        known = self._settings.mapping.refusals
        for error in errors if isinstance(errors, list) else []:
            code = error.get("code") if isinstance(error, dict) else error
            if isinstance(code, str) and code in known:
                return Refusal(known[code])
        return Refusal.OTHER


def _use_code(raw: dict[str, Any]) -> str:
    try:
        return text_in(raw, "auth_code", MAX_USE_CODE_CHARACTERS)
    except Unusable:
        msg = "use-code"
        raise RecordUnreadable(msg) from None


def _refuse(trouble: Trouble) -> DomainError:
    # Whether a 4xx is about the token or something else, its text would have to tell.
    return RegistryRefuses() if trouble is Trouble.REFUSED else RegistryUnavailable()
