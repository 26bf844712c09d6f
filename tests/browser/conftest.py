"""A browser for a worker's tests, and for every file a server with a sandbox of its own behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import live, stores
from tests.browser.browser import CHROMEDRIVER, CHROMIUM, Browser, chromium_starts
from tests.conftest import begin_first_day, sandbox_config
from tests.sandbox import Sandbox, running


@dataclass(frozen=True)
class Place:
    """A server that a browser can visit, and the same sandbox for what a test does behind its back."""

    address: str
    sandbox: Sandbox


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser, started once."""
    if CHROMIUM is None or CHROMEDRIVER is None:
        pytest.skip("no chromium with chromedriver here")
    yield from chromium_starts(tmp_path_factory.mktemp("chromium"))


@pytest.fixture(scope="module")
def place(
    template_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    keys_dir: Path,
) -> Iterator[Place]:
    """A server on its own sandbox, which the tests of a file share."""
    folder = tmp_path_factory.mktemp("place")
    with stores.copy_of(template_url, folder) as url:
        begin_first_day(url)
        config = sandbox_config(url, folder, keys_dir)
        with running(config) as sandbox, live.serving(config) as address:
            yield Place(address, sandbox)


@pytest.fixture
def browser(chromium: Browser, place: Place) -> Iterator[Browser]:
    """The browser on the file's server, as if it had never been there."""
    chromium.address = place.address
    chromium.forget()
    yield chromium
    chromium.forget()
