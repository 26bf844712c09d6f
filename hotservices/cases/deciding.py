"""Instant decision (秒批): a case in which no hand had a part is decided by a rule, with its reasons.

The rules are data, one for a service (`data/instant_decisions.json`). A condition speaks of a fact by where it comes
from (kind of licence and field), whatever a form calls it. Where anything was typed, is not proven or not there,
nothing is decided, and the department does.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from hotservices.cases.facts import Fact, Reason
from identity.clock import age_on

Test = Callable[[Any, Any, date], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of a fact: a test by its name, what it is held against, and what to tell of it."""

    kind: str
    field: str
    test: str
    value: Any
    reason: Reason


@dataclass(frozen=True, slots=True)
class Rule:
    """What lets a service be decided at once."""

    service_code: str
    conditions: tuple[Condition, ...]


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _age_at_least(value: Any, years: Any, today: date) -> bool:
    born = _date(value)
    return born is not None and age_on(born, today) >= years


def _ends_within(value: Any, days: Any, today: date) -> bool:
    """Tell whether something ends today or within so many days, and is not over."""
    last_day = _date(value)
    return last_day is not None and today <= last_day <= today + timedelta(days=days)


TESTS: Mapping[str, Test] = {"age_at_least": _age_at_least, "ends_within": _ends_within}


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by the code of its service."""
    source = resources.files("hotservices") / "data" / "instant_decisions.json"
    return {
        entry["service_code"]: Rule(entry["service_code"], tuple(map(_condition, entry["conditions"])))
        for entry in json.loads(source.read_bytes())
    }


def rule_of(service_code: str) -> Rule | None:
    """Return the rule that may decide a service at once, if there is one."""
    return rules().get(service_code)


def reasons(rule: Rule, facts: Sequence[Fact], today: date) -> tuple[Reason, ...]:
    """Return why a case is approved at once; nothing when a department has to look at it."""
    given = [fact for fact in facts if not fact.is_empty]
    if not given or not all(fact.is_proven for fact in given):
        return ()
    if not all(_holds(condition, given, today) for condition in rule.conditions):
        return ()
    return (_all_proven(len(given)), *(condition.reason for condition in rule.conditions))


def _holds(condition: Condition, given: Sequence[Fact], today: date) -> bool:
    wanted = {"kind": condition.kind, "field": condition.field}.items()
    # Two licences of a kind that say different things are none that a rule could judge.
    meant = [fact for fact in given if fact.source and wanted <= fact.source.items()]
    test = TESTS[condition.test]
    return bool(meant) and all(test(fact.value, condition.value, today) for fact in meant)


def _all_proven(count: int) -> Reason:
    return Reason(
        "all-values-proven",
        f"全部{count}项信息来自证照或实名信息，提交时核对一致，没有手工填写",
        f"All {count} values come from licences or the real name, were the same at submission, and none was typed.",
    )


def _condition(entry: dict[str, Any]) -> Condition:
    told = entry["reason"]
    reason = Reason(told["code"], told["zh"], told["en"])
    return Condition(entry["kind"], entry["field"], entry["test"], entry.get("value"), reason)
