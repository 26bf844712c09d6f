"""What reviews refuse.

DomainError (identity.errors)
├── CaseNotReviewable     the case is not finished, or no department ever handled it
└── ReviewExists          a case is reviewed once (一事一评)
"""

from identity.errors import DomainError


class CaseNotReviewable(DomainError):
    """Nothing has been handled yet that could be reviewed."""


class ReviewExists(DomainError):
    """A case is reviewed once."""
