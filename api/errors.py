"""What HTTP itself refuses, before or beside the domain."""

from identity.errors import DomainError


class Unauthenticated(DomainError):
    """No token, or one that is wrong, expired, revoked, or of another kind."""


class Forbidden(DomainError):
    """The caller's role does not allow this."""


class ActingNotAllowed(DomainError):
    """Who acts for somebody else may not do this; going back to oneself helps."""


class TooManyRequests(DomainError):
    """A rate limit is exceeded."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class MalformedRequest(DomainError):
    """The body is no JSON, or something else about the request can't be read."""


class UnsupportedMediaType(DomainError):
    """The body is not application/json."""


class BodyTooLarge(DomainError):
    """The body exceeds 256 KiB."""


class ValidationFailed(DomainError):
    """Fields are wrong: `errors` maps each to what is wrong with it."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__()
        self.errors = errors


class IdempotencyKeyMalformed(ValidationFailed):
    """The Idempotency-Key is empty, too long, or not printable ASCII."""
