"""What the hot list is made of: what is known of who asks, the services on it, and why each is there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hotservices.catalogue import ENTERPRISE, PERSONAL, Service
from hotservices.wording import Words


class ReasonCode(StrEnum):
    """Why a service is on the list: said by licences or the catalogue, strongest first, then by use."""

    FAVOURITE = "favourite"
    LICENCE_EXPIRED = "licence-expired"
    INSPECTION_OVERDUE = "inspection-overdue"
    LICENCE_EXPIRING_SOON = "licence-expiring-soon"
    INSPECTION_DUE_SOON = "inspection-due-soon"
    LICENCE_EXPIRING = "licence-expiring"
    INSPECTION_DUE = "inspection-due"
    LICENCE_HELD = "licence-held"
    PORTAL_LIST = "portal-list"
    POPULAR = "popular"
    CATALOGUE = "catalogue"
    OWN_USE = "own-use"
    RHYTHM = "rhythm"
    CO_USE = "co-use"
    POPULAR_NOW = "popular-now"
    ATTRIBUTES = "attributes"
    POPULAR_HERE = "popular-here"
    NEW = "new"
    SEASON = "season"
    SCHOOL_AGE = "school-age"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """What the wallet says of a licence that a person holds. `valid_to` None has no end.

    `inspection_valid_to` is the last day of a vehicle's inspection, None where there is nothing to inspect.
    `withdrawn` is what its registry has suspended or taken back: no renewal helps.
    """

    kind: str
    title: str
    valid_to: date | None
    showable: bool
    inspection_valid_to: date | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of who asks. `held` is None without a real name; favourites have the newest first.

    `children_born` are the birthdays of the children that the person acts for. `for_enterprise` tells that they
    act for an enterprise: then `held` is what that one holds. `age` is in whole years; `area` the prefecture (GB/T 2260,
    four digits) that issued the number. `use` is their state in the ranking's own packing, None when nothing is known.
    """

    held: Sequence[HeldLicence] | None = None
    favourites: Sequence[str] = ()
    hidden: frozenset[str] = frozenset()
    children_born: Sequence[date] = ()
    for_enterprise: bool = False
    age: int | None = None
    area: str | None = None
    use: bytes | None = field(default=None, repr=False)

    @property
    def audience(self) -> str | None:
        """Return for whom the list is: a person with a real name, an enterprise, or nobody knows (None)."""
        if self.for_enterprise:
            return ENTERPRISE
        return None if self.held is None else PERSONAL

    @property
    def is_told(self) -> bool:
        """Tell whether anything is known: a real name, or what they chose."""
        return self.held is not None or bool(self.favourites or self.hidden)


# These two are tuples because a list takes twenty of each: a frozen dataclass takes twice as long to make.
class HotReason(NamedTuple):
    """Why: a code, and what the words of it need.

    `days` until the licence or inspection ends; `service_name` of a service that the person used; `times` they
    used this one; `season` what is true of a season.
    """

    code: ReasonCode
    licence_title: str | None = None
    days: int | None = None
    service_name: str | None = None
    times: int = 0
    words: Words | None = None


class HotService(NamedTuple):
    """A service on the list."""

    service: Service
    reason: HotReason
