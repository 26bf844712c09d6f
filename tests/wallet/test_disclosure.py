"""Who gets to see what of a licence (DESIGN.md section 4): the rule, and the cases it was made for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.numbers.masks import HIDDEN
from identity.sandbox import personas
from wallet.disclosure import DisclosedField, Holder, Value, disclose, field_keys, own_view
from wallet.kinds import LicenceKind, Profile, all_kinds
from wallet.registries import sandbox

ZHANG_WEI = Holder("张伟", "100000199005170119")
LI_NA = Holder("李娜", "100000199103080125")
ZIMO = Holder("张子墨", "100000201806010131")
PHOTO = "/v1/photo"

Shown = dict[str, DisclosedField]

# Values as registries might send them: texts that no mask can mistake for another's, numbers, lists, nothing.
texts = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
values: st.SearchStrategy[Value] = st.one_of(
    texts,
    st.integers(0, 10**9),
    st.floats(0, 10**6),
    st.lists(texts, max_size=3),
    st.none(),
)
kinds = st.sampled_from(list(all_kinds().values()))
shared_kinds = st.sampled_from([kind for kind in all_kinds().values() if kind.parties])
profiles = st.sampled_from(Profile)


def a_licence(kind: str, holder: Holder) -> dict[str, Any]:
    """Return the fields of a holder's licence of a kind in the sandbox's registries."""
    (fields,) = (
        entry["fields"]
        for entry in sandbox.source()["licences"]
        if entry["kind"] == kind and holder.id_number in entry["holders"]
    )
    found: dict[str, Any] = fields
    return found


def seen(kind: str, holder: Holder, profile: Profile) -> Shown:
    """Return what a profile shows of a holder's licence, by key."""
    shown = disclose(all_kinds()[kind], a_licence(kind, holder), holder, profile, PHOTO)
    return {field.key: field for field in shown}


def clear(shown: Shown) -> set[str]:
    """Return the keys of sensitive fields that are shown whole."""
    return {
        key
        for key, field in shown.items()
        if field.sensitive and not field.masked and field.value and field.type != "image"
    }


def whole(value: Value, shown: Value) -> bool:
    """Tell whether a value can be read off what is shown of it."""
    if value is None or value == []:
        return False
    return shown == value or (isinstance(shown, str) and str(value) in shown)


@st.composite
def licences(
    draw: st.DrawFn,
    among: st.SearchStrategy[LicenceKind] = kinds,
) -> tuple[LicenceKind, dict[str, Value]]:
    kind = draw(among)
    return kind, {field.key: draw(values) for field in kind.fields}


@given(licences(), profiles)
def test_no_profile_shows_a_sensitive_value_of_another_person(
    licence: tuple[LicenceKind, dict[str, Value]],
    profile: Profile,
) -> None:
    kind, content = licence
    stranger = Holder("nobody's name", "nobody's number")
    others = {field.key for field in kind.fields if field.party and field.sensitive}

    shown = {field.key: field for field in disclose(kind, content, stranger, profile, PHOTO)}

    for key in others & shown.keys():
        assert not whole(content[key], shown[key].value), key


@given(licences(shared_kinds), profiles, st.data())
def test_who_is_one_party_of_a_licence_never_sees_the_other_partys_values(
    licence: tuple[LicenceKind, dict[str, Value]],
    profile: Profile,
    data: st.DataObject,
) -> None:
    kind, content = licence
    party = data.draw(st.sampled_from(sorted(kind.parties)))
    content[kind.parties[party]] = ZHANG_WEI.id_number
    others = {f.key for f in kind.fields if f.sensitive and f.party not in {None, party}}

    for shown in disclose(kind, content, ZHANG_WEI, profile, PHOTO):
        if shown.key in others:
            assert not whole(content[shown.key], shown.value), shown.key


@given(licences())
def test_basic_shows_no_sensitive_value_whole(licence: tuple[LicenceKind, dict[str, Value]]) -> None:
    kind, content = licence

    for shown in disclose(kind, content, ZHANG_WEI, Profile.BASIC, PHOTO):
        if shown.sensitive and shown.type != "image":
            assert not whole(content[shown.key], shown.value), shown.key


@given(licences())
def test_basic_shows_what_is_not_sensitive_the_name_the_number_and_the_photo(
    licence: tuple[LicenceKind, dict[str, Value]],
) -> None:
    kind, content = licence
    expected = {field.key for field in kind.fields if not field.sensitive or field.is_image}

    shown = {field.key for field in disclose(kind, content, ZHANG_WEI, Profile.BASIC, PHOTO)}

    assert shown == expected | {kind.name_field, kind.number_field}


@given(licences())
def test_a_larger_profile_shows_whatever_a_smaller_one_shows(
    licence: tuple[LicenceKind, dict[str, Value]],
) -> None:
    kind, content = licence
    by_profile = [
        {
            field.key
            for field in disclose(kind, content, ZHANG_WEI, profile, PHOTO)
            if not field.masked and field.value is not None
        }
        for profile in (Profile.BASIC, Profile.STANDARD, Profile.FULL)
    ]

    assert by_profile[0] <= by_profile[1] <= by_profile[2]


@given(licences(), profiles)
def test_masked_is_said_exactly_of_what_is_masked(
    licence: tuple[LicenceKind, dict[str, Value]],
    profile: Profile,
) -> None:
    kind, content = licence

    for shown in disclose(kind, content, ZHANG_WEI, profile, PHOTO):
        if shown.type != "image":
            assert shown.masked == (shown.value != content[shown.key]), shown


