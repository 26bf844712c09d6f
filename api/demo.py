"""The main job in a terminal: `make demo`, or `python -m api.demo http://127.0.0.1:8000`.

A client of the public API like any other: it knows no more of the server than its address. Every step
says what it expects; what comes differently ends the demo with a sentence and exit code 1.
With `--pictures FOLDER` it also draws the README's two pictures from the answers it got.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from identity.clock import SHANGHAI
from wallet.showing import qr
from wallet.showing.qr_symbol import Bytes, Level

JSON = dict[str, Any]

PERSONA = "zhang-wei"
KIND = "DRIVING_LICENCE"
PURPOSE = "路面执法"
OFFICER = {"organisation_code": "traffic-police", "staff_number": "V001", "password": "sandbox-V001"}
DEPARTMENTS = 16
HOT_SERVICES = 5
TIMEOUT_SECONDS = 15
QUIET_ZONE = 4
# What an officer looks at first; the answer holds every field that was disclosed.
LOOKED_AT = ("name", "vehicle_class", "valid_to")

GREEN, RED, BOLD, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"
WHITE_ON_BLACK = "\x1b[97;40m"
# Light modules are drawn, dark ones left out: (upper is light, lower is light).
HALF_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


class DemoFailed(Exception):
    """A step did not go as it should; the text is a sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running sandbox, by its address."""

    host: str
    port: int

    @classmethod
    def at(cls, address: str) -> "Server":
        """Read an address such as `http://127.0.0.1:8000`. Raises DemoFailed."""
        parts = urlsplit(address)
        if parts.scheme != "http" or not parts.hostname:
            msg = f"地址应形如 http://127.0.0.1:8000 · not an address: {address}"
            raise DemoFailed(msg)
        return cls(parts.hostname, parts.port or 80)

    def call(self, method: str, path: str, body: JSON | None = None, token: str | None = None) -> JSON:
        """Return the answer to a call that must succeed. Raises DemoFailed."""
        status, answer = self._ask(method, path, body, token)
        if not 200 <= status < 300:  # noqa: PLR2004 - the successful ones, RFC 9110 §15.3
            told = f"{answer.get('code')}: {answer.get('detail') or answer.get('title')}"
            msg = f"{method} {path} → {status} {told}"
            raise DemoFailed(msg)
        return answer

    def _ask(self, method: str, path: str, body: JSON | None, token: str | None) -> tuple[int, JSON]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection = HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            response = connection.getresponse()
            answer: JSON = json.loads(response.read())
        except (OSError, HTTPException) as error:
            msg = (
                f"http://{self.host}:{self.port} 无应答，请先在另一个终端运行 make run · "
                f"no answer; start `make run` in another terminal ({error})"
            )
            raise DemoFailed(msg) from error
        except ValueError as error:
            msg = f"{method} {path}: 应答不是 JSON，这是亮证的服务吗？ · not JSON; is this Liangzheng?"
            raise DemoFailed(msg) from error
        finally:
            connection.close()
        return response.status, answer


@dataclass(frozen=True, slots=True)
class Shown:
    """The citizen's side: who shows what, with which token."""

    citizen: str
    licence: JSON
    token: JSON


@dataclass(frozen=True, slots=True)
class Verified:
    """The officer's side: both scans, and what the holder reads about them."""

    first: JSON
    second: JSON
    records: list[JSON]


@dataclass(slots=True)
class Terminal:
    """Prints numbered steps, in colour where there is somebody to see it."""

    colour: bool
    steps: int = 0

    def step(self, zh: str, en: str, text: str) -> None:
        """Print a step and what came of it."""
        self.steps += 1
        title = self.paint(BOLD, f"{zh} {en}")
        print(f"{self.steps:2} {title}  {text}")

    def line(self, text: str) -> None:
        """Print a line that belongs to the step above."""
        print(f"   {text}")

    def qr(self, text: str) -> None:
        """Draw a QR with two modules to a character, light on dark whatever the terminal's colours."""
        for row in half_blocks(qr.matrix(text, Level.L, QUIET_ZONE)):
            print(f"   {self.paint(WHITE_ON_BLACK, row)}")

    def paint(self, colour: str, text: str) -> str:
        """Return text in a colour, if there are colours."""
        return f"{colour}{text}{PLAIN}" if self.colour else text


def half_blocks(modules: Bytes) -> Iterator[str]:
    """Yield lines of half blocks for the modules of a QR; True is dark."""
    outside = [True] * len(modules[0])
    for upper, lower in zip(modules[::2], [*modules[1::2], outside], strict=False):
        yield "".join(HALF_BLOCKS[not up, not low] for up, low in zip(upper, lower, strict=True))


