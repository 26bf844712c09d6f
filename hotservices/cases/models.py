"""Rows of cases, of the steps of their timelines, and of who read them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from identity.orm import ID, Base, primary_key


class CaseRow(Base):
    """A case: whose (`person_id`), who handed it in, for what, and how it stands.

    `account_id` is the account that handed it in; None once that is closed. `step` is the number of its newest
    step, so that two who work on it at once can't both take the next. A draft (of the wallet's forms, which this
    package does not know) becomes one case.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(
            "state IN ('submitted', 'accepted', 'in_review', 'needs_more', 'approved', 'rejected', 'closed')",
            name="state",
        ),
        CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('approved', 'rejected', 'closed'))", name="finished"
        ),
        Index(None, "person_id", "id"),
        Index(None, "department", "id"),
        Index(None, "finished_at"),
    )

    id: Mapped[str] = primary_key()
    account_id: Mapped[str | None] = mapped_column(ID, ForeignKey("accounts.id"), index=True)
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"))
    actor: Mapped[str] = mapped_column(String(16))
    actor_person_id: Mapped[str] = mapped_column(ID, ForeignKey("persons.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ID, ForeignKey("organisations.id"))
    # The service as it was called when the case was opened, and whose it was: the catalogue goes on without them.
    service_code: Mapped[str] = mapped_column(String(64), index=True)
    service_name: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(50))
    form_code: Mapped[str | None] = mapped_column(String(64))
    draft_id: Mapped[str | None] = mapped_column(ID, unique=True)
    state: Mapped[str] = mapped_column(String(16))
    step: Mapped[int] = mapped_column(Integer)
    # Whether a department has ever done anything about it, or a rule decided it.
    handled: Mapped[bool]
    instant: Mapped[bool]
    submitted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    # JSON: the facts handed in, and why it was decided at once; see `hotservices.cases.facts`.
    facts_sealed: Mapped[bytes | None]
    reasons_sealed: Mapped[bytes | None]


class CaseStepRow(Base):
    """A step of a case's timeline: what was done, when, by whom, with which words. Written once."""

    __tablename__ = "case_steps"
    __table_args__ = (Index(None, "case_id", "number", unique=True),)

    id: Mapped[str] = primary_key()
    case_id: Mapped[str] = mapped_column(ID, ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    deed: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str | None] = mapped_column(String(16))
    actor_person_id: Mapped[str | None] = mapped_column(ID, ForeignKey("persons.id"), index=True)
    staff_id: Mapped[str | None] = mapped_column(ID, ForeignKey("staff.id"))
    comment_sealed: Mapped[bytes | None]


class CaseReadRow(Base):
    """That a member of staff read what was handed in with a case. Written once, before it is shown."""

    __tablename__ = "case_reads"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: Mapped[str] = primary_key()
    case_id: Mapped[str] = mapped_column(ID, ForeignKey("cases.id"))
    staff_id: Mapped[str] = mapped_column(ID, ForeignKey("staff.id"))
    at: Mapped[datetime]
