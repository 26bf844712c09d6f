"""Login platforms behind one protocol: whose login this is, and whether the platform vouches for them."""

from typing import Protocol

from identity.people import Person


class LoginProvider(Protocol):
    """WeChat, Alipay, or the sandbox."""

    @property
    def name(self) -> str:
        """The word a client says in `provider`."""
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
