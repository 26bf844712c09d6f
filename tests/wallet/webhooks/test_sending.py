"""One POST to a stranger: to a checked address, under the host's own certificate, in bounded time."""

import datetime as dt
import ssl
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.platforms import fake_server
from tests.platforms.fake_server import Asked, Fake, Reply, drips, hangs_up, late, playing, replies
from wallet.webhooks import urls
from wallet.webhooks.addresses import AddressGuard
from wallet.webhooks.sending import Patience, Sender, Trouble
from wallet.webhooks.urls import Endpoint

BODY = b"a.b.c"
HURRY = Patience(connect=0.5, whole=0.6)
SANDBOX = Sender(AddressGuard(loopback_only=True), HURRY)


class Yes(Fake):
    """Says yes."""

    def answer(self, asked: Asked) -> Reply:
        return Reply(b"yes", "text/plain")


@pytest.fixture
def receiver() -> Iterator[Yes]:
    with playing(Yes()) as fake:
        yield fake


def at(receiver: Fake, path: str = "/hook") -> Endpoint:
    return urls.read(receiver.address + path, plain_http=True)


def test_a_body_is_posted_and_as_much_of_the_answer_read_as_was_asked_for(receiver: Yes) -> None:
    without = SANDBOX.post(at(receiver), BODY)
    with_answer = SANDBOX.post(at(receiver), BODY, {"Webhook-Challenge": "v"}, read=100)

    assert (without.status, without.error, without.body) == (200, None, b"")
    assert with_answer.body == b"yes"
    asked = receiver.asked[-1]
    assert (asked.method, asked.path, asked.body) == ("POST", "/hook", BODY)
    assert asked.headers["content-type"] == "application/jose"
    assert asked.headers["webhook-challenge"] == "v"
    assert receiver.address == f"http://{asked.headers['host']}"


@pytest.mark.parametrize(
    ("mishap", "trouble", "status"),
    [
        (late, Trouble.TIMEOUT, None),
        (hangs_up, Trouble.CUT, None),
        (replies(Reply(b"", status=500)), Trouble.STATUS, 500),
        (replies(Reply(b"", status=404)), Trouble.STATUS, 404),
        (replies(Reply(b"", status=304)), Trouble.REDIRECT, 304),
    ],
)
def test_whatever_is_no_success_has_a_word(
    receiver: Yes, mishap: fake_server.Mishap, trouble: Trouble, status: int | None
) -> None:
    receiver.next("/hook", mishap)

    attempt = SANDBOX.post(at(receiver), BODY)

    assert (attempt.error, attempt.status) == (trouble, status)
    assert attempt.latency_ms < 2000


def test_a_redirect_is_not_followed(receiver: Yes) -> None:
    elsewhere = {"Location": f"{receiver.address}/elsewhere"}
    receiver.next("/hook", replies(Reply(b"", status=307, headers=elsewhere)))

    attempt = SANDBOX.post(at(receiver), BODY)

    assert (attempt.error, attempt.status) == (Trouble.REDIRECT, 307)
    assert receiver.calls("/elsewhere") == []


def test_who_drips_a_byte_at_a_time_is_left_when_the_time_is_up(receiver: Yes) -> None:
    receiver.next("/hook", drips, drip_headers)

    body = SANDBOX.post(at(receiver), BODY, read=1_000_000)
    head = SANDBOX.post(at(receiver), BODY)

    assert body.error == head.error == Trouble.TIMEOUT
    assert max(body.latency_ms, head.latency_ms) < 3000


def drip_headers(fake: Fake, _asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """Send a header that never ends."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not fake.released.wait(0.02):
            handler.wfile.write(b"a")
    except OSError:
        pass
    handler.close_connection = True


def test_a_large_answer_is_cut(receiver: Yes) -> None:
    receiver.next("/hook", replies(Reply(b"x" * 100_000, "text/plain")))

    attempt = SANDBOX.post(at(receiver), BODY, read=10)

    assert attempt.body == b"x" * 11


def test_nobody_there_is_a_word_too() -> None:
    attempt = SANDBOX.post(urls.read("http://127.0.0.1:9/", plain_http=True), BODY)

    assert attempt.error == Trouble.CONNECT


def test_a_name_that_points_inside_later_leads_nowhere(receiver: Yes) -> None:
    answers = iter([["127.0.0.1"], ["10.1.2.3"], ["127.0.0.1", "169.254.169.254"]])
    sender = replace(SANDBOX, resolve=lambda _host, _port: next(answers))
    endpoint = replace(at(receiver), host="hook.test")

    attempts = [sender.post(endpoint, BODY).error for _ in range(3)]

    assert attempts == [None, Trouble.ADDRESS, Trouble.ADDRESS]
    assert len(receiver.asked) == 1


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(receiver: Yes) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    attempt = replace(SANDBOX, resolve=resolve).post(replace(at(receiver), host="hook.test"), BODY)

    assert (attempt.error, asked) == (None, ["hook.test"])
    assert receiver.asked[0].headers["host"].startswith("hook.test:")


def test_production_never_connects_to_loopback(receiver: Yes) -> None:
    production = Sender(AddressGuard(loopback_only=False), HURRY)

    attempts = [
        production.post(replace(at(receiver), host=host), BODY).error for host in ("127.0.0.1", "localhost")
    ]

    assert attempts == [Trouble.ADDRESS, Trouble.ADDRESS]
    assert receiver.asked == []


def test_a_proxy_of_the_environment_is_not_asked(receiver: Yes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert SANDBOX.post(at(receiver), BODY).error is None


def test_tls_checks_the_certificate_of_the_host_whatever_its_address(tmp_path: Path) -> None:
    server, client = _contexts(tmp_path, "hook.test")
    with playing(Yes(), server) as receiver:
        port = at(receiver).port
        trusting = replace(SANDBOX, resolve=lambda _host, _port: ["127.0.0.1"], tls=client)
        distrusting = replace(trusting, tls=ssl.create_default_context())

        right = trusting.post(Endpoint("https", "hook.test", port, "/"), BODY)
        another = trusting.post(Endpoint("https", "other.test", port, "/"), BODY)
        unknown = distrusting.post(Endpoint("https", "hook.test", port, "/"), BODY)

    assert (right.status, right.error) == (200, None)
    assert another.error == unknown.error == Trouble.TLS
    assert len(receiver.asked) == 1


def _contexts(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return TLS for a server of that name, and for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file, pem = folder / "server.pem", certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
