"""The scanner in a cellar, and when it comes out of it."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.browser import Browser
from tests.browser.conftest import Place
from tests.browser.counter import Counter
from tests.paths import ROOT
from tests.sandbox import Citizen

KIND = "DRIVING_LICENCE"
CUT = "net::ERR_INTERNET_DISCONNECTED"
OFFLINE: dict[str, Any] = json.loads((ROOT / "tests/vectors/offline.json").read_bytes())
# Runs the table in the page; gives what each case came to.
TWIN = """
const [table] = given;
const { readPack } = await import("/static/verify/offline/pack.js");
const { decide } = await import("/static/verify/offline/decide.js");
const packs = {};
for (const [name, jws] of Object.entries(table.packs)) packs[name] = await readPack(jws, table.keys);
return Promise.all(table.cases.map(async (one) => {
  const { outcome, reason, freshness, signal } = await decide(one.text, packs[one.pack], {
    deviceNow: one.device_time, clockOffset: one.clock_offset_seconds, seen: (jti) => one.seen.includes(jti),
  });
  return { outcome, reason, freshness, signal };
}));
"""
# Everything that the page keeps, as text: sealed bytes as what they would say if they were not sealed.
KEPT = """
const database = await new Promise((go) => (indexedDB.open("lz-verify").onsuccess = (event) => go(event.target.result)));
const read = (name) => new Promise((go) => {
  database.transaction(name).objectStore(name).getAll().onsuccess = (event) => go(event.target.result);
});
const told = [];
const spell = (value) => {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) told.push(new TextDecoder("latin1").decode(value));
  else if (value && typeof value === "object" && !(value instanceof CryptoKey)) {
    if (!(value instanceof Map)) Object.entries(value).forEach(([name, one]) => (told.push(name), spell(one)));
  } else told.push(String(value));
};
for (const name of database.objectStoreNames) spell(await read(name));
database.close();
return told.join("\\n") + JSON.stringify({ ...localStorage, ...sessionStorage });
"""


@pytest.fixture(scope="module")
def citizen(place: Place) -> Citizen:
    return place.sandbox.citizen("li-na")


@pytest.fixture
def counter(browser: Browser, place: Place) -> Counter:
    return Counter(browser, place.sandbox)


def cut_off(counter: Counter) -> None:
    """Wait until the page could do without a network, and cut it."""
    counter.browser.run("await navigator.serviceWorker.ready;")
    counter.browser.go_offline()
    counter.browser.until_text("#network", "离线")


def offline_code(citizen: Citizen) -> str:
    text: str = citizen.show(KIND, mode="offline", lifetime_seconds=300)["qr_text"]
    return text


def test_the_page_decides_every_case_of_the_table_as_the_server_does(
    counter: Counter, browser: Browser
) -> None:
    counter.open()

    decided = browser.run(TWIN, OFFLINE)

    wrong = {
        case["name"]: (found, case["expect"])
        for case, found in zip(OFFLINE["cases"], decided, strict=True)
        if found != case["expect"]
    }
    assert wrong == {}


def test_scans_without_a_network_are_judged_marked_and_brought_in(
    counter: Counter, browser: Browser, citizen: Citizen, place: Place
) -> None:
    good, elsewhere = offline_code(citizen), offline_code(citizen)
    online = citizen.show(KIND, lifetime_seconds=300)["qr_text"]
    counter.open().log_in()
    cut_off(counter)

    assert counter.scan(good) == "证照真实有效"
    assert browser.text("#result-tags") == "离线"
    assert "*娜" in browser.text(".holder")
    assert browser.violations() == []
    assert counter.scan(good) == "亮证码已被使用"
    assert "本机核验过" in browser.text("#result-more")
    assert counter.scan(online) == "此码需要联网核验"
    assert counter.scan(good[:-4] + "AAAA") == "亮证码签名不正确，可能被篡改"
    assert counter.scan(elsewhere) == "证照真实有效"
    counter.next()
    # Meanwhile, at another counter that has a network.
    place.sandbox.staff().scan(elsewhere)
    assert browser.text("#waiting").startswith("4 条")
    kept = browser.run(KEPT)
    assert not re.search(r"eyJ[\w-]+\.eyJ|娜|\*{3}", kept)
    browser.go_online()

    assert "2 条为重复使用" in browser.until_text("#news-text", "已补传 4 条")
    assert len(browser.driver.find_elements("css selector", "#queue .double")) == 2
    browser.until(lambda: not browser.is_shown("#waiting"), "scans stay behind")
    assert browser.violations() == []
    records = citizen.access_records()
    assert [one["outcome"] for one in records].count("accepted") == 2
    # A licence that is revoked is known to be at the next pack.
    revoked = offline_code(citizen)
    place.sandbox.decide(citizen.licence(KIND)["identifier"], "revoked")
    browser.click("#leave")
    counter.log_in()
    cut_off(counter)
    assert counter.scan(revoked) == "证照已被吊销"
    assert "机动车驾驶证" in browser.text("#result-sheet")
    assert browser.complaints_but(CUT) == []
    assert browser.hosts() == {urlsplit(browser.address).netloc}


def test_a_page_that_was_loaded_once_works_after_a_reload_without_a_network(
    counter: Counter, browser: Browser, place: Place
) -> None:
    citizen = place.sandbox.citizen("wang-qiang")
    code = offline_code(citizen)
    counter.open().log_in()
    cut_off(counter)

    browser.driver.refresh()
    browser.click("#offline-go")
    assert counter.scan(code) == "证照真实有效"
    counter.next()
    browser.driver.refresh()
    browser.click("#offline-go")
    assert counter.scan(code) == "亮证码已被使用"
    counter.next()
    assert "请登录" in browser.text("#waiting")
    browser.go_online()
    browser.until_text("#network", "在线")
    browser.click("#leave")
    counter.log_in()

    assert browser.until_text("#news-text", "已补传 2 条")
    assert citizen.access_records()[-1]["outcome"] == "accepted"


def test_a_devices_own_clock_does_not_matter(counter: Counter, browser: Browser, place: Place) -> None:
    citizen = place.sandbox.citizen("zhang-wei")
    counter.open()
    browser.run("const real = Date.now; Date.now = () => real() + 7 * 86_400_000;")
    counter.log_in()
    cut_off(counter)

    assert counter.scan(offline_code(citizen)) == "证照真实有效"
    counter.next()
    place.sandbox.pass_time(timedelta(minutes=6))
    browser.go_online()
    assert browser.until_text("#news-text", "已补传 1 条")


def test_without_a_pack_nothing_is_judged(counter: Counter, browser: Browser) -> None:
    counter.open()
    browser.run("await navigator.serviceWorker.ready;")
    browser.go_offline()
    browser.until_text("#network", "离线")

    assert not browser.is_shown("#offline-go")
    counter.type(OFFLINE["cases"][0]["text"])
    assert not browser.is_shown("#result")
