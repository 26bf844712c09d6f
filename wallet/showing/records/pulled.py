"""Access records of pulls (调取): which fields of which licences a client was given by a consent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.acting import Actor
from identity.crypto.cipher import PiiCipher
from identity.ids import PersonId
from wallet.licences import Freshness
from wallet.showing.models import AccessRecordRow, OutcomeWord, RecordKind
from wallet.showing.records import chain

# Of one consent, told with it; all are in the access records.
NEWEST = 100


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Fields of a licence that were handed out."""

    licence_id: str
    kind: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What is recorded of a pull. `actor` is who gave the consent; `as_of` is of its oldest data."""

    id: str
    person_id: PersonId
    actor: Actor
    organisation_id: str
    client_id: str
    consent_id: str
    purpose: str
    disclosed: Sequence[Disclosed]
    freshness: Freshness
    as_of: datetime | None


def append(session: Session, cipher: PiiCipher, pulled: Pulled, now: datetime) -> None:
    """Record a pull."""
    content = [
        {"licence_id": one.licence_id, "kind": one.kind, "fields": one.fields} for one in pulled.disclosed
    ]
    chain.append(
        session,
        cipher,
        purpose=pulled.purpose,
        id=pulled.id,
        kind=RecordKind.PULL,
        person_id=pulled.person_id,
        licence_id=pulled.disclosed[0].licence_id if pulled.disclosed else None,
        show_token_id=None,
        settles=None,
        organisation_id=pulled.organisation_id,
        staff_id=None,
        actor=pulled.actor.word,
        actor_person_id=pulled.actor.person_id,
        profile=None,
        outcome=OutcomeWord.ACCEPTED,
        reason=None,
        freshness=pulled.freshness,
        as_of=pulled.as_of,
        client_id=pulled.client_id,
        consent_id=pulled.consent_id,
        disclosed=json.dumps(content, separators=(",", ":")),
        at=now,
    )


def disclosed_in(record: AccessRecordRow) -> list[Disclosed]:
    """Return what a record says was handed out; nothing for what is no pull."""
    return [
        Disclosed(one["licence_id"], one["kind"], tuple(one["fields"]))
        for one in json.loads(record.disclosed or "[]")
    ]


def newest_by(session: Session, consent_ids: Sequence[str]) -> Sequence[AccessRecordRow]:
    """Return the newest pulls that were made by each of some consents, newest first."""
    place = func.row_number().over(
        partition_by=AccessRecordRow.consent_id, order_by=AccessRecordRow.id.desc()
    )
    placed = (
        select(AccessRecordRow.id, place.label("place"))
        .where(AccessRecordRow.consent_id.in_(consent_ids))
        .subquery()
    )
    query = select(AccessRecordRow).join(placed, placed.c.id == AccessRecordRow.id)
    return session.scalars(query.where(placed.c.place <= NEWEST).order_by(AccessRecordRow.id.desc())).all()
