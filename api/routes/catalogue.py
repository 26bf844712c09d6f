"""Administering the catalogue of services: each agency those of its departments, which the platform grants."""

from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import PLATFORM_ADMIN, SERVICE_MANAGER
from api.idempotency import ONE_DAY
from api.paging import page_of
from api.schemas.catalogue import (
    CatalogueChangesRequest,
    CatalogueChangesSchema,
    CatalogueServiceList,
    CatalogueServiceQuery,
    CatalogueVersionList,
    CatalogueVersionQuery,
    ServiceGrantsRequest,
    ServiceGrantsSchema,
)
from hotservices.administration import changes, checking, grants, versions
from hotservices.administration.checking import Entry
from hotservices.administration.versions import Author, Version
from hotservices.errors import CatalogueBusy, CatalogueEmptied, DepartmentNotGranted, ServicesFaulty
from identity import staff
from identity.errors import InvalidField, OrganisationNotFound
from identity.staffing import acts, agencies
from identity.staffing.acts import Act
from identity.staffing.agencies import Agency
from wallet.kinds import all_kinds

blp = Blueprint("catalogue", __name__, url_prefix="/v1/staff", description="事项目录管理 · The catalogue")


@blp.get(
    "/catalogue/services",
    guard=SERVICE_MANAGER,
    summary=Summary("本机构可维护的事项", "Services that my agency may change"),
    query=CatalogueServiceQuery,
    answer=Answer(200, CatalogueServiceList),
)
def list_catalogue_services(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    granted = grants.of(call.session, call.staff.organisation_id)
    # Not the worker's copy: who changes something reads it as it is now.
    catalogue = versions.read(call.session)
    own = [service for service in catalogue.services.values() if service.department in granted]
    page = page_of(own, lambda service: service.code, limit=query["limit"], cursor=query["cursor"])
    return page | {"version": catalogue.version, "departments": granted}


@blp.post(
    "/catalogue/changes",
    guard=SERVICE_MANAGER,
    summary=Summary("变更事项", "Change services"),
    description="全部生效或全不生效；各工作进程约一秒内采用新版本。 · "
    "All of it or nothing; every worker serves the new version within about a second.",
    body=CatalogueChangesRequest,
    answer=Answer(200, CatalogueChangesSchema),
    refuses=(ServicesFaulty, DepartmentNotGranted, InvalidField, CatalogueEmptied, CatalogueBusy),
    once=ONE_DAY,
)
def change_catalogue(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    put = checking.checked((Entry(n, values) for n, values in enumerate(body["put"])), all_kinds())
    granted = grants.of(call.session, call.staff.organisation_id)
    change = changes.some(granted, put, body["retire"])
    if body["dry_run"]:
        version, found = versions.newest(call.session), versions.plan(call.session, change)
    else:
        author = Author(call.staff.staff_id, body["note"], call.now)
        version, found = versions.make(call.session, change, author)
    return {
        "version": version,
        "dry_run": body["dry_run"],
        "added": [service.code for service in found.added],
        "changed": [service.code for service in found.changed],
        "retired": [service.code for service in found.retired],
    }


@blp.get(
    "/catalogue/versions",
    guard=SERVICE_MANAGER,
    summary=Summary("目录版本", "Versions of the catalogue"),
    query=CatalogueVersionQuery,
    answer=Answer(200, CatalogueVersionList),
)
def list_catalogue_versions(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    page = versions.listed(call.session, limit=query["limit"], before=query["cursor"])
    cursor = None if page.next_cursor is None else str(page.next_cursor)
    return {"items": [_said(version) for version in page.items], "next_cursor": cursor}


@blp.get(
    "/organisations/<uuid:organisation_id>/departments",
    guard=PLATFORM_ADMIN,
    summary=Summary("机构可维护哪些部门的事项", "Whose services an agency may change"),
    answer=Answer(200, ServiceGrantsSchema),
    refuses=(OrganisationNotFound,),
)
def get_service_grants(call: Call, organisation_id: UUID) -> dict[str, Any]:
    organisation = agencies.view(call.session, str(organisation_id))
    return _granted(organisation, grants.of(call.session, organisation.id))


@blp.post(
    "/organisations/<uuid:organisation_id>/departments",
    guard=PLATFORM_ADMIN,
    summary=Summary("设置机构可维护哪些部门的事项", "Set whose services an agency may change"),
    body=ServiceGrantsRequest,
    answer=Answer(200, ServiceGrantsSchema),
    refuses=(OrganisationNotFound,),
    once=ONE_DAY,
)
def set_service_grants(call: Call, body: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    organisation = agencies.view(call.session, str(organisation_id))
    staff.lock_organisation(call.session, organisation.id)
    before = grants.of(call.session, organisation.id)
    after = grants.replace(call.session, organisation.id, body["departments"])
    acts.record(
        call.session,
        Act.SERVICE_GRANTS_CHANGED,
        organisation_id=organisation.id,
        actor=call.staff,
        details={"before": before, "after": after},
        now=call.now,
    )
    return _granted(organisation, after)


def _granted(organisation: Agency, departments: tuple[str, ...]) -> dict[str, Any]:
    return {
        "organisation": {"code": organisation.code, "name": organisation.name},
        "departments": departments,
    }


def _said(version: Version) -> dict[str, Any]:
    author = {"organisation_code": version.organisation_code, "staff_number": version.staff_number}
    return {
        "number": version.number,
        "made_at": version.made_at,
        "made_by": author if version.staff_number else None,
        "note": version.note,
        "added": version.added,
        "changed": version.changed,
        "retired": version.retired,
    }
