"""Opening whatever a scanner read: an online token or an offline one, each with the keys of its own ring."""

from dataclasses import dataclass
from datetime import datetime

from wallet.showing import token_codec
from wallet.showing.jws import PublicKeys, unverified_typ
from wallet.showing.offline import offline_codec
from wallet.showing.offline.offline_codec import OfflineClaims
from wallet.showing.reasons import Reason
from wallet.showing.token_codec import ShowClaims

EitherClaims = ShowClaims | OfflineClaims


@dataclass(frozen=True, slots=True)
class Codecs:
    """The rings of both modes, and what `SHOW_URL_PREFIX` puts in front of a token."""

    show_keys: PublicKeys
    offline_keys: PublicKeys
    qr_prefix: str

    def open(self, unverified_text: str) -> EitherClaims:
        """Return the claims of a genuine token, whatever the time. Raises Untrusted."""
        unverified = unverified_text.strip().removeprefix(self.qr_prefix)
        if unverified_typ(unverified, offline_codec.MAX_TOKEN_CHARACTERS) == offline_codec.TYP:
            return offline_codec.open_token(unverified, self.offline_keys)
        return token_codec.open_token(unverified, self.show_keys)


def lifetime_fault(claims: EitherClaims, now: datetime) -> Reason | None:
    """Judge a genuine token's time."""
    if isinstance(claims, OfflineClaims):
        return offline_codec.lifetime_fault(claims, now)
    return token_codec.lifetime_fault(claims, now)
