"""What has to be known of a registry before it can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wallet.registries.http.mapping import RecordMapping
from wallet.registries.keys import PublicKeys


class Flavour(StrEnum):
    """Which share service a registry speaks."""

    GBT36906 = "gbt36906"
    GUANGDONG = "guangdong"


@dataclass(frozen=True, slots=True)
class UseItem:
    """The service item (事项) that use-codes (用证码) of a registry are bound to."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrySettings:
    """A registry: where it answers, and how its records are read.

    `kinds` are our kinds by its own type codes. `event_keys` are the keys by which it signs what it pushes.
    """

    code: str
    name: str
    base_url: str
    mapping: RecordMapping
    kinds: Mapping[str, str]
    event_keys: PublicKeys = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gbt36906Settings(RegistrySettings):
    """One in the style of GB/T 36906. `use_item` is set where it wants a use-code first."""

    access_id: str
    access_token: str = field(repr=False)
    use_item: UseItem | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in at a registry of Guangdong: the application, and the account in it."""

    app_key: str
    account: str
    org_code: str
    app_secret: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuangdongSettings(RegistrySettings):
    """One of DB44/T 2167.3-2019. `operator` is in whose name it is asked, by the standard's names."""

    login: Login
    use_item: UseItem
    operator: Mapping[str, str] = field(repr=False)
