"""What forms refuse.

DomainError (identity.errors)
├── FormNotFound            no form of that code
├── FormNotForCaller        an enterprise's form begun for a dependant, or a person's for an enterprise
├── DraftNotFound           no such draft of this person, or its time is over
├── DraftSubmitted          the draft was handed in, and changes no more
├── DraftChanged            somebody else changed the draft meanwhile
├── DraftFieldsWrong        fields are unknown, locked, missing or wrong; `faults`
├── SourceChanged           a registry says something else by now; `fields`
├── TooManyCorrections      somebody has reported too much that is not answered yet
├── CorrectionNotFound      no such report of this person, or for this department
└── CorrectionClosed        the report was answered already
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from identity.errors import DomainError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, for a person to read."""

    zh: str
    en: str


class FormNotFound(DomainError):
    """No such form."""


class FormNotForCaller(DomainError):
    """The form is for another kind of applicant than the one who is acted for."""


class DraftNotFound(DomainError):
    """No draft of that id, or another's, or it was purged."""


class DraftSubmitted(DomainError):
    """The draft has become a case."""


class DraftChanged(DomainError):
    """The draft has another version than the caller saw."""


class DraftFieldsWrong(DomainError):
    """Fields of a form are wrong, each by its key."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


class SourceChanged(DomainError):
    """Locked values differ from what their registries say now; the draft shows the new ones."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = tuple(fields)


class TooManyCorrections(DomainError):
    """Too many reports of one person are open."""


class CorrectionNotFound(DomainError):
    """No report of that id, or not this caller's to see."""


class CorrectionClosed(DomainError):
    """The report has its answer."""
