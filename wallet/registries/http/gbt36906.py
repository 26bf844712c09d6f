"""The share service of a registry, GB/T 36906 style, as implementations of it show (its text is not public).

Every call is a POST of `{accessId, accessToken, data}`, answered by `{head: {status, message}, data}`.

| call                        | data                                                        | answer's data |
|-----------------------------|-------------------------------------------------------------|---------------|
| `queryCertInfoByHolderCode` | holderCode, holderTypeCode, certTypeCode, useCause, useCode? | records       |
| `queryCertInfo`             | certIdentifier, useCause, useCode?                          | one record    |
| `applyUseCode`              | itemCode, itemName, bizNum, and what will be asked          | {useCode}     |

Where a registry wants a use-code (用证码, DB44/T 2167.3), it is asked for first: bound to the item and to one
case, good for one question. Such a question is not asked twice, since nobody could tell whether the code is
used up; a new code is.
"""

from enum import StrEnum
from typing import Any

import structlog

from identity.errors import RegistryUnavailable
from identity.ids import new_id
from identity.numbers import uscc
from identity.platforms.wire import Answer, Line, Manners, Patience, Question, Unusable, text_in
from wallet.errors import RegistryRefuses
from wallet.registries.http.reading import (
    PATIENCE,
    read_all,
    read_one,
    records_in,
    require_holder,
    unavailable,
)
from wallet.registries.http.settings import Gbt36906Settings
from wallet.registries.protocol import RegistryRecord

USE_CAUSE = "本人电子证照同步"
PERSON, ORGANISATION = "111", "001"

log = structlog.get_logger(__name__)


class Status(StrEnum):
    """What `head.status` says."""

    OK = "0"
    NOT_FOUND = "10"
    NOT_AUTHENTICATED = "11"
    NOT_PERMITTED = "100"
    BAD_HOLDER_TYPE = "103"
    BAD_USE_CODE = "104"


class HttpRegistry:
    """See LicenceRegistry."""

    def __init__(self, settings: Gbt36906Settings, patience: Patience = PATIENCE) -> None:
        self.code, self.name = settings.code, settings.name
        self._settings = settings
        self._line = Line(settings.base_url, Manners(f"registry {settings.code}", unavailable), patience)

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        """See LicenceRegistry. A record that can't be read, or is of somebody else, is left out."""
        holder_type = ORGANISATION if uscc.is_valid(id_number) else PERSON
        wanted = {"holderCode": id_number, "holderTypeCode": holder_type, "certTypeCode": ""}
        raw = self._query("queryCertInfoByHolderCode", wanted)
        return read_all(self.code, records_in(raw), lambda one: self._record(one, id_number))

    def by_identifier(self, identifier: str, _holder_number: str | None = None) -> RegistryRecord | None:
        """See LicenceRegistry."""
        raw = records_in(self._query("queryCertInfo", {"certIdentifier": identifier}))
        if not raw:
            return None
        record = read_one(self.code, raw[0], self._record)
        if record.identifier != identifier:
            raise RegistryUnavailable
        return record

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def _query(self, call: str, wanted: dict[str, str]) -> Any:
        data = wanted | {"useCause": USE_CAUSE}
        if self._settings.use_item is None:
            return self._ask(call, data, idempotent=True)
        return self._ask(call, data | {"useCode": self._use_code(wanted)}, idempotent=False)

    def _use_code(self, wanted: dict[str, str]) -> str:
        item = self._settings.use_item
        if item is None:
            raise RegistryUnavailable
        bound = {"itemCode": item.code, "itemName": item.name, "bizNum": new_id()}
        granted = self._ask("applyUseCode", wanted | bound, idempotent=True)
        try:
            return text_in(granted if isinstance(granted, dict) else {}, "useCode", 128)
        except Unusable:
            raise RegistryUnavailable from None

    def _ask(self, call: str, data: dict[str, str], *, idempotent: bool) -> Any:
        envelope = {
            "accessId": self._settings.access_id,
            "accessToken": self._settings.access_token,
            "data": data,
        }
        question = Question(call, "POST", f"/{call}", idempotent, json=envelope)
        return self._line.ask(question, self._open)

    def _open(self, answer: Answer) -> Any:
        """Return the data of an answer, None when there is nothing. Raises RegistryRefuses, Unusable."""
        head = answer.body.get("head")
        status = head.get("status") if isinstance(head, dict) else None
        if isinstance(status, bool) or not isinstance(status, int | str):
            raise Unusable
        match str(status):
            case Status.OK:
                return answer.body.get("data")
            case Status.NOT_FOUND:
                return None
            case _:
                # Its message may quote the question.
                known = next((one.name.lower() for one in Status if one == str(status)), "other")
                log.error("a registry refuses", registry=self.code, status=known)
                raise RegistryRefuses

    def _record(self, raw: Any, id_number: str | None = None) -> RegistryRecord:
        settings = self._settings
        record = settings.mapping.record(raw, registry=self.code, kinds=settings.kinds)
        if id_number is not None:
            require_holder(record.holder_numbers, id_number)
        return record
