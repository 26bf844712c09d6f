"""The enterprise registry (市场主体登记) behind one protocol: what an enterprise is, and who stands for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from identity.errors import RegistryUnavailable
from identity.staff import OrganisationKind


class EnterpriseStatus(StrEnum):
    """What has become of an enterprise: 存续, 吊销, 注销."""

    ACTIVE = "active"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RegisteredEnterprise:
    """An enterprise as its registry has it. The legal representative's name and number are personal data."""

    uscc: str
    name: str
    kind: OrganisationKind
    status: EnterpriseStatus
    legal_representative_name: str
    legal_representative_number: str


class EnterpriseRegistry(Protocol):
    """The market regulator's register."""

    def by_uscc(self, uscc: str) -> RegisteredEnterprise | None:
        """Return the enterprise of a normalised code, None for an unknown one. Raises RegistryUnavailable."""
        ...


class NoEnterpriseRegistry:
    """Stands where none is configured: nobody can be confirmed, and nobody is refused."""

    def by_uscc(self, uscc: str) -> RegisteredEnterprise | None:
        """Raise RegistryUnavailable."""
        raise RegistryUnavailable
