"""What a licence is worth now, from what its registry says and from its dates."""

from datetime import date
from enum import StrEnum


class LicenceStatus(StrEnum):
    """The status of a licence. Only `valid` ones can be shown."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    TRANSFERRED = "transferred"


# What a verification would name before an end of validity.
_NAMED_FIRST = frozenset({LicenceStatus.NOT_YET_VALID})


def status_on(
    day: date,
    registry_status: LicenceStatus,
    valid_from: date | None,
    valid_to: date | None,
) -> LicenceStatus:
    """Return the status on a day in China. `valid_to` counts to its end; None is 长期 (no end).

    Where several apply, the one that a verification would name first.
    """
    if valid_from is not None and day < valid_from:
        return LicenceStatus.NOT_YET_VALID
    ended = valid_to is not None and day > valid_to
    return LicenceStatus.EXPIRED if ended and registry_status not in _NAMED_FIRST else registry_status
