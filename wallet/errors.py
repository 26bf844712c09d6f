"""What the wallet refuses.

DomainError (identity.errors)
├── LicenceNotFound         no such licence in this person's wallet
├── LicenceNotShowable      its status forbids showing; `title`, `status`
├── LicenceTooStale         its data is older than showing may bear, and the registry does not answer
├── ShowTokenNotFound       no such show token of this person
├── ShowTokenEnded          the token's life is over
├── NotAwaitingConfirmation nothing to confirm or decline
├── VerificationNotFound    no such verification by this member of staff
├── StatusListNotFound      no such status list
├── PhotoNotFound           this licence has no photo, or its two minutes are over
└── SandboxThingUnknown     a sandbox command names nothing that exists
"""

from identity.errors import DomainError
from wallet.status import LicenceStatus


class LicenceNotFound(DomainError):
    """No such licence in this wallet."""


class LicenceNotShowable(DomainError):
    """A licence in this status can't be shown."""

    def __init__(self, title: str, status: LicenceStatus) -> None:
        super().__init__(status)
        self.title = title
        self.status = status


class LicenceTooStale(DomainError):
    """The licence's data is older than MAX_AGE_TO_SHOW and can't be refreshed."""


class ShowTokenNotFound(DomainError):
    """No such show token."""


class ShowTokenEnded(DomainError):
    """The token was used, withdrawn, declined, or has expired."""


class NotAwaitingConfirmation(DomainError):
    """The token awaits no confirmation."""


class VerificationNotFound(DomainError):
    """No such verification."""


class StatusListNotFound(DomainError):
    """No such status list."""


class PhotoNotFound(DomainError):
    """No photo to see."""


class SandboxThingUnknown(DomainError):
    """No such registry or licence in the sandbox."""
