"""Why a scan is rejected: the first that applies, in this order (DESIGN.md section 4)."""

from enum import StrEnum

from wallet.status import LicenceStatus


class Reason(StrEnum):
    """Reasons of rejection, in the order in which they are checked."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    UNKNOWN_CODE = "unknown_code"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    USED = "used"
    NOT_PERMITTED = "not_permitted"
    WALLET_FROZEN = "wallet_frozen"
    LICENCE_NOT_YET_VALID = "licence_not_yet_valid"
    LICENCE_EXPIRED = "licence_expired"
    LICENCE_SUSPENDED = "licence_suspended"
    LICENCE_REVOKED = "licence_revoked"
    LICENCE_CANCELLED = "licence_cancelled"
    LICENCE_SUPERSEDED = "licence_superseded"
    LICENCE_TRANSFERRED = "licence_transferred"

    @property
    def is_licences_own(self) -> bool:
        """Tell whether the licence itself is at fault, so that the verifier may see which it is."""
        return self.startswith("licence_")


def of_status(status: LicenceStatus) -> Reason | None:
    """Return the reason that a licence's status gives, None for a valid one."""
    return None if status is LicenceStatus.VALID else Reason(f"licence_{status}")
