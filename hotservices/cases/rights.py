"""What is held on a person's cases, copied, erased and let go in time (see `identity.personal_data`)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotservices.cases import facts, reads, timeline
from hotservices.cases.briefs import brief
from hotservices.cases.models import CaseReadRow, CaseRow, CaseStepRow
from identity.personal_data import Asked, Part
from identity.retention import Rule, Witness


def _cases(asked: Asked) -> list[dict[str, Any]]:
    mine = select(CaseRow).where(CaseRow.person_id == asked.subject.person_id).order_by(CaseRow.id)
    return [_case(asked, row) for row in asked.session.scalars(mine)]


def _case(asked: Asked, row: CaseRow) -> dict[str, Any]:
    session, cipher = asked.session, asked.cipher
    steps = timeline.of_case(session, cipher, row.id)
    return asdict(brief(row)) | {
        "values": [asdict(fact) for fact in facts.open_facts(cipher, row.id, row.facts_sealed)],
        "reasons": [asdict(reason) for reason in facts.open_reasons(cipher, row.id, row.reasons_sealed)],
        "timeline": [
            {
                "number": step.number,
                "at": step.at,
                "deed": step.deed,
                "state": step.state,
                "by": step.by,
                "organisation": step.organisation and step.organisation.name,
                "comment": step.comment,
            }
            for step in steps
        ],
        "reads": [
            {"at": read.at, "organisation": read.organisation.name, "staff_masked": read.staff_masked}
            for read in reads.of_case(session, row.id)
        ],
    }


def _forget_cases(asked: Asked) -> None:
    """Delete a person's cases; in those of others, which they handed in, they stay as a pseudonym."""
    session = asked.session
    mine = select(CaseRow.id).where(CaseRow.person_id == asked.subject.person_id)
    _delete(session, list(session.scalars(mine.with_for_update())))
    theirs = CaseRow.account_id == asked.subject.account_id
    session.execute(update(CaseRow).where(theirs).values(account_id=None))


def _delete(session: Session, case_ids: Sequence[Any]) -> None:
    session.execute(delete(CaseReadRow).where(CaseReadRow.case_id.in_(case_ids)))
    session.execute(delete(CaseStepRow).where(CaseStepRow.case_id.in_(case_ids)))
    session.execute(delete(CaseRow).where(CaseRow.id.in_(case_ids)))


def _drop(session: Session, keys: Sequence[Any], _witness: Witness) -> None:
    _delete(session, keys)


PARTS = (Part("cases", frozenset({"cases", "case_steps", "case_reads"}), _cases, _forget_cases),)
RULES = (Rule("cases", lambda before: select(CaseRow.id).where(CaseRow.finished_at <= before), _drop),)
