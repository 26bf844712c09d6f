"""From a verification's outcome to the words and colours that a verifier reads."""

from datetime import datetime
from typing import Any

from api import texts
from api.texts import Advice
from wallet.licences import Freshness
from wallet.showing.verification import Accepted, Outcome, Pending, Rejected, Verification, word_of

GREEN, AMBER, RED = "green", "amber", "red"


def verification(scan: Verification, language: str, now: datetime) -> dict[str, Any]:
    """Return a verification as its verifier reads it."""
    outcome = scan.outcome
    advice = _advice(outcome)
    answer: dict[str, Any] = {
        "id": scan.id,
        "outcome": word_of(outcome),
        "signal": _signal(outcome),
        "reason": None,
        "message": advice.message.in_language(language),
        "next_action": advice.next_action.in_language(language),
        "licence": None if isinstance(outcome, Pending) else outcome.licence,
        "holder": None,
        "freshness": outcome.freshness,
        "as_of": outcome.as_of,
        "verified_at": scan.at,
        "server_time": now,
    }
    match outcome:
        case Accepted(holder=holder) if holder is not None:
            name = {"name": holder.name} if holder.name else {}
            answer["holder"] = {"name_masked": holder.name_masked} | name
        case Rejected():
            answer |= _refusal(outcome)
    return answer


def _refusal(outcome: Rejected) -> dict[str, Any]:
    refusal: dict[str, Any] = {"reason": outcome.reason}
    if outcome.used_by_you is not None:
        refusal["used_by_you"] = outcome.used_by_you
    if outcome.verification_id is not None:
        refusal["verification_id"] = outcome.verification_id
    return refusal


def _signal(outcome: Outcome) -> str:
    match outcome:
        case Accepted():
            return GREEN if outcome.freshness is Freshness.FRESH else AMBER
        case Pending():
            return AMBER
        case Rejected():
            return RED


def _advice(outcome: Outcome) -> Advice:
    match outcome:
        case Accepted():
            fresh = outcome.freshness is Freshness.FRESH
            return texts.ACCEPTED if fresh else texts.ACCEPTED_STALE
        case Pending():
            return texts.PENDING
        case Rejected():
            return texts.REASONS[outcome.reason]
