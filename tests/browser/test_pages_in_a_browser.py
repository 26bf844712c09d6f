"""The home page and the API browser, as a browser and an accessibility checker see them."""

from urllib.parse import urlsplit

import pytest

from identity.sandbox import personas, staff
from tests.browser.browser import DESK, PHONE, Browser

# The API browser's markup is Swagger UI's own.
PAGES = ("/",)


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barrier_that_a_checker_finds(
    browser: Browser, path: str, size: tuple[int, int]
) -> None:
    for language in ("zh", "en"):
        browser.visit(f"{path}?lang={language}", size)

        assert browser.violations() == []


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_asks_no_other_host_and_complains_of_nothing(browser: Browser, path: str) -> None:
    browser.visit(path)
    browser.find("main")

    assert browser.hosts() == {urlsplit(browser.address).netloc}
    assert browser.complaints_but() == []


def test_the_api_browser_has_every_route_and_everybody_to_log_in_as(browser: Browser) -> None:
    browser.visit("/docs?lang=zh")

    browser.run(
        "while (!document.querySelector(given[0])) await new Promise((go) => setTimeout(go, 50));"
        "document.querySelector(given[0]).click();",
        "#operations-tag-show-tokens",
    )
    browser.run(
        "const path = (one) => one.textContent.replace(/\u200b/g, '');"
        "while (![...document.querySelectorAll('.opblock-summary-path')].map(path).includes(given[0]))"
        " await new Promise((go) => setTimeout(go, 50));",
        "/v1/licences/{licence_id}/show-tokens",
    )
    everybody = len(personas.source()) + len(staff.STAFF)
    assert len(browser.driver.find_elements("css selector", "#logins button[aria-pressed]")) == everybody
    assert browser.complaints_but() == []


def test_a_call_is_tried_as_a_persona_who_is_one_click_away(browser: Browser) -> None:
    browser.visit("/docs?lang=zh")

    browser.run(
        "const seen = async (find) => { let one; while (!(one = document.querySelector(find)))"
        " await new Promise((go) => setTimeout(go, 50)); return one; };"
        "(await seen('#logins button[aria-pressed]')).click();"
        "await seen('#logins button[aria-pressed=true]');"
        "(await seen('#operations-tag-account')).click();"
        "(await seen('#operations-account-get_account .opblock-summary-control')).click();"
        "(await seen('#operations-account-get_account .execute')).click();"
        "await seen('#operations-account-get_account .live-responses-table');",
    )

    said = browser.find("#operations-account-get_account .live-responses-table").text
    assert "assurance_level" in said
