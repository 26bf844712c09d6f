"""The two answers of the hot path, and a verification's words and colours.

Marshmallow documents these answers but does not write them: walking a schema for every field of a licence
costs more than verifying it. Each answer is spelled out here, so that nothing gets out by being added to a
class; the tests hold every one of them against the contract.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response

from api import texts
from api.texts import Advice
from identity.staff import StaffAccount
from wallet.licences import Freshness
from wallet.showing.outcomes import (
    Accepted,
    Outcome,
    Pending,
    Rejected,
    SeenLicence,
    Verification,
    word_of,
)
from wallet.showing.show_tokens import ShowToken

GREEN, AMBER, RED = "green", "amber", "red"


def json_response(status: int, body: dict[str, Any]) -> Response:
    """Return a presented answer as a response."""
    return Response(orjson.dumps(body), status, content_type="application/json")


def polled_response(body: dict[str, Any], steady: object) -> Response:
    """Return an answer that tells the time, with an ETag over what of it is `steady`.

    Over the whole body it would be a new one every second, and nobody who polls would ever read 304.
    """
    response = json_response(200, body)
    response.set_etag(hashlib.sha256(orjson.dumps(steady)).hexdigest())
    return response


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a verification without the server's time."""
    return {name: value for name, value in answer.items() if name != "server_time"}


def instant(moment: datetime) -> str:
    """Return an instant as the wire has it: RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def show_token(token: ShowToken) -> dict[str, Any]:
    """Return a show token as its holder gets it."""
    return {
        "id": token.id,
        "token": token.token,
        "qr_text": token.qr_text,
        "mode": token.mode,
        "disclose": token.disclose,
        "issued_at": instant(token.issued_at),
        "expires_at": instant(token.expires_at),
        "refresh_after_seconds": token.refresh_after_seconds,
        "freshness": token.freshness,
        "check_code": token.check_code,
    }


def staff_answer(member: StaffAccount) -> dict[str, Any]:
    """Return a member of staff as they see themselves."""
    return {
        "id": member.id,
        "staff_number": member.staff_number,
        "organisation": {"code": member.organisation_code, "name": member.organisation_name},
        "permissions": member.permissions,
        "totp_enrolled": member.totp_enrolled,
        "required_action": member.owes,
    }


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
        "licence": None if isinstance(outcome, Pending) else _licence(outcome.licence),
        "holder": None,
        "freshness": outcome.freshness,
        "as_of": outcome.as_of and instant(outcome.as_of),
        "verified_at": instant(scan.at),
        "server_time": instant(now),
    }
    match outcome:
        case Accepted(holder=holder) if holder is not None:
            name = {"name": holder.name} if holder.name else {}
            agent = {"agent_masked": holder.agent_masked} if holder.agent_masked else {}
            answer["holder"] = {"name_masked": holder.name_masked} | name | agent
        case Rejected():
            answer |= _refusal(outcome)
    return answer


def _licence(licence: SeenLicence | None) -> dict[str, Any] | None:
    if licence is None:
        return None
    return {
        "kind": licence.kind,
        "title": licence.title,
        "status": licence.status,
        "fields": [
            {
                "key": field.key,
                "label": field.label,
                "type": field.type,
                "value": field.value,
                "sensitive": field.sensitive,
                "masked": field.masked,
            }
            for field in licence.fields
        ],
    }


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
