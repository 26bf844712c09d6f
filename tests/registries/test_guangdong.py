"""The client of a registry of Guangdong: how it logs in, what it spends use-codes on, what it makes of each answer."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from identity.errors import RegistryUnavailable
from tests.registries import guangdong
from tests.registries.books import as_written, kinds_of, license_code_of, mapping_of
from tests.registries.guangdong import APP_SECRET, ITEM, LOGIN, OPERATOR, PASSWORD, GuangdongService
from tests.registries.server import Mode, StandIn, serving
from wallet.errors import RegistryRefuses
from wallet.registries.http import guangdong as client_module
from wallet.registries.http.guangdong import GuangdongRegistry
from wallet.registries.http.mapping import RecordUnreadable, all_mappings
from wallet.registries.http.reading import PATIENCE
from wallet.registries.http.settings import GuangdongSettings, Login, UseItem
from wallet.registries.protocol import PartialList, RegistryRecord
from wallet.registries.sandbox import source

ZHANG, LI = "100000199005170119", "100000199103080125"
NOBODY = "100000195001010015"
CODE, SHARED = "traffic-police", "natural-resources"
LICENCES = source()["licences"]
WORDS = all_mappings()["guangdong"]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with serving(in_guangdong=(CODE, SHARED)) as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def service(stand_in: StandIn) -> GuangdongService:
    """Give traffic police that knows nobody's token, and has noted nothing."""
    stand_in.modes.clear()
    stand_in.asked.clear()
    service = GuangdongService(CODE, stand_in.books)
    stand_in.guangdong[CODE] = service
    return service


def settings_at(stand_in: StandIn, code: str = CODE, **changed: Any) -> GuangdongSettings:
    login = Login(**LOGIN, app_secret=APP_SECRET, password=PASSWORD)
    settings = GuangdongSettings(
        code=code,
        name="测试",
        base_url=f"{stand_in.address}/{code}",
        mapping=WORDS,
        kinds=kinds_of(code),
        login=login,
        use_item=UseItem(**ITEM),
        operator=OPERATOR,
    )
    return replace(settings, **changed)


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[GuangdongRegistry]:
    client = GuangdongRegistry(settings_at(stand_in))
    yield client
    client.close()


def licence_of(number: str, kind: str = "DRIVING_LICENCE") -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in LICENCES if one["kind"] == kind and number in one["holders"])
    return found


def without_identity(record: RegistryRecord) -> RegistryRecord:
    """Return a record without what is another's in Guangdong: its identifier, and no version."""
    return replace(record, identifier="", version=1)


@pytest.mark.parametrize("licence", LICENCES, ids=[licence["identifier"][-12:] for licence in LICENCES])
def test_a_licence_in_the_words_of_guangdong_is_the_same_licence(licence: dict[str, Any]) -> None:
    registry, kinds = licence["registry"], kinds_of(licence["registry"])
    native = all_mappings()[mapping_of(registry)].record(as_written(licence), registry=registry, kinds=kinds)

    record = WORDS.record(as_written(licence, "guangdong"), registry=registry, kinds=kinds)

    assert record.identifier == license_code_of(licence)
    assert without_identity(record) == without_identity(native)


def test_a_holders_licences_are_extracted_each_with_a_use_code_of_its_own(
    client: GuangdongRegistry, service: GuangdongService
) -> None:
    records = client.by_holder(ZHANG)

    assert {record.kind for record in records} == {"DRIVING_LICENCE", "VEHICLE_LICENCE"}
    assert not isinstance(records, PartialList)
    assert next(record for record in records if record.photo_png).fields["name"] == "张伟"
    assert len({use_code for _, _, use_code in service.spent}) == 2
    assert service.use_codes == {}


def test_every_question_is_a_case_of_its_own_of_the_item(
    client: GuangdongRegistry, service: GuangdongService
) -> None:
    client.by_holder(ZHANG)
    client.by_holder(ZHANG)

    assert {item for item, _, _ in service.spent} == {ITEM["code"]}
    assert len({case for _, case, _ in service.spent}) == 2
    assert len({use_code for _, _, use_code in service.spent}) == 4


def test_a_use_code_is_refused_the_second_time(client: GuangdongRegistry, service: GuangdongService) -> None:
    client._look_up(ZHANG)
    use_code = next(iter(service.use_codes))
    client._spend(use_code)

    with pytest.raises(RecordUnreadable, match="refused-use_code"):
        client._spend(use_code)


