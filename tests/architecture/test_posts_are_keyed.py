"""A retried POST does its work once: each honours Idempotency-Key, or has a reason not to."""

from datetime import timedelta

from api.idempotency import HEADER
from tests import contract
from tests.sandbox import JSON, Sandbox

DAY, MINUTE = timedelta(hours=24), timedelta(seconds=60)
# Why a POST keeps no key. Whatever is not here and declares none fails.
EXCEPTIONS = {
    "/v1/sessions": "a login: its answer is never stored, and the platform's code works once anyway",
    "/v1/staff/sessions": "a login: its answer is never stored",
    "/v1/oauth/token": "a login: its answer is never stored",
    "/v1/organisations/<uuid:organisation_id>/clients": "hands out a secret, which is never stored",
    "/v1/organisations/<uuid:organisation_id>/clients/<uuid:client_id>/secrets": "hands out a secret",
    "/v1/staff/password": "carries a password: nothing of it is kept, not even a digest",
    "/v1/staff/members": "hands out a first password, which is never stored; a number is given once",
    "/v1/staff/members/<uuid:staff_id>/reset-password": "hands out a first password, which is never stored",
    "/v1/staff/organisations": "hands out a first password, which is never stored; a code is given once",
    "/v1/staff/organisations/<uuid:organisation_id>/admins": "hands out a first password, never stored",
    "/v1/staff/totp": "hands out a secret: its answer is never stored",
    "/v1/staff/totp/confirm": "carries a code that works once: nothing of it is kept",
    "/v1/staff/totp/disable": "carries a password: nothing of it is kept, not even a digest",
    "/v1/account/personalisation": "a switch: the same again changes nothing",
    "/v1/services/<string:code>/favourite": "a switch: the same again changes nothing",
    "/v1/services/<string:code>/hide": "a switch: the same again changes nothing",
    "/v1/licences/<uuid:licence_id>/preferences": "a setting: the same again changes nothing",
    "/v1/guides/<string:code>/answers": "a question: nothing is kept",
    "/v1/registry-events": "an event has an id of its own, which is used once",
}
SANDBOX = "/v1/sandbox/"
SECRETS = {"access_token", "refresh_token", "client_secret", "secret"}
# Their answers are new tokens in place of what the caller has: kept sealed for a minute, for a retry alone.
CHANGES_OF_TOKENS = {"/v1/sessions/refresh", "/v1/sessions/act-as"}


def keyed(sandbox: Sandbox) -> dict[str, timedelta | None]:
    """Return how long each POST of the contract remembers a key."""
    rules = [rule for rule in sandbox.app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    views = sandbox.app.view_functions
    return {
        rule.rule: getattr(views[rule.endpoint], "keyed", None)
        for rule in rules
        if not rule.rule.startswith(SANDBOX)
    }


def test_every_post_honours_a_key_or_is_excepted_with_a_reason(standing_sandbox: Sandbox) -> None:
    unkeyed = {rule for rule, lifetime in keyed(standing_sandbox).items() if lifetime is None}

    assert unkeyed - set(EXCEPTIONS) == set()


def test_a_key_is_remembered_for_a_day_and_where_tokens_change_for_a_minute(
    standing_sandbox: Sandbox,
) -> None:
    lifetimes = {rule: lifetime for rule, lifetime in keyed(standing_sandbox).items() if lifetime}

    assert {lifetimes.pop(rule) for rule in CHANGES_OF_TOKENS} == {MINUTE}
    assert set(lifetimes.values()) == {DAY}


def test_no_answer_with_a_token_or_a_secret_is_ever_stored_but_where_tokens_change() -> None:
    secret = {
        path
        for path, item in contract.contract()["paths"].items()
        if "post" in item and SECRETS & set(words_of(item["post"]["responses"]))
    }
    posts = {path: contract.contract()["paths"][path]["post"] for path in secret}
    stored = {path for path, post in posts.items() if HEADER in str(post.get("parameters", []))}

    assert secret
    assert stored == CHANGES_OF_TOKENS


def words_of(node: object) -> list[str]:
    """Return every name of a field that an answer may have."""
    schemas: JSON = contract.contract()["components"]["schemas"]
    if isinstance(node, list):
        return [word for each in node for word in words_of(each)]
    if not isinstance(node, dict):
        return []
    if "$ref" in node:
        return words_of(schemas.get(str(node["$ref"]).rpartition("/")[2], {}))
    inside = [word for each in node.values() for word in words_of(each)]
    return inside + list(node.get("properties", {}))
