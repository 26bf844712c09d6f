"""The client of a registry: what it asks, what it makes of each answer, and what it never writes into a log."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from identity.errors import RegistryUnavailable
from tests.registries.books import kinds_of, mapping_of
from tests.registries.server import ACCESS_ID, ACCESS_TOKEN, USE_ITEM, Mode, StandIn, serving
from wallet.errors import RegistryRefuses
from wallet.registries.http.gbt36906 import HttpRegistry
from wallet.registries.http.mapping import all_mappings
from wallet.registries.http.settings import Gbt36906Settings, UseItem
from wallet.registries.protocol import PartialList
from wallet.registries.sandbox import source

ZHANG = "100000199005170119"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def well(stand_in: StandIn) -> None:
    stand_in.modes.clear()
    stand_in.asked.clear()


class Asking:
    """Clients of the stand-in, closed at the end."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self.made: list[HttpRegistry] = []

    def __call__(
        self,
        code: str = "traffic-police",
        token: str = ACCESS_TOKEN,
        use_item: UseItem | None = None,
    ) -> HttpRegistry:
        settings = Gbt36906Settings(
            code=code,
            name="测试",
            base_url=f"{self._stand_in.address}/{code}",
            access_id=ACCESS_ID,
            access_token=token,
            mapping=all_mappings()[mapping_of(code)],
            kinds=kinds_of(code),
            use_item=use_item,
        )
        self.made.append(HttpRegistry(settings))
        return self.made[-1]


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[Asking]:
    asking = Asking(stand_in)
    yield asking
    for one in asking.made:
        one.close()


def identifier_of(code: str) -> str:
    identifier: str = next(one["identifier"] for one in source()["licences"] if one["registry"] == code)
    return identifier


def test_a_holder_without_licences_has_none(client: Asking) -> None:
    assert client().by_holder("100000195001010015") == []


def test_an_unknown_identifier_is_nobodys(client: Asking) -> None:
    assert client().by_identifier("1.2.3") is None


def test_a_licence_is_found_by_its_identifier(client: Asking) -> None:
    wanted = identifier_of("traffic-police")

    record = client().by_identifier(wanted)

    assert record is not None
    assert (record.identifier, record.registry) == (wanted, "traffic-police")


def test_an_enterprise_is_asked_for_by_its_credit_code(client: Asking) -> None:
    uscc = next(one["holders"][0] for one in source()["licences"] if one["kind"] == "BUSINESS_LICENCE")

    records = client("market-regulation").by_holder(uscc)

    assert "BUSINESS_LICENCE" in {record.kind for record in records}


def test_credentials_that_are_refused_are_told_to_who_runs_it(client: Asking) -> None:
    with capture_logs() as logs, pytest.raises(RegistryRefuses):
        client(token="wrong").by_holder(ZHANG)

    assert [(entry["log_level"], entry.get("status")) for entry in logs] == [("error", "not_authenticated")]
    assert "wrong" not in repr(logs)


@pytest.mark.parametrize(
    "mode", [Mode.DOWN, Mode.FAILING, Mode.CUT, Mode.HTML, Mode.NOT_JSON, Mode.SHAPE, Mode.HUGE, Mode.MANY]
)
def test_trouble_of_any_kind_is_a_registry_that_is_unavailable(
    client: Asking, stand_in: StandIn, mode: Mode
) -> None:
    stand_in.modes["traffic-police"] = mode

    with capture_logs() as logs, pytest.raises(RegistryUnavailable):
        client().by_holder(ZHANG)

    assert ZHANG not in repr(logs)
    assert "张" not in repr(logs)


@pytest.mark.parametrize(
    ("mode", "asked"), [(Mode.FAILING, 3), (Mode.CUT, 3), (Mode.ONCE, 2), (Mode.HTML, 1)]
)
def test_what_may_help_is_asked_again_twice_and_nothing_else(
    client: Asking, stand_in: StandIn, mode: Mode, asked: int
) -> None:
    stand_in.modes["traffic-police"] = mode

    try:
        client().by_holder(ZHANG)
    except RegistryUnavailable:
        assert mode is not Mode.ONCE

    assert stand_in.asked["traffic-police"] == asked


def test_records_that_cannot_be_read_are_left_out_and_logged_without_a_person(
    client: Asking, stand_in: StandIn
) -> None:
    stand_in.modes["traffic-police"] = Mode.ODD_RECORDS

    with capture_logs() as logs:
        records = client().by_holder(ZHANG)

    assert isinstance(records, PartialList)
    assert len({record.identifier for record in records}) == 2
    assert {entry["event"] for entry in logs} == {"a record was left out"}
    assert ZHANG not in repr(logs)
    assert "张" not in repr(logs)


def test_a_kind_that_is_not_taken_from_there_is_passed_over(client: Asking) -> None:
    asking = client()
    asking._settings = replace(asking._settings, kinds={"other": "ID_CARD"})

    with capture_logs() as logs:
        records = asking.by_holder(ZHANG)

    assert records == []
    assert not isinstance(records, PartialList)
    assert logs == []


def test_a_use_code_is_asked_for_and_used_once(client: Asking, stand_in: StandIn) -> None:
    asking = client("natural-resources", use_item=UseItem(**USE_ITEM))

    records = asking.by_holder(ZHANG)

    assert [record.kind for record in records] == ["REAL_ESTATE_CERT"]
    assert stand_in.asked["natural-resources"] == 2
    assert stand_in.use_codes == {}


def test_a_registry_that_wants_a_use_code_refuses_who_has_none(client: Asking) -> None:
    with pytest.raises(RegistryRefuses):
        client("natural-resources").by_holder(ZHANG)


def test_a_use_code_of_another_item_is_refused(client: Asking) -> None:
    with pytest.raises(RegistryRefuses):
        client("natural-resources", use_item=UseItem("other", "其他")).by_holder(ZHANG)


def test_settings_do_not_show_their_token(client: Asking) -> None:
    assert ACCESS_TOKEN not in repr(client()._settings)
