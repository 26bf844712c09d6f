"""Where several reasons apply, the first of the contract's order is told."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.sandbox import Sandbox

KIND = "DRIVING_LICENCE"
# What a test can bring about, in the contract's order. `declined` and `used` exclude one another.
ORDER = ["expired", "withdrawn", "used", "not_permitted", "licence_revoked"]
ALSO = [("expired", "declined"), ("declined", "not_permitted"), ("declined", "licence_revoked")]
FAR_APART = [("expired", "licence_revoked"), ("withdrawn", "not_permitted"), ("used", "licence_revoked")]
PAIRS = [pair for pair in pairwise(ORDER) if pair != ("withdrawn", "used")] + ALSO + FAR_APART


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_first_of_two_reasons_is_told(sandbox: Sandbox, first: str, second: str) -> None:
    situation = {first, second}
    citizen, officer = sandbox.citizen("zhang-wei"), sandbox.staff()
    hotel = sandbox.staff("hotel", "H001")
    shown = citizen.show(KIND, mode="confirm" if "declined" in situation else "online")
    token = f"/v1/show-tokens/{shown['id']}"
    if situation & {"used", "declined"}:
        officer.scan(shown["qr_text"])
    if "declined" in situation:
        citizen.expect(200, "POST", f"{token}/decline")
    if "withdrawn" in situation:
        citizen.expect(200, "POST", f"{token}/withdraw")
    if "licence_revoked" in situation:
        sandbox.decide(citizen.licence(KIND)["identifier"], "revoked")
    if "expired" in situation:
        sandbox.pass_time(timedelta(seconds=61))

    scanner = hotel if "not_permitted" in situation else officer

    assert scanner.scan(shown["qr_text"])["reason"] == first


def test_a_licence_that_is_revoked_and_past_its_end_is_told_as_expired(sandbox: Sandbox) -> None:
    sandbox.log_in("zhao-min").bind()
    sandbox.set_clock(sandbox.now().replace(year=2027, month=1, day=15, hour=15, minute=59))
    citizen, officer = sandbox.log_in("zhao-min"), sandbox.staff()
    citizen.sync()
    shown = citizen.show(KIND, lifetime_seconds=300)
    sandbox.decide(citizen.licence(KIND)["identifier"], "revoked")
    sandbox.set_clock(sandbox.now().replace(hour=16, minute=0))

    seen = officer.scan(shown["qr_text"])

    assert seen["reason"] == "licence_expired"
