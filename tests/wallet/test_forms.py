"""Form templates as data, and what may stand in their fields."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.catalogue import shipped
from wallet.forms import validating
from wallet.forms.errors import Fault
from wallet.forms.templates import (
    Audience,
    FieldType,
    Form,
    FormField,
    IdentitySource,
    LicenceSource,
    all_forms,
    get,
)
from wallet.forms.validating import Terms
from wallet.kinds import all_kinds

TERMS = Terms(date(2026, 11, 22), fictitious_allowed=True)
FORMS = list(all_forms().values())
IDENTITY = {"name", "id_number", "id_type", "birth_date", "sex"}


def named(form: Form) -> str:
    return form.code


def a_field(kind: FieldType) -> FormField:
    """Return some field of a type, or a text field made into one."""
    fields = [field for form in FORMS for field in form.fields]
    return next((one for one in fields if one.type is kind), replace(fields[0], type=kind))


@pytest.mark.parametrize("form", FORMS, ids=named)
def test_every_source_of_a_form_exists_in_one_of_its_materials(form: Form) -> None:
    kinds = {material.kind for material in form.materials}

    assert len(kinds) == len(form.materials)
    for field in form.fields:
        for source in field.sources:
            match source:
                case LicenceSource(kind, key):
                    assert kind in kinds, (field.key, kind)
                    assert key in {one.key for one in all_kinds()[kind].fields}, (field.key, key)
                case IdentitySource(_, key):
                    assert key in IDENTITY, (field.key, key)


@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_condition_speaks_of_a_field_that_comes_before_it_is_asked(form: Form) -> None:
    keys = [field.key for field in form.fields]

    assert len(keys) == len(set(keys))
    for place, field in enumerate(form.fields):
        if field.when is not None:
            assert field.when.field in keys[:place], field.key
    for material in form.materials:
        if material.when is not None:
            first = min(place for place, field in enumerate(form.fields) if _draws_on(field, material.kind))
            assert material.when.field in keys[:first], material.kind


@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_form_and_its_materials_lead_to_services_that_there_are(form: Form) -> None:
    services = shipped().services

    assert form.service_code in services
    assert {one.service_code for one in form.materials} <= set(services)
    if form.audience is Audience.PERSON:
        assert services[form.service_code].audience in {"both", "personal"}


def test_the_flagship_has_ten_materials() -> None:
    assert len(get("startup-subsidy").materials) == 10


@given(st.sampled_from("=+-@＝＋－＠"), st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_no_text_that_a_spreadsheet_would_reckon_is_ever_kept(sign: str, rest: str) -> None:
    field = a_field(FieldType.TEXT)

    assert isinstance(validating.read_typed(field, sign + rest, TERMS), Fault)


JSONS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(list(FieldType)), JSONS)
def test_whatever_is_typed_is_read_or_refused_and_what_was_read_is_read_the_same_again(
    kind: FieldType, typed: Any
) -> None:
    field = a_field(kind)

    value = validating.read_typed(field, typed, TERMS)

    if not isinstance(value, Fault):
        assert validating.read_typed(field, value, TERMS) == value


@given(st.sampled_from(list(FieldType)), JSONS)
def test_whatever_a_registry_says_fills_a_field_or_nothing(kind: FieldType, said: Any) -> None:
    value = validating.read_source(a_field(kind), said)

    assert value is None or isinstance(value, str | int | float | bool)


def _draws_on(field: FormField, kind: str) -> bool:
    return any(isinstance(source, LicenceSource) and source.kind == kind for source in field.sources)
