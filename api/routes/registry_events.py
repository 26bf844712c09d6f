"""Changes that registries push."""

from typing import Any

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import SIGNED
from api.schemas.registry_events import RegistryEventRequest, RegistryEventSchema
from identity.errors import RegistryUnavailable
from wallet.errors import (
    EventIdReused,
    EventMalformed,
    EventNotYours,
    EventOutOfTime,
    EventSignatureRefused,
)
from wallet.registries.protocol import RegistryRecord
from wallet.registry_events.event import RegistryEvent
from wallet.registry_events.receiving import EventAnswer

# Seconds. A registry that waits for our answer may not answer us meanwhile: the event has to take effect.
READING_PATIENCE = 1.0

blp = Blueprint(
    "registry-events", __name__, url_prefix="/v1", description="证照库推送 · Changes that registries push"
)


@blp.post(
    "/registry-events",
    guard=SIGNED,
    summary=Summary("证照变更推送", "A registry tells of a change"),
    description=(
        "请求体为紧凑 JWS（typ: lz-registry-event），由证照库以其自有密钥签名；重复推送返回首次应答。 · "
        "The body is a compact JWS (`typ: lz-registry-event`) of jti, iat, registry, event, identifier, "
        "version and status, signed with the registry's own key; the same event again gets the same answer."
    ),
    body=RegistryEventRequest,
    answer=Answer(200, RegistryEventSchema),
    refuses=(EventMalformed, EventSignatureRefused, EventNotYours, EventIdReused, EventOutOfTime),
)
def receive_registry_event(call: Call, body: dict[str, Any]) -> EventAnswer:
    desk = call.services.registry_events
    event = desk.open(body["jws"])
    with call.services.database.read() as session:
        answered = desk.answered_before(session, event)
        if answered:
            return answered
        wanted = desk.to_be_read(session, event, call.now)
    record = _read(call, event, wanted) if wanted else None
    return desk.receive(call.session, event, record, call.now)


def _read(call: Call, event: RegistryEvent, identifier: str) -> RegistryRecord | None:
    try:
        return call.services.registries.ask_one(event.registry, identifier, READING_PATIENCE)
    except RegistryUnavailable:
        return None
