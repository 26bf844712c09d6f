"""What proofs of level 3 leave behind on a person, copied and erased (see `identity.personal_data`)."""

from typing import Any

from sqlalchemy import ScalarSelect, delete, select

from identity.accounts import LoginRow
from identity.personal_data import Asked, Part
from identity.proofs.face_check_rows import FaceCheckRow


def _face_checks(asked: Asked) -> list[dict[str, Any]]:
    mine = FaceCheckRow.login_id.in_(_logins(asked))
    return [
        {
            "provider": row.provider,
            "state": row.state,
            "begun_at": row.begun_at,
            "settled_at": row.settled_at,
        }
        for row in asked.session.scalars(select(FaceCheckRow).where(mine).order_by(FaceCheckRow.id))
    ]


def _forget_face_checks(asked: Asked) -> None:
    asked.session.execute(delete(FaceCheckRow).where(FaceCheckRow.login_id.in_(_logins(asked))))


def _logins(asked: Asked) -> ScalarSelect[Any]:
    return select(LoginRow.id).where(LoginRow.account_id == asked.subject.account_id).scalar_subquery()


PARTS = (Part("face_checks", frozenset({"face_checks"}), _face_checks, _forget_face_checks),)
