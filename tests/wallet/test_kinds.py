"""The 27 licence kinds, as data that everything else trusts."""

from datetime import timedelta

import pytest

from hotservices.hot_list import INSPECTIONS, RENEWALS
from identity.numbers.masks import HIDDEN, Mask
from wallet.kinds import Field, LicenceKind, Profile, all_kinds, smaller
from wallet.registries import sandbox

KINDS = list(all_kinds().values())


def test_there_are_27_kinds_with_332_fields() -> None:
    assert len(KINDS) == 27
    assert sum(len(kind.fields) for kind in KINDS) == 332


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.code))
def test_name_number_photo_and_parties_are_fields_of_the_kind(kind: LicenceKind) -> None:
    by_key = {field.key: field for field in kind.fields}

    assert len(by_key) == len(kind.fields)
    assert {kind.name_field, kind.number_field} <= set(by_key)
    assert set(kind.parties.values()) <= set(by_key)
    if kind.photo_field:
        assert by_key[kind.photo_field].is_image
    assert [f.key for f in kind.fields if f.is_image] == ([kind.photo_field] if kind.photo_field else [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.code))
def test_every_sensitive_value_has_a_mask_and_no_other_has(kind: LicenceKind) -> None:
    for field in kind.fields:
        if field.sensitive and not field.is_image:
            assert field.mask in Mask
            assert field.profile is not Profile.BASIC
        else:
            assert field.profile is Profile.BASIC


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.code))
def test_id_numbers_birthdays_and_names_of_people_are_sensitive(kind: LicenceKind) -> None:
    open_to_all = {field.key for field in kind.fields if not field.sensitive}

    assert not {key for key in open_to_all if key.endswith(("id_no", "birth_date", "_birth"))}
    if kind.holder_type == "personal":
        assert kind.name_field not in open_to_all


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.code))
def test_a_party_with_a_number_names_a_field_that_is_itself_the_partys(kind: LicenceKind) -> None:
    by_key = {field.key: field for field in kind.fields}

    assert {party: by_key[key].party for party, key in kind.parties.items()} == {
        party: party for party in kind.parties
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.code))
def test_every_kind_has_words_for_people_and_an_age_at_which_its_data_is_stale(kind: LicenceKind) -> None:
    assert kind.title
    assert kind.issuer
    assert all(field.label for field in kind.fields)
    assert kind.min_level in {1, 2, 3}
    assert timedelta(0) < kind.max_staleness <= timedelta(days=7)


@pytest.mark.parametrize(
    ("one", "other", "less"),
    [
        (Profile.BASIC, Profile.FULL, Profile.BASIC),
        (Profile.FULL, Profile.BASIC, Profile.BASIC),
        (Profile.STANDARD, Profile.FULL, Profile.STANDARD),
        (Profile.FULL, Profile.FULL, Profile.FULL),
    ],
)
def test_of_two_profiles_the_smaller_discloses_less(one: Profile, other: Profile, less: Profile) -> None:
    assert smaller(one, other) is less


def test_a_field_nobody_gave_a_mask_shows_nothing() -> None:
    field = Field("x", "X", "str", sensitive=True, profile=Profile.FULL)

    assert field.mask is Mask.HIDE
    assert HIDDEN == "****"


def test_the_sandboxs_licences_are_of_known_kinds_and_hold_their_fields() -> None:
    for licence in sandbox.source()["licences"]:
        kind = all_kinds()[licence["kind"]]
        assert {field.key for field in kind.fields} >= set(licence["fields"]), kind.code


def test_every_kind_that_a_service_renews_or_inspects_exists() -> None:
    assert set(RENEWALS) | set(INSPECTIONS) <= set(all_kinds())
