"""Spans of time in the environment: `30d`, `12h`, `45m`."""

import re
from collections.abc import Mapping
from datetime import timedelta

DURATION = re.compile(r"([1-9]\d{0,4})([dhm])")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


class DurationError(ValueError):
    """A span is missing its unit, or is none; the text is a sentence for the operator."""


def read(env: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    """Return a span from the environment. Raises DurationError."""
    text = env.get(name)
    if not text:
        return default
    match = DURATION.fullmatch(text)
    if match is None:
        msg = f"{name} must be a span such as '30d', '12h' or '45m', not {text!r}."
        raise DurationError(msg)
    return int(match[1]) * UNITS[match[2]]
