"""The client of a registry of Guangdong: how it logs in, what it spends use-codes on, what it makes of each answer."""

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from identity.errors import RegistryUnavailable
from tests.registries import guangdong
from tests.registries.books import as_written, kinds_of, license_code_of, mapping_of
from tests.registries.guangdong import CODE, ITEM, SHARED, GuangdongService
from tests.registries.guangdong_client import settings_at
from tests.registries.server import Mode, StandIn
from wallet.errors import RegistryRefuses
from wallet.registries.http import guangdong as client_module
from wallet.registries.http.guangdong import GuangdongRegistry
from wallet.registries.http.mapping import RecordUnreadable, all_mappings
from wallet.registries.http.reading import PATIENCE
from wallet.registries.protocol import PartialList, RegistryRecord
from wallet.registries.sandbox import source

ZHANG, LI = "100000199005170119", "100000199103080125"
NOBODY = "100000195001010015"
LICENCES = source()["licences"]
WORDS = all_mappings()["guangdong"]

pytestmark = pytest.mark.usefixtures("service")


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
