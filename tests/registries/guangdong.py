"""The stand-in's share service of Guangdong (DB44/T 2167.3): logs in, looks up, and gives each use-code's licence once."""

import threading
import uuid
from typing import Any

from tests.registries.books import JSON, Books, as_written, license_code_of

PREFIX = "license-app/v1"
# Registries that tests let speak it; the second has a licence with two holders.
CODE, SHARED = "traffic-police", "natural-resources"
APP_SECRET, PASSWORD = "stand-in-app-secret", "stand-in-password"
ENVIRONMENT = {"STAND_IN_APP_SECRET": APP_SECRET, "STAND_IN_PASSWORD": PASSWORD}
LOGIN = {"app_key": "liangzheng", "account": "wallet", "org_code": "11440300MB00T0017U"}
ITEM = {"code": "440300-YZ-001", "name": "亮证"}
OPERATOR = {
    "account": "wallet",
    "name": "亮证系统",
    "role": "系统",
    "identity_num": "440300000000000000",
    "division": "测试市",
    "division_code": "440300",
    "service_org": "测试市政务服务和数据管理局",
    "service_org_code": "11440300MB00T0017U",
}
# What a registry's entry in a REGISTRIES_FILE has of this flavour.
SETTINGS: JSON = {
    "flavour": "guangdong",
    "use_item": ITEM,
    "login": LOGIN | {"app_secret_env": "STAND_IN_APP_SECRET", "password_env": "STAND_IN_PASSWORD"},
    "operator": OPERATOR,
}


def failure(code: str) -> JSON:
    """Return an answer that refuses."""
    # Real ones quote what they were asked.
    return _envelope("FAILURE", None) | {"errors": [{"code": code, "message": f"{PASSWORD} {code}"}]}


def _envelope(ack_code: str, data: Any) -> JSON:
    unused = dict.fromkeys(("sign", "sign_method", "timestamp"))
    ids = {"correlation_id": uuid.uuid4().hex, "response_id": uuid.uuid4().hex}
    return {"ack_code": ack_code, "errors": [], "data": data} | unused | ids


class GuangdongService:
    """One registry's service. Threads share it."""

    def __init__(self, code: str, books: Books) -> None:
        self._code, self._books = code, books
        self._lock = threading.Lock()
        self.tokens: set[str] = set()
        self.logins = 0
        # What each use-code is bound to (item, case), and the licence that it is for; gone when it is used.
        self.use_codes: dict[str, tuple[str, str, JSON]] = {}
        self.spent: list[tuple[str, str, str]] = []
        self.looked_up: list[JSON] = []

    def answer(self, path: str, query: dict[str, str], told: JSON) -> JSON:
        """Answer a question."""
        with self._lock:
            call = path.removeprefix(f"{PREFIX}/")
            if call == "security/login":
                return self._log_in(told)
            if query.get("access_token") not in self.tokens:
                return failure("ACCESS_TOKEN_EXPIRED")
            match call:
                case "license/auth":
                    return self._look_up(told)
                case "license/get_license":
                    return self._hand_out(query.get("auth_code", ""))
                case _:
                    return failure("NO_SUCH_CALL")

    def _log_in(self, told: JSON) -> JSON:
        self.logins += 1
        if told != LOGIN | {"app_secret": APP_SECRET, "password": PASSWORD}:
            return failure("LOGIN_FAILED")
        token = f"token-{uuid.uuid4()}"
        self.tokens.add(token)
        return _envelope("SUCCESS", {"access_token": token})

    def _look_up(self, told: JSON) -> JSON:
        item, case = told.get("service_item_code"), told.get("request_id")
        bound = (item, told.get("service_item_name")) == tuple(ITEM.values()) and case
        if not bound or told.get("operator") != OPERATOR:
            return failure("PERMISSION_DENIED")
        self.looked_up.append(told)
        begin = (told["page_index"] - 1) * told["page_size"]
        held = self._books.held_by(self._code, told["identity_number"])
        page = held[begin : begin + told["page_size"]]
        if not held:
            return failure("LICENSE_NOT_FOUND")
        records = [self._record(licence, str(item), str(case)) for licence in page]
        return _envelope("SUCCESS", records) | {"auth_codes": [record["auth_code"] for record in records]}

    def _record(self, licence: JSON, item: str, case: str) -> JSON:
        """Return what a look-up tells of a licence: all but its face."""
        record = as_written(licence, "guangdong")
        use_code = f"{uuid.uuid4().hex}_{record['license_code']}"
        self.use_codes[use_code] = (item, case, licence)
        del record["data_fields"]
        told = {"name": licence["kind"], "license_type": "CERTIFICATE", "trust_level": "A"}
        return record | told | {"auth_code": use_code}

    def _hand_out(self, use_code: str) -> JSON:
        if use_code not in self.use_codes:
            return failure("AUTH_CODE_USED")
        item, case, licence = self.use_codes.pop(use_code)
        self.spent.append((item, case, use_code))
        face = as_written(licence, "guangdong")["data_fields"]
        return _envelope("SUCCESS", {"license_code": license_code_of(licence), "data_fields": face})
