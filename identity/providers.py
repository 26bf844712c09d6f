"""Login platforms behind one protocol: whose login this is, and whether the platform vouches for them."""

from dataclasses import dataclass
from typing import Protocol

from identity.people import Person


@dataclass(frozen=True, slots=True)
class FaceCheckStarted:
    """A face check that a platform has prepared; `client_params` are for its SDK in the mini-program."""

    provider_reference: str
    client_params: dict[str, str]


class FaceCheckProvider(Protocol):
    """A platform's live face check, compared with the photo that the police hold of a person."""

    def begin(self, subject: str, person: Person, reference: str) -> FaceCheckStarted:
        """Prepare a check of a person for a platform's user; `reference` is our own id of it."""
        ...

    def passed(self, subject: str, person: Person, reference: str, provider_reference: str) -> bool:
        """Tell whether the check was passed, asked from the platform itself and never from the client.

        Raises FaceCheckUnfinished while the platform has no result.
        """
        ...


class LoginProvider(Protocol):
    """WeChat, Alipay, or the sandbox."""

    @property
    def name(self) -> str:
        """The word a client says in `provider`."""
        ...

    @property
    def face_checks(self) -> FaceCheckProvider | None:
        """The platform's face check, if it has one."""
        ...

    def subject(self, unverified_code: str) -> str:
        """Exchange a one-time login code for the platform's id of its user. Raises LoginRefused."""
        ...

    def vouches_for(self, subject: str, person: Person, phone_code: str | None) -> bool:
        """Tell whether the platform confirms that this user is that person.

        Name and number alone must not be enough: leaked pairs are for sale. The platform's own
        real name, or a phone number it verified (`phone_code`), is the second witness.
        """
        ...
