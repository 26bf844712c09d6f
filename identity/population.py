"""The population registry behind one protocol: it knows whether a name and a number belong together."""

from datetime import date
from typing import Protocol

from identity.errors import RegistryUnavailable
from identity.numbers.resident_id import IdType


class PopulationRegistry(Protocol):
    """The police's register of persons."""

    def birth_date_of(self, *, name: str, id_type: IdType, id_number: str) -> date | None:
        """Return the person's date of birth when name and number match, None when they don't.

        The number and the name are normalised. Raises RegistryUnavailable.
        """
        ...


class NoPopulationRegistry:
    """Stands where none is configured: nobody can be matched, and nobody is refused as a mismatch."""

    def birth_date_of(self, *, name: str, id_type: IdType, id_number: str) -> date | None:
        """Raise RegistryUnavailable."""
        raise RegistryUnavailable
