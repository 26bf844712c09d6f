"""What the share services have in common: how long they are waited for, and how their lists are read."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog

from identity.errors import DomainError, RegistryUnavailable
from identity.platforms.wire import Patience, Trouble
from wallet.registries.http.mapping import KindUnknown, RecordUnreadable
from wallet.registries.protocol import PartialList, RegistryRecord

# Within the three seconds that a wallet waits for a registry.
PATIENCE = Patience(connect_seconds=1.0, answer_seconds=2.0, total_seconds=2.5, pauses=(0.05, 0.2))
MAX_RECORDS = 200

log = structlog.get_logger(__name__)


def unavailable(_trouble: Trouble) -> DomainError:
    """Return the error of any trouble on the way."""
    return RegistryUnavailable()


def records_in(data: Any) -> list[Any]:
    """Return the records of an answer: none, one or a list. Raises RegistryUnavailable for too many."""
    if data is None:
        return []
    found = data if isinstance(data, list) else [data]
    if len(found) > MAX_RECORDS:
        raise RegistryUnavailable
    return found


def read_all(code: str, raws: Iterable[Any], read: Callable[[Any], RegistryRecord]) -> list[RegistryRecord]:
    """Return the records that can be read, as a PartialList when others can't."""
    good, whole = [], True
    for one in raws:
        try:
            good.append(read(one))
        except KindUnknown:
            # Never taken from here, so nothing of ours is missing.
            continue
        except RecordUnreadable as fault:
            whole = False
            log.warning("a record was left out", registry=code, fault=str(fault))
    return good if whole else PartialList(good)


def read_one(code: str, raw: Any, read: Callable[[Any], RegistryRecord]) -> RegistryRecord:
    """Return a record. Raises RegistryUnavailable if it can't be read."""
    try:
        return read(raw)
    except RecordUnreadable as fault:
        log.warning("a record can't be read", registry=code, fault=str(fault))
        raise RegistryUnavailable from None


def require_holder(numbers: Iterable[str], id_number: str) -> None:
    """Raise RecordUnreadable for a licence of somebody else."""
    if id_number not in numbers:
        msg = "somebody-elses"
        raise RecordUnreadable(msg)
