"""Filling a sandbox: people, staff, departments, licences, and who may verify what."""

from datetime import datetime

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.services import Services
from hotservices.administration import grants
from hotservices.catalogue import shipped
from hotservices.usage import places
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.orm import Base
from identity.sandbox import enterprises, personas, staff
from identity.sandbox.personas import SandboxPersonRow
from wallet.forms import correction_desk
from wallet.kinds import Profile, all_kinds
from wallet.registries import sandbox as registries
from wallet.showing import verifiers
from wallet.showing.records import append_only
from wallet.status_lists import blocks, entries

# The sandbox's traffic police and service hall stand for every verifier that is allowed everything, so
# that a developer can try any licence with one login; the hotel stands for one that is not.
ALL_ROUND = (staff.TRAFFIC_POLICE, staff.SERVICE_HALL)

# The service hall has a counter of every department: one login works on any case, and changes any service.
HALL_DEPARTMENTS = tuple(dict.fromkeys(service.department for service in shipped().services.values()))

log = structlog.get_logger(__name__)


def fill_once(parts: Services) -> bool:
    """Fill an empty sandbox; tell whether it was empty."""
    with parts.database.read() as session:
        if _is_filled(session):
            return False
    hashes = staff.hashes(parts.passwords)
    with parts.database.write() as session:
        if _is_filled(session):
            return False
        _fill(session, parts.cipher, parts.index, hashes, parts.clock.now())
    log.info("sandbox filled")
    return True


def reset(
    session: Session, cipher: PiiCipher, index: BlindIndex, hashes: dict[str, str], now: datetime
) -> None:
    """Empty every table and fill the sandbox anew; time is real again. `hashes` are of staff's passwords."""
    # Even access records, which nobody deletes, begin again with a sandbox.
    append_only.lift(session.connection())
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(delete(table))
    append_only.install(session.connection())
    _fill(session, cipher, index, hashes, now)


def _is_filled(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(SandboxPersonRow)))


def _fill(
    session: Session, cipher: PiiCipher, index: BlindIndex, hashes: dict[str, str], now: datetime
) -> None:
    places.assign(session, shipped().services)
    personas.fill(session, cipher, index)
    enterprises.fill(session, cipher, index)
    registries.fill(session, cipher, index)
    organisations = staff.fill(session, hashes)
    for code in ALL_ROUND:
        verifiers.grant(session, organisations[code], all_kinds(), Profile.FULL)
    verifiers.grant(session, organisations[staff.HOTEL], ["ID_CARD"], Profile.BASIC)
    grants.replace(session, organisations[staff.SERVICE_HALL], HALL_DEPARTMENTS)
    # Whoever works at the hall may try a report about any licence.
    hall = organisations[staff.SERVICE_HALL]
    correction_desk.look_after(session, hall, (one["key"] for one in registries.source()["departments"]))
    if not blocks.count(session):
        entries.begin_list(session, now)
