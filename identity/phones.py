"""The register of phone numbers behind one protocol: it knows whose number one is (运营商三要素核验)."""

from typing import Protocol

from identity.errors import RegistryUnavailable


class PhoneRegistry(Protocol):
    """What the operators hold: a number is registered under a name and an id number."""

    def matches(self, *, name: str, id_number: str, phone: str) -> bool:
        """Tell whether the phone number is registered for that person.

        Name and id number are normalised; `phone` is the number without country code, digits only.
        Raises RegistryUnavailable.
        """
        ...


class NoPhoneRegistry:
    """Stands where none is configured: no phone number is anybody's, and nobody is refused for that."""

    def matches(self, *, name: str, id_number: str, phone: str) -> bool:
        """Raise RegistryUnavailable."""
        raise RegistryUnavailable
