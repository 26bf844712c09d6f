"""Files of services: what is written is read again, and every fault is told with its line."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotservices.administration import files
from hotservices.administration.checking import Entry, checked
from hotservices.catalogue import Popularity, Service, shipped
from hotservices.errors import Fault, ServicesFaulty

KINDS = {kind for service in shipped().services.values() for kind in service.requires}
ALL = tuple(shipped().services.values())
HEAD = files.as_csv([]).removeprefix("\ufeff")
ROW = "SVC1,甲,教育局,我要上学,personal,全程网办,乙|丙,ID_CARD,high,true"
words = st.text(
    st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="|"), min_size=1, max_size=30
)
names = words.map(str.strip).filter(lambda word: word and word[0] not in "=+-@")
services = st.builds(
    Service,
    code=st.from_regex(r"[A-Z][A-Z0-9_-]{0,31}", fullmatch=True),
    name=names,
    department=names,
    theme=names,
    audience=st.sampled_from(["personal", "enterprise", "both"]),
    channel=names,
    keywords=st.lists(names, max_size=5, unique=True).map(tuple),
    requires=st.lists(st.sampled_from(sorted(KINDS)), max_size=3, unique=True).map(tuple),
    popularity=st.sampled_from(list(Popularity)),
    listed=st.booleans(),
)


def faults_of(read: object, text: str) -> list[tuple[int, str | None]]:
    with pytest.raises(ServicesFaulty) as raised:
        checked(read(text), KINDS)  # type: ignore[operator]
    return [(fault.line, fault.field) for fault in raised.value.faults]


@given(written=st.lists(services, max_size=5, unique_by=lambda service: service.code))
def test_what_is_written_is_read_again(written: list[Service]) -> None:
    assert checked(files.from_csv(files.as_csv(written)), KINDS) == written
    if written:
        assert checked(files.from_json(files.as_json(written)), KINDS) == written


def test_the_release_passes_its_own_checks() -> None:
    assert checked(files.from_csv(files.as_csv(ALL)), KINDS) == list(ALL)
    assert checked(files.from_json(files.as_json(ALL)), KINDS) == list(ALL)


def test_every_fault_of_a_table_is_told_with_its_line() -> None:
    text = "\r\n".join(
        [
            HEAD.strip(),
            ROW,
            ROW.replace("high", "huge").replace("true", "perhaps"),
            'SVC2,"甲\n乙",教育局,我要上学,personal,全程网办,,,high,true',
            ROW.replace("SVC1", "SVC3").replace("ID_CARD", "NO_CARD"),
            "SVC4,too,short",
            "",
            ROW.replace("SVC1", "SVC5").replace("甲", "=HYPERLINK(1)"),
        ],
    )

    assert faults_of(files.from_csv, text) == [
        (3, "popularity"),
        (3, "listed"),
        (3, "code"),
        (4, "name"),
        (6, "requires"),
        (7, None),
        (9, "name"),
    ]


def test_every_fault_of_an_array_is_told_with_its_line() -> None:
    good = json.loads(files.as_json([ALL[0]]))[0]
    lines = [good, good | {"code": 7}, {"code": "X"}, 5, good | {"code": "Y", "more": 1}]
    text = "[\n" + ",\n".join(map(json.dumps, lines)) + "\n]"

    found = faults_of(files.from_json, text)

    assert found[0] == (3, "code")
    assert {line for line, field in found if line == 4 and field != "code"} == {4}
    assert found[-2:] == [(5, None), (6, "more")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("{}", 1),
        ("[", 1),
        ("[\n{},\n]", 3),
        ("[\n{}\n{}]", 1),
        ("[" * 100_000, 1),
        ("[1] x", 1),
    ],
)
def test_what_is_no_array_of_objects_is_told(text: str, line: int) -> None:
    assert faults_of(files.from_json, text)[-1][0] >= line


@given(text=st.text(max_size=200))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (files.from_csv, files.from_json):
        with suppress(ServicesFaulty):
            assert checked(read(text), KINDS) == []


def test_a_file_of_something_else_is_refused_by_its_first_line() -> None:
    assert faults_of(files.from_csv, "a,b\n1,2\n") == [(1, None)]
    assert faults_of(files.from_csv, "") == [(1, None)]


def test_the_same_code_twice_names_the_other_line() -> None:
    entries = [Entry(2, _values(ALL[0])), Entry(9, _values(replace(ALL[1], code=ALL[0].code)))]

    with pytest.raises(ServicesFaulty) as raised:
        checked(entries, KINDS)

    assert raised.value.faults == (Fault(9, "code", "与第2行重复", "The same as in line 2"),)


@pytest.mark.parametrize("text", ["[]", " [ \n ] ", files.as_json([])])
def test_an_array_of_no_services_says_so_and_is_good_json(text: str) -> None:
    assert list(files.from_json(text)) == []


@pytest.mark.parametrize("text", ["[,]", "[", "[{},]", "[]]", "[] x"])
def test_what_only_looks_like_an_empty_array_is_told_with_its_line(text: str) -> None:
    assert faults_of(files.from_json, text)[-1][0] == 1


def _values(service: Service) -> dict[str, object]:
    found: dict[str, object] = json.loads(files.as_json([service]))[0]
    return found
