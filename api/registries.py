"""Builds the registries that licences come from: those of REGISTRIES_FILE, in the sandbox its departments too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from api.config import Config
from api.observability import show_circuit
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.orm import Database
from wallet.registries.asking import RegistryDesk
from wallet.registries.departments import Departments
from wallet.registries.http.breaker import Breaker, GuardedRegistry
from wallet.registries.http.gbt36906 import HttpRegistry
from wallet.registries.http.guangdong import GuangdongRegistry
from wallet.registries.http.settings import Gbt36906Settings, GuangdongSettings, RegistrySettings
from wallet.registries.keys import PublicKeys
from wallet.registries.protocol import LicenceRegistry
from wallet.registry_events.receiving import EventDesk

RegistryLine = HttpRegistry | GuangdongRegistry


@dataclass(frozen=True, slots=True)
class RegistryParts:
    """What asks registries, what takes their events, and in the sandbox the departments themselves."""

    desk: RegistryDesk
    events: EventDesk
    departments: Departments | None
    lines: tuple[RegistryLine, ...]


def build_registries(
    config: Config,
    database: Database,
    cipher: PiiCipher,
    index: BlindIndex,
    now: Callable[[], datetime],
) -> RegistryParts:
    """Build what is configured. `now` tells real time: a circuit does not rest in the sandbox's."""
    departments = Departments(config.keys_dir, database, cipher, index) if config.is_sandbox else None
    lines = tuple(_line(settings) for settings in config.registries)
    registries: list[LicenceRegistry] = [
        GuardedRegistry(line, Breaker(now, partial(show_circuit, line.code))) for line in lines
    ]
    keys: dict[str, PublicKeys] = {**departments.event_keys} if departments else {}
    keys |= {settings.code: settings.event_keys for settings in config.registries if settings.event_keys}
    if departments:
        outside = {line.code for line in lines}
        registries += [one for one in departments.registries if one.code not in outside]
    return RegistryParts(RegistryDesk(registries), EventDesk(keys, cipher), departments, lines)


def _line(settings: RegistrySettings) -> RegistryLine:
    match settings:
        case GuangdongSettings():
            return GuangdongRegistry(settings)
        case Gbt36906Settings():
            return HttpRegistry(settings)
        case _:
            raise AssertionError(settings.code)
