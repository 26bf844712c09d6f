"""A licence passes to somebody else while it is looked at: nobody sees another's fields or face."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.api.registry_events import push
from tests.consents import an_asker, consented, pull, values
from tests.interleaving import after_first
from tests.sandbox import JSON, Citizen, Sandbox, Staff, claim_of, words
from tests.stores import ON_POSTGRES
from wallet.models import Content, open_content
from wallet.registries.asking import RegistryDesk
from wallet.registries.protocol import RegistryRecord

KIND, EXPORT = "DRIVING_LICENCE", "/v1/account/export"
HER_FACE = b"a picture of her"


@pytest.fixture
def citizen(sandbox: Sandbox) -> Citizen:
    return sandbox.citizen("zhang-wei")


@pytest.fixture
def licence(citizen: Citizen) -> JSON:
    return citizen.licence(KIND)


@pytest.fixture
def officer(sandbox: Sandbox) -> Staff:
    return sandbox.staff()


@pytest.fixture
def passes_on(sandbox: Sandbox, licence: JSON, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Let the registry tell that the licence is hers now, with her data and her face."""
    ask_one, hers = RegistryDesk.ask_one, claim_of("li-na")

    def of_her(desk: RegistryDesk, *asked: Any) -> RegistryRecord:
        record = ask_one(desk, *asked)
        assert record is not None
        fields = record.fields | {"name": hers["name"], "licence_no": hers["id_number"]}
        return replace(record, holder_numbers=(hers["id_number"],), fields=fields, photo_png=HER_FACE)

    monkeypatch.setattr(RegistryDesk, "ask_one", of_her)
    return lambda: push(sandbox, "transfer", licence["identifier"], status="valid")


def test_its_former_holder_sees_their_own_face_or_none(
    sandbox: Sandbox, citizen: Citizen, licence: JSON, passes_on: Callable[[], object]
) -> None:
    path = f"/v1/licences/{licence['id']}/photo"
    own = citizen.get(path).data

    with after_first(sandbox, "holdings", passes_on):
        meanwhile = citizen.get(path)

    assert (meanwhile.status_code, meanwhile.data) == (200, own)
    citizen.refused(404, "photo-not-found", "GET", path)


def test_whoever_scanned_it_before_sees_neither_fields_nor_face_of_who_has_it_now(
    citizen: Citizen, officer: Staff, passes_on: Callable[[], object]
) -> None:
    scan = officer.scan(citizen.show(KIND)["qr_text"])
    path = f"/v1/verifications/{scan['id']}"

    passes_on()

    again = officer.expect(200, "GET", path)
    assert (again["outcome"], again["holder"], again["licence"]["fields"]) == ("accepted", None, [])
    officer.refused(404, "photo-not-found", "GET", f"{path}/photo")


def test_a_client_that_pulled_it_sees_the_face_that_was_consented_to_or_none(
    sandbox: Sandbox, citizen: Citizen, passes_on: Callable[[], object]
) -> None:
    client = an_asker(sandbox)
    consent_id = consented(client, citizen, items=[{"kind": KIND, "fields": ["photo"]}])
    photo = values(pull(client, consent_id)["data"]["licences"][0])["photo"]

    with after_first(sandbox, "holdings", passes_on):
        meanwhile = client.get(photo["path"])

    assert meanwhile.status_code == 200
    assert hashlib.sha256(meanwhile.data).hexdigest() == photo["sha256"]
    client.refused(404, "photo-not-found", "GET", photo["path"])


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite lets nobody else write while a pull is written down")
def test_a_pull_of_that_moment_has_no_digest_of_her_face(
    sandbox: Sandbox, citizen: Citizen, passes_on: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = an_asker(sandbox)
    consent_id = consented(client, citizen, items=[{"kind": KIND, "fields": ["name", "photo"]}])

    def open_late(*sealed: Any) -> Content:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(passes_on).result()
        return open_content(*sealed)

    monkeypatch.setattr("wallet.enterprise.pulls.open_content", open_late)

    (pulled,) = pull(client, consent_id)["data"]["licences"]

    assert values(pulled)["name"] == "张伟"
    assert hashlib.sha256(HER_FACE).hexdigest() not in str(pulled)


def test_a_copy_of_everything_that_is_made_at_that_moment_is_made(
    sandbox: Sandbox, citizen: Citizen, licence: JSON, passes_on: Callable[[], object]
) -> None:
    citizen.prove()

    with after_first(sandbox, "FROM licences JOIN holdings", passes_on):
        copied = citizen.expect(200, "GET", EXPORT)

    (kept,) = [one for one in copied["licences"] if one["identifier"] == licence["identifier"]]
    assert {field["key"]: field["value"] for field in kept["fields"]}["name"] == "张伟"
    assert kept["photo_png_base64"] is None
    after = citizen.expect(200, "GET", EXPORT)["licences"]
    assert licence["identifier"] not in words(after, "identifier")
