"""Who bears the token that a request came with: read, and looked up as they are now."""

from flask import request

from api import tokens
from api.call import Call
from api.errors import Forbidden, Unauthenticated
from identity import principals, standing
from identity.clients import client as clients
from identity.ids import AccountId

BEARER = "Bearer "


def citizen(call: Call) -> None:
    """Let a citizen in. Raises Unauthenticated, Forbidden."""
    said = _role(call, tokens.CITIZEN)
    asked, account_id = principals.asking(said.session_id), AccountId(said.subject)
    with call.lookup() as connection:
        row = call.ask_who(connection, asked, account_id)
        call.principal = principals.citizen_of(
            connection, call.services.cipher, said.session_id, row, call.now
        )


def hold(call: Call, *, alone: bool = False) -> None:
    """Look at the citizen again, first in the request's transaction; see `standing.hold`. Raises SessionEnded."""
    standing.hold(call.session, call.services.cipher, call.citizen, call.now, alone=alone)


def staff(call: Call) -> None:
    """Let a member of staff in. Raises Unauthenticated, Forbidden."""
    session_id = _role(call, tokens.STAFF).session_id
    with call.lookup() as connection:
        call.principal = principals.staff_member(connection, session_id, call.now)


def client(call: Call) -> None:
    """Let a machine client in. Raises Unauthenticated, Forbidden."""
    said = _role(call, tokens.CLIENT)
    with call.lookup() as connection:
        call.principal = clients.calling(connection, said.session_id, said.scopes)


def claims(call: Call) -> tokens.TokenClaims:
    """Return the claims of the access token that a call bears. Raises Unauthenticated."""
    return tokens.read(call.services.session_keys, _bearer(), tokens.ACCESS, call.now)


def refresh_claims(call: Call) -> tokens.TokenClaims:
    """Return the claims of the refresh token that a call bears. Raises Unauthenticated."""
    return tokens.read(call.services.session_keys, _bearer(), tokens.REFRESH, call.now)


def _role(call: Call, role: str) -> tokens.TokenClaims:
    said = claims(call)
    if said.role != role:
        raise Forbidden
    return said


def _bearer() -> str:
    header = request.headers.get("Authorization", "")
    if not header[: len(BEARER)].lower() == BEARER.lower():
        raise Unauthenticated
    return header[len(BEARER) :].strip()
