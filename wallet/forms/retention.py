"""How long drafts and corrections are kept (see `identity.retention`)."""

from sqlalchemy import select

from identity.retention import Rule, deleting
from wallet.forms.models import CorrectionRow, DraftRow

RULES = (
    # From the last change; of a submitted one the case has what was handed in.
    Rule(
        "drafts",
        lambda before: select(DraftRow.id).where(DraftRow.updated_at <= before),
        deleting(DraftRow),
    ),
    Rule(
        "corrections",
        lambda before: select(CorrectionRow.id).where(CorrectionRow.closed_at <= before),
        deleting(CorrectionRow),
    ),
)
