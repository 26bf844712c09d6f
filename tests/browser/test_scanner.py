"""The scanner where there is a network."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest

from tests.browser.browser import DESK, PHONE, Browser
from tests.browser.conftest import Place
from tests.browser.counter import ENTER, Counter, picture_of, png_of
from tests.sandbox import Citizen, Sandbox

KIND = "DRIVING_LICENCE"
FIRST_VIEW_BYTES = 100_000
# What the console says by itself when the API refuses something.
REFUSED = "the server responded with a status of"


@pytest.fixture(scope="module")
def citizen(place: Place) -> Citizen:
    return place.sandbox.citizen("zhang-wei")


@pytest.fixture
def counter(browser: Browser, place: Place) -> Counter:
    return Counter(browser, place.sandbox)


def test_from_a_persona_to_verified_through_the_camera(
    counter: Counter, browser: Browser, citizen: Citizen
) -> None:
    browser.see(picture_of(citizen.show(KIND, lifetime_seconds=300)["qr_text"]))

    counter.open().log_in()

    assert browser.until_text("#result-words", "证照真实有效")
    assert "机动车驾驶证" in browser.text("#result-sheet")
    assert "*伟" in browser.text(".holder")
    browser.find(".who img")
    assert citizen.access_records()[0]["purpose"] == "身份核对"
    assert browser.violations() == []
    assert browser.hosts() == {urlsplit(browser.address).netloc}
    assert browser.complaints_but() == []
    counter.next()
    # The code still lies there; nobody scanned it again.
    browser.run("await new Promise((go) => setTimeout(go, 400));")
    assert not browser.is_shown("#result")


def test_a_hand_scanner_types_wherever_the_focus_is(
    counter: Counter, browser: Browser, citizen: Citizen
) -> None:
    first, second = (citizen.show(KIND)["qr_text"] for _ in range(2))
    counter.open(DESK).log_in()
    browser.click("#purposes label:nth-child(2)")
    browser.click("#code")

    assert counter.scan(first) == "证照真实有效"
    assert citizen.access_records()[0]["purpose"] == "路面执法"
    # Straight on, with the result still up.
    counter.type(first)
    assert browser.until_text("#result-words", "亮证码已被使用")
    assert "您刚才核验过" in browser.text("#result-more")
    counter.type(second)
    assert browser.until_text("#result-words", "证照真实有效")
    browser.press(ENTER)
    browser.until(lambda: not browser.is_shown("#result"), "Enter does not go on")
    assert browser.driver.execute_script("return document.getElementById('code').value") == ""
    assert [line.split("\n")[0] for line in browser.text("#queue").split("查看\n")] == [
        "通过",
        "不通过",
        "通过",
    ]
    assert browser.complaints_but() == []


def test_a_code_that_asks_its_holder_waits_until_they_decided(
    counter: Counter, browser: Browser, citizen: Citizen
) -> None:
    shown = citizen.show(KIND, mode="confirm", disclose="standard")
    counter.open().log_in()

    assert counter.scan(shown["qr_text"]) == "等待持证人确认"
    citizen.expect(200, "POST", f"/v1/show-tokens/{shown['id']}/confirm")

    assert browser.until_text("#result-words", "证照真实有效")
    assert "张伟" in browser.text(".holder")
    assert len(browser.driver.find_elements("css selector", "#queue li")) == 1


def test_a_check_code_and_a_picture_do_what_a_scan_does(
    counter: Counter, browser: Browser, citizen: Citizen, tmp_path: Path
) -> None:
    spoken, drawn = citizen.show(KIND, check_code=True), citizen.show(KIND)
    file, nothing = tmp_path / "code.png", tmp_path / "nothing.png"
    file.write_bytes(png_of(drawn))
    browser.see(None)
    counter.open(language="en").log_in(ready="is ready")

    browser.write("#code", "1234")
    browser.click("#code-form button")
    assert browser.text("#code-said") == "A check code has 8 digits"
    browser.write("#code", spoken["check_code"])
    browser.press(ENTER)
    assert browser.text("#result-words") == "Waiting for the holder to confirm"
    counter.next()
    browser.driver.find_element("id", "picture").send_keys(str(file))
    assert browser.text("#result-words") == "The licence is genuine and valid"
    counter.next()
    picture_of("nothing").resize((8, 8)).save(nothing)
    browser.driver.find_element("id", "picture").send_keys(str(nothing))
    assert browser.until_text("#picture-said", "no QR code")


def test_a_result_is_gone_after_two_minutes(counter: Counter, browser: Browser, citizen: Citizen) -> None:
    counter.open().log_in()
    counter.scan(citizen.show(KIND)["qr_text"])

    browser.run("const real = Date.now; Date.now = () => real() + 119_000;")
    assert browser.text("#result-words") == "证照真实有效"
    browser.run("const real = Date.now; Date.now = () => real() + 1_500;")

    browser.until(lambda: not browser.is_shown("#result"), "the result stays")
    assert "*伟" not in browser.driver.execute_script("return document.getElementById('result').textContent")


def test_who_does_nothing_for_ten_minutes_is_logged_out(counter: Counter, browser: Browser) -> None:
    counter.open().log_in()

    browser.run("const real = Date.now; Date.now = () => real() + 601_000;")

    assert browser.until_text("#login-said", "长时间无操作")
    assert not browser.is_shown("#counter")


def test_the_login_says_what_is_wrong_and_leaves_no_token_behind(counter: Counter, browser: Browser) -> None:
    counter.open()

    browser.write("#organisation", "traffic-police")
    browser.write("#number", "V001")
    browser.write("#password", "a guess")
    browser.press(ENTER)
    assert browser.until_text("#login-said", "机构、工号或密码不正确")
    browser.write("#password", "sandbox-V001")
    browser.press(ENTER)
    browser.find("#counter")
    kept = browser.run(
        "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);"
    )
    assert "eyJ" not in kept
    browser.driver.refresh()
    browser.find("#login-form")
    assert browser.complaints_but(REFUSED) == []


def test_a_first_password_is_changed_and_a_second_factor_enrolled(
    counter: Counter, browser: Browser, place: Place
) -> None:
    admin, number = place.sandbox.staff("service-hall", "S006"), "N100"
    body = {"staff_number": number, "roles": ["verifier"]}
    password = admin.expect(201, "POST", "/v1/staff/members", json=body)["initial_password"]
    counter.open()
    browser.write("#organisation", "service-hall")
    browser.write("#number", number)
    browser.write("#password", password)
    browser.press(ENTER)

    browser.write("#new-password", "correct horse battery")
    browser.write("#again", "correct horse bakery")
    browser.press(ENTER)
    assert browser.until_text("#password-said", "两次输入不一致")
    browser.write("#again", "correct horse battery")
    browser.press(ENTER)
    browser.find("#counter")
    secret = enrol(place.sandbox, number, "correct horse battery")
    browser.click("#leave")
    browser.write("#organisation", "service-hall")
    browser.write("#number", number)
    browser.write("#password", "correct horse battery")
    browser.press(ENTER)
    assert browser.until_text("#login-said", "六位动态码")
    browser.write("#totp", pyotp.TOTP(secret).at(place.sandbox.now()))
    browser.press(ENTER)
    browser.find("#counter")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_nothing_stands_in_anybodys_way(
    counter: Counter, browser: Browser, citizen: Citizen, size: tuple[int, int]
) -> None:
    counter.open(size)
    assert browser.violations() == []
    counter.log_in()
    used = citizen.show(KIND)["qr_text"]
    for text in (used, used, citizen.show(KIND, mode="confirm")["qr_text"]):
        counter.scan(text)
        assert browser.violations() == []
    counter.next()
    assert browser.violations() == []
    # 200 % text (WCAG 1.4.4): nothing runs out of the window sideways.
    browser.run("document.documentElement.style.fontSize = '200%';")
    width = "return document.documentElement.scrollWidth - innerWidth"
    assert browser.driver.execute_script(width) <= 0


def test_the_first_view_is_small(counter: Counter, browser: Browser) -> None:
    browser.tell("Network.clearBrowserCache")
    counter.open()

    sizes = browser.run(
        "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(({name, transferSize}) => [name, transferSize]);"
    )

    assert not any("vendor" in name for name, _ in sizes)
    assert 10_000 < sum(size for _, size in sizes) < FIRST_VIEW_BYTES


def enrol(sandbox: Sandbox, number: str, password: str) -> str:
    """Enrol a member's second factor; return its secret."""
    who = {"organisation_code": "service-hall", "staff_number": number, "password": password}
    token = sandbox.anybody.expect(201, "POST", "/v1/staff/sessions", json=who)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    secret: str = sandbox.anybody.expect(201, "POST", "/v1/staff/totp", headers=headers)["secret"]
    code = pyotp.TOTP(secret).at(sandbox.now())
    sandbox.anybody.expect(200, "POST", "/v1/staff/totp/confirm", headers=headers, json={"code": code})
    # The code that was used is good for its half minute, and once.
    sandbox.pass_time(timedelta(minutes=1))
    return secret
