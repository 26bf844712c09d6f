"""The main job over a socket, for tests that watch a server process from the outside."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx

from tests.sandbox import FACE_CHECKS, JSON, claim_of

PATIENCE_SECONDS = 30
# On loopback nothing is encrypted; reading the machine's certificates would take longer than most requests.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def client(address: str, token: str | None = None) -> httpx.Client:
    """Return a client that bears a token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=address, headers=headers, timeout=PATIENCE_SECONDS, verify=NO_TLS)


def post(via: httpx.Client, path: str, json: JSON | None = None) -> JSON:
    """Post, and return the answer's JSON if it is a good one."""
    response = via.post(path, json=json or {})
    assert response.is_success, (path, response.status_code, response.text[:300])
    answer: JSON = response.json()
    return answer


def citizen(address: str, code: str) -> httpx.Client:
    """Log in, bind the real name, fill the wallet."""
    with client(address) as anybody:
        session = post(anybody, "/v1/sessions", {"provider": "sandbox", "code": code})
    via = client(address, session["access_token"])
    post(via, "/v1/real-name", claim_of(code))
    post(via, "/v1/wallet/sync")
    return via


def at_level_3(address: str, code: str) -> httpx.Client:
    """Log in, and pass a face check."""
    with client(address) as anybody:
        session = post(anybody, "/v1/sessions", {"provider": "sandbox", "code": code})
    via = client(address, session["access_token"])
    check = post(via, FACE_CHECKS, claim_of(code))
    post(via, f"{FACE_CHECKS}/{check['id']}/complete")
    return via


def staff(address: str, organisation: str, number: str) -> httpx.Client:
    """Log in as staff."""
    login = {"organisation_code": organisation, "staff_number": number, "password": f"sandbox-{number}"}
    with client(address) as anybody:
        return client(address, post(anybody, "/v1/staff/sessions", login)["access_token"])


def show(via: httpx.Client, kind: str, **how: object) -> JSON:
    """Show the licence of a kind."""
    (licence,) = via.get("/v1/licences", params={"kind": kind}).json()["items"]
    return post(via, f"/v1/licences/{licence['id']}/show-tokens", how)


def race(scanners: list[tuple[str, str]], qr_text: str) -> list[JSON]:
    """Scan one code with many scanners, each an address and a token, at the same moment."""
    start = Barrier(len(scanners))

    def scan(scanner: tuple[str, str]) -> JSON:
        with client(*scanner) as via:
            via.get("/healthz")
            start.wait()
            return post(via, "/v1/verifications", {"qr_text": qr_text})

    with ThreadPoolExecutor(len(scanners)) as threads:
        return list(threads.map(scan, scanners))
