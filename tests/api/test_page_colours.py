"""Text stands out from its ground on the pages, as WCAG 2.2 asks at level AA."""

import re

from api.rendering import STATIC
from wallet.kinds import all_kinds

CONTRAST_AA = 4.5


def test_text_stands_out_from_its_ground_as_wcag_aa_asks() -> None:
    css = (STATIC / "shared" / "base.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))

    for ground in ("paper", "card"):
        for ink in ("ink", "soft", "link", "seal"):
            assert contrast(colours[ink], colours[ground]) >= CONTRAST_AA, (ink, ground)
    for signal in ("good", "wait", "bad"):
        assert contrast(colours[signal], colours[f"{signal}-tint"]) >= CONTRAST_AA, signal
    for ground in ("seal", "good", "wait", "bad"):
        assert contrast("#ffffff", colours[ground]) >= CONTRAST_AA, ground


def test_white_stands_out_from_every_licences_card() -> None:
    source = (STATIC / "demo" / "kinds.js").read_text(encoding="utf-8")
    colours = dict(re.findall(r"(\w+): \[(\"#[0-9a-f]{6}\", \"#[0-9a-f]{6}\")\]", source))

    assert set(colours) == set(all_kinds())
    for kind, both in colours.items():
        for colour in re.findall(r"#[0-9a-f]{6}", both):
            assert contrast("#ffffff", colour) >= CONTRAST_AA, (kind, colour)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
