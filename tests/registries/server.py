"""A stand-in for departments' registries: real HTTP, fictitious licences, and every fault on demand.

    python -m tests.registries.server --port 8790 --file registries.json

answers `POST /<registry>/<call>` as `wallet/registries/http/gbt36906.py` describes, those named by
`--guangdong traffic-police,…` as `wallet/registries/http/guangdong.py` does, and writes a
REGISTRIES_FILE that a sandbox can be started with. `POST /admin/<registry>` with `{"mode": "down"}` breaks one
(see Mode), `POST /admin/licences/<identifier>` with `{"status": "revoked"}` writes in its books.
"""

import argparse
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.registries import guangdong
from tests.registries.books import JSON, Books, kinds_of, mapping_of
from tests.registries.guangdong import GuangdongService
from wallet.registries.http.mapping import all_mappings
from wallet.registries.sandbox import source

ACCESS_ID, ACCESS_TOKEN = "liangzheng", "stand-in-token"
TOKEN_VARIABLE = "STAND_IN_TOKEN"
# Where a sandbox finds every secret.
ENVIRONMENT = {TOKEN_VARIABLE: ACCESS_TOKEN} | guangdong.ENVIRONMENT
WITH_USE_CODE = {"natural-resources"}
USE_ITEM = {"code": "440300-YZ-001", "name": "亮证"}
SLOW_SECONDS = 5.0


class Mode(StrEnum):
    """What is wrong with a registry."""

    OK = "ok"
    DOWN = "down"  # closes the connection at once
    FAILING = "failing"  # 500
    ONCE = "once"  # 500 for one question, then well
    SLOW = "slow"
    DRIPPING = "dripping"
    CUT = "cut"
    HTML = "html"
    NOT_JSON = "not-json"
    SHAPE = "shape"
    HUGE = "huge"
    MANY = "many"
    REFUSING = "refusing"
    STRANGERS = "strangers"
    ODD_RECORDS = "odd-records"


class StandIn:
    """The registries, how each feels, and what each was asked."""

    def __init__(self, in_guangdong: Collection[str] = ()) -> None:
        self.books = Books()
        self.guangdong = {code: GuangdongService(code, self.books) for code in in_guangdong}
        self.modes: dict[str, Mode] = {}
        self.asked: Counter[str] = Counter()
        self.use_codes: dict[str, JSON] = {}
        self.released = threading.Event()
        self.address = ""

    def settings(self) -> JSON:
        """Return a REGISTRIES_FILE for these registries."""
        return {"registries": [self._settings_of(department) for department in source()["departments"]]}

    def _settings_of(self, department: JSON) -> JSON:
        code = department["key"]
        shared = {
            "code": code,
            "name": department["name"],
            "base_url": f"{self.address}/{code}",
            "mapping": self.words_of(code),
            "kinds": kinds_of(code) or {"NONE": "ID_CARD"},
        }
        if code in self.guangdong:
            return shared | guangdong.SETTINGS
        access = {"access_id": ACCESS_ID, "access_token_env": TOKEN_VARIABLE}
        return shared | access | ({"use_item": USE_ITEM} if code in WITH_USE_CODE else {})

    def words_of(self, code: str) -> str:
        """Return in whose words a registry writes."""
        return "guangdong" if code in self.guangdong else mapping_of(code)

    def answer(self, code: str, call: str, envelope: JSON) -> JSON:
        """Answer a well-formed question."""
        if (envelope.get("accessId"), envelope.get("accessToken")) != (ACCESS_ID, ACCESS_TOKEN):
            return _head("11", "身份认证失败")
        data = envelope["data"]
        if call == "applyUseCode":
            return self._grant(data)
        if code in WITH_USE_CODE and not self._use_up(data):
            return _head("104", "用证码无效")
        if call == "queryCertInfoByHolderCode":
            if data.get("holderTypeCode") not in {"111", "001"}:
                return _head("103", "持证主体代码类型错误")
            found = self.books.of_holder(code, data["holderCode"])
        else:
            found = self.books.of_identifier(code, data["certIdentifier"])
        if not found:
            return _head("10", "证照不存在")
        return _head("0", "成功") | {"data": found if call.endswith("HolderCode") else found[0]}

    def _grant(self, data: JSON) -> JSON:
        if (data.get("itemCode"), data.get("itemName")) != tuple(USE_ITEM.values()) or not data.get("bizNum"):
            return _head("104", "事项或办件编号缺失")
        use_code = uuid.uuid4().hex
        self.use_codes[use_code] = {name: data.get(name) for name in ("holderCode", "certIdentifier")}
        return _head("0", "成功") | {"data": {"useCode": use_code}}

    def _use_up(self, data: JSON) -> bool:
        bound = self.use_codes.pop(data.get("useCode", ""), None)
        return bound == {name: data.get(name) for name in ("holderCode", "certIdentifier")}

    def spoil(self, code: str, mode: Mode, answer: JSON) -> JSON:
        """Return an answer as a registry that is not itself gives it."""
        records = answer.get("data")
        if not isinstance(records, list):
            return answer
        match mode:
            case Mode.SHAPE:
                return {"head": "fine", "data": records}
            case Mode.MANY:
                return answer | {"data": records * 300}
            case Mode.STRANGERS:
                holders = all_mappings()[self.words_of(code)].members["holders"]
                return answer | {"data": [record | {holders: "100000195001010015"} for record in records]}
            case Mode.ODD_RECORDS:
                odd: list[Any] = [None, 7, "x", [], {}, {"status": "01"}]
                changed = [record | {name: ["?"]} for record in records for name in record]
                return answer | {"data": [*odd, *changed, *records]}
            case _:
                return answer


