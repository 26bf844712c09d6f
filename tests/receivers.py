"""A receiver of webhooks on loopback: answers challenges, checks signatures, and can be told to go wrong."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt

from identity.crypto.keyring import KeyRing
from tests.platforms.fake_server import Asked, Fake, Reply, playing
from wallet.webhooks.bodies import CHALLENGE, TYP

PATH = "/hook"
# A busy machine takes its time to start a process.
WAIT_SECONDS = 120


class Receiver(Fake):
    """Keeps the payloads of what it was told, in the order in which they came."""

    def __init__(self, ring: KeyRing) -> None:
        super().__init__()
        self._ring = ring
        self._came = threading.Condition()
        self.told: list[dict[str, Any]] = []
        self.status = 200

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"{self.address}{PATH}"

    def answer(self, asked: Asked) -> Reply:
        payload = self.read(asked.body)
        if payload["type"] == CHALLENGE:
            return Reply(payload["challenge"].encode(), "text/plain")
        with self._came:
            self.told.append(payload)
            self._came.notify_all()
        return Reply(b"", status=self.status)

    def read(self, body: bytes) -> dict[str, Any]:
        """Return the payload of a body that is signed with a published key."""
        header = jwt.get_unverified_header(body.decode())
        assert header["typ"] == TYP
        assert set(header) == {"alg", "kid", "typ"}
        opened = jwt.api_jws.decode(body.decode(), self._ring.public(header["kid"]), algorithms=["ES256"])
        payload: dict[str, Any] = json.loads(opened)
        return payload

    def ids(self) -> list[str]:
        """Return the ids of the events it was told of."""
        return [payload["id"] for payload in self.told]

    def wait_for(self, count: int) -> list[str]:
        """Wait until it was told so often; return the ids of the events."""
        with self._came:
            enough = self._came.wait_for(lambda: len(self.told) >= count, WAIT_SECONDS)
        assert enough, (len(self.told), count)
        return self.ids()


@contextmanager
def receiving(ring: KeyRing) -> Iterator[Receiver]:
    """Serve a receiver on a free port; `ring` has the keys that the sandbox publishes."""
    with playing(Receiver(ring)) as receiver:
        yield receiver


def until(done: Any, seconds: float = WAIT_SECONDS) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)
