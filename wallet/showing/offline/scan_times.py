"""When a scan without a network may have been made, and what its time says of the token."""

from datetime import datetime, timedelta

from wallet.showing.offline import offline_codec
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.showing.reasons import Reason

# How far a device's clock may be ahead of ours, and how late a scan may be brought in.
MOST_AHEAD = timedelta(minutes=5)
MOST_BEHIND = timedelta(hours=24)


def credible(at: datetime, now: datetime) -> datetime:
    """Return when a scan is recorded to have been: as its device says, unless no scan can be that old."""
    return at if now - MOST_BEHIND <= at <= now else now


def fault_of(claims: OfflineClaims | None, at: datetime, now: datetime) -> Reason | None:
    """Return what is wrong with a scan's time, or with its token's life then; None if nothing is."""
    if at - now > MOST_AHEAD:
        return Reason.NOT_YET_VALID
    if now - at > MOST_BEHIND:
        return Reason.EXPIRED
    return offline_codec.lifetime_fault(claims, at) if claims else None
