"""Alipay's RSA2: what is signed, over which text it is verified, and which keys are read."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as some

from identity.platforms.alipay.rsa2 import (
    KeyUnreadable,
    is_signed,
    members,
    read_private_key,
    read_public_key,
    sign,
    signing_text,
)
from tests.platforms.fake_alipay import app_key, private_pem, public_pem

Json = some.recursive(
    some.none() | some.booleans() | some.integers(-9, 9) | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_the_signing_text_is_sorted_and_leaves_out_what_is_empty_and_the_signature() -> None:
    request = {
        "method": "a.b",
        "charset": "utf-8",
        "sign": "x",
        "auth_token": "",
        "biz_content": '{"a":"b&c=d"}',
    }

    assert signing_text(request) == 'biz_content={"a":"b&c=d"}&charset=utf-8&method=a.b'


def test_a_signature_is_of_its_text_and_its_key_alone() -> None:
    signature = sign("余额=1", app_key())
    other = rsa.generate_private_key(65537, 2048).public_key()

    assert is_signed("余额=1", signature, app_key().public_key())
    assert not is_signed("余额=2", signature, app_key().public_key())
    assert not is_signed("余额=1", signature, other)


@pytest.mark.parametrize("signature", ["", "no base64 !", "QUJD", "签名", "=" * 9])
def test_what_is_no_signature_proves_nothing(signature: str) -> None:
    assert not is_signed("text", signature, app_key().public_key())


@given(some.dictionaries(some.text(max_size=5), Json, max_size=4), some.sampled_from([None, 1, "\t"]))
def test_members_are_the_raw_text_that_stands_there(
    content: dict[str, object], indent: int | str | None
) -> None:
    if not content:
        return
    text = json.dumps(content, indent=indent, ensure_ascii=False)

    found = members(text)

    assert {name: json.loads(raw) for name, raw in found.items()} == content
    assert all(raw in text for raw in found.values())


def test_escapes_and_spaces_of_a_node_stay_as_they_were() -> None:
    assert members(' { "a_response" :{"name": "\\u5f20",  "x":1.0} , "sign":"s"} ') == {
        "a_response": '{"name": "\\u5f20",  "x":1.0}',
        "sign": '"s"',
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "{}",
        '{"a"}',
        '{"a":1',
        '{"a":1,}',
        '{"a":1}{"a":2}',
        '{"a":1,"a":2}',
        "{1:2}",
        '{"a":1} x',
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any of them will do
        members(text)


def test_keys_are_read_as_pem_and_as_the_bare_base64_of_alipays_tool() -> None:
    own, public = app_key(), app_key().public_key()
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    plain = serialization.NoEncryption()
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    written = [
        private_pem(own),
        base64.b64encode(own.private_bytes(der, pkcs8, plain)).decode() + "\n",
        base64.b64encode(own.private_bytes(der, traditional, plain)).decode(),
    ]
    published = [public_pem(own), base64.b64encode(public.public_bytes(der, info)).decode()]

    assert {read_private_key(text).private_numbers() for text in written} == {own.private_numbers()}
    assert {read_public_key(text).public_numbers() for text in published} == {public.public_numbers()}


def unfit_keys() -> list[str]:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505  it has to be refused
    return [
        "",
        "no key",
        "QUJD",
        private_pem(short),
        public_pem(short),
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode(),
    ]


def test_a_key_of_another_kind_or_too_short_is_not_taken() -> None:
    for text in [*unfit_keys(), public_pem(app_key())]:
        with pytest.raises(KeyUnreadable):
            read_private_key(text)
    for text in [*unfit_keys(), private_pem(app_key())]:
        with pytest.raises(KeyUnreadable):
            read_public_key(text)
