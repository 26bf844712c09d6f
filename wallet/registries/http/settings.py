"""What has to be known of a registry before it can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wallet.registries.http.mapping import RecordMapping
from wallet.registries.keys import PublicKeys


@dataclass(frozen=True, slots=True)
class UseItem:
    """The service item (事项) that use-codes (用证码) of a registry are bound to."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """A registry: where it answers, what shows that we may ask, and how its records are read.

    `kinds` are our kinds by its own type codes. `use_item` is set where it wants a use-code first.
    `event_keys` are the keys by which it signs what it pushes.
    """

    code: str
    name: str
    base_url: str
    access_id: str
    access_token: str = field(repr=False)
    mapping: RecordMapping
    kinds: Mapping[str, str]
    use_item: UseItem | None = None
    event_keys: PublicKeys = field(default_factory=dict)
