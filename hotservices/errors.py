"""What hotservices refuses.

DomainError (identity.errors)
└── ServiceNotFound     no service of that code
"""

from identity.errors import DomainError


class ServiceNotFound(DomainError):
    """No such service."""
