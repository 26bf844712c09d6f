"""What webhooks refuse.

DomainError (identity.errors)
├── WebhookNotFound          no such webhook of this organisation
├── DeliveryNotFound         no such delivery of this webhook
├── WebhookChallengeFailed   the receiver did not answer the challenge; `trouble` says how
├── WebhookDisabled          nothing is sent to it at present
└── TooManyWebhooks          the organisation has as many as it may have
"""

from identity.errors import DomainError


class WebhookNotFound(DomainError):
    """No such webhook of this organisation."""


class DeliveryNotFound(DomainError):
    """No such delivery of this webhook."""


class WebhookChallengeFailed(DomainError):
    """The receiver did not answer the challenge: `trouble` is a word of an attempt, or `wrong-answer`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class WebhookDisabled(DomainError):
    """Nothing is sent to this webhook until it is enabled again."""


class TooManyWebhooks(DomainError):
    """An organisation has at most `registering.MOST`."""