@given(licences(), profiles)
def test_fields_come_in_the_kinds_order_with_the_photos_path(
    licence: tuple[LicenceKind, dict[str, Value]],
    profile: Profile,
) -> None:
    kind, content = licence
    order = [field.key for field in kind.fields]

    shown = disclose(kind, content, ZHANG_WEI, profile, PHOTO)

    assert [field.key for field in shown] == [key for key in order if key in field_keys(kind, profile)]
    assert {field.value for field in shown if field.type == "image"} <= {PHOTO}


@pytest.mark.parametrize("kind", ["ID_CARD", "DRIVING_LICENCE", "HEALTH_CERT"])
def test_standard_adds_the_holders_name_and_nothing_else(kind: str) -> None:
    holder = Holder("王强", "100000198506150154")

    assert clear(seen(kind, holder, Profile.BASIC)) == set()
    assert clear(seen(kind, holder, Profile.STANDARD)) == {"name"}


@pytest.mark.parametrize(
    "licence",
    [entry for entry in sandbox.source()["licences"] if len(entry["holders"]) == 1],
    ids=lambda entry: f"{entry['kind']}-{entry['identifier'][-9:-6]}",
)
def test_full_shows_the_whole_of_what_is_the_holders_own(licence: dict[str, Any]) -> None:
    kind = all_kinds()[licence["kind"]]
    names = {person["id_number"]: person["name"] for person in personas.source()}
    (number,) = licence["holders"]
    holder = Holder(names.get(number, ""), number)
    own = {field.key for field in kind.fields if field.party is None and not field.is_image}

    shown = disclose(kind, licence["fields"], holder, Profile.FULL, PHOTO)

    assert [f.key for f in shown if f.key in own and f.value != licence["fields"].get(f.key)] == []


def test_a_marriage_certificate_shows_each_spouse_their_own_half() -> None:
    his, hers = (seen("MARRIAGE_CERT", spouse, Profile.FULL) for spouse in (ZHANG_WEI, LI_NA))

    assert clear(his) == {"holder", "male_name", "male_id_no", "male_birth"}
    assert clear(hers) == {"female_name", "female_id_no", "female_birth"}
    assert his["female_id_no"].value == "1000**********0125"
    assert his["female_name"].value == "*娜"
    assert hers["male_id_no"].value == "1000**********0119"
    assert hers["holder"].value == "*伟"
    assert hers["male_birth"].value == "1990-**-**"


@pytest.mark.parametrize("kind", ["MARRIAGE_CERT", "REAL_ESTATE_CERT"])
@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(("holder", "other"), [(ZHANG_WEI, LI_NA), (LI_NA, ZHANG_WEI)])
def test_a_co_holder_is_nowhere_in_clear(kind: str, profile: Profile, holder: Holder, other: Holder) -> None:
    shown = json.dumps([str(field.value) for field in seen(kind, holder, profile).values()])

    assert other.id_number not in shown
    assert other.name not in json.loads(shown)
    assert not any(other.name in value for value in json.loads(shown))


def test_a_shared_flat_shows_the_owner_named_first_to_herself_only() -> None:
    hers, his = (seen("REAL_ESTATE_CERT", owner, Profile.FULL) for owner in (LI_NA, ZHANG_WEI))

    assert clear(hers) == {"owner", "owner_id_no", "location"}
    assert clear(his) == {"location"}
    # The sentence names every owner: nobody sees it whole.
    assert (hers["co_ownership"].value, his["co_ownership"].value) == (HIDDEN, HIDDEN)


def test_a_birth_certificate_shows_the_child_and_masks_its_parents() -> None:
    shown = seen("BIRTH_CERT", ZIMO, Profile.FULL)

    assert clear(shown) == {"cert_no", "newborn_name", "birth_time"}
    assert shown["mother_name"].value == "*娜"
    assert shown["father_id_no"].value == "1000**********0119"
    assert shown["father_address"].value == "广东省深圳市南山区****"


def test_a_birth_certificate_shows_a_parent_their_own_part() -> None:
    fields = a_licence("BIRTH_CERT", ZIMO)

    mothers = disclose(all_kinds()["BIRTH_CERT"], fields, LI_NA, Profile.FULL, None)

    shown = {field.key: field for field in mothers}
    assert {"mother_name", "mother_id_no", "mother_address"} <= clear(shown)
    assert shown["father_id_no"].value == "1000**********0119"


def test_a_household_register_names_its_head_to_the_head_alone() -> None:
    heads, wifes = (seen("HOUSEHOLD_REGISTER", member, Profile.FULL) for member in (ZHANG_WEI, LI_NA))

    assert heads["householder"].value == "张伟"
    assert (wifes["householder"].value, wifes["householder"].masked) == ("*伟", True)
    assert {"name", "id_no", "address"} <= clear(wifes)


def test_the_holder_sees_their_own_licence_whole_and_others_values_masked() -> None:
    kind = all_kinds()["MARRIAGE_CERT"]

    own = {f.key: f.value for f in own_view(kind, a_licence("MARRIAGE_CERT", LI_NA), LI_NA, None)}

    assert own["female_id_no"] == LI_NA.id_number
    assert own["male_id_no"] == "1000**********0119"
