"""What the wallet refuses.

DomainError (identity.errors)
├── LicenceNotFound         no such licence in this person's wallet
├── LicenceNotShowable      its status forbids showing; `title`, `status`
├── OfflineNotAllowed       its kind is not shown offline; `title`
├── LicenceTooStale         its data is older than showing may bear, and the registry does not answer
├── ShowTokenNotFound       no such show token of this person
├── ShowTokenEnded          the token's life is over
├── NotAwaitingConfirmation nothing to confirm or decline
├── WalletFrozen            the holder has frozen their wallet
├── FreezeSubjectUnknown    nobody here has that name and number
├── CheckCodeLocked         too many wrong check codes; `retry_after`
├── VerificationNotFound    no such verification by this member of staff
├── AccessRecordNotFound    no such access record of this person
├── StatusListNotFound      no such status list
├── PhotoNotFound           this licence has no photo, or its two minutes are over
├── RegistryRefuses         (RegistryUnavailable) a registry is there and says no: a matter for who runs it
├── EventMalformed          a registry's event is not of the form that it has to have
├── EventSignatureRefused   no key of the registry that it names made its signature
├── EventOutOfTime          it is too old, or from the future
├── EventNotYours           it speaks of another registry's licence
├── EventIdReused           its `jti` came with another event before
├── GrantsNotWidened             an agency may only narrow what it may verify
└── SandboxThingUnknown     a sandbox command names nothing that exists
"""

from datetime import timedelta

from identity.errors import DomainError, RegistryUnavailable
from wallet.status import LicenceStatus


class LicenceNotFound(DomainError):
    """No such licence in this wallet."""


class LicenceNotShowable(DomainError):
    """A licence in this status can't be shown."""

    def __init__(self, title: str, status: LicenceStatus) -> None:
        super().__init__(status)
        self.title = title
        self.status = status


class OfflineNotAllowed(DomainError):
    """Licences of this kind are verified online only."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.title = title


class LicenceTooStale(DomainError):
    """The licence's data is older than MAX_AGE_TO_SHOW and can't be refreshed."""


class ShowTokenNotFound(DomainError):
    """No such show token."""


class ShowTokenEnded(DomainError):
    """The token was used, withdrawn, declined, or has expired."""


class NotAwaitingConfirmation(DomainError):
    """The token awaits no confirmation."""


class WalletFrozen(DomainError):
    """Nothing is shown from a frozen wallet."""


class FreezeSubjectUnknown(DomainError):
    """No person has this name and number."""


class CheckCodeLocked(DomainError):
    """Too many wrong check codes by this verifier or their organisation."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class VerificationNotFound(DomainError):
    """No such verification."""


class AccessRecordNotFound(DomainError):
    """No such access record."""


class StatusListNotFound(DomainError):
    """No such status list."""


class PhotoNotFound(DomainError):
    """No photo to see."""


class RegistryRefuses(RegistryUnavailable):
    """The registry answered, and refuses us or our question."""


class EventMalformed(DomainError):
    """Not an event: form, claims or the status that goes with them."""


class EventSignatureRefused(DomainError):
    """Unknown registry, unknown key or wrong signature, without saying which."""


class EventOutOfTime(DomainError):
    """The event's `iat` is too far from now."""


class EventNotYours(DomainError):
    """The licence is another registry's."""


class EventIdReused(DomainError):
    """The `jti` belongs to another event."""


class SandboxThingUnknown(DomainError):
    """No such registry or licence in the sandbox."""


class GrantsNotWidened(DomainError):
    """An agency may narrow what it may verify; the platform widens it."""
