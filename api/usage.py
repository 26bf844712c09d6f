"""What use tells: events of the person who calls, and what the ranking may know of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from flask import request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api import known
from api.call import Call
from api.idempotency import HEADER
from hotservices import preferences
from hotservices.hot_reasons import Person
from hotservices.signals.reasons import Ranked
from hotservices.usage import at_once
from hotservices.usage.events import Action, Event, Recorder, Rejected
from identity.ids import AccountId
from identity.prepared import Question
from identity.principals import Citizen

log = structlog.get_logger(__name__)

YEARS_A_BAND = 5


def ranked(
    call: Call,
    person: Person | None,
    limit: int,
    *,
    region: str | None = None,
    audience: str | None = None,
) -> tuple[list[Ranked], bool]:
    """Return what the ranking has learnt for who calls, and whether their own use is part of it.

    `person` is what is known of them; for None, nothing of theirs is read. What an `audience` can't ask for is
    left out, unless the person has used it.
    """
    desk = call.services.ranking
    asked = {"area": f"in{region[:4]}"} if region else {}
    if audience:
        asked["audience"] = audience
    if person is None:
        away = call.catalogue.not_for(audience)
        return desk.rank(None, None, asked, limit, now=call.now, hidden=away), False
    told = attributes(person) | asked
    others = call.catalogue.not_for(audience or person.audience)
    left_out = person.hidden | others if person.hidden else others
    learnt = desk.rank(call.citizen.account_id, person.use, told, limit, now=call.now, hidden=left_out)
    return learnt, person.use is not None


def attributes(person: Person) -> dict[str, str | int]:
    """Return what the ranking may know of somebody besides their use, or of the enterprise that they act for.

    The audience, a band of age, the prefecture and the kinds held; nothing of who has no real name here.
    """
    if person.held is None:
        return {}
    told: dict[str, str | int] = {"audience": person.audience or ""}
    if person.age is not None:
        told["age"] = f"from{person.age // YEARS_A_BAND * YEARS_A_BAND}"
    if person.area is not None:
        told["area"] = f"in{person.area}"
    return told | {licence.kind: 1 for licence in person.held if licence.showable}


def knowing(call: Call) -> Question[Mapping[str, str | int]]:
    """Ask for the attributes of the calling person: there are none where ranking may not be personal."""
    return known.person_using(call).then(lambda person: attributes(person) if person else {})


def record(call: Call, events: Sequence[Event]) -> list[Rejected]:
    """Count what the caller tells of; return what does not count, by its index."""
    account_id = call.citizen.account_id
    # Before the transaction: it may need one of its own.
    recorder = call.services.ranking.recorder()
    if len(events) == 1 and call.writes_nothing_else and not call.services.database.is_sqlite:
        rejected = _record_at_once(call, recorder, events[0])
        if rejected is not None:
            return rejected
    return recorder.record(call.transaction, account_id, events, knowing(call), call.now)


def record_ahead(call: Call, account_id: AccountId) -> Sequence[Question[Any]]:
    """Return what recording one event asks of an account, where that takes no transaction."""
    if call.services.database.is_sqlite or HEADER in request.headers:
        return ()
    return at_once.kept(account_id), known.using_ahead(call, account_id)


def note(
    session: Session,
    recorder: Recorder,
    account_id: AccountId,
    event: Event,
    attributes: Question[Mapping[str, str | int]] | None,
    *,
    now: datetime,
) -> None:
    """Count what somebody did with a service, in the transaction that does it."""
    recorder.record(session.connection(), account_id, [event], attributes, now)


def note_opened(call: Call, code: str) -> None:
    """Count a citizen's opening of a service as a use, once a visit.

    A GET has no transaction to write in, so this one is its own; and a GET is answered even when the use
    can't be noted.
    """
    if not isinstance(call.principal, Citizen):
        return
    account_id, recorder = call.principal.account_id, call.services.ranking.recorder()
    opened = Event(code, Action.OPEN)
    try:
        if _record_at_once(call, recorder, opened) is not None:
            return
        with call.services.database.transaction() as transaction:
            recorder.record(transaction, account_id, [opened], knowing(call), call.now)
    except OperationalError as error:
        log.warning("an opening was not noted", error=type(error.orig).__name__)


def _record_at_once(call: Call, recorder: Recorder, event: Event) -> list[Rejected] | None:
    account_id = call.citizen.account_id
    told: Mapping[str, str | int] | None = None
    if call.services.database.is_sqlite:
        (kept,) = call.ask(at_once.kept(account_id))
    else:
        kept, told = call.ask(at_once.kept(account_id), knowing(call))
    with call.lookup() as connection:
        return recorder.record_at_once(connection, account_id, event, kept, told, now=call.now)


def is_personal(call: Call) -> bool:
    """Tell whether the calling citizen lets their use be observed and ranked by."""
    with call.lookup() as connection:
        return preferences.is_personal(call.citizen.account_id).ask(connection)
