"""What hotservices refuses.

DomainError (identity.errors)
├── ServiceNotFound             no service of that code
├── BundleNotFound              no bundle of that code
├── GuideNotFound               no guide of that code
├── ServicesFaulty              services that somebody wrote are wrong; `faults`
├── DepartmentNotGranted        the agency may not change the services of these `departments`
├── CatalogueVersionNotFound    the catalogue has no such version
├── CatalogueEmptied            a catalogue without services is none
└── CatalogueBusy               somebody else is changing the catalogue at this moment
"""

from collections.abc import Sequence
from dataclasses import dataclass

from identity.errors import DomainError


class ServiceNotFound(DomainError):
    """No such service."""


class BundleNotFound(DomainError):
    """No such bundle."""


class GuideNotFound(DomainError):
    """No such guide."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line (from 1); `field` None where it is the line as a whole."""

    line: int
    field: str | None
    message_zh: str
    message_en: str


class ServicesFaulty(DomainError):
    """Services that somebody wrote are wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


class DepartmentNotGranted(DomainError):
    """The agency may not change the services of these departments."""

    def __init__(self, departments: Sequence[str]) -> None:
        super().__init__()
        self.departments = tuple(departments)


class CatalogueVersionNotFound(DomainError):
    """The catalogue has no such version."""


class CatalogueEmptied(DomainError):
    """A catalogue without services is none."""


class CatalogueBusy(DomainError):
    """Somebody else is changing the catalogue at this moment."""
