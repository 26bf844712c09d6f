"""What hotservices refuses.

DomainError (identity.errors)
├── ServiceNotFound     no service of that code
├── BundleNotFound      no bundle of that code
└── GuideNotFound       no guide of that code
"""

from identity.errors import DomainError


class ServiceNotFound(DomainError):
    """No such service."""


class BundleNotFound(DomainError):
    """No such bundle."""


class GuideNotFound(DomainError):
    """No such guide."""
