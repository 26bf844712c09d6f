"""What forms hold on a person, copied and erased (see `identity.personal_data`)."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, or_, select

from identity.ids import PersonId
from identity.personal_data import Asked, Part
from wallet.forms import corrections
from wallet.forms.models import CorrectionRow, DraftRow, open_draft

# Nobody's rows have this id: who never proved a real name fills no form.
NOBODY = PersonId("00000000-0000-0000-0000-000000000000")


def _theirs(asked: Asked, row: Any) -> Any:
    person_id = asked.subject.person_id or NOBODY
    return or_(row.person_id == person_id, row.actor_person_id == person_id)


def _drafts(asked: Asked) -> list[dict[str, Any]]:
    rows = asked.session.scalars(select(DraftRow).where(_theirs(asked, DraftRow)).order_by(DraftRow.id))
    return [
        {
            "id": row.id,
            "form_code": row.form_code,
            "status": row.status,
            "case_id": row.case_id,
            "values": open_draft(asked.cipher, row.id, row.content_sealed).values,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]


def _forget_drafts(asked: Asked) -> None:
    asked.session.execute(delete(DraftRow).where(_theirs(asked, DraftRow)))


def _corrections(asked: Asked) -> list[dict[str, Any]]:
    query = select(CorrectionRow).where(_theirs(asked, CorrectionRow)).order_by(CorrectionRow.id)
    return [
        {
            "id": row.id,
            "licence_id": row.licence_id,
            "kind": row.kind,
            "field": row.field,
            "status": row.status,
            "created_at": row.created_at,
            "closed_at": row.closed_at,
        }
        | asdict(corrections.open_told(asked.cipher, row))
        for row in asked.session.scalars(query)
    ]


def _forget_corrections(asked: Asked) -> None:
    asked.session.execute(delete(CorrectionRow).where(_theirs(asked, CorrectionRow)))


PARTS = (
    Part("drafts", frozenset({"drafts"}), _drafts, _forget_drafts),
    Part("corrections", frozenset({"corrections"}), _corrections, _forget_corrections),
)
