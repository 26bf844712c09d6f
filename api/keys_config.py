"""Where keys come from: files in KEYS_DIR, or whole rings in the environment (KEYS_JSON_SHOW and so on)."""

from collections.abc import Mapping
from pathlib import Path

from identity.crypto.keyring import Purpose


class KeysConfigError(ValueError):
    """A value is missing or wrong; the text is a sentence for the operator."""


def texts(env: Mapping[str, str]) -> dict[Purpose, str]:
    """Return the rings that the environment holds. They are secrets: never shown, never logged."""
    found = ((purpose, env.get(f"KEYS_JSON_{purpose.upper()}")) for purpose in Purpose)
    return {purpose: text for purpose, text in found if text}


def directory(
    env: Mapping[str, str], given: Mapping[Purpose, str], data_dir: Path, *, is_sandbox: bool
) -> Path:
    """Return the folder of the rings that the environment does not hold. Raises KeysConfigError."""
    path = env.get("KEYS_DIR")
    if path:
        return Path(path).resolve()
    if not is_sandbox and len(given) < len(Purpose):
        msg = "KEYS_DIR must name the folder with the key rings: production makes no keys of its own."
        raise KeysConfigError(msg)
    return data_dir / "keys"
