"""People who act for each other, in a few words."""

from sqlalchemy import select

from identity.accounts import AccountRow
from identity.dependants import DependantKind, DependantRow, DependantStatus, seal_name, seal_number
from identity.ids import new_id
from identity.people import NUMBER_LABEL
from tests.sandbox import JSON, Caller, Citizen, Sandbox, persona


def acting(citizen: Citizen, **whom: str) -> Citizen:
    """Return a citizen as they act for somebody."""
    return _with(citizen, citizen.expect(200, "POST", "/v1/sessions/act-as", json=whom))


def refreshed(citizen: Citizen) -> Citizen:
    """Return a citizen with the next tokens of their session."""
    bearer = Caller(citizen.app, citizen.refresh_token)
    return _with(citizen, bearer.expect(200, "POST", "/v1/sessions/refresh"))


def named(code: str, relation: str, **changes: str) -> JSON:
    """Return what somebody says to act for a persona."""
    somebody = persona(code)
    return {"name": somebody["name"], "id_number": somebody["id_number"], "relation": relation} | changes


def person_of(sandbox: Sandbox, citizen: Citizen) -> str:
    """Return the id of the person behind an account."""
    assert citizen.account
    with sandbox.parts.database.read() as session:
        return (
            session.scalars(
                select(AccountRow.person_id).where(AccountRow.id == citizen.account["id"]),
            ).one()
            or ""
        )


def tie(sandbox: Sandbox, actor: Citizen, principal: Citizen, kind: str = "adult") -> str:
    """Let one citizen act for another, as if all had been proved; return the tie's id."""
    somebody, tie_id, now, parts = persona(principal.code), new_id(), sandbox.now(), sandbox.parts
    row = DependantRow(
        id=tie_id,
        actor_person_id=person_of(sandbox, actor),
        person_id=person_of(sandbox, principal),
        number_index=parts.index.of(NUMBER_LABEL, somebody["id_number"]),
        number_sealed=seal_number(parts.cipher, tie_id, somebody["id_number"]),
        name_sealed=seal_name(parts.cipher, tie_id, somebody["name"]),
        kind=DependantKind(kind),
        relation="other",
        status=DependantStatus.ACTIVE,
        asked_at=now,
        approved_at=now,
    )
    with parts.database.write() as session:
        session.add(row)
    return tie_id


def end(sandbox: Sandbox, tie_id: str) -> None:
    """Revoke a tie."""
    with sandbox.parts.database.write() as session:
        session.get_one(DependantRow, tie_id).status = DependantStatus.REVOKED


def _with(citizen: Citizen, answer: JSON) -> Citizen:
    return Citizen(
        citizen.app,
        answer["access_token"],
        code=citizen.code,
        account=answer["account"],
        refresh_token=answer["refresh_token"],
    )
