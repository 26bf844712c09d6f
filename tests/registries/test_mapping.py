"""Registries' records into ours: every fictitious licence there and back, and nothing that breaks the reader."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registries.books import as_written, kinds_of, mapping_of
from wallet.kinds import all_kinds
from wallet.registries.http.mapping import (
    MAX_TEXT_CHARACTERS,
    RecordMapping,
    RecordUnreadable,
    all_mappings,
)
from wallet.registries.protocol import RegistryRecord
from wallet.registries.sandbox import source
from wallet.status import LicenceStatus

JSON = dict[str, Any]
LICENCES = source()["licences"]
MAPPINGS = sorted(all_mappings())
DRIVING = next(licence for licence in LICENCES if licence["kind"] == "DRIVING_LICENCE")
ID_CARD = next(licence for licence in LICENCES if licence["kind"] == "ID_CARD")
# One record in the words of each mapping.
MODELS = {mapping_of(one["registry"]): one for one in (DRIVING, ID_CARD)}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def read(licence: JSON, written: Any) -> RegistryRecord:
    registry = licence["registry"]
    mapping = all_mappings()[mapping_of(registry)]
    return mapping.record(written, registry=registry, kinds=kinds_of(registry))


def member(licence: JSON, name: str) -> str:
    """Return what a registry calls a member."""
    return all_mappings()[mapping_of(licence["registry"])].members[name]


def fault_of(licence: JSON, **changed: Any) -> str:
    """Return the fault of a record in which some members were changed."""
    written = as_written(licence) | {member(licence, name): value for name, value in changed.items()}
    with pytest.raises(RecordUnreadable) as fault:
        read(licence, written)
    return str(fault.value)


@pytest.mark.parametrize("licence", LICENCES, ids=[licence["identifier"][-12:] for licence in LICENCES])
def test_what_a_registry_writes_is_read_as_what_it_holds(licence: JSON) -> None:
    record = read(licence, as_written(licence))

    assert (record.kind, record.identifier) == (licence["kind"], licence["identifier"])
    assert (record.number, record.holder_numbers) == (licence["number"], tuple(licence["holders"]))
    assert (record.issued_on.isoformat(), record.version) == (licence["issued_on"], licence["version"])
    assert record.valid_to == (date.fromisoformat(licence["valid_to"]) if licence["valid_to"] else None)
    pictures = {field.key for field in all_kinds()[record.kind].fields if field.is_image}
    # Nothing is said by a null, an empty text or an empty list.
    said = {key: value for key, value in licence["fields"].items() if value or value == 0}
    assert {key: value for key, value in record.fields.items() if key not in pictures} == {
        key: value for key, value in said.items() if key not in pictures
    }
    assert (record.photo_png is not None) == bool(pictures & set(licence["fields"]))


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_every_mapping_reads_into_members_and_statuses_that_exist(mapping: str) -> None:
    chosen = all_mappings()[mapping]
    kinds = all_kinds()

    assert {"01", "02", "03", "04", "05", "06", "07", "99"} <= set(chosen.statuses)
    assert LicenceStatus.VALID not in {
        chosen.statuses[code] for code in ("02", "03", "04", "05", "06", "07", "99")
    }
    for kind, names in chosen.faces.items():
        known = {field.key for one in kinds.values() for field in one.fields if kind in {"*", one.code}}
        assert set(names.values()) <= known, kind


@given(raw=anything)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_whatever_stands_for_a_record_is_read_or_refused(mapping: str, raw: Any) -> None:
    chosen: RecordMapping = all_mappings()[mapping]

    with pytest.raises(RecordUnreadable):
        chosen.record(raw, registry="test", kinds={"x": "ID_CARD"})


@given(data=st.data())
@pytest.mark.parametrize("words", sorted(MODELS))
def test_a_record_with_anything_in_a_member_is_read_or_refused(words: str, data: st.DataObject) -> None:
    licence = MODELS[words]
    written = as_written(licence)
    name = data.draw(st.sampled_from(sorted(written)))
    written[name] = data.draw(anything)

    try:
        record = read(licence, written)
    except RecordUnreadable as fault:
        said = str(fault)
    else:
        said = "read"
        assert json.dumps(record.fields)
        assert record.holder_numbers
        assert all(len(str(value)) <= MAX_TEXT_CHARACTERS for value in record.fields.values())

    assert said in {*all_mappings()[words].members, "shape", "kind", "dates", "read"}


@given(day=st.dates(date(1950, 1, 1), date(2199, 12, 31)), form=st.integers(0, 3))
@pytest.mark.parametrize("words", sorted(MODELS))
def test_a_day_is_the_same_in_every_way_of_writing_it(words: str, day: date, form: int) -> None:
    formats = all_mappings()[words].date_formats
    licence = MODELS[words]
    text = day.strftime(formats[form % len(formats)])
    written = as_written(licence) | {
        member(licence, "issued_on"): text,
        member(licence, "valid_from"): "",
        member(licence, "valid_to"): "长期",
    }

    assert read(licence, written).issued_on == day


@pytest.mark.parametrize(
    "day", ["20230230", "2023-13-01", "00000000", "tomorrow", "1200-01-01", "9000-01-01", 5, [], {}]
)
def test_an_impossible_day_is_refused(day: Any) -> None:
    assert fault_of(DRIVING, issued_on=day) == "issued_on"


def test_an_end_before_the_beginning_is_refused() -> None:
    assert fault_of(DRIVING, valid_from="2024-01-02", valid_to="2024-01-01") == "dates"


@pytest.mark.parametrize("identifier", ["1.2.3", "", None, 5, ID_CARD["identifier"][:-1] + "0", "é" * 10])
def test_a_malformed_identifier_is_refused(identifier: Any) -> None:
    assert fault_of(ID_CARD, identifier=identifier) == "identifier"


def test_an_unknown_type_status_or_version_is_refused() -> None:
    assert fault_of(ID_CARD, type_code="11100000MB00D001X7999") == "kind"
    assert fault_of(ID_CARD, status="77") == "status"
    assert fault_of(ID_CARD, version="0") == "version"
    assert fault_of(ID_CARD, version=True) == "version"


@pytest.mark.parametrize("holders", ["", ",", "张三", "x" * 40, None, ["100000199005170119"]])
def test_a_record_that_names_no_holder_is_refused(holders: Any) -> None:
    assert fault_of(ID_CARD, holders=holders) == "holders"


def test_no_fault_repeats_what_stands_in_the_record() -> None:
    faults = {fault_of(ID_CARD, **{name: "\x00秘密"}) for name in ("number", "issuer", "holders", "status")}

    assert faults == {"number", "issuer", "holders", "status"}


def test_a_picture_that_is_none_is_left_out() -> None:
    face = json.loads(as_written(ID_CARD)[member(ID_CARD, "face")])
    for picture in ("not base64!", "aGVsbG8=", 5, "A" * 1_000_000):
        written = as_written(ID_CARD) | {member(ID_CARD, "face"): face | {"photo": picture}}

        assert read(ID_CARD, written).photo_png is None
