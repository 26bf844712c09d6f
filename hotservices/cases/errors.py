"""What cases refuse.

DomainError (identity.errors)
├── CaseNotFound          no case of that id, or another's
├── CaseNotInState        what was asked for can't be done to a case in its `state`
├── DraftHasCase          there is a case of this draft already
└── TooManyOpenCases      a person has that many open cases of one service already
"""

from identity.errors import DomainError


class CaseNotFound(DomainError):
    """No such case, or another's."""


class CaseNotInState(DomainError):
    """A case in this state does not take what was asked for."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class DraftHasCase(DomainError):
    """A draft becomes one case."""


class TooManyOpenCases(DomainError):
    """So many of one service are enough for one person at a time."""
