"""What is held of a person's reviews, copied, made nobody's, and let go in time (see `identity.personal_data`)."""

from typing import Any

from sqlalchemy import select, update

from hotservices.reviews.models import ReviewRow
from hotservices.reviews.reading import open_comment
from identity.personal_data import Asked, Part
from identity.retention import Rule, deleting


def _reviews(asked: Asked) -> list[dict[str, Any]]:
    if asked.subject.person_id is None:
        return []
    mine = select(ReviewRow).where(ReviewRow.person_id == asked.subject.person_id).order_by(ReviewRow.id)
    return [
        {
            "service_code": row.service_code,
            "stars": row.stars,
            "aspects": row.aspects.split(),
            "comment": open_comment(asked.cipher, row),
            "at": row.at,
        }
        for row in asked.session.scalars(mine)
    ]


def _forget_who(asked: Asked) -> None:
    """Leave stars and aspects, which name nobody; words and writer go."""
    nobody = {"person_id": None, "account_id": None, "case_id": None, "comment_sealed": None}
    mine, written = (
        ReviewRow.person_id == asked.subject.person_id,
        ReviewRow.account_id == asked.subject.account_id,
    )
    asked.session.execute(update(ReviewRow).where(mine).values(nobody))
    asked.session.execute(update(ReviewRow).where(written).values(account_id=None))


PARTS = (Part("reviews", frozenset({"reviews"}), _reviews, _forget_who),)
RULES = (
    Rule("reviews", lambda before: select(ReviewRow.id).where(ReviewRow.at <= before), deleting(ReviewRow)),
)
