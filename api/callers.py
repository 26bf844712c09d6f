"""Who calls, in a word: under which requests are counted, and idempotency keys are kept apart."""

from api.admitting import refresh_claims
from api.call import Call
from identity import principals
from identity.acting import ActingFor
from identity.clients.client import Client


def caller_of(call: Call) -> str:
    """Return a word for who calls, under which requests are counted."""
    match call.principal:
        case principals.Citizen():
            return f"account:{call.principal.account_id}"
        case principals.StaffMember():
            return f"staff:{call.principal.staff_id}"
        case Client():
            return f"client:{call.principal.client_id}"
        case _:
            claims = refresh_claims(call)
            return f"session:{claims.session_id}:{claims.generation}"


def caller_and_principal_of(call: Call) -> str:
    """Return a word for who calls and for whom, under which idempotency keys are kept apart.

    The same path and key mean another wallet as soon as somebody acts for another person.
    """
    caller = caller_of(call)
    match call.principal:
        case principals.Citizen(acting_for=ActingFor() as acting):
            return f"{caller} for {acting.type}:{acting.id}"
        case _:
            return caller
