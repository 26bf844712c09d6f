"""Enterprises: registered by their legal representative, acted for by their members."""

from typing import Any
from uuid import UUID

from api import paging
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.errors import ActingNotAllowed
from api.guards import LEVEL_3, OWN_3
from api.idempotency import ONE_DAY
from api.members import acting_person, managing, own_membership
from api.schemas.common import PageQuery
from api.schemas.organisations import (
    MemberList,
    MemberRequest,
    MemberSchema,
    OrganisationList,
    OrganisationRequest,
    OrganisationSchema,
)
from identity import people
from identity.clock import civil_date
from identity.errors import (
    LegalRepresentativeStays,
    MemberExists,
    MemberNotFound,
    OrganisationNotConfirmed,
    OrganisationNotFound,
    RegistryUnavailable,
    ScopeRequired,
    TooManyAdmins,
)
from identity.ids import OrganisationId
from identity.organisations import joining, memberships, views
from identity.organisations.acting import company_of
from wallet.showing import show_tokens

blp = Blueprint(
    "organisations", __name__, url_prefix="/v1", description="企业与经办人 · Enterprises and members"
)


@blp.post(
    "/organisations",
    guard=OWN_3,
    summary=Summary("登记企业（法定代表人）", "Register an enterprise, by its legal representative"),
    description="与市场主体登记信息核对；再次登记返回同一企业，变更法定代表人后由新任办理。 · "
    "Checked against the enterprise registry. Done again it answers the same enterprise; "
    "after a change of legal representative the new one does it.",
    body=OrganisationRequest,
    answer=Answer(201, OrganisationSchema),
    refuses=(OrganisationNotConfirmed, RegistryUnavailable),
    repeatable=ONE_DAY,
)
def register_organisation(call: Call, body: dict[str, Any]) -> views.Organisation:
    parts, person_id = call.services, acting_person(call)
    with parts.database.read() as session:
        person = people.open_person(people.row_of(session, person_id), parts.cipher)
    organisation_id = parts.enterprises.register(person, body["uscc"], body["name"], call.now)
    return views.organisation(call.session, parts.cipher, organisation_id, person_id, call.now)


@blp.get(
    "/organisations",
    guard=OWN_3,
    summary=Summary("我的企业", "Enterprises that I act for"),
    query=PageQuery,
    answer=Answer(200, OrganisationList),
)
def list_organisations(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    mine = views.organisations_of(call.session, call.services.cipher, acting_person(call), call.now)
    cursor = query["cursor"]
    return paging.page_of(
        mine, lambda one: one.id, limit=query["limit"], cursor=str(cursor) if cursor else None
    )


@blp.get(
    "/organisations/<uuid:organisation_id>",
    guard=LEVEL_3,
    summary=Summary("企业详情", "An enterprise"),
    answer=Answer(200, OrganisationSchema),
    refuses=(OrganisationNotFound, ActingNotAllowed),
)
def get_organisation(call: Call, organisation_id: UUID) -> views.Organisation:
    person_id = acting_person(call, organisation_id)
    wanted = OrganisationId(str(organisation_id))
    return views.organisation(call.session, call.services.cipher, wanted, person_id, call.now)


@blp.get(
    "/organisations/<uuid:organisation_id>/members",
    guard=LEVEL_3,
    summary=Summary("管理员与经办人", "Admins and agents"),
    query=PageQuery,
    answer=Answer(200, MemberList),
    refuses=(OrganisationNotFound, ScopeRequired, ActingNotAllowed),
)
def list_members(call: Call, query: dict[str, Any], organisation_id: UUID) -> views.MemberPage:
    own = own_membership(call, organisation_id)
    memberships.require_manager(own)
    cursor = query["cursor"]
    return views.members_of(
        call.session,
        call.services.cipher,
        own.organisation_id,
        limit=query["limit"],
        cursor=str(cursor) if cursor else None,
        now=call.now,
    )


@blp.post(
    "/organisations/<uuid:organisation_id>/members",
    guard=LEVEL_3,
    summary=Summary("添加管理员或经办人", "Add an admin or an agent"),
    description="姓名与号码一致的人实名后即生效；答复不透露此人是否已注册。 · "
    "Takes effect for who is bound under this name and number; the answer does not tell whether anybody is.",
    body=MemberRequest,
    answer=Answer(201, MemberSchema),
    refuses=(OrganisationNotFound, ScopeRequired, ActingNotAllowed, MemberExists, TooManyAdmins),
    once=ONE_DAY,
)
def add_member(call: Call, body: dict[str, Any], organisation_id: UUID) -> views.Member:
    parts = call.services
    own = managing(call, organisation_id)
    new = joining.new_member(
        **{"valid_to": joining.UNSAID} | body,
        today=civil_date(call.now),
        fictitious_allowed=parts.config.is_sandbox,
    )
    row = memberships.add(call.session, parts.cipher, parts.index, manager=own, new=new, now=call.now)
    return views.member(parts.cipher, row, call.now)


@blp.post(
    "/organisations/<uuid:organisation_id>/members/<uuid:member_id>/revoke",
    guard=LEVEL_3,
    summary=Summary("解除管理员或经办人", "End a membership"),
    description="本人也可自行退出。 · Members may also end their own.",
    answer=Answer(200, MemberSchema),
    refuses=(OrganisationNotFound, MemberNotFound, ScopeRequired, ActingNotAllowed, LegalRepresentativeStays),
    once=ONE_DAY,
)
def revoke_member(call: Call, _body: dict[str, Any], organisation_id: UUID, member_id: UUID) -> views.Member:
    cipher = call.services.cipher
    own = managing(call, organisation_id)
    row = memberships.revoke(call.session, cipher, own, str(member_id), call.now)
    agent = memberships.member(call.session, cipher, row)
    if agent is not None:
        company = company_of(call.session, row.organisation_id)
        # What the agent has on their screen ends with the membership, too.
        show_tokens.withdraw_all(call.session, company, call.now, shown_by=agent.id)
    return views.member(cipher, row, call.now)