def show(server: Server, out: Terminal) -> Shown:
    """From first opening to a QR: log in, bind, sync, show."""
    reset = server.call("POST", "/v1/sandbox/reset")
    out.step("重置", "Reset", f"沙盒恢复到第一天，时间 {clock_of(reset['now'])} · the sandbox begins anew")

    session = server.call("POST", "/v1/sessions", {"provider": "sandbox", "code": PERSONA})
    citizen = session["access_token"]
    out.step("登录", "Log in", f"{PERSONA}，等级 level {session['account']['assurance_level']}")

    everybody = server.call("GET", "/v1/sandbox/personas")["items"]
    persona = next(person for person in everybody if person["code"] == PERSONA)
    claim = {key: persona[key] for key in ("name", "id_type", "id_number")} | {"consent_version": "1"}
    account = server.call("POST", "/v1/real-name", claim, citizen)
    real_name = account["real_name"]
    expect("level", account["assurance_level"], 2)
    out.step("实名", "Real name", f"{real_name['name_masked']} {real_name['id_number_masked']}，等级 level 2")

    synced = server.call("POST", "/v1/wallet/sync", token=citizen)
    answered = [registry for registry in synced["registries"] if registry["status"] == "ok"]
    expect("departments that answered", len(answered), DEPARTMENTS)
    titles = [licence["title"] for licence in synced["licences"]]
    out.step("同步", "Sync", f"{len(answered)} 个部门 departments，{len(titles)} 张证照 licences：")
    out.line("、".join(titles))

    licence = next(licence for licence in synced["licences"] if licence["kind"] == KIND)
    token = server.call("POST", f"/v1/licences/{licence['id']}/show-tokens", {}, citizen)
    out.step(
        "亮证", "Show", f"{licence['title']} {licence['number_masked']}，60 秒内一次有效 · once, within 60 s"
    )
    out.qr(token["qr_text"])
    return Shown(citizen, licence, token)


def verify(server: Server, out: Terminal, shown: Shown) -> Verified:
    """Staff scan it twice; the holder sees both."""
    officer = server.call("POST", "/v1/staff/sessions", OFFICER)
    scan = {"qr_text": shown.token["qr_text"], "purpose": PURPOSE}

    first = server.call("POST", "/v1/verifications", scan, officer["access_token"])
    expect("first scan", (first["outcome"], first["signal"]), ("accepted", "green"))
    staff = officer["staff"]
    where = f"{staff['organisation']['name']} {staff['staff_number']}"
    out.step(
        "核验", "Verify", out.paint(GREEN, f"● 绿 green {first['message']}") + f"，{first['next_action']}"
    )
    seen = [f"{field['label']} {field['value']}" for field in looked_at(first)]
    out.line(f"{where} 看到 sees：{'；'.join(seen)}")

    second = server.call("POST", "/v1/verifications", scan, officer["access_token"])
    expect("second scan", (second["outcome"], second["reason"]), ("rejected", "used"))
    told = out.paint(RED, f"● 红 red {second['message']}")
    out.step("再扫", "Scan again", f"{told} ({second['reason']})，{second['next_action']}")

    records = server.call("GET", "/v1/access-records", token=shown.citizen)["items"]
    expect("who looked", [record["outcome"] for record in records], ["rejected", "accepted"])
    out.step("谁看过", "Who looked", f"{len(records)} 条记录 records")
    for record in records:
        out.line(
            f"{clock_of(record['at'])} {record['organisation']['name']} {record['staff_masked']}，"
            f"{record['purpose']}，{record['reason'] or record['outcome']}"
        )
    return Verified(first, second, records)


def recommend(server: Server, out: Terminal, shown: Shown) -> None:
    """Print what this person probably needs next, and why."""
    hot = server.call("GET", f"/v1/hot-services?limit={HOT_SERVICES}", token=shown.citizen)
    expect("hot services", (len(hot["items"]), hot["personalised"]), (HOT_SERVICES, True))
    out.step("热门服务", "Hot services", "各有理由 each with its reason")
    for item in hot["items"]:
        out.line(f"{item['name']}：{item['reason']['text']}")


def expect(what: str, got: object, wanted: object) -> None:
    """Hold an answer against what it must be. Raises DemoFailed."""
    if got != wanted:
        msg = f"与预期不符 · not as expected: {what} is {got!r}, not {wanted!r}"
        raise DemoFailed(msg)


def looked_at(verification: JSON) -> list[JSON]:
    """Return the fields that an officer looks at first."""
    fields: list[JSON] = verification["licence"]["fields"]
    return [field for field in fields if field["key"] in LOOKED_AT]


def clock_of(instant: str) -> str:
    """Return an instant of the API as Beijing's date and time."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def draw(folder: Path, shown: Shown, verified: Verified) -> None:
    """Write demo-shown.svg and demo-verified.svg, made of the answers alone."""
    templates = Flask("api", template_folder="pages/templates").jinja_env
    modules = qr.matrix(shown.token["qr_text"], Level.L, QUIET_ZONE)
    pictures = {
        "demo-shown.svg": {"licence": shown.licence, "size": len(modules), "path": qr.path(modules)},
        "demo-verified.svg": {
            "first": verified.first,
            "fields": looked_at(verified.first),
            "second": verified.second,
            "records": verified.records,
        },
    }
    for name, values in pictures.items():
        (folder / name).write_text(templates.get_template(name).render(values) + "\n", encoding="utf-8")


def run(address: str, pictures: Path | None) -> None:
    """Walk through. Raises DemoFailed."""
    server, out = Server.at(address), Terminal(sys.stdout.isatty())
    began = time.monotonic()
    print(out.paint(BOLD, f"亮证演示 · Liangzheng demo · {address}"))
    shown = show(server, out)
    verified = verify(server, out, shown)
    recommend(server, out, shown)
    print(f"全部符合预期 · all as expected: {out.steps} steps, {time.monotonic() - began:.1f} s")
    if pictures:
        draw(pictures, shown, verified)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m api.demo", description="Walk the main job.")
    parser.add_argument("address", help="of a running sandbox, such as http://127.0.0.1:8000")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="draw the README's pictures there")
    wanted = parser.parse_args()
    try:
        run(wanted.address, wanted.pictures)
    except DemoFailed as failure:
        sys.exit(f"演示未完成 · demo failed: {failure}")


if __name__ == "__main__":
    main()
