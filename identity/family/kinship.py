"""Kinship (亲子关系) behind one protocol: registries know whose parent somebody is."""

from typing import Protocol


class KinshipRegistry(Protocol):
    """Whoever holds birth certificates and household registers."""

    def is_parent(self, parent_number: str, child_number: str) -> bool:
        """Tell whether a child's birth certificate or the household register names this parent.

        Both numbers are normalised. Raises RegistryUnavailable where a register that might name the parent
        does not answer, and none that answers does.
        """
        ...
