"""The pieces of searching: one form of words, how they sound, what one slip may have hidden."""

from dataclasses import replace
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from hotservices.catalogue import shipped
from hotservices.search import sounds
from hotservices.search.index import Index
from hotservices.search.synonyms import synonyms
from hotservices.search.words import compact, grams, is_latin, normal, runs

CODES = sorted(shipped().services)
PHRASES = [compact(service.name) for service in shipped().services.values()] + ["银行", "行", "abc1", "重庆"]
KNOWN = {"gong", "ji", "jin", "hu", "zhao", "zhang", "she", "bao", "ka", "xian", "an", "xi"}
readings = st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("駕駛證", "驾驶证"),
        ("ＧＪＪ", "gjj"),
        ("《预防接种证》办理", "预防接种证 办理"),
        ("  社保-卡？ ", "社保 卡"),
        ("lüshi", "lvshi"),
    ],
)
def test_words_have_one_form_however_they_are_typed(typed: str, meant: str) -> None:
    assert normal(typed) == meant


@given(st.text(max_size=100))
def test_a_normal_text_is_normal_already(text: str) -> None:
    once = normal(text)

    assert normal(once) == once
    assert "  " not in once


@given(st.text(max_size=100))
def test_runs_hold_every_character_and_are_of_letters_or_of_none(text: str) -> None:
    parts = runs(normal(text))

    assert "".join(parts) == compact(text)
    assert all(is_latin(part) or not set(part) & set(ascii_lowercase) for part in parts)


def test_letters_typed_apart_are_one_run() -> None:
    assert runs("办gong ji jin 提取") == ["办", "gongjijin", "提取"]


@given(st.text(max_size=30), st.integers(1, 3))
def test_every_piece_of_a_text_stands_in_it(text: str, size: int) -> None:
    pieces = grams(text, size)

    assert all(piece in text and len(piece) == size for piece in pieces)
    assert len(pieces) == len(set(pieces)) <= max(len(text) - size + 1, 0)


@pytest.mark.parametrize(
    ("letters", "tokens"),
    [
        ("gongjijin", ("gong", "ji", "jin")),
        ("gjj", ("g", "j", "j")),
        ("gongjj", ("gong", "j", "j")),
        ("shebaok", ("she", "bao", "k")),
        ("", ()),
    ],
)
def test_letters_are_read_as_whole_syllables_and_initials(letters: str, tokens: tuple[str, ...]) -> None:
    assert sounds.spelled(letters, KNOWN).tokens == tokens


@given(st.text(alphabet=ascii_lowercase, max_size=40))
def test_a_reading_spells_what_was_typed(letters: str) -> None:
    spelling = sounds.spelled(letters, KNOWN)

    assert "".join(spelling.tokens) == letters
    assert all(len(token) == 1 or token in KNOWN for token in spelling.tokens)


@given(said=readings, data=st.data())
def test_one_slip_within_a_syllable_is_seen_through(said: list[str], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(said) - 1))
    syllable = said[which]
    place = data.draw(st.integers(0, len(syllable) - 1))
    slip = data.draw(
        st.sampled_from(
            [
                syllable[:place] + syllable[place + 1 :],
                syllable[:place] + "q" + syllable[place + 1 :],
                syllable[:place] + "q" + syllable[place:],
                syllable[:place] + syllable[place : place + 2][::-1] + syllable[place + 2 :],
            ]
        )
    )
    letters = "".join([*said[:which], slip, *said[which + 1 :]])

    corrected = {"".join(reading) for reading in sounds.corrected(letters, KNOWN)}

    assert "".join(said) in corrected or slip in {syllable, ""}


def test_homophones_sound_alike_and_letters_stand_for_themselves() -> None:
    assert sounds.syllables("公基金") == sounds.syllables("公积金") == ["gong", "ji", "jin"]
    assert sounds.initials(sounds.syllables("a证")) == "az"
    assert sounds.syllables("行驶证")[0] == "xing"


def test_a_query_of_nothing_but_fillers_keeps_its_words() -> None:
    assert synonyms().without_fillers("怎么 办理居住证") == "办理居住证"
    assert synonyms().without_fillers("怎么办") == "怎么办"


def test_a_variant_says_one_word_otherwise() -> None:
    variants = set(synonyms().variants("机动车驾驶证补证"))

    assert {"机动车驾照补证", "机动车驾驶证补办", "汽车驾驶证补证"} <= variants
    assert "机动车驾驶证补证" not in variants


def test_synonyms_speak_of_services_that_exist() -> None:
    assert set(synonyms().phrases) <= set(shipped().services)
    assert all(len(group) == len(set(group)) >= 2 for group in synonyms().groups)
    assert all(compact(phrase) for said in synonyms().phrases.values() for phrase in said)


@settings(max_examples=5)
@given(
    gone=st.sets(st.sampled_from(CODES), max_size=5),
    renamed=st.sets(st.sampled_from(CODES), max_size=5),
)
def test_an_index_made_from_an_earlier_one_finds_the_same_as_one_made_afresh(
    gone: set[str], renamed: set[str]
) -> None:
    changed = [
        replace(service, name=f"新{service.name}") if code in renamed else service
        for code, service in shipped().services.items()
        if code not in gone
    ]

    later = Index(changed, synonyms(), _before().speaker)
    fresh = Index(changed, synonyms())

    for typed in ("新生儿", "gongjijin", "驾驶证", "sbk", "xin"):
        assert later.find(typed) == fresh.find(typed)


@given(text=st.lists(st.sampled_from(PHRASES), max_size=3).map("".join))
def test_words_sound_in_a_sentence_as_they_do_to_the_library(text: str) -> None:
    assert sounds.syllables(text) == lazy_pinyin(text, errors=list)  # type: ignore[arg-type]


def _before() -> Index:
    return Index(tuple(shipped().services.values())[:150], synonyms())
