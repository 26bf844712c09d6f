"""The sandbox's face check: a persona passes for their own data, unless a developer decides otherwise."""

from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import PiiCipher
from identity.errors import FaceCheckUnfinished
from identity.orm import ID, Base, Database
from identity.people import Person
from identity.providers import FaceCheckStarted
from identity.sandbox import personas

LIVE = "live"


class FaceOutcome(StrEnum):
    """What the sandbox's camera sees."""

    LIVE = "live"
    FAILED = "failed"
    UNFINISHED = "unfinished"


class SandboxFaceCheckRow(Base):
    """A face check that the sandbox's platform has begun."""

    __tablename__ = "sandbox_face_checks"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))


class SandboxFaceChecks:
    """Checks the faces of personas; see FaceCheckProvider."""

    def __init__(self, database: Database, cipher: PiiCipher) -> None:
        self._database, self._cipher = database, cipher

    def begin(self, subject: str, person: Person, reference: str) -> FaceCheckStarted:
        """Begin a check whose outcome can be set through the path among its parameters."""
        with self._database.write() as session:
            session.add(SandboxFaceCheckRow(id=reference, outcome=FaceOutcome.LIVE))
        return FaceCheckStarted(reference, {"outcome_path": f"/v1/sandbox/face-checks/{reference}"})

    def passed(self, subject: str, person: Person, reference: str, provider_reference: str) -> bool:
        """Tell whether the live face of the persona who logged in is the checked person's."""
        with self._database.read() as session:
            outcome = session.scalars(
                select(SandboxFaceCheckRow.outcome).where(SandboxFaceCheckRow.id == provider_reference),
            ).one()
            persona = personas.find(session, self._cipher, subject)
        if outcome == FaceOutcome.UNFINISHED:
            raise FaceCheckUnfinished
        own = persona is not None and persona.face == LIVE and persona.id_number == person.id_number
        return own and outcome == FaceOutcome.LIVE


def set_outcome(session: Session, check_id: str, outcome: FaceOutcome) -> SandboxFaceCheckRow | None:
    """Decide how a check goes; None when there is none of that id."""
    row = session.get(SandboxFaceCheckRow, check_id)
    if row is not None:
        row.outcome = outcome
        session.flush()
    return row
