"""Guesses at a staff password: held back per address, and per account however many addresses guess.

A stranger must not lock a member of staff out by guessing wrong on purpose. So a place where that member has
logged in before has a count of its own, and only unknown places share the account's.
"""

import hashlib
from datetime import timedelta

from api.call import Call
from api.limits import STAFF_GUESSES, STAFF_TRIES, address, count
from identity import logged_in

KNOWN_FOR = timedelta(days=90)
LABEL = "login_address"


def admit(call: Call, organisation_code: str, staff_number: str) -> None:
    """Count a try, whether or not there is such an account. Raises TooManyRequests."""
    account = hashlib.sha256(f"{organisation_code}\0{staff_number}".encode()).hexdigest()
    count(STAFF_TRIES, account, address())
    with call.services.database.read() as session:
        known = logged_in.staff_came_from(
            session,
            organisation_code=organisation_code,
            staff_number=staff_number,
            address_index=place(call),
            since=call.now - KNOWN_FOR,
        )
    if not known:
        count(STAFF_GUESSES, account)


def place(call: Call) -> bytes:
    """Return the caller's address as a blind index, to keep with a session."""
    return call.services.index.of(LABEL, address())
