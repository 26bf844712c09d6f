"""What use tells: events of the person who calls, and what the ranking may know of them."""

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api import known
from api.call import Call
from hotservices import preferences
from hotservices.hot_reasons import Person
from hotservices.signals import people as used_by
from hotservices.signals.reasons import Ranked
from hotservices.usage import states
from hotservices.usage.events import Action, Event, Recorder, visit_of
from identity.ids import AccountId
from identity.prepared import Executor
from identity.sessions import Citizen

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
    account_id = call.citizen.account_id
    with call.lookup() as connection:
        state = states.packed(connection, call.services.cipher, account_id)
    told = attributes(person) | asked
    others = call.catalogue.not_for(audience or person.audience)
    left_out = person.hidden | others if person.hidden else others
    learnt = desk.rank(account_id, state, told, limit, now=call.now, hidden=left_out)
    return learnt, state is not None


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


def knowing(call: Call, session: Executor) -> Callable[[], Mapping[str, str | int]]:
    """Return what tells the attributes of the calling person, when they are needed."""
    return lambda: attributes(known.person_using(call, session, known.held_in_brief(call, session)))


def note(
    session: Session,
    recorder: Recorder,
    account_id: AccountId,
    event: Event,
    attributes: Callable[[], Mapping[str, str | int]],
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
    if not isinstance(call.principal, Citizen) or not is_personal(call):
        return
    account_id, parts = call.principal.account_id, call.services
    recorder = parts.ranking.recorder()
    with call.lookup() as connection:
        packed = states.packed(connection, parts.cipher, account_id)
    person = used_by.Person() if packed is None else states.open_person(packed)
    if code not in recorder.places or person.used_in_visit(recorder.places[code], visit_of(person, call.now)):
        return
    try:
        with parts.database.transaction() as transaction:
            told = knowing(call, transaction)
            recorder.record(transaction, account_id, [Event(code, Action.OPEN)], told, call.now)
    except OperationalError as error:
        log.warning("an opening was not noted", error=type(error.orig).__name__)


def is_personal(call: Call) -> bool:
    """Tell whether the calling citizen lets their use be observed and ranked by."""
    with call.lookup() as connection:
        return preferences.is_personal(connection, call.citizen.account_id)