def test_a_use_code_that_may_be_used_up_is_not_tried_again(
    client: GuangdongRegistry, stand_in: StandIn, service: GuangdongService
) -> None:
    client._look_up(ZHANG)
    use_code = next(iter(service.use_codes))
    asked = stand_in.asked[CODE]
    stand_in.modes[CODE] = Mode.CUT

    with pytest.raises(RegistryUnavailable):
        client._spend(use_code)

    assert stand_in.asked[CODE] == asked + 1


def test_a_use_code_that_is_refused_costs_its_own_licence_only(
    client: GuangdongRegistry, service: GuangdongService, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_out = service._hand_out
    refused: list[str] = []

    def refuse_the_first(use_code: str) -> dict[str, Any]:
        refused.append(use_code)
        return guangdong.failure("AUTH_CODE_USED") if len(refused) == 1 else hand_out(use_code)

    monkeypatch.setattr(service, "_hand_out", refuse_the_first)

    records = client.by_holder(ZHANG)

    assert isinstance(records, PartialList)
    assert len(records) == 1


def test_no_use_code_is_spent_on_a_kind_that_is_not_taken_from_there(
    stand_in: StandIn, service: GuangdongService
) -> None:
    client = GuangdongRegistry(settings_at(stand_in, kinds={"other": "ID_CARD"}))

    records = client.by_holder(ZHANG)
    client.close()

    assert (records, isinstance(records, PartialList)) == ([], False)
    assert service.spent == []


def test_no_use_code_is_spent_on_somebody_elses_licence(
    client: GuangdongRegistry, stand_in: StandIn, service: GuangdongService
) -> None:
    stand_in.modes[CODE] = Mode.STRANGERS

    assert client.by_holder(ZHANG) == []
    assert service.spent == []


def test_all_holders_of_a_licence_are_read(stand_in: StandIn) -> None:
    client = GuangdongRegistry(settings_at(stand_in, SHARED))

    (record,) = client.by_holder(ZHANG)
    client.close()

    assert record.holder_numbers == (LI, ZHANG)


def test_every_page_is_asked_for_within_one_case(
    client: GuangdongRegistry, service: GuangdongService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGE_SIZE", 1)

    assert len(client.by_holder(ZHANG)) == 2

    assert [(told["page_index"], told["page_size"]) for told in service.looked_up] == [(1, 1), (2, 1), (3, 1)]
    assert len({told["request_id"] for told in service.looked_up}) == 1


def test_a_holder_without_licences_has_none(client: GuangdongRegistry) -> None:
    assert client.by_holder(NOBODY) == []


def test_a_licence_is_found_by_its_code_and_a_holder(
    client: GuangdongRegistry, service: GuangdongService
) -> None:
    wanted = license_code_of(licence_of(ZHANG))

    record = client.by_identifier(wanted, ZHANG)

    assert record is not None
    assert (record.identifier, record.kind) == (wanted, "DRIVING_LICENCE")
    assert len(service.spent) == 1


def test_a_licence_that_its_holder_has_no_more_is_none(client: GuangdongRegistry) -> None:
    assert client.by_identifier(license_code_of(licence_of(ZHANG)), LI) is None


def test_a_licence_without_a_holder_cannot_be_asked_for(client: GuangdongRegistry, stand_in: StandIn) -> None:
    with pytest.raises(RegistryRefuses):
        client.by_identifier(license_code_of(licence_of(ZHANG)))

    assert stand_in.asked[CODE] == 0


def test_one_login_serves_until_its_token_is_refused_and_is_then_renewed_once(
    client: GuangdongRegistry, service: GuangdongService
) -> None:
    client.by_holder(ZHANG)
    client.by_holder(LI)
    before = service.logins
    service.tokens.clear()

    records = client.by_holder(ZHANG)

    assert (before, service.logins) == (1, 2)
    assert len(records) == 2


def test_a_token_that_ends_between_look_up_and_extraction_costs_no_use_code(
    client: GuangdongRegistry, service: GuangdongService, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = service._look_up

    def look_up_and_expire(told: dict[str, Any]) -> dict[str, Any]:
        service.tokens.clear()
        return look_up(told)

    monkeypatch.setattr(service, "_look_up", look_up_and_expire)

    records = client.by_holder(ZHANG)

    assert (len(records), isinstance(records, PartialList), service.logins) == (2, False, 2)


def test_a_renewed_token_that_is_refused_too_is_not_renewed_again(
    client: GuangdongRegistry, service: GuangdongService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "tokens", frozenset())
    monkeypatch.setattr(service, "_log_in", _log_in_in_vain(service))

    with pytest.raises(RegistryRefuses):
        client.by_holder(ZHANG)

    assert service.logins == 2


def _log_in_in_vain(service: GuangdongService) -> Any:
    def log_in(_told: dict[str, Any]) -> dict[str, Any]:
        service.logins += 1
        return {"ack_code": "SUCCESS", "errors": [], "data": {"access_token": f"in-vain-{service.logins}"}}

    return log_in


def test_a_login_that_is_refused_is_told_to_who_runs_it_and_tells_no_secret(stand_in: StandIn) -> None:
    wrong = Login(**LOGIN, app_secret=APP_SECRET, password="not-the-password")
    client = GuangdongRegistry(settings_at(stand_in, login=wrong))

    with capture_logs() as logs, pytest.raises(RegistryRefuses):
        client.by_holder(ZHANG)
    client.close()

    assert [(entry["log_level"], entry.get("refusal")) for entry in logs] == [("error", "login")]
    for secret in (APP_SECRET, PASSWORD, "not-the-password", ZHANG):
        assert secret not in repr(logs)


@pytest.mark.parametrize(
    ("changed", "value"),
    [("use_item", UseItem("other", "其他")), ("operator", OPERATOR | {"account": "other"})],
)
def test_a_question_of_another_item_or_operator_is_refused(
    stand_in: StandIn, changed: str, value: Any
) -> None:
    client = GuangdongRegistry(settings_at(stand_in, **{changed: value}))

    with capture_logs() as logs, pytest.raises(RegistryRefuses):
        client.by_holder(ZHANG)
    client.close()

    assert [entry.get("refusal") for entry in logs] == ["other"]
    assert PASSWORD not in repr(logs)


@pytest.mark.parametrize(
    "mode", [Mode.DOWN, Mode.FAILING, Mode.CUT, Mode.HTML, Mode.NOT_JSON, Mode.SHAPE, Mode.HUGE, Mode.MANY]
)
def test_trouble_of_any_kind_is_a_registry_that_is_unavailable(
    client: GuangdongRegistry, stand_in: StandIn, mode: Mode
) -> None:
    stand_in.modes[CODE] = mode

    with capture_logs() as logs, pytest.raises(RegistryUnavailable):
        client.by_holder(ZHANG)

    assert ZHANG not in repr(logs)
    assert "张" not in repr(logs)


def test_records_that_cannot_be_read_are_left_out_and_do_not_cost_the_others(
    client: GuangdongRegistry, stand_in: StandIn
) -> None:
    stand_in.modes[CODE] = Mode.ODD_RECORDS

    with capture_logs() as logs:
        records = client.by_holder(ZHANG)

    assert isinstance(records, PartialList)
    assert len({record.identifier for record in records}) == 2
    assert ZHANG not in repr(logs)
    assert "张" not in repr(logs)


def test_what_is_not_read_in_time_is_left_out(stand_in: StandIn) -> None:
    hurried = replace(PATIENCE, total_seconds=0.0)
    client = GuangdongRegistry(settings_at(stand_in), hurried)

    records = client.by_holder(ZHANG)
    client.close()

    assert (records, isinstance(records, PartialList)) == ([], True)


def test_no_secret_token_use_code_or_person_gets_into_any_log(
    client: GuangdongRegistry, service: GuangdongService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    with capture_logs() as logs:
        client.by_holder(ZHANG)
        issued = set(service.tokens)
        service.tokens.clear()
        client.by_holder(ZHANG)

    written = caplog.text + repr(logs)
    use_codes = {use_code for _, _, use_code in service.spent}
    for secret in {APP_SECRET, PASSWORD, ZHANG, *issued, *service.tokens, *use_codes}:
        assert secret not in written


def test_settings_do_not_show_their_secrets(stand_in: StandIn) -> None:
    shown = repr(settings_at(stand_in))

    for secret in (APP_SECRET, PASSWORD, OPERATOR["identity_num"]):
        assert secret not in shown
