"""What proofs of level 3 leave behind on a person, copied and erased (see `identity.personal_data`)."""

from typing import Any

from sqlalchemy import ScalarSelect, delete, select

from identity.accounts import LoginRow
from identity.personal_data import Asked, Part
from identity.proofs.counter_rows import CounterCheckRow, CounterCodeRow
from identity.proofs.face_check_rows import FaceCheckRow
from identity.staff import OrganisationRow, StaffRow


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


def _counter_checks(asked: Asked) -> list[dict[str, Any]]:
    rows = asked.session.execute(
        select(OrganisationRow.name, CounterCheckRow.at)
        .join(StaffRow, StaffRow.id == CounterCheckRow.staff_id)
        .join(OrganisationRow, OrganisationRow.id == StaffRow.organisation_id)
        .where(CounterCheckRow.person_id == asked.subject.person_id)
        .order_by(CounterCheckRow.id),
    )
    return [{"organisation": name, "at": at} for name, at in rows]


def _forget_codes(asked: Asked) -> None:
    # What staff did stays on record; by then neither account nor person has a name.
    asked.session.execute(delete(CounterCodeRow).where(CounterCodeRow.login_id.in_(_logins(asked))))


PARTS = (
    Part("counter_checks", frozenset({"counter_codes", "counter_checks"}), _counter_checks, _forget_codes),
    Part("face_checks", frozenset({"face_checks"}), _face_checks, _forget_face_checks),
)
