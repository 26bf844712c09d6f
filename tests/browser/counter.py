"""What staff does at the scanner, in a few words."""

import io
from dataclasses import dataclass

from PIL import Image

from tests.browser.browser import PHONE, Browser
from tests.sandbox import JSON, Sandbox
from wallet.showing import qr
from wallet.showing.qr_symbol import Level

ENTER = "\ue007"
# Keys at a hand scanner's pace, however busy the machine is: real keystrokes of a driver are slower than a hand.
TYPED = """
for (const key of given[0]) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  (document.activeElement ?? document.body).dispatchEvent(event);
}
"""


@dataclass
class Counter:
    """The scanner in a browser, with an officer before it."""

    browser: Browser
    sandbox: Sandbox

    def open(self, size: tuple[int, int] = PHONE, language: str = "zh") -> "Counter":
        """Open the page."""
        self.browser.visit(f"/verify?lang={language}", size)
        self.browser.find("body[data-ready]")
        return self

    def log_in(
        self, organisation: str = "traffic-police", number: str = "V001", ready: str = "已就绪"
    ) -> "Counter":
        """Log in, and wait until the device has what it needs without a network."""
        self.browser.write("#organisation", organisation)
        self.browser.write("#number", number)
        self.browser.write("#password", f"sandbox-{number}")
        self.browser.click("#login-form .button")
        self.browser.until_text("#pack", ready)
        return self

    def scan(self, text: str) -> str:
        """Let a hand scanner type a code; return the words that come up."""
        if self.browser.is_shown("#result"):
            self.next()
        self.type(text)
        return self.browser.text("#result-words")

    def type(self, text: str) -> None:
        """Let a hand scanner type a code, whatever is on the screen and has the focus."""
        self.browser.run(TYPED, [*text, "Enter"])

    def next(self) -> None:
        """Go on to the next scan."""
        self.browser.click("#next")
        self.browser.until(lambda: not self.browser.is_shown("#result"), "the result stays")


def picture_of(text: str) -> Image.Image:
    """Return a code as a phone shows it."""
    modules = qr.matrix(text, Level.L, 4)
    side = len(modules)
    picture = Image.new("1", (side, side), 1)
    for y, row in enumerate(modules):
        for x, is_dark in enumerate(row):
            if is_dark:
                picture.putpixel((x, y), 0)
    return picture.resize((side * 8, side * 8))


def png_of(shown: JSON) -> bytes:
    """Return a code as a picture file."""
    file = io.BytesIO()
    picture_of(shown["qr_text"]).save(file, "PNG")
    return file.getvalue()
