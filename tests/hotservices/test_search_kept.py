"""What services are found by is kept in a file: a worker that starts reads it, and finds the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api import migrating
from hotservices.administration import changes, versions
from hotservices.administration.desk import CatalogueDesk
from hotservices.administration.versions import Author
from hotservices.catalogue import shipped
from hotservices.search import keeping
from hotservices.search.index import Index
from hotservices.search.searching import Search
from hotservices.search.spoken import Speaker
from hotservices.search.synonyms import synonyms
from identity.orm import Database
from tests import stores
from tests.hotservices.test_catalogue_versions import NOW

SERVICES = tuple(shipped().services.values())
TYPED = ("新生儿", "gongjijin", "gjj", "驾驶证", "sbk", "xin", "取公积金")
NEW = replace(SERVICES[0], code="NEW1", name="小学生暑期托管报名")


@pytest.fixture(scope="module")
def fresh() -> Index:
    return Index(SERVICES, synonyms())


@pytest.fixture
def kept(fresh: Index, tmp_path: Path) -> Path:
    path = tmp_path / "words.npz"
    keeping.write(path, fresh.speaker, synonyms())
    return path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = stores.fresh_url(tmp_path)
    database = Database(url)
    migrating.upgrade(database)
    yield database
    database.dispose()
    stores.drop(url)


def the_kept(path: Path) -> Speaker:
    speaker = keeping.read(path, synonyms())
    assert speaker is not None
    return speaker


def test_an_index_of_what_was_kept_finds_the_same_and_works_nothing_out(fresh: Index, kept: Path) -> None:
    index = Index(SERVICES, synonyms(), the_kept(kept))

    assert index.speaker.learnt == 0
    for typed in TYPED:
        assert index.find(typed) == fresh.find(typed)


def test_only_services_that_changed_are_worked_out(kept: Path) -> None:
    changed = (replace(SERVICES[0], name="小学生暑期托管报名"), *SERVICES[5:])

    index = Index(changed, synonyms(), the_kept(kept))

    assert index.speaker.learnt == 1
    for typed in (*TYPED, "暑期托管"):
        assert index.find(typed) == Index(changed, synonyms()).find(typed)


def test_what_others_words_were_kept_under_is_not_read(kept: Path) -> None:
    other = replace(synonyms(), groups=(("甲", "乙"),))

    assert keeping.read(kept, other) is None


@pytest.mark.parametrize("rest", [0, 100, 0.5, -1])
def test_a_broken_file_counts_for_nothing(kept: Path, rest: float) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[: int(len(whole) * rest) if isinstance(rest, float) else rest])

    assert keeping.read(kept, synonyms()) is None


def test_no_file_is_no_memory_and_a_place_that_can_not_be_written_no_trouble(
    fresh: Index, tmp_path: Path
) -> None:
    keeping.write(tmp_path / "nowhere" / "words.npz", fresh.speaker, synonyms())

    assert keeping.read(tmp_path / "nowhere" / "words.npz", synonyms()) is None


def test_a_worker_that_starts_finds_the_services_of_a_newer_catalogue_at_once(
    database: Database, tmp_path: Path
) -> None:
    kept = tmp_path / "words.npz"
    with database.write() as session:
        versions.make(session, changes.whole([*SERVICES, NEW]), Author(None, "test", NOW))
    first = CatalogueDesk(database, kept=kept)
    first.current()
    first.await_index()
    first.close()

    second = CatalogueDesk(database, kept=kept)
    found = second.finder().find(second.current(), Search(text="暑期托管"))
    second.close()

    assert found[0] == NEW
