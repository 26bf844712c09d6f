"""What family refuses, beside what `identity.errors` has."""

from identity.errors import DomainError


class DependantNotPending(DomainError):
    """The tie was approved, revoked, or waited too long."""


class KinshipNotProved(DomainError):
    """No such child, another name, or another's child: which, nobody is told."""


class TooManyDependantsAsked(DomainError):
    """Somebody asked to act for too many people within a day."""


class HelperCodeWrong(DomainError):
    """Not the code that the principal would read aloud."""


class HelperCodeLocked(DomainError):
    """Too many wrong codes: the principal has to approve in their own login, or be asked again."""
