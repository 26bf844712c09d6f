"""Corrections: a holder reports what a registry has wrong, and the issuing department answers."""

from typing import Any
from uuid import UUID

from api import admitting
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import CASE_HANDLER, PLATFORM_ADMIN, SUBMITS_FORMS
from api.idempotency import ONE_DAY
from api.schemas.common import PageQuery
from api.schemas.corrections import (
    CorrectionAnswerRequest,
    CorrectionDesksRequest,
    CorrectionDesksSchema,
    CorrectionList,
    CorrectionQuery,
    CorrectionRequest,
    CorrectionSchema,
    ReceivedCorrectionList,
    ReceivedCorrectionSchema,
)
from identity import staff
from identity.errors import InvalidField, OrganisationNotFound, ScopeRequired
from identity.organisations.scopes import Scope
from identity.staffing import acts, agencies
from identity.staffing.acts import Act
from wallet.errors import LicenceNotFound
from wallet.forms import correction_desk, corrections
from wallet.forms.correction_desk import Received
from wallet.forms.corrections import Correction, Report
from wallet.forms.errors import CorrectionClosed, CorrectionNotFound, DraftNotFound, TooManyCorrections
from wallet.forms.parties import owner_of

blp = Blueprint("corrections", __name__, url_prefix="/v1", description="证照纠错 · Corrections")


@blp.post(
    "/corrections",
    guard=SUBMITS_FORMS,
    summary=Summary("证照数据有误，提交纠错", "Report that a registry has something wrong"),
    description="从草稿的字段或证照的字段提交，转给发证部门，答复后通知。 · "
    "From a field of a draft or of a licence; it goes to the issuing department, and its answer is told.",
    body=CorrectionRequest,
    answer=Answer(201, CorrectionSchema),
    refuses=(DraftNotFound, LicenceNotFound, InvalidField, TooManyCorrections),
    once=ONE_DAY,
)
def report_correction(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    admitting.hold(call, alone=True)
    report, cipher = _report(call, body), call.services.cipher
    kept = corrections.report(call.session, cipher, owner_of(call.citizen), report, call.now)
    return _said(kept)


@blp.get(
    "/corrections",
    guard=SUBMITS_FORMS,
    summary=Summary("我的纠错", "My corrections"),
    query=PageQuery,
    answer=Answer(200, CorrectionList),
)
def list_corrections(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    cursor = str(query["cursor"]) if query["cursor"] else None
    owner, cipher = owner_of(call.citizen), call.services.cipher
    page = corrections.of_owner(call.session, cipher, owner, limit=query["limit"], cursor=cursor)
    return {"items": [_said(one) for one in page.items], "next_cursor": page.next_cursor}


@blp.get(
    "/corrections/<uuid:correction_id>",
    guard=SUBMITS_FORMS,
    summary=Summary("纠错详情", "A correction"),
    answer=Answer(200, CorrectionSchema),
    refuses=(CorrectionNotFound,),
)
def get_correction(call: Call, correction_id: UUID) -> dict[str, Any]:
    owner, cipher = owner_of(call.citizen), call.services.cipher
    return _said(corrections.one_of_owner(call.session, cipher, owner, str(correction_id)))


@blp.get(
    "/staff/corrections",
    guard=CASE_HANDLER,
    summary=Summary("本部门收到的纠错", "Corrections for my department"),
    description="最早的在前。 · The oldest first.",
    query=CorrectionQuery,
    answer=Answer(200, ReceivedCorrectionList),
)
def list_received_corrections(call: Call, query: dict[str, Any]) -> dict[str, Any]:
    page = correction_desk.received(
        call.session,
        call.services.cipher,
        call.staff,
        status=query["status"],
        limit=query["limit"],
        cursor=str(query["cursor"]) if query["cursor"] else None,
    )
    return {"items": [_received(one) for one in page.items], "next_cursor": page.next_cursor}


@blp.post(
    "/staff/corrections/<uuid:correction_id>/answer",
    guard=CASE_HANDLER,
    summary=Summary("答复纠错", "Answer a correction"),
    body=CorrectionAnswerRequest,
    answer=Answer(200, ReceivedCorrectionSchema),
    refuses=(CorrectionNotFound, CorrectionClosed),
    once=ONE_DAY,
)
def answer_correction(call: Call, body: dict[str, Any], correction_id: UUID) -> dict[str, Any]:
    answered = correction_desk.answer(
        call.session,
        call.services.cipher,
        call.staff,
        str(correction_id),
        outcome=body["outcome"],
        words=body["answer"],
        now=call.now,
    )
    return _received(answered)


@blp.get(
    "/staff/organisations/<uuid:organisation_id>/registries",
    guard=PLATFORM_ADMIN,
    summary=Summary("机构答复哪些证照库的纠错", "Whose corrections an agency answers"),
    answer=Answer(200, CorrectionDesksSchema),
    refuses=(OrganisationNotFound,),
)
def get_correction_desks(call: Call, organisation_id: UUID) -> dict[str, Any]:
    organisation = agencies.view(call.session, str(organisation_id))
    return {"registries": correction_desk.looked_after(call.session, organisation.id)}


@blp.post(
    "/staff/organisations/<uuid:organisation_id>/registries",
    guard=PLATFORM_ADMIN,
    summary=Summary("设置机构答复哪些证照库的纠错", "Set whose corrections an agency answers"),
    description="与机构代码相同的证照库无需设置。 · A registry of the agency's own code needs no setting.",
    body=CorrectionDesksRequest,
    answer=Answer(200, CorrectionDesksSchema),
    refuses=(OrganisationNotFound,),
    once=ONE_DAY,
)
def set_correction_desks(call: Call, body: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    organisation = agencies.view(call.session, str(organisation_id))
    staff.lock_organisation(call.session, organisation.id)
    before = correction_desk.looked_after(call.session, organisation.id)
    after = correction_desk.look_after(call.session, organisation.id, body["registries"])
    acts.record(
        call.session,
        Act.CORRECTION_DESKS_CHANGED,
        organisation_id=organisation.id,
        actor=call.staff,
        details={"before": before, "after": after},
        now=call.now,
    )
    return {"registries": after}


def _report(call: Call, body: dict[str, Any]) -> Report:
    said = (body["proposed"], body["comment"])
    if body["draft_id"] is not None:
        draft = call.services.forms.get(call.session, call.citizen, str(body["draft_id"]), call.now)
        return corrections.of_draft(draft, body["field"], *said)
    acting = call.citizen.acting_for
    if acting is not None and not acting.allows(Scope.LICENCES_READ):
        # A report repeats what the licence says.
        raise ScopeRequired
    return Report(str(body["licence_id"]), body["field"], *said)


def _said(one: Correction) -> dict[str, Any]:
    return {
        "id": one.id,
        "status": one.status,
        "licence": {"id": one.licence_id, "kind": one.kind, "title": one.title},
        "field": one.field,
        "label": one.label,
        "registry_code": one.registry_code,
        "draft_id": one.draft_id,
        "value": one.told.value,
        "proposed": one.told.proposed,
        "comment": one.told.comment,
        "answer": one.told.answer,
        "created_at": one.created_at,
        "closed_at": one.closed_at,
    }


def _received(one: Received) -> dict[str, Any]:
    # Draft and licence are our own ids, and the holder's.
    holder = {"name_masked": one.holder_name_masked, "id_number_masked": one.holder_number_masked}
    return _said(one.correction) | {"draft_id": None, "identifier": one.identifier, "holder": holder}
