"""A show token is used up by one conditional write, whatever a database does about writers in a queue."""

from sqlalchemy import update

from identity.ids import new_id
from identity.orm import AnyRow
from tests.sandbox import Sandbox
from wallet.showing import shown, verification
from wallet.showing.models import ShowTokenRow, TokenState


def read(sandbox: Sandbox, token_id: str) -> AnyRow:
    query = shown.shown_licence().where(ShowTokenRow.id == token_id)
    query = shown.with_grant(query, new_id())
    with sandbox.parts.database.read() as session:
        return session.execute(query).one()


def claim(sandbox: Sandbox, row: AnyRow) -> bool:
    with sandbox.parts.database.write() as session:
        return verification._claim(session, row, sandbox.now())


def test_of_two_who_read_a_token_unused_one_gets_it(sandbox: Sandbox) -> None:
    code = sandbox.citizen("zhang-wei").show("DRIVING_LICENCE")
    row = read(sandbox, code["id"])

    claims = [claim(sandbox, row), claim(sandbox, row)]

    assert claims == [True, False]


def test_who_read_a_token_before_it_was_withdrawn_does_not_get_it(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    code = citizen.show("DRIVING_LICENCE")
    row = read(sandbox, code["id"])
    citizen.expect(200, "POST", f"/v1/show-tokens/{code['id']}/withdraw")

    assert not claim(sandbox, row)


def test_who_read_a_token_in_time_does_not_get_it_after_its_end(sandbox: Sandbox) -> None:
    code = sandbox.citizen("zhang-wei").show("DRIVING_LICENCE")
    row = read(sandbox, code["id"])
    with sandbox.parts.database.write() as session:
        session.execute(update(ShowTokenRow).values(expires_at=sandbox.now()))

    claimed = claim(sandbox, row)

    assert (claimed, read(sandbox, code["id"]).state) == (False, TokenState.ACTIVE)
