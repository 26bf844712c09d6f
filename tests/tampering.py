"""Somebody who owns the database and changes access records, and the audit that finds it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Executable, select, update
from sqlalchemy.orm import Session

from identity.crypto.keyring import Purpose
from tests.sandbox import Sandbox
from wallet.showing.models import AccessRecordRow
from wallet.showing.records import append_only, audit
from wallet.showing.records.audit import Broken, Proven

KIND = "DRIVING_LICENCE"
PURPOSE = "路面执法检查"


def scanned(sandbox: Sandbox) -> Sandbox:
    """Let one holder be scanned seven times, and confirm one scan."""
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    for _ in range(3):
        shown = citizen.show(KIND)
        officer.scan(shown["qr_text"], purpose=PURPOSE)
        officer.scan(shown["qr_text"])
    waiting = citizen.show(KIND, mode="confirm")
    officer.scan(waiting["qr_text"], purpose=PURPOSE)
    citizen.expect(200, "POST", f"/v1/show-tokens/{waiting['id']}/confirm")
    officer.scan("no code at all")
    return sandbox


@contextmanager
def tampering(sandbox: Sandbox) -> Iterator[Session]:
    """Lend a session of somebody who owns the database; what they do is undone in the end."""
    with Session(sandbox.parts.database.engine, expire_on_commit=False) as session:
        append_only.lift(session.connection())
        yield session
        session.rollback()


def proven(sandbox: Sandbox, session: Session) -> Proven | Broken:
    session.flush()
    session.expunge_all()
    parts = sandbox.parts
    return audit.Auditor(session, parts.cipher, parts.rings[Purpose.RECEIPTS]).verify(lambda _count: None)


def records(session: Session) -> list[AccessRecordRow]:
    """Return the records of the holders' chains in their order; a scan of nobody's code may be among them."""
    chains = select(AccessRecordRow.chain).where(AccessRecordRow.person_id.is_not(None))
    theirs = select(AccessRecordRow).where(AccessRecordRow.chain.in_(chains))
    return list(session.scalars(theirs.order_by(AccessRecordRow.position)))


def unnoticed(session: Session, statement: Executable) -> None:
    """Run a statement without the rows at hand being changed by it."""
    session.execute(statement, execution_options={"synchronize_session": False})


def change(session: Session, record: AccessRecordRow, **values: object) -> None:
    unnoticed(session, update(AccessRecordRow).where(AccessRecordRow.id == record.id).values(**values))


def swap(session: Session, one: AccessRecordRow, other: AccessRecordRow, *names: str) -> None:
    theirs, ours = ({name: getattr(row, name) for name in names} for row in (other, one))
    if "position" in names:
        change(session, one, position=-1)
    change(session, other, **ours)
    change(session, one, **theirs)
