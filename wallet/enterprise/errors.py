"""What is refused around consents and pulls.

DomainError (identity.errors)
├── PurposeExceeded         the client asks beyond its registered purposes, or pulls beyond what was consented
├── TooManyOpenRequests     the client has asked this person often enough, whoever that is
├── ConsentRequestNotFound  no such request to this person, or of this client
├── ConsentRequestSettled   it was answered already, or its time ran out
├── ConsentNotFound         no such consent of this person, or to this client
├── ConsentRequired         nothing that this client holds allows the pull
├── ConsentWithdrawn        its holder took it back, or whoever gave it no longer may
├── ConsentExpired          its last day is over
└── ConsentUsedUp           it was used as often as it allows
"""

from identity.errors import DomainError


class PurposeExceeded(DomainError):
    """Kinds or fields beyond what a purpose, or a consent, covers."""


class TooManyOpenRequests(DomainError):
    """Three requests of this client to this person wait for an answer."""


class ConsentRequestNotFound(DomainError):
    """No such request."""


class ConsentRequestSettled(DomainError):
    """The request waits for nobody any more."""


class ConsentNotFound(DomainError):
    """No such consent."""


class ConsentRequired(DomainError):
    """There is no such consent to this client."""


class ConsentWithdrawn(DomainError):
    """The consent was taken back."""


class ConsentExpired(DomainError):
    """The consent's time is over."""


class ConsentUsedUp(DomainError):
    """Every use of the consent was made."""
