"""The holder's answer to a consent request: approve all or part of it, or decline it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from identity.acting import Actor
from identity.acting_notices import tell_principal
from identity.crypto.signer import Signer
from identity.errors import AssuranceLevelRequired, InvalidField
from identity.ids import PersonId, new_id
from identity.notices import NoticeKind
from wallet import freezing
from wallet.enterprise import consent_record, request_views, requests
from wallet.enterprise import items as asked_items
from wallet.enterprise.errors import ConsentRequestSettled
from wallet.enterprise.items import Items
from wallet.enterprise.models import ConsentRow, RequestState
from wallet.enterprise.request_views import ConsentRequest
from wallet.enterprise.requests import RequestDesk
from wallet.errors import WalletFrozen
from wallet.webhooks import outbox
from wallet.webhooks.models import EventType


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: for whom, as what, at which level. `tie_id` is a guardian's tie, which the consent hangs on."""

    person_id: PersonId
    actor: Actor
    level: int
    tie_id: str | None = None


def approve(
    session: Session,
    desk: RequestDesk,
    signer: Signer,
    *,
    request_id: str,
    who: Answerer,
    items: Items | None,
    now: datetime,
) -> ConsentRequest:
    """Let the client pull what it asked for, or what of it `items` leaves.

    Raises ConsentRequestNotFound, ConsentRequestSettled, WalletFrozen, InvalidField (something that was not asked
    for), AssuranceLevelRequired.
    """
    request = request_views.to_holder(session, desk, who.person_id, request_id, now)
    if request.status is not RequestState.PENDING:
        raise ConsentRequestSettled
    if freezing.is_frozen(session, who.person_id):
        raise WalletFrozen
    asked = tuple(asked_items.Item(one.kind, tuple(f.key for f in one.fields)) for one in request.items)
    granted = asked if items is None else items
    if not asked_items.covers(asked, granted):
        raise InvalidField(
            field="items",
            message_zh="只能在所请求的范围内减少",
            message_en="You may strike fields, and add none.",
        )
    level = asked_items.level_of(granted)
    if who.level < level:
        raise AssuranceLevelRequired(level)
    requests.settle(session, request_id, RequestState.APPROVED, who.person_id, now)
    _emit(session, request_id, EventType.CONSENT_APPROVED, now)
    _enter(session, signer, request, who=who, items=granted, now=now)
    about = {"organisation": request.requester.name, "purpose": request.purpose.text}
    tell_principal(
        session,
        desk.cipher,
        who.actor,
        person_id=who.person_id,
        kind=NoticeKind.HELPER_CONSENTED,
        about=about,
        now=now,
    )
    return request_views.to_holder(session, desk, who.person_id, request_id, now)


def decline(
    session: Session, desk: RequestDesk, *, request_id: str, who: Answerer, now: datetime
) -> ConsentRequest:
    """Refuse a request. Raises ConsentRequestNotFound, ConsentRequestSettled."""
    request_views.to_holder(session, desk, who.person_id, request_id, now)
    requests.settle(session, request_id, RequestState.DECLINED, who.person_id, now)
    _emit(session, request_id, EventType.CONSENT_DECLINED, now)
    return request_views.to_holder(session, desk, who.person_id, request_id, now)


def _enter(
    session: Session,
    signer: Signer,
    request: ConsentRequest,
    *,
    who: Answerer,
    items: Items,
    now: datetime,
) -> None:
    consent_id, expires_at = new_id(), now + timedelta(days=request.valid_days)
    record = consent_record.sign(
        signer,
        request,
        consent_id=consent_id,
        items=items,
        actor=who.actor.word,
        level=who.level,
        approved_at=now,
        expires_at=expires_at,
    )
    row = requests.row_of(session, request.id)
    session.add(
        ConsentRow(
            id=consent_id,
            request_id=row.id,
            client_id=row.client_id,
            client_name=row.client_name,
            organisation_id=row.organisation_id,
            person_id=who.person_id,
            purpose_code=row.purpose_code,
            purpose_text=row.purpose_text,
            items=asked_items.written(items),
            uses=row.uses,
            used=0,
            approved_at=now,
            expires_at=expires_at,
            actor=who.actor.word,
            actor_person_id=who.actor.person_id,
            tie_id=who.tie_id,
            level=who.level,
            record=record,
        ),
    )
    session.flush()


def _emit(session: Session, request_id: str, event: EventType, now: datetime) -> None:
    organisation_id = requests.row_of(session, request_id).organisation_id
    outbox.emit(session, organisation_id=organisation_id, type=event, resource_id=request_id, now=now)
