"""Addresses of receivers: what two readers might understand differently is refused."""

import pytest

from wallet.webhooks import urls
from wallet.webhooks.urls import Endpoint, UrlMalformed


@pytest.mark.parametrize(
    ("text", "endpoint", "authority"),
    [
        ("https://hook.test", Endpoint("https", "hook.test", 443, "/"), "hook.test"),
        ("https://Hook.Test:443/a?b=c", Endpoint("https", "hook.test", 443, "/a?b=c"), "hook.test"),
        ("https://hook.test:8443?x", Endpoint("https", "hook.test", 8443, "/?x"), "hook.test:8443"),
        ("https://[2400:3200::1]/", Endpoint("https", "2400:3200::1", 443, "/"), "[2400:3200::1]"),
        ("http://127.0.0.1:9/h", Endpoint("http", "127.0.0.1", 9, "/h"), "127.0.0.1:9"),
    ],
)
def test_an_address_is_read_into_its_parts(text: str, endpoint: Endpoint, authority: str) -> None:
    read = urls.read(text, plain_http=True)

    assert (read, read.authority) == (endpoint, authority)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hook.test",
        "//hook.test/",
        "ftp://hook.test/",
        "file:///etc/passwd",
        "gopher://hook.test/",
        "https://",
        "https://user@hook.test/",
        "https://user:pass@hook.test/",
        "https://hook.test#@inside/",
        "https://hook.test/#there",
        "https://hook.test\\@inside/",
        "https://hook.test/\\inside",
        "https://hook.test:0/",
        "https://hook.test:65536/",
        "https://hook.test:/",
        "https://hook.test:443:80/",
        "https://hook test/",
        "https://hook.test/a b",
        "https://hook.test/\r\nHost: inside",
        "https://hook.test/\x00",
        "https://钩.测试/",
        "https://-hook.test/",
        "https://hook.test/" + "a" * 2048,
        " https://hook.test/",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UrlMalformed):
        urls.read(text, plain_http=True)


def test_plain_http_is_for_the_sandbox() -> None:
    with pytest.raises(UrlMalformed):
        urls.read("http://hook.test/", plain_http=False)
