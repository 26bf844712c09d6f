"""The phone of /demo, as one person uses it who plays both sides: from a persona to who looked, and back."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.browser.browser import DESK, PHONE, Browser
from tests.browser.conftest import Place

# A browser tells of every answer that is a refusal; the rest of its complaints would be ours.
REFUSALS = ("the server responded with a status of 4",)
KILOBYTE = 1000
FIRST_VIEW = 100 * KILOBYTE


@pytest.fixture
def phone(browser: Browser, place: Place) -> Iterator[Browser]:
    """A sandbox as on its first day, and a browser that has nothing to complain of when the test is over."""
    place.sandbox.anybody.expect(200, "POST", "/v1/sandbox/reset", json={})
    yield browser
    assert browser.hosts() == {urlsplit(browser.address).netloc}
    assert browser.complaints_but(*REFUSALS) == []


def log_in(phone: Browser, code: str, size: tuple[int, int] = DESK, language: str = "zh") -> None:
    """Open the phone and become a persona."""
    phone.visit(f"/demo?lang={language}", size)
    phone.click(f"[data-persona={code}]")
    phone.find("form.form")


def bind(phone: Browser, code: str, size: tuple[int, int] = DESK, language: str = "zh") -> None:
    """Become a persona with a bound real name, before their wallet."""
    log_in(phone, code, size, language)
    phone.click(".sandbox-tools button:nth-child(1)")
    phone.click("form [type=submit]")
    phone.find(".wallet .licence")


def show(phone: Browser, kind: str) -> None:
    """Show a licence from the wallet, until its code can be scanned."""
    phone.click("[data-tab=wallet]")
    phone.click(f".wallet [data-kind={kind}]")
    phone.click("[data-show]")
    phone.find(".qr")


def test_one_person_plays_both_sides_from_a_persona_to_who_looked(phone: Browser) -> None:
    bind(phone, "zhang-wei")
    show(phone, "DRIVING_LICENCE")
    phone.click("[data-disclose=full]")
    phone.until_text(".explained", "同意")
    phone.find("[data-scan]:enabled")
    phone.click("[data-scan]")

    assert "测试市公安局交通管理局" in phone.until_text(".sheet", "路面执法")
    assert "amber" in str(phone.find(".verdict").get_attribute("class"))
    phone.click("[data-answer=confirm]")
    assert "姓名" in phone.until_text(".paper.done", "看到了")
    assert "张伟" in phone.until_text(".verdict.green", "真实有效")
    phone.click(".done .plain")
    phone.click(".records .cell")
    phone.click(".view > .button")

    assert "lz-receipt" in phone.text(".receipt")
    assert "签名有效" in phone.text(".proof .good")
    paths = phone.run("return [...document.querySelectorAll('.call .path')].map((one) => one.title)")
    assert {"/v1/sessions", "/v1/real-name", "/v1/wallet/sync", "/v1/verifications"} <= set(paths)


def test_a_code_is_read_by_the_staff_or_heard_and_a_declined_scan_shows_nothing(phone: Browser) -> None:
    bind(phone, "zhang-wei", PHONE)
    show(phone, "DRIVING_LICENCE")
    phone.click("[data-toggle=check_code]")
    phone.until_text(".digits", "数字码")
    digits = "".join(phone.text(".digits output").split())
    phone.click(".scan-me")
    phone.click("[data-answer=decline]")

    assert len(digits) == 8
    assert "拒绝" in phone.text(".paper.declined")
    assert "看到了" not in phone.text(".paper.declined")


def test_a_wrong_name_is_explained_without_saying_which_part_is_wrong(phone: Browser) -> None:
    log_in(phone, "li-na", PHONE)
    phone.click(".sandbox-tools button:nth-child(2)")
    phone.click("form [type=submit]")

    assert "不说明是哪一项" in phone.until_text("#bind-error", "核对")


def test_a_hotel_may_not_read_a_driving_licence_and_the_code_stays_usable(phone: Browser) -> None:
    bind(phone, "zhang-wei")
    show(phone, "DRIVING_LICENCE")
    phone.run(
        "const agency = document.getElementById('agency'); agency.value = 'hotel';"
        "agency.dispatchEvent(new Event('change'))"
    )
    phone.click("[data-scan]")

    assert "not_permitted" in phone.until_text(".verdict.red", "not_permitted")
    assert phone.is_shown(".qr")


def test_a_frozen_wallet_shows_nothing_until_its_owner_proved_who_they_are(phone: Browser) -> None:
    bind(phone, "zhang-wei", PHONE)
    phone.click("[data-tab=me]")
    phone.until_text(".view", "冻结与解冻")
    phone.run(
        "[...document.querySelectorAll('.cell')].find((one) => one.textContent.includes('冻结')).click()"
    )
    phone.click(".view > .button.bad")
    phone.click(".dialog .button.bad")
    phone.until_text(".freeze", "已冻结")
    phone.click("[data-back]")
    phone.click("[data-tab=wallet]")
    phone.click(".wallet .licence")
    assert phone.find("[data-show]").get_attribute("disabled")

    phone.click("[data-back]")
    phone.click(".banner.bad")
    phone.click(".view > .button")
    phone.until_text("#bar h1", "人脸核验")
    phone.click(".view > .button")
    phone.until_text("#bar h1", "我的证照")

    assert not phone.is_shown(".banner.bad")


def test_what_a_silent_department_said_is_shown_as_of_then(phone: Browser, place: Place) -> None:
    bind(phone, "zhang-wei", PHONE)
    place.sandbox.break_registry("traffic-police")
    phone.click(".wallet-head .small-action")

    assert "交通管理局" in phone.until_text(".banner.wait", "未应答")
    assert "数据截至" in phone.text("[data-kind=DRIVING_LICENCE] .age")
    assert not phone.is_shown("[data-kind=ID_CARD] .age")


def begin_form(phone: Browser, title: str) -> None:
    """Begin a form by its title, and wait for it to have filled itself."""
    phone.click("[data-tab=cases]")
    phone.click("[data-forms]")
    phone.find(".form-cell")
    phone.run(
        "[...document.querySelectorAll('.form-cell')].find((one) => one.textContent.includes(given[0])).click()",
        title,
    )
    phone.find("[data-submit]")


def test_a_form_fills_itself_names_what_is_missing_and_is_decided_at_once(phone: Browser) -> None:
    bind(phone, "chen-guihua", PHONE)
    begin_form(phone, "居住证签注")
    assert "居住证" in phone.until_text(".view", "还缺这些证照")

    phone.click("[data-back]")
    phone.click("[data-back]")
    begin_form(phone, "老年人优待证")
    assert "居民身份证" in phone.text(".filled-field .source")
    assert phone.violations() == []
    phone.click("[data-submit]")

    assert "准予" in phone.until_text(".case-state", "秒批")
    assert "提交" in phone.text(".timeline")


def test_a_change_of_language_keeps_who_is_logged_in_and_where(phone: Browser) -> None:
    bind(phone, "zhang-wei")
    phone.click("nav a[hreflang=en]")

    assert "Driving licence" in phone.until_text(".wallet", "Driving")
    assert phone.text("#bar h1") == "My licences"
    assert "Across the counter" in phone.text("#panel")
    phone.click("nav a[hreflang=zh-CN]")
    phone.until_text("#bar h1", "我的证照")


def test_tokens_are_nowhere_but_in_the_pages_memory(phone: Browser) -> None:
    bind(phone, "zhang-wei")

    kept = phone.run(
        "return JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.cookie])"
    )
    assert "eyJ" not in kept
    assert "eyJ" not in phone.run(
        "return document.getElementById('panel').innerText.replace(/eyJ[\\w-]+…/g, '')"
    )


def test_the_first_view_weighs_less_than_100_kilobytes(phone: Browser) -> None:
    phone.visit("/demo", PHONE)
    phone.find("[data-persona]")

    weight = phone.run(
        "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    assert 0 < weight < FIRST_VIEW


@pytest.mark.parametrize(("language", "size"), [("zh", DESK), ("en", PHONE)])
def test_no_screen_has_a_barrier_that_a_checker_finds(
    phone: Browser, language: str, size: tuple[int, int]
) -> None:
    # Nothing is half faded in while it is looked at; and this way without motion is walked, too.
    still = {"name": "prefers-reduced-motion", "value": "reduce"}
    phone.tell("Emulation.setEmulatedMedia", features=[still])
    phone.visit(f"/demo?lang={language}", size)
    phone.find("[data-persona]")
    assert phone.violations() == []
    bind(phone, "zhang-wei", size, language)
    assert phone.violations() == []
    for tab in ("home", "me"):
        phone.click(f"[data-tab={tab}]")
        phone.find(f".app[data-screen={tab}] .cell")
        assert phone.violations() == [], tab
    phone.click("[data-tab=home]")
    phone.click(".quick-card")
    phone.find(".qr")
    assert phone.violations() == []
    phone.click("[data-menu]")
    assert phone.violations() == []


def test_twice_the_text_still_fits_the_width(phone: Browser) -> None:
    bind(phone, "zhang-wei", PHONE, "en")
    phone.run("document.documentElement.style.fontSize = '200%'")

    for tab in ("home", "wallet", "me"):
        phone.click(f"[data-tab={tab}]")
        phone.find(f".app[data-screen={tab}]")
        wide = phone.run(
            "const view = document.getElementById('view');"
            "return [...view.querySelectorAll('button, p, h2, dd')].filter((one) => !one.closest('.shelf'))"
            ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80))"
        )
        assert wide == [], tab
