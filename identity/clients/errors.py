"""What machine clients refuse, beside what `identity.errors` has."""

from identity.errors import DomainError


class ClientNotFound(DomainError):
    """No such client of this organisation."""


class ClientRefused(DomainError):
    """Client unknown or revoked, secret or assertion wrong: which, nobody is told."""


class AssertionReplayed(ClientRefused):
    """The assertion is genuine, and was used before."""


class ClientEnded(DomainError):
    """The client, the credential that its token was got with, or the enterprise is no more."""


class ClientRevoked(DomainError):
    """A client that was revoked stays so, and gets nothing new."""


class ClientSecretNotFound(DomainError):
    """No such secret of this client."""


class ClientHasNoSecrets(DomainError):
    """This client proves itself with a key."""


class TooManyClients(DomainError):
    """The organisation has as many clients as one may have."""


class TooManyClientSecrets(DomainError):
    """Two secrets are active: one has to be revoked before there is a third."""