def _head(status: str, message: str) -> JSON:
    return {"head": {"status": status, "message": message}}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    stand_in: StandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        first, _, rest = self.path.strip("/").partition("/")
        if first == "admin":
            self._administer(rest, json.loads(body or b"{}"))
            return
        self._serve(first, rest, json.loads(body))

    def do_GET(self) -> None:
        first, _, rest = self.path.strip("/").partition("/")
        self._serve(first, rest, {})

    def _serve(self, first: str, rest: str, told: JSON) -> None:
        self.stand_in.asked[first] += 1
        mode = self.stand_in.modes.get(first, Mode.OK)
        if mode is Mode.ONCE:
            self.stand_in.modes[first] = Mode.OK
        if mode is Mode.SLOW:
            self.stand_in.released.wait(SLOW_SECONDS)
        if mode is Mode.DOWN:
            self.close_connection = True
            return
        parts, service = urlsplit(rest), self.stand_in.guangdong.get(first)
        if service:
            answer = service.answer(parts.path, dict(parse_qsl(parts.query)), told)
        else:
            answer = self.stand_in.answer(first, rest, told)
        self._send(first, mode, answer)

    def _send(self, code: str, mode: Mode, answer: JSON) -> None:
        content = json.dumps(self.stand_in.spoil(code, mode, answer)).encode()
        match mode:
            case Mode.FAILING | Mode.ONCE:
                self._write(500, b"{}")
            case Mode.CUT:
                self._write(200, content[: len(content) // 2], length=len(content))
                self.close_connection = True
            case Mode.HTML:
                self._write(200, b"<html>Login</html>", content_type="text/html")
            case Mode.NOT_JSON:
                self._write(200, content[:-1])
            case Mode.HUGE:
                self._write(200, content[:-1] + b" " * 2_000_000 + b"}")
            case Mode.REFUSING:
                refusal = guangdong.failure("PERMISSION_DENIED") if code in self.stand_in.guangdong else None
                self._write(200, json.dumps(refusal or _head("100", "无权限")).encode())
            case Mode.DRIPPING:
                self._drip(content)
            case _:
                self._write(200, content)

    def _drip(self, content: bytes) -> None:
        self._write(200, b"", length=len(content))
        for byte in content:
            if self.stand_in.released.wait(0.2):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def _write(
        self,
        status: int,
        content: bytes,
        *,
        content_type: str = "application/json",
        length: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def _administer(self, what: str, told: JSON) -> None:
        name, _, identifier = what.partition("/")
        if identifier:
            self.stand_in.books.change(identifier, **told)
        else:
            self.stand_in.modes[name] = Mode(told["mode"])
        self._write(200, b"{}")

    def handle(self) -> None:
        """Serve a connection; a client that has hung up is no fault of ours."""
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  http.server's name
        """Write nothing: paths and bodies hold people."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A registry that is down hangs up on many at once.
    request_queue_size = 128


@contextmanager
def serving(port: int = 0, in_guangdong: Collection[str] = ()) -> Iterator[StandIn]:
    """Run a stand-in within this process."""
    stand_in = StandIn(in_guangdong)
    server = _Server(("127.0.0.1", port), type("Bound", (Handler,), {"stand_in": stand_in}))
    stand_in.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--file", type=Path, help="write a REGISTRIES_FILE there")
    parser.add_argument("--guangdong", default="", help="registries that speak DB44/T 2167.3, with commas")
    chosen = parser.parse_args()
    with serving(chosen.port, [code for code in chosen.guangdong.split(",") if code]) as stand_in:
        if chosen.file:
            chosen.file.write_text(json.dumps(stand_in.settings(), ensure_ascii=False, indent=1))
        print(f"registries at {stand_in.address}; start the sandbox with", flush=True)
        secrets = " ".join(f"{name}={secret}" for name, secret in ENVIRONMENT.items())
        print(f"  {secrets} REGISTRIES_FILE={chosen.file or '…'} make run", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
