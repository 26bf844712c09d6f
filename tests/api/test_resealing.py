"""`flask keys re-encrypt`: every sealed value moves to the key in use, whatever happens meanwhile."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Select, func, select, update

from api.commands import keys
from api.config import Config
from api.upkeep import resealing
from identity.crypto.cipher import PiiCipher
from identity.crypto.keyring import KeyRing, Purpose
from identity.orm import Database
from identity.people import PersonRow
from identity.resealing import SealedColumn
from tests import cases, forms
from tests.family import tie
from tests.organisations import add, at_level_3, register
from tests.paths import ROOT
from tests.sandbox import Sandbox, at_once, claim_of, running

PERSONS = resealing.SEALED[0]
# What no request of a quiet morning leaves behind; its place has the usual form.
RARE = {"usage_snapshots.tables_sealed", "dependants.code_sealed", "face_checks.reference_sealed"}


@pytest.fixture
def own_keys(config: Config, tmp_path: Path) -> Config:
    """The configuration of a sandbox whose keys nobody shares."""
    folder = tmp_path / "own-keys"
    shutil.copytree(config.keys_dir, folder)
    return replace(config, keys_dir=folder)


@pytest.fixture
def database(own_keys: Config) -> Iterator[Database]:
    database = Database(own_keys.database_url)
    yield database
    database.dispose()


def run(config: Config, *words: str) -> Result:
    return keys.app_of(config).test_cli_runner().invoke(args=["keys", *words])


def done(config: Config, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 0, result.output
    return result.output


def rotated(config: Config) -> tuple[str, PiiCipher]:
    """Rotate the PII ring; return the former kid, and the cipher of the new one."""
    former = KeyRing(config.keys_dir, Purpose.PII).signing().kid
    done(config, "rotate", "pii", "--now")
    return former, PiiCipher(KeyRing(config.keys_dir, Purpose.PII))


def filled() -> set[str]:
    return {column.name for column in resealing.SEALED} - RARE


def count(column: SealedColumn) -> Select[int]:
    return select(func.count()).where(func.length(column.attribute) > 0)


def live_through_a_morning(sandbox: Sandbox) -> None:
    """Leave something behind in as many sealed columns as one can."""
    device = {"provider": "sandbox", "code": "li-na", "device": {"name": "李娜的手机"}}
    sandbox.anybody.expect(201, "POST", "/v1/sessions", json=device)
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    officer.scan(citizen.show("DRIVING_LICENCE")["qr_text"], purpose="路面执法")
    citizen.expect(200, "POST", "/v1/wallet/sync", headers={"Idempotency-Key": "morning"})
    events = [{"id": "e1", "service_code": "SVC0019", "action": "apply"}]
    citizen.expect(202, "POST", "/v1/service-events", json={"events": events})
    citizen.begin_face_check()
    officer.expect(201, "POST", "/v1/staff/totp")
    manager = at_level_3(sandbox, "wang-qiang")
    add(manager, register(manager), "li-na")
    tie(sandbox, citizen, sandbox.citizen("li-na"))
    forms.of_a_strange_registry(sandbox, citizen)
    cases.open_case(citizen, comment="请尽快办理")
    cases.review(citizen, cases.finished(sandbox, citizen, "SVC0019"), comment="办得快")
    elder = sandbox.citizen("chen-guihua")
    draft = forms.begin(elder, "elderly-card")
    elder.expect(200, "POST", f"/v1/drafts/{draft['id']}/submit")
    claim = {name: value for name, value in claim_of("li-na").items() if name != "consent_version"}
    clerk = sandbox.staff_who_may("raise-assurance")
    clerk.expect(201, "POST", "/v1/staff/wallet-freezes", json=claim | {"reason": "手机遗失"})


def test_every_sealed_value_moves_and_the_former_key_can_be_retired(own_keys: Config) -> None:
    with running(own_keys) as sandbox:
        live_through_a_morning(sandbox)
        citizen = sandbox.log_in("zhang-wei")
        wallet, records = citizen.licences(), citizen.access_records()
        former, cipher = rotated(own_keys)
        too_early = run(own_keys, "retire", "pii", former)
        parts = sandbox.parts
        with parts.database.read() as session:
            had = {column.name for column in resealing.SEALED if session.scalar(count(column))}

        told = done(own_keys, "re-encrypt", "--batch", "7")
        done(own_keys, "retire", "pii", former)

        assert had >= filled()
        assert too_early.exit_code == 1
        assert "re-encrypt` first" in too_early.output
        assert f"values moved to {cipher.kid}" in told
        assert citizen.licences() == wallet
        assert citizen.access_records() == records
        with parts.database.read() as session:
            for column in resealing.SEALED:
                for key, value in session.execute(select(column.key, column.attribute)):
                    assert not value or cipher.open(value, column.place_of(key))
        audit = sandbox.app.test_cli_runner().invoke(args=["audit", "verify"])
        assert audit.exit_code == 0, audit.output
    with running(own_keys) as begun_anew:
        assert begun_anew.log_in("zhang-wei").licences() == wallet


def test_a_second_run_finds_nothing_to_do(own_keys: Config) -> None:
    rotated(own_keys)
    done(own_keys, "re-encrypt")

    assert "\n0 values moved" in done(own_keys, "re-encrypt")


def test_killed_in_the_middle_it_goes_on_where_it_was(own_keys: Config, database: Database) -> None:
    former, _ = rotated(own_keys)
    before = resealing.under(database, former)
    env = {
        "LZ_ENV": "sandbox",
        "DATABASE_URL": own_keys.database_url,
        "KEYS_DIR": str(own_keys.keys_dir),
        "DATA_DIR": str(own_keys.data_dir),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "keys", "re-encrypt", "--batch", "1"]
    quiet = subprocess.DEVNULL

    with subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stdout=quiet, stderr=quiet) as process:
        while resealing.under(database, former) == before and process.poll() is None:
            time.sleep(0.01)
        process.kill()
    between = resealing.under(database, former)
    told = done(own_keys, "re-encrypt")

    assert 0 < between < before
    assert f"{between} values moved" in told
    assert resealing.under(database, former) == 0


def test_two_at_once_move_each_value_once(own_keys: Config, database: Database) -> None:
    former, _ = rotated(own_keys)
    before = resealing.under(database, former)

    def move() -> int:
        mine = Database(own_keys.database_url)
        cipher = PiiCipher(KeyRing(own_keys.keys_dir, Purpose.PII))
        moved = sum(
            batch.written for column in resealing.SEALED for batch in resealing.walk(mine, cipher, column, 5)
        )
        mine.dispose()
        return moved

    assert sum(at_once(move, move)) == before
    assert resealing.under(database, former) == 0


def test_a_value_that_changes_meanwhile_is_not_overwritten(own_keys: Config) -> None:
    with running(own_keys) as sandbox:
        sandbox.citizen("zhang-wei")
    _, cipher = rotated(own_keys)
    database = Database(own_keys.database_url)

    class Renaming(PiiCipher):
        """Somebody is renamed between the reading of a value and its writing."""

        def open(self, sealed: bytes, place: str) -> bytes:
            with database.write() as session:
                session.execute(update(PersonRow).values(name_sealed=cipher.seal("张三", place)))
            return super().open(sealed, place)

    renaming = Renaming(KeyRing(own_keys.keys_dir, Purpose.PII))
    batches = list(resealing.walk(database, renaming, PERSONS))

    with database.read() as session:
        ((key, name),) = session.execute(select(PersonRow.id, PersonRow.name_sealed))
    assert cipher.open_text(name, PERSONS.place_of(key)) == "张三"
    assert [(batch.written, batch.skipped) for batch in batches] == [(0, 1)]
    database.dispose()


def test_a_value_that_does_not_open_is_left_and_told_of(own_keys: Config, database: Database) -> None:
    with running(own_keys) as sandbox:
        sandbox.citizen("zhang-wei")
        sandbox.citizen("li-na")
    former, _ = rotated(own_keys)
    with database.write() as session:
        key = session.scalars(select(PersonRow.id).limit(1)).one()
        head = PiiCipher(KeyRing(own_keys.keys_dir, Purpose.PII)).seal("x", "elsewhere")
        broken = head.replace(head[2:6], former.encode(), 1)
        session.execute(update(PersonRow).where(PersonRow.id == key).values(name_sealed=broken))

    result = run(own_keys, "re-encrypt")

    assert result.exit_code == 1
    assert "1 values still lie under former keys (1 could not be opened)" in result.output
    assert resealing.under(database, former) == 1
    assert "1 values still lie" in run(own_keys, "retire", "pii", former).output


def test_without_a_database_it_says_so(own_keys: Config, tmp_path: Path) -> None:
    nowhere = replace(own_keys, database_url=f"sqlite:///{tmp_path / 'no' / 'such.sqlite3'}")

    result = run(nowhere, "re-encrypt")

    assert result.exit_code == 1
    assert "the database can't be asked: OperationalError" in result.output
