"""Scans made without a network, as a verifier's device brings them in."""

from datetime import datetime, timedelta

from tests.sandbox import JSON, Citizen, Sandbox, Staff

ROUTE = "/v1/verifications/offline-batch"
KIND = "DRIVING_LICENCE"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def item(qr_text: str, at: datetime) -> JSON:
    """Return a scan as the route takes it."""
    return {"qr_text": qr_text, "scanned_at": at.isoformat()}


def brought_in(officer: Staff, *items: JSON) -> list[JSON]:
    """Bring scans in; return what became of each."""
    done: list[JSON] = officer.expect(200, "POST", ROUTE, json={"items": list(items)})["items"]
    return done


def shown_and_scanned(sandbox: Sandbox, citizen: Citizen) -> JSON:
    """Show a licence in a cellar; come out of it twenty minutes later."""
    scan = item(citizen.show(KIND, mode="offline")["qr_text"], sandbox.now() + 5 * SECOND)
    sandbox.pass_time(20 * MINUTE)
    return scan
