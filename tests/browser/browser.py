"""A real browser on the pages: Debian's chromium, with a camera that sees what a test puts before it."""

import contextlib
import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from PIL import Image
from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.paths import ROOT

JSON = dict[str, Any]
Result = TypeVar("Result")

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
AXE = ROOT / "api" / "pages" / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 at level AA is what axe's rules of these tags look for.
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

PHONE, DESK = (390, 844), (1440, 900)
CAMERA = (640, 480)
PATIENCE_SECONDS = 30
SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--mute-audio", "--lang=zh-CN"),
)


@dataclass
class Browser:
    """A browser with one tab, on one server."""

    driver: webdriver.Chrome
    camera_file: Path
    address: str = ""
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def visit(self, path: str, size: tuple[int, int] = PHONE) -> None:
        """Open a page of the server at a size, as on a phone or a desk."""
        self.resize(size)
        self.driver.get(self.address + path)

    def forget(self) -> None:
        """Leave the page, and throw away what it kept and what it complained of."""
        self.go_online()
        self.driver.get("about:blank")
        self.see(None)
        self.tell("Storage.clearDataForOrigin", origin=self.address, storageTypes="all")
        self._listen()
        self.complaints.clear()
        self.asked.clear()

    def resize(self, size: tuple[int, int]) -> None:
        """Give the page a size in CSS pixels."""
        width, height = size
        is_phone = size == PHONE
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )

    def see(self, picture: Image.Image | None) -> None:
        """Put a picture before the camera that the page opens next; None takes it away."""
        self.camera_file.write_bytes(motion_jpeg(picture))

    def go_offline(self) -> None:
        """Cut the network."""
        self._network(offline=True)

    def go_online(self) -> None:
        """Mend the network."""
        self._network(offline=False)

    def find(self, css: str) -> WebElement:
        """Return what is there and to be seen, as soon as it is."""
        return self.until(lambda: self._seen(css), f"nothing to be seen: {css}")

    def is_shown(self, css: str) -> bool:
        """Tell whether something is to be seen at this moment."""
        return self._seen(css) is not None

    def text(self, css: str) -> str:
        """Return what a person reads there."""

        def read() -> tuple[str] | None:
            element = self._seen(css)
            return None if element is None else (element.text,)

        return self.until(read, f"nothing to be read: {css}")[0]

    def click(self, css: str) -> None:
        """Click what may be drawn anew at any moment, as a person would: by looking again."""

        def clicked() -> bool:
            with contextlib.suppress(ElementClickInterceptedException):
                if element := self._seen(css):
                    element.click()
                    return True
            return False

        self.until(clicked, f"never there long enough: {css}")

    def write(self, css: str, text: str) -> None:
        """Fill a field in."""
        element = self.find(css)
        element.clear()
        element.send_keys(text)

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def until_text(self, css: str, wanted: str) -> str:
        """Return what is read there once it has the wanted words."""

        def reads() -> str | None:
            element = self._seen(css)
            text = element.text if element else ""
            return text if wanted in text else None

        return self.until(reads, f"{css} never said {wanted!r}")

    def until(self, look: Callable[[], Result | None], otherwise: str) -> Result:
        """Return what `look` gives as soon as it gives something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            # What was found may be drawn anew before it is looked at.
            with contextlib.suppress(StaleElementReferenceException):
                if result := look():
                    return result
            time.sleep(0.05)
        raise AssertionError(otherwise + "\n" + "\n".join(self._complained()))

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; it may await, and returns."""
        body = (
            "const done = arguments[arguments.length - 1];"
            f"(async (...given) => {{ {script} }})(...Array.prototype.slice.call(arguments, 0, -1))"
            ".then((value) => done({ value }), (error) => done({ error: String(error) }));"
        )
        answer: JSON = self.driver.execute_async_script(body, *arguments)
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong with the page as it stands; leave the test out where npm brought none."""
        if not AXE.is_file():
            pytest.skip("no axe-core here: npm ci in api/pages brings it")
        self.driver.execute_script(AXE.read_text(encoding="utf-8"))
        script = (
            "return (await axe.run(document, {runOnly: given[0], resultTypes: ['violations']})).violations;"
        )
        found: list[JSON] = self.run(script, list(WCAG))
        return [
            f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]
        ]

    def complaints_but(self, *expected: str) -> list[str]:
        """Return the errors and warnings of the console without those that hold one of some words."""
        return [one for one in self._complained() if not any(word in one for word in expected)]

    def hosts(self) -> set[str]:
        """Return every host that the page asked for something, with its port."""
        self._listen()
        return self.asked

    def picture(self, path: Path) -> None:
        """Take a screenshot."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(path))

    def tell(self, command: str, **parameters: Any) -> JSON:
        """Send a command of the Chrome DevTools protocol."""
        answer: JSON = self.driver.execute_cdp_cmd(command, parameters)
        return answer

    def _network(self, *, offline: bool) -> None:
        self.tell("Network.enable")
        self.tell(
            "Network.emulateNetworkConditions",
            offline=offline,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def _seen(self, css: str) -> WebElement | None:
        for element in self.driver.find_elements(By.CSS_SELECTOR, css):
            with contextlib.suppress(Exception):  # gone between being found and being looked at
                if element.is_displayed():
                    return element
        return None

    def _complained(self) -> list[str]:
        self._listen()
        return self.complaints

    def _listen(self) -> None:
        for entry in self.driver.get_log("browser"):  # type: ignore[no-untyped-call]
            if entry["level"] in {"SEVERE", "WARNING"}:
                self.complaints.append(entry["message"])
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                parts = urlsplit(event["params"]["request"]["url"])
                if parts.scheme not in {"data", "blob", "about"}:
                    self.asked.add(parts.netloc)


def chromium_starts(folder: Path) -> Iterator[Browser]:
    """Lend a browser."""
    camera_file = folder / "camera.mjpeg"
    camera_file.write_bytes(motion_jpeg(None))
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for switch in SWITCHES:
        options.add_argument(switch)
    options.add_argument(f"--use-file-for-fake-video-capture={camera_file}")
    options.add_argument(f"--user-data-dir={folder / 'browser'}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(CHROMEDRIVER))
    driver.set_script_timeout(30)
    try:
        yield Browser(driver, camera_file)
    finally:
        driver.quit()


def motion_jpeg(picture: Image.Image | None) -> bytes:
    """Return a short film of one picture in the middle of a grey room, as a fake camera plays it."""
    room = Image.new("RGB", CAMERA, (96, 96, 96))
    if picture is not None:
        side = CAMERA[1] - 40
        code = picture.convert("RGB").resize((side, side), Image.Resampling.NEAREST)
        room.paste(code, ((CAMERA[0] - side) // 2, 20))
    frame = io.BytesIO()
    room.save(frame, "JPEG", quality=92)
    return frame.getvalue() * 10
