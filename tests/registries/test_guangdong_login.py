"""Logging in at a registry of Guangdong: a token is renewed once when it is refused, and nothing secret is written."""

import logging
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.registries.guangdong import APP_SECRET, LOGIN, OPERATOR, PASSWORD, GuangdongService
from tests.registries.guangdong_client import settings_at
from tests.registries.server import StandIn
from wallet.errors import RegistryRefuses
from wallet.registries.http.guangdong import GuangdongRegistry
from wallet.registries.http.settings import Login, UseItem
from wallet.registries.protocol import PartialList

ZHANG, LI = "100000199005170119", "100000199103080125"

pytestmark = pytest.mark.usefixtures("service")


def test_one_login_serves_until_its_token_is_refused_and_is_then_renewed_once(
    client: GuangdongRegistry, service: GuangdongService
) -> None:
    client.by_holder(ZHANG)
    client.by_holder(LI)
    before = service.logins
    service.tokens.clear()

    records = client.by_holder(ZHANG)

    assert (before, service.logins) == (1, 2)
    assert len(records) == 2


def test_a_token_that_ends_between_look_up_and_extraction_costs_no_use_code(
    client: GuangdongRegistry, service: GuangdongService, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = service._look_up

    def look_up_and_expire(told: dict[str, Any]) -> dict[str, Any]:
        service.tokens.clear()
        return look_up(told)

    monkeypatch.setattr(service, "_look_up", look_up_and_expire)

    records = client.by_holder(ZHANG)

    assert (len(records), isinstance(records, PartialList), service.logins) == (2, False, 2)


def test_a_renewed_token_that_is_refused_too_is_not_renewed_again(
    client: GuangdongRegistry, service: GuangdongService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "tokens", frozenset())
    monkeypatch.setattr(service, "_log_in", _log_in_in_vain(service))

    with pytest.raises(RegistryRefuses):
        client.by_holder(ZHANG)

    assert service.logins == 2


def _log_in_in_vain(service: GuangdongService) -> Any:
    def log_in(_told: dict[str, Any]) -> dict[str, Any]:
        service.logins += 1
        return {"ack_code": "SUCCESS", "errors": [], "data": {"access_token": f"in-vain-{service.logins}"}}

    return log_in


def test_a_login_that_is_refused_is_told_to_who_runs_it_and_tells_no_secret(stand_in: StandIn) -> None:
    wrong = Login(**LOGIN, app_secret=APP_SECRET, password="not-the-password")
    client = GuangdongRegistry(settings_at(stand_in, login=wrong))

    with capture_logs() as logs, pytest.raises(RegistryRefuses):
        client.by_holder(ZHANG)
    client.close()

    assert [(entry["log_level"], entry.get("refusal")) for entry in logs] == [("error", "login")]
    for secret in (APP_SECRET, PASSWORD, "not-the-password", ZHANG):
        assert secret not in repr(logs)


@pytest.mark.parametrize(
    ("changed", "value"),
    [("use_item", UseItem("other", "其他")), ("operator", OPERATOR | {"account": "other"})],
)
def test_a_question_of_another_item_or_operator_is_refused(
    stand_in: StandIn, changed: str, value: Any
) -> None:
    client = GuangdongRegistry(settings_at(stand_in, **{changed: value}))

    with capture_logs() as logs, pytest.raises(RegistryRefuses):
        client.by_holder(ZHANG)
    client.close()

    assert [entry.get("refusal") for entry in logs] == ["other"]
    assert PASSWORD not in repr(logs)


def test_no_secret_token_use_code_or_person_gets_into_any_log(
    client: GuangdongRegistry, service: GuangdongService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    with capture_logs() as logs:
        client.by_holder(ZHANG)
        issued = set(service.tokens)
        service.tokens.clear()
        client.by_holder(ZHANG)

    written = caplog.text + repr(logs)
    use_codes = {use_code for _, _, use_code in service.spent}
    for secret in {APP_SECRET, PASSWORD, ZHANG, *issued, *service.tokens, *use_codes}:
        assert secret not in written


def test_settings_do_not_show_their_secrets(stand_in: StandIn) -> None:
    shown = repr(settings_at(stand_in))

    for secret in (APP_SECRET, PASSWORD, OPERATOR["identity_num"]):
        assert secret not in shown
