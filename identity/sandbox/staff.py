"""The sandbox's agencies and staff. Every password is `sandbox-` and the staff number."""

from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from identity import staff
from identity.ids import OrganisationId
from identity.staff import OrganisationKind, Permission
from identity.staffing.passwords import Passwords

TRAFFIC_POLICE, HOTEL, SERVICE_HALL, PLATFORM = "traffic-police", "hotel", "service-hall", "platform"

ORGANISATIONS = {
    TRAFFIC_POLICE: "测试市公安局交通管理局",
    HOTEL: "测试市亮证酒店",
    SERVICE_HALL: "测试市政务服务大厅",
    PLATFORM: "测试市数字政府运营中心",
}
KINDS = {HOTEL: OrganisationKind.VERIFIER, PLATFORM: OrganisationKind.PLATFORM}

# At the service hall: one member of staff per permission.
STAFF: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    (TRAFFIC_POLICE, "V001", (Permission.VERIFY,)),
    (HOTEL, "H001", (Permission.VERIFY,)),
    *((SERVICE_HALL, f"S{n:03}", (permission,)) for n, permission in enumerate(Permission, start=1)),
    (PLATFORM, "P001", (Permission.MANAGE_STAFF,)),
    (PLATFORM, "P002", (Permission.AUDIT,)),
)

_hashes: WeakKeyDictionary[Passwords, dict[str, str]] = WeakKeyDictionary()


def password_of(staff_number: str) -> str:
    """Return the sandbox password of a staff number."""
    return f"sandbox-{staff_number}"


def hashes(passwords: Passwords) -> dict[str, str]:
    """Return the hash of each staff number's password: reckoned once, and outside transactions."""
    if passwords not in _hashes:
        _hashes[passwords] = {number: passwords.hash(password_of(number)) for _, number, _ in STAFF}
    return _hashes[passwords]


def fill(session: Session, hashes: dict[str, str]) -> dict[str, OrganisationId]:
    """Add agencies and staff to an empty sandbox; return the agencies' ids by code."""
    ids = {
        code: staff.add_organisation(session, code, name, KINDS.get(code, OrganisationKind.DEPARTMENT))
        for code, name in ORGANISATIONS.items()
    }
    for code, number, permissions in STAFF:
        staff.add_staff(session, ids[code], number, hashes[number], permissions)
    return ids
