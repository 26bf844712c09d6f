"""How the client of a registry of Guangdong is told of the stand-in, for tests."""

from dataclasses import replace
from typing import Any

from tests.registries.books import kinds_of
from tests.registries.guangdong import APP_SECRET, CODE, ITEM, LOGIN, OPERATOR, PASSWORD
from tests.registries.server import StandIn
from wallet.registries.http.mapping import all_mappings
from wallet.registries.http.settings import GuangdongSettings, Login, UseItem


def settings_at(stand_in: StandIn, code: str = CODE, **changed: Any) -> GuangdongSettings:
    login = Login(**LOGIN, app_secret=APP_SECRET, password=PASSWORD)
    settings = GuangdongSettings(
        code=code,
        name="测试",
        base_url=f"{stand_in.address}/{code}",
        mapping=all_mappings()["guangdong"],
        kinds=kinds_of(code),
        login=login,
        use_item=UseItem(**ITEM),
        operator=OPERATOR,
    )
    return replace(settings, **changed)
