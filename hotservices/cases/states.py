"""The states of a case, and what leads from one to another: one table, and no other way.

| deed       | by      | from                                    | to        |
|------------|---------|-----------------------------------------|-----------|
| submit     | citizen |                                         | submitted |
| accept     | staff   | submitted                               | accepted  |
| review     | staff   | accepted                                | in_review |
| ask_more   | staff   | submitted, accepted, in_review          | needs_more|
| supplement | citizen | needs_more                              | in_review |
| approve    | staff   | accepted, in_review                     | approved  |
| reject     | staff   | submitted, accepted, in_review, needs_more | rejected |
| close      | staff   | submitted, accepted, in_review, needs_more | closed |
| withdraw   | citizen | submitted, accepted, in_review, needs_more | closed |
| decide     | system  | submitted                               | approved  |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class CaseState(StrEnum):
    """已提交, 已受理, 审查中, 待补正, 已办结(准予), 不予办理, 已终止."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    NEEDS_MORE = "needs_more"
    APPROVED = "approved"
    REJECTED = "rejected"
    CLOSED = "closed"


class Deed(StrEnum):
    """What is done to a case: 提交, 受理, 审查, 要求补正, 补正, 准予, 不予办理, 终止, 撤回, 秒批."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REVIEW = "review"
    ASK_MORE = "ask_more"
    SUPPLEMENT = "supplement"
    APPROVE = "approve"
    REJECT = "reject"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    DECIDE = "decide"


class By(StrEnum):
    """On which side somebody stands who did something to a case."""

    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"


OPEN = frozenset(
    {CaseState.SUBMITTED, CaseState.ACCEPTED, CaseState.IN_REVIEW, CaseState.NEEDS_MORE},
)
FINISHED = frozenset(CaseState) - OPEN


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a deed leads to which. `reasoned` deeds can't be done without a word."""

    by: By
    sources: frozenset[CaseState]
    target: CaseState
    reasoned: bool = False


_WORKED_ON = frozenset({CaseState.ACCEPTED, CaseState.IN_REVIEW})
_UNDECIDED = _WORKED_ON | {CaseState.SUBMITTED}
TRANSITIONS: Mapping[Deed, Transition] = MappingProxyType(
    {
        Deed.ACCEPT: Transition(By.STAFF, frozenset({CaseState.SUBMITTED}), CaseState.ACCEPTED),
        Deed.REVIEW: Transition(By.STAFF, frozenset({CaseState.ACCEPTED}), CaseState.IN_REVIEW),
        Deed.ASK_MORE: Transition(By.STAFF, _UNDECIDED, CaseState.NEEDS_MORE, reasoned=True),
        Deed.SUPPLEMENT: Transition(
            By.CITIZEN, frozenset({CaseState.NEEDS_MORE}), CaseState.IN_REVIEW, reasoned=True
        ),
        Deed.APPROVE: Transition(By.STAFF, _WORKED_ON, CaseState.APPROVED),
        Deed.REJECT: Transition(By.STAFF, OPEN, CaseState.REJECTED, reasoned=True),
        Deed.CLOSE: Transition(By.STAFF, OPEN, CaseState.CLOSED, reasoned=True),
        Deed.WITHDRAW: Transition(By.CITIZEN, OPEN, CaseState.CLOSED),
        Deed.DECIDE: Transition(By.SYSTEM, frozenset({CaseState.SUBMITTED}), CaseState.APPROVED),
    },
)


def deeds_for(by: By, state: CaseState) -> tuple[Deed, ...]:
    """Return what one side may do to a case in a state."""
    return tuple(deed for deed, way in TRANSITIONS.items() if way.by is by and state in way.sources)
