"""REGISTRIES_FILE: what is wrong in it stops the start with a sentence that names it."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.config import Config, ConfigError
from tests.registries import guangdong
from tests.registries.server import ACCESS_TOKEN, ENVIRONMENT, TOKEN_VARIABLE, StandIn
from wallet.registries.http.settings import Gbt36906Settings, GuangdongSettings

GOOD = {
    "code": "traffic-police",
    "name": "测试市公安局交通管理局",
    "base_url": "https://registry.example",
    "access_id": "liangzheng",
    "access_token_env": TOKEN_VARIABLE,
    "mapping": "national",
    "kinds": {"11100000MB00D001X7002": "DRIVING_LICENCE"},
}

SHARED = ("code", "name", "base_url", "kinds")
IN_GUANGDONG = {name: GOOD[name] for name in SHARED} | {"mapping": "guangdong"} | guangdong.SETTINGS
LOGIN = guangdong.SETTINGS["login"]


def config_of(tmp_path: Path, content: Any, **env: str) -> Config:
    path = tmp_path / "registries.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return Config.from_env(
        {
            "KEYS_DIR": str(tmp_path),
            "METRICS_TOKEN": "metrics",
            "REGISTRIES_FILE": str(path),
        }
        | ENVIRONMENT
        | env,
    )


def test_production_asks_the_registries_of_its_file(tmp_path: Path) -> None:
    (registry,) = config_of(tmp_path, {"registries": [GOOD]}).registries

    assert isinstance(registry, Gbt36906Settings)
    assert (registry.code, registry.access_token) == ("traffic-police", ACCESS_TOKEN)
    assert registry.mapping.members["number"] == "certificate_number"


def test_a_token_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    entry = {name: value for name, value in GOOD.items() if name != "access_token_env"}
    entry["access_token_file"] = str(tmp_path / "token")

    (registry,) = config_of(tmp_path, {"registries": [entry]}).registries

    assert isinstance(registry, Gbt36906Settings)
    assert registry.access_token == "from-a-file"


def test_a_registry_of_guangdong_has_a_login_an_item_and_an_operator(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from-a-file\n")
    login = {name: value for name, value in LOGIN.items() if name != "password_env"}
    entry = IN_GUANGDONG | {"login": login | {"password_file": str(tmp_path / "password")}}

    (registry,) = config_of(tmp_path, {"registries": [entry]}).registries

    assert isinstance(registry, GuangdongSettings)
    assert (registry.login.app_secret, registry.login.password) == (guangdong.APP_SECRET, "from-a-file")
    assert (registry.use_item.code, registry.operator) == (guangdong.ITEM["code"], guangdong.OPERATOR)


def test_the_stand_ins_own_file_is_one(tmp_path: Path) -> None:
    stand_in = StandIn(in_guangdong=("health", "transport"))
    stand_in.address = "http://127.0.0.1:1"

    config = config_of(tmp_path, stand_in.settings(), LZ_ENV="sandbox")

    assert len(config.registries) == 16


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "Traffic Police"}, "code must be"),
        ({"code": None}, "code must be"),
        ({"name": ""}, "name must be"),
        ({"base_url": "http://registry.example"}, "base_url must be an https address"),
        ({"base_url": "https://user:secret@registry.example"}, "base_url must be"),
        ({"base_url": 5}, "base_url must be"),
        ({"base_url": "https://registry.example?x=1"}, "base_url must be"),
        ({"access_id": "with space"}, "access_id must be"),
        ({"access_token_env": "NOT_SET"}, "access_token_env must be"),
        ({"access_token_file": "/x"}, "access_token_env or access_token_file must be"),
        ({"mapping": "martian"}, "mapping must be one of national, pinyin"),
        ({"mapping": []}, "mapping must be"),
        ({"kinds": {"x": "MARS_PERMIT"}}, "kinds must be"),
        ({"kinds": {}}, "kinds must be"),
        ({"kinds": ["ID_CARD"]}, "kinds must be"),
        ({"use_item": {"code": "x"}}, "use_item must be"),
        ({"event_keys": {"keys": [{}]}}, "event_keys needs public EC keys"),
        ({"event_keys": 5}, "event_keys needs public EC keys"),
        ({"surprise": 1}, "surprise must be"),
        ({"flavour": "shanghai"}, "flavour must be one of gbt36906, guangdong"),
        ({"flavour": ["guangdong"]}, "flavour must be one of"),
        ({"flavour": "guangdong"}, "access_id, access_token_env, login, operator, use_item must be"),
        ({"login": LOGIN}, "login must be there if needed, and absent if unknown"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        config_of(tmp_path, {"registries": [GOOD | changed]})

    assert ACCESS_TOKEN not in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"flavour": "gbt36906"}, "login, operator, access_id must be"),
        ({"access_id": "x"}, "access_id must be"),
        ({"use_item": None}, "use_item must be"),
        ({"login": "secret"}, "login must be an object"),
        (
            {"login": LOGIN | {"password": "secret"}},
            "password must be there if needed, and absent if unknown",
        ),
        ({"login": LOGIN | {"account": ""}}, "login account must be"),
        ({"login": LOGIN | {"password_env": "NOT_SET"}}, "password_env must be"),
        ({"login": LOGIN | {"app_secret_file": "/x"}}, "app_secret_env or app_secret_file must be"),
        ({"login": {"app_key": "x"}}, "account, org_code must be"),
        ({"operator": {}}, "operator must be an object of the texts account, division"),
        ({"operator": guangdong.OPERATOR | {"name": 5}}, "operator must be"),
        ({"operator": guangdong.OPERATOR | {"phone": "1"}}, "operator must be"),
    ],
)
def test_a_wrong_value_of_guangdong_is_named(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        config_of(tmp_path, {"registries": [IN_GUANGDONG | changed]})

    assert "secret" not in str(error.value).replace("app_secret", "")
    assert guangdong.PASSWORD not in str(error.value)


def test_a_registry_cannot_be_named_twice(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'traffic-police' twice"):
        config_of(tmp_path, {"registries": [GOOD, GOOD]})


@pytest.mark.parametrize("content", ["", "{", "[]", "5", "{}", '{"registries": {}}', '{"registries": [1]}'])
def test_a_file_that_is_no_list_of_registries_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError, match="REGISTRIES_FILE"):
        config_of(tmp_path, content)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    env = {"KEYS_DIR": str(tmp_path), "METRICS_TOKEN": "x", "REGISTRIES_FILE": str(tmp_path / "none.json")}

    with pytest.raises(ConfigError, match="must name a file that can be read"):
        Config.from_env(env)
