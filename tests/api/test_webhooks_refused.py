"""What nobody may register as a webhook: addresses that point inside, that are none, and wrong bodies."""

from dataclasses import replace

import pytest

from identity.errors import InvalidField
from tests.clients import Machine, a_client
from tests.sandbox import JSON, Sandbox
from wallet.webhooks.addresses import AddressGuard
from wallet.webhooks.models import EventType

HOOKS = "/v1/webhooks"
ALL = [one.value for one in EventType if one is not EventType.WEBHOOK_TEST]


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/hook",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.0.1:8000/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "https://8.8.8.8/hook",
        "ftp://127.0.0.1/",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/#x",
        "http://nowhere.invalid/",
        "http://a..b/",
        "javascript:alert(1)",
        "127.0.0.1",
        " ",
    ],
)
def test_the_sandbox_takes_loopback_addresses_only(standing_machine: Machine, url: str) -> None:
    problem = standing_machine.refused(
        422, "validation-failed", "POST", HOOKS, json={"url": url, "events": ALL}
    )

    assert list(problem["errors"]) == ["url"]


@pytest.fixture(scope="module")
def standing_machine(standing_sandbox: Sandbox) -> Machine:
    return a_client(standing_sandbox)


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://127.0.0.1:9/"},
        {"events": ALL},
        {"url": "http://127.0.0.1:9/", "events": []},
        {"url": "http://127.0.0.1:9/", "events": ["case.deleted"]},
        {"url": "http://127.0.0.1:9/", "events": ["webhook.test"]},
        {"url": "http://127.0.0.1:9/", "events": "case.updated"},
        {"url": "http://127.0.0.1:9/", "events": [None]},
        {"url": "http://127.0.0.1:9/" + "a" * 3000, "events": ALL},
        {"url": ["http://127.0.0.1:9/"], "events": ALL},
        {"url": "http://127.0.0.1:9/\u0000", "events": ALL},
        {"url": "http://127.0.0.1:9/", "events": ALL, "status": "active"},
    ],
)
def test_a_wrong_body_is_refused_by_the_field(standing_machine: Machine, body: JSON) -> None:
    standing_machine.refused(422, "validation-failed", "POST", HOOKS, json=body)


def test_production_takes_https_and_public_addresses_alone(sandbox: Sandbox) -> None:
    desk = sandbox.parts.webhooks
    production = replace(
        desk, plain_http=False, sender=replace(desk.sender, guard=AddressGuard(loopback_only=False))
    )

    assert desk.plain_http
    for url in ("http://8.8.8.8/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/"):
        with pytest.raises(InvalidField):
            production.endpoint(url)
    assert production.endpoint("https://8.8.8.8/hook").port == 443
