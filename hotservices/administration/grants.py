"""Which departments' services an agency may change: the platform grants it."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotservices.administration.models import ServiceGrantRow
from hotservices.administration.versions import Difference
from hotservices.catalogue import Catalogue, Service
from hotservices.errors import DepartmentNotGranted
from identity.ids import OrganisationId


def of(session: Session, organisation_id: OrganisationId) -> tuple[str, ...]:
    """Return the departments whose services an agency may change, by name."""
    query = select(ServiceGrantRow.department).where(ServiceGrantRow.organisation_id == organisation_id)
    return tuple(session.scalars(query.order_by(ServiceGrantRow.department)))


def replace(session: Session, organisation_id: OrganisationId, departments: Iterable[str]) -> tuple[str, ...]:
    """Say whose services an agency may change; the caller holds its row."""
    session.execute(delete(ServiceGrantRow).where(ServiceGrantRow.organisation_id == organisation_id))
    session.add_all(
        ServiceGrantRow(organisation_id=organisation_id, department=name)
        for name in dict.fromkeys(departments)
    )
    session.flush()
    return of(session, organisation_id)


def require(granted: Collection[str], before: Catalogue, found: Difference) -> None:
    """Refuse a difference that touches a service of another department, before or after.

    Raises DepartmentNotGranted.
    """
    touched: list[Service] = [*found.added, *found.changed, *found.retired]
    touched += [before.services[service.code] for service in found.changed]
    strange = sorted({service.department for service in touched} - set(granted))
    if strange:
        raise DepartmentNotGranted(strange)
