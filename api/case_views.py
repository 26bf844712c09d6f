"""Cases as they are answered, to citizens and to staff."""

from dataclasses import asdict
from typing import Any

from api.language import Text
from hotservices.cases.briefs import Brief
from hotservices.cases.reading import Case, Petitioner
from hotservices.reviews.reading import Given


def case_view(case: Brief) -> dict[str, Any]:
    """Return a case as it stands in a list."""
    return asdict(case) | {"service": {"code": case.service_code, "name": case.service_name}}


def case_detail(case: Case, review: Given | None, language: str) -> dict[str, Any]:
    """Return a case with its timeline."""
    return case_view(case.brief) | {
        "draft_id": case.draft_id,
        "organisation_id": case.organisation_id,
        "reviewable": review is None and case.handled and case.brief.finished_at is not None,
        "review": review,
        "values": case.values,
        "reasons": [
            {"code": reason.code, "text": Text(reason.zh, reason.en).in_language(language)}
            for reason in case.reasons
        ],
        "timeline": case.timeline,
        "reads": case.reads,
        "may": case.may,
    }


def case_for_staff(case: Case, review: Given | None, petitioner: Petitioner, language: str) -> dict[str, Any]:
    """Return a case as the staff of its department read it."""
    return case_detail(case, review, language) | {"applicant": petitioner}
