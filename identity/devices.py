"""What a session's row keeps of where it was opened: the device, and the platform's user. Both lie sealed."""

from dataclasses import dataclass

from identity.crypto.cipher import PiiCipher
from identity.ids import LoginId, SessionId


@dataclass(frozen=True, slots=True)
class Device:
    """What a client says of the device it runs on."""

    name: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class SealedDevice:
    """The same, sealed for a session's row."""

    name_sealed: bytes | None = None
    platform: str | None = None

    @classmethod
    def of(cls, cipher: PiiCipher, session_id: SessionId, device: Device) -> "SealedDevice":
        """Seal a device's name for a session."""
        name = device.name
        return cls(cipher.seal(name, _device_place(session_id)) if name else None, device.platform)


@dataclass(frozen=True, slots=True)
class Login:
    """The platform user behind a citizen's session, sealed for the session's row."""

    id: LoginId
    provider: str
    subject_sealed: bytes

    @classmethod
    def sealed(
        cls,
        cipher: PiiCipher,
        session_id: SessionId,
        login_id: LoginId,
        provider: str,
        subject: str,
    ) -> "Login":
        """Seal a platform's id of its user for a session."""
        return cls(login_id, provider, cipher.seal(subject, f"sessions.login_subject:{session_id}"))

    def subject(self, cipher: PiiCipher, session_id: SessionId) -> str:
        """Return the platform's id of its user."""
        return cipher.open_text(self.subject_sealed, f"sessions.login_subject:{session_id}")


def open_name(cipher: PiiCipher, session_id: str, sealed: bytes | None) -> str | None:
    """Return a device's name."""
    return cipher.open_text(sealed, _device_place(session_id)) if sealed else None


def _device_place(session_id: str) -> str:
    return f"sessions.device_name:{session_id}"
