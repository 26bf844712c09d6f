"""The sandbox's agencies and staff. Every password is `sandbox-` and the staff number."""

from sqlalchemy.orm import Session

from identity import staff
from identity.ids import OrganisationId
from identity.staff import Permission

TRAFFIC_POLICE, HOTEL, SERVICE_HALL = "traffic-police", "hotel", "service-hall"

ORGANISATIONS = {
    TRAFFIC_POLICE: "测试市公安局交通管理局",
    HOTEL: "测试市亮证酒店",
    SERVICE_HALL: "测试市政务服务大厅",
}

# At the service hall: one member of staff per permission.
STAFF: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    (TRAFFIC_POLICE, "V001", (Permission.VERIFY,)),
    (HOTEL, "H001", (Permission.VERIFY,)),
    *((SERVICE_HALL, f"S{n:03}", (permission,)) for n, permission in enumerate(Permission, start=1)),
)


def password_of(staff_number: str) -> str:
    """Return the sandbox password of a staff number."""
    return f"sandbox-{staff_number}"


def fill(session: Session) -> dict[str, OrganisationId]:
    """Add agencies and staff to an empty sandbox; return the agencies' ids by code."""
    ids = {code: staff.add_organisation(session, code, name) for code, name in ORGANISATIONS.items()}
    for code, number, permissions in STAFF:
        staff.add_staff(session, ids[code], number, password_of(number), permissions)
    return ids
