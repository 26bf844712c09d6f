"""How long consent requests and consents are kept (see `identity.retention`)."""

from sqlalchemy import or_, select

from identity.retention import Rule, deleting
from wallet.enterprise.models import ConsentRequestRow, ConsentRow

RULES = (
    Rule(
        "consents",
        lambda before: select(ConsentRow.id).where(
            or_(ConsentRow.ended_at <= before, ConsentRow.expires_at <= before)
        ),
        deleting(ConsentRow),
    ),
    # What became a consent stays as long as that.
    Rule(
        "consent_requests",
        lambda before: select(ConsentRequestRow.id).where(
            ConsentRequestRow.expires_at <= before,
            ~select(ConsentRow.id).where(ConsentRow.request_id == ConsentRequestRow.id).exists(),
        ),
        deleting(ConsentRequestRow),
    ),
)
