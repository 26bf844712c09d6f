"""What a department's registry of licences (证照库) answers."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from wallet.status import LicenceStatus


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """A licence as its registry holds it. Numbers and names are in clear: stays in the process."""

    registry: str
    kind: str
    identifier: str
    number: str
    holder_numbers: tuple[str, ...]
    issuer_name: str
    issued_on: date
    valid_from: date | None
    valid_to: date | None
    status: LicenceStatus
    version: int
    fields: dict[str, Any]
    photo_png: bytes | None


class PartialList(list[RegistryRecord]):
    """What could be read of a holder's licences, when there were others that could not."""


class LicenceRegistry(Protocol):
    """A source of licences."""

    @property
    def code(self) -> str:
        """A stable word, such as `traffic-police`."""
        ...

    @property
    def name(self) -> str:
        """The department's name."""
        ...

    def by_holder(self, id_number: str) -> list[RegistryRecord]:
        """Return every licence that a person holds, or a PartialList. Raises RegistryUnavailable."""
        ...

    def by_identifier(self, identifier: str, holder_number: str | None = None, /) -> RegistryRecord | None:
        """Return one licence by its identifier, None if unknown. Raises RegistryUnavailable.

        `holder_number` is of somebody known to hold it: some registries find licences only by their holders.
        """
        ...
