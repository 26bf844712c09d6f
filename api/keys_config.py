"""Where keys come from: files in KEYS_DIR, whole rings in the environment (KEYS_JSON_SHOW and so on), or an HSM."""

from collections.abc import Mapping
from pathlib import Path

from identity.crypto.hsm import HsmSettings
from identity.crypto.keyring import SYMMETRIC, Purpose

PIN = "HSM_PIN"


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


def hsm(env: Mapping[str, str]) -> HsmSettings | None:
    """Return the HSM that holds private keys, if one does. Raises KeysConfigError."""
    module, token = env.get("HSM_MODULE"), env.get("HSM_TOKEN")
    words = [word.strip() for word in (env.get("HSM_PURPOSES") or "").split(",") if word.strip()]
    if not (module or token or words):
        return None
    if not (module and token and words):
        msg = "HSM_MODULE, HSM_TOKEN and HSM_PURPOSES must be set together, or none of them."
        raise KeysConfigError(msg)
    signing = [purpose.value for purpose in Purpose if purpose not in SYMMETRIC]
    if not set(words) <= set(signing):
        msg = f"HSM_PURPOSES must name, with commas, some of {', '.join(signing)}."
        raise KeysConfigError(msg)
    return HsmSettings(Path(module), token, _pin(env), frozenset(map(Purpose, words)))


def _pin(env: Mapping[str, str]) -> str:
    pin = env.get("HSM_PIN")
    path = env.get(f"{PIN}_FILE")
    if path and not pin:
        try:
            pin = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            pin = None
    elif path:
        pin = None
    if not pin:
        msg = "HSM_PIN must be set, or HSM_PIN_FILE must name a file with it; not both."
        raise KeysConfigError(msg)
    return pin
