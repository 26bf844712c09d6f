"""A refusal does not cost the connection: whoever was refused sends the next request on the same one."""

from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from api.config import Config
from api.envelope import MOST_DISCARDED
from tests import live

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def connection(config: Config) -> Iterator[HTTPConnection]:
    """One connection to a running server, which does not connect anew."""
    with live.serving(config) as address:
        opened = HTTPConnection(address.removeprefix("http://"), timeout=30)
        opened.connect()
        opened.auto_open = 0
        yield opened
        opened.close()


def refused(connection: HTTPConnection, path: str, body: bytes) -> tuple[int, str | None]:
    """Send head and body apart, as most clients do, and let the server be the faster one."""
    connection.putrequest("POST", path)
    for name, value in (JSON | {"Content-Length": str(len(body))}).items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(body)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("Connection")


def still_answers(connection: HTTPConnection) -> bool:
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    answer.read()
    return answer.status == 200


def test_a_refusal_keeps_the_connection_and_a_flood_is_told_that_it_ends(connection: HTTPConnection) -> None:
    for _ in range(20):
        assert refused(connection, "/v1/verifications", b'{"qr_text": "a"}') == (401, None)
        assert refused(connection, "/nowhere", b'{"qr_text": "a"}') == (404, None)
        assert still_answers(connection)
    assert refused(connection, "/v1/sessions", b"x" * 3_000_000) == (413, None)
    assert still_answers(connection)

    connection.putrequest("POST", "/v1/sessions")
    connection.putheader("Content-Length", str(MOST_DISCARDED + 1))
    connection.endheaders()
    flooded = connection.getresponse()

    assert (flooded.status, flooded.getheader("Connection")) == (413, "close")
