"""What a scan without a network comes to: one pure function, for any device that has a pack.

No clock is read and nothing is fetched. A device's clock may be wrong, so it goes by the server's: when it
fetched its pack it noted how far its own clock was off (`clock_offset` = signed server time − device time).
`tests/vectors/offline.json` holds this function to a table that every other implementation can run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.clock import civil_date
from wallet.licences import Freshness
from wallet.showing.jws import PublicKeys, Untrusted
from wallet.showing.models import OutcomeWord
from wallet.showing.offline import offline_codec
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import CLOCK_LEEWAY
from wallet.status_lists.encoding import ListStatus, StatusList


@dataclass(frozen=True, slots=True)
class Pack:
    """What a device carries: keys, lists, and the kinds that its organisation may verify."""

    version: str
    issued_at: datetime
    expires_at: datetime
    max_age: timedelta
    keys: PublicKeys
    kinds: Mapping[str, str]
    lists: Mapping[str, StatusList]
    list_versions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """Accepted or rejected, and how far the lists behind it can be trusted to be of today."""

    outcome: OutcomeWord
    reason: Reason | None
    freshness: Freshness
    claims: OfflineClaims | None

    @property
    def signal(self) -> str:
        """The colour that a device shows."""
        if self.outcome is OutcomeWord.REJECTED:
            return "red"
        return "green" if self.freshness is Freshness.FRESH else "amber"


def decide(
    unverified: str,
    pack: Pack,
    *,
    device_now: datetime,
    clock_offset: timedelta,
    seen: Collection[str] = (),
) -> Decision:
    """Judge a scanned token; `seen` are the numbers (jti) that this device has accepted before."""
    now = device_now + clock_offset
    try:
        claims = offline_codec.open_token(unverified, pack.keys)
    except Untrusted as fault:
        return Decision(OutcomeWord.REJECTED, fault.reason, Freshness.UNKNOWN, None)
    status = _status(claims, pack)
    freshness = Freshness.UNKNOWN if status is None else _freshness(pack, now)
    reason = (
        offline_codec.lifetime_fault(claims, now)
        or (Reason.USED if claims.jti in seen else None)
        or (Reason.NOT_PERMITTED if claims.kind not in pack.kinds else None)
        or _licence_fault(claims, status, now)
    )
    return Decision(OutcomeWord.REJECTED if reason else OutcomeWord.ACCEPTED, reason, freshness, claims)


def _status(claims: OfflineClaims, pack: Pack) -> int | None:
    known = pack.lists.get(claims.list_id)
    return known.status(claims.place) if known and claims.place < known.size else None


def _freshness(pack: Pack, now: datetime) -> Freshness:
    age = now - pack.issued_at
    if age < -CLOCK_LEEWAY or now >= pack.expires_at:
        # A pack from the future, or one that its issuer stands by no more.
        return Freshness.UNKNOWN
    return Freshness.FRESH if age <= pack.max_age else Freshness.STALE


def _licence_fault(claims: OfflineClaims, status: int | None, now: datetime) -> Reason | None:
    if claims.valid_to is not None and civil_date(now) > claims.valid_to:
        return Reason.LICENCE_EXPIRED
    match status:
        case None | ListStatus.VALID:
            return None
        case ListStatus.SUSPENDED:
            return Reason.LICENCE_SUSPENDED
        case _:
            return Reason.LICENCE_REVOKED
