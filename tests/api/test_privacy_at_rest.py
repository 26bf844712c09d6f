"""After the main job nothing that the server left behind holds a plain id number, nor its log any person."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api import migrating, seeding
from api.config import Config
from api.services import build
from identity.sandbox import personas
from tests import live, outside, stores
from tests.at_rest import everything_in, everything_in_the_database, found

NUMBERS = [person["id_number"] for person in personas.source()]
NAMES = [person["name"] for person in personas.source()]
ADDRESSES = [person["address"] for person in personas.source()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA_DIR of its own, with the keys inside."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def config(folder: Path) -> Iterator[Config]:
    """A sandbox that was filled and has worked; its server is gone again."""
    url = stores.fresh_url(folder)
    config = Config.from_env({"LZ_ENV": "sandbox", "DATA_DIR": str(folder), "DATABASE_URL": url})
    parts = build(config)
    migrating.upgrade(parts.database)
    seeding.fill_once(parts)
    parts.close()
    with (folder / "log").open("wb") as log, live.serving(replace(config, log_level="debug"), log) as address:
        do_the_main_job(address)
        # While the server runs, the newest rows lie in the write-ahead log.
        (folder / "seen-while-running").write_bytes(everything_in(folder))
    yield config
    stores.drop(url)


def do_the_main_job(address: str) -> None:
    for code in ("zhang-wei", "wu-fang", "anna-meyer"):
        citizen = outside.citizen(address, code)
        officer = outside.staff(address, "traffic-police", "V001")
        kind = "DRIVING_LICENCE" if code != "wu-fang" else "ID_CARD"
        shown = outside.show(citizen, kind, disclose="full")
        purpose = f"核对{citizen_name(code)}"
        scan = outside.post(officer, "/v1/verifications", {"qr_text": shown["qr_text"], "purpose": purpose})
        outside.post(citizen, f"/v1/show-tokens/{shown['id']}/confirm")
        officer.get(f"/v1/verifications/{scan['id']}")
        key = {"Idempotency-Key": f"sync-{code}"}
        citizen.post("/v1/wallet/sync", headers=key)
        citizen.get("/v1/access-records")
        go_wrong(address, code)
        citizen.close()
        officer.close()


def go_wrong(address: str, code: str) -> None:
    """Put an id number wherever somebody might put one by mistake."""
    number, name = number_of(code), citizen_name(code)
    claim = {"name": name, "id_type": "resident_id", "id_number": number, "consent_version": "1"}
    with outside.client(address) as anybody:
        second = outside.post(anybody, "/v1/sessions", {"provider": "sandbox", "code": f"{code}#2"})
        anybody.get(f"/v1/licences/{number}")
        anybody.get(f"/{number}", headers={"X-Request-ID": f"id {number}"})
        anybody.post("/v1/sessions", json={"provider": "sandbox", "code": number})
    with outside.client(address, second["access_token"]) as stranger:
        stranger.post("/v1/real-name", json=claim)
        stranger.post("/v1/real-name", json=claim | {number: name})
        stranger.post("/v1/real-name", content=f"{{ {number}".encode())


def number_of(code: str) -> str:
    return next(str(person["id_number"]) for person in personas.source() if person["key"] == code)


def citizen_name(code: str) -> str:
    return next(str(person["name"]) for person in personas.source() if person["key"] == code)


def log_lines(folder: Path) -> list[str]:
    return (folder / "log").read_text(encoding="utf-8").splitlines()


def test_there_is_something_to_read(config: Config, folder: Path) -> None:
    content = everything_in(folder) + everything_in_the_database(config)

    assert b"traffic-police" in content
    assert len(content) > 100_000
    assert any(path.name.endswith(".json") for path in folder.rglob("*"))


def test_no_file_holds_a_plain_id_number(config: Config, folder: Path) -> None:
    assert found(NUMBERS, everything_in(folder) + everything_in_the_database(config)) == []


def test_no_file_holds_a_plain_name_or_address(config: Config, folder: Path) -> None:
    assert found([*NAMES, *ADDRESSES], everything_in(folder) + everything_in_the_database(config)) == []


def test_the_database_holds_no_plain_login_purpose_or_token(config: Config) -> None:
    content = everything_in_the_database(config)

    assert found(["zhang-wei#2", "核对"], content) == []
    # With what follows: in so much that is sealed, three bytes alone turn up by chance.
    assert re.findall(rb"eyJ[A-Za-z0-9_-]{20}", content) == []


def test_keys_are_readable_by_their_owner_alone(config: Config) -> None:
    modes = {path.stat().st_mode & 0o077 for path in config.keys_dir.glob("*.json")}

    assert modes == {0}


@pytest.mark.usefixtures("config")
def test_every_line_of_the_log_is_json(folder: Path) -> None:
    lines = [json.loads(line) for line in log_lines(folder)]

    assert {line["event"] for line in lines} >= {"answered"}


@pytest.mark.usefixtures("config")
def test_every_answer_is_logged_with_its_request_id_and_its_route(folder: Path) -> None:
    answers = [one for one in map(json.loads, log_lines(folder)) if one["event"] == "answered"]

    assert all(one["request_id"] and one["route"] and one["method"] and one["status"] for one in answers)
    routes = {one["route"] for one in answers}
    assert {"/v1/verifications", "/v1/licences/<uuid:licence_id>/show-tokens", "(none)"} <= routes


@pytest.mark.usefixtures("config")
def test_the_log_holds_nothing_of_any_person(folder: Path) -> None:
    log = (folder / "log").read_bytes()

    assert found([*NUMBERS, *NAMES, *ADDRESSES, "eyJ", "sandbox-V001", "核对"], log) == []
