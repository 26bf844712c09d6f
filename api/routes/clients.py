"""Machine clients of an enterprise, kept by whoever manages its members."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.errors import ActingNotAllowed
from api.guards import LEVEL_3
from api.idempotency import ONE_DAY
from api.members import acting_person, own_membership
from api.schemas.clients import (
    ClientKeysRequest,
    ClientList,
    ClientRequest,
    ClientSchema,
    ClientSecretSchema,
    NewClientSchema,
)
from api.schemas.common import PageQuery
from identity.clients import public_keys, registering, views
from identity.clients.errors import (
    ClientHasNoSecrets,
    ClientNotFound,
    ClientRevoked,
    ClientSecretNotFound,
    TooManyClients,
    TooManyClientSecrets,
)
from identity.clients.public_keys import ClientKey
from identity.clients.purposes import Purpose, PurposeItem
from identity.clients.registering import Manager, NewClient
from identity.clients.views import ClientView
from identity.errors import InvalidField, OrganisationNotFound, ScopeRequired
from wallet.kinds import all_kinds

blp = Blueprint("clients", __name__, url_prefix="/v1", description="企业应用 · Machine clients")

CLIENTS = "/organisations/<uuid:organisation_id>/clients"
CLIENT = f"{CLIENTS}/<uuid:client_id>"
# What every route here may refuse.
NOT_YOURS = (OrganisationNotFound, ScopeRequired, ActingNotAllowed)


@blp.post(
    CLIENTS,
    guard=LEVEL_3,
    summary=Summary("登记应用", "Register a client"),
    description="密钥只显示这一次；用途限定该应用可请求的证照与字段，登记后不能更改。 · "
    "The secret is shown this once. Purposes bound what the client may ever ask for, and can't be changed.",
    body=ClientRequest,
    answer=Answer(201, NewClientSchema),
    refuses=(*NOT_YOURS, InvalidField, TooManyClients),
)
def register_client(call: Call, body: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    manager = _manager(call, organisation_id)
    new = NewClient(
        name=body["name"],
        purposes=_purposes(body["purposes"]),
        scopes=frozenset(body["scopes"]),
        auth=body["auth"],
        keys=_keys(body["jwks"]),
    )
    client, secret = registering.register(call.session, manager, new, call.now)
    return _with_secret(views.view(call.session, client), secret)


@blp.get(
    CLIENTS,
    guard=LEVEL_3,
    summary=Summary("应用列表", "Clients"),
    query=PageQuery,
    answer=Answer(200, ClientList),
    refuses=NOT_YOURS,
)
def list_clients(call: Call, query: dict[str, Any], organisation_id: UUID) -> dict[str, Any]:
    cursor = query["cursor"]
    clients, next_cursor = registering.of_organisation(
        call.session,
        _manager(call, organisation_id),
        limit=query["limit"],
        cursor=str(cursor) if cursor else None,
    )
    return {"items": views.views(call.session, clients), "next_cursor": next_cursor}


@blp.get(
    CLIENT,
    guard=LEVEL_3,
    summary=Summary("应用详情", "A client"),
    answer=Answer(200, ClientSchema),
    refuses=(*NOT_YOURS, ClientNotFound),
)
def get_client(call: Call, organisation_id: UUID, client_id: UUID) -> ClientView:
    client = registering.client_of(call.session, _manager(call, organisation_id), str(client_id))
    return views.view(call.session, client)


@blp.post(
    f"{CLIENT}/revoke",
    guard=LEVEL_3,
    summary=Summary("注销应用", "Revoke a client"),
    description="其令牌即刻失效。 · Its tokens are worth nothing from the next call on.",
    answer=Answer(200, ClientSchema),
    refuses=(*NOT_YOURS, ClientNotFound),
    once=ONE_DAY,
)
def revoke_client(call: Call, _body: dict[str, Any], organisation_id: UUID, client_id: UUID) -> ClientView:
    manager = _manager(call, organisation_id)
    return views.view(call.session, registering.revoke(call.session, manager, str(client_id), call.now))


@blp.post(
    f"{CLIENT}/secrets",
    guard=LEVEL_3,
    summary=Summary("轮换应用密钥", "Give a client a new secret"),
    description="至多两个同时有效：换用新密钥后停用旧的。 · "
    "Two may be active at a time: let the program use the new one, then revoke the older.",
    answer=Answer(201, ClientSecretSchema),
    refuses=(*NOT_YOURS, ClientNotFound, ClientRevoked, ClientHasNoSecrets, TooManyClientSecrets),
)
def add_client_secret(
    call: Call, _body: dict[str, Any], organisation_id: UUID, client_id: UUID
) -> dict[str, Any]:
    manager = _manager(call, organisation_id)
    row, secret = registering.add_secret(call.session, manager, str(client_id), call.now)
    return {"id": row.id, "client_secret": secret, "created_at": row.added_at}


@blp.post(
    f"{CLIENT}/secrets/<uuid:secret_id>/revoke",
    guard=LEVEL_3,
    summary=Summary("停用应用密钥", "Revoke a secret"),
    description="以其取得的令牌即刻失效。 · Tokens that were got with it end with it.",
    answer=Answer(200, ClientSchema),
    refuses=(*NOT_YOURS, ClientNotFound, ClientSecretNotFound),
    once=ONE_DAY,
)
def revoke_client_secret(
    call: Call, _body: dict[str, Any], organisation_id: UUID, client_id: UUID, secret_id: UUID
) -> ClientView:
    manager = _manager(call, organisation_id)
    client = registering.revoke_secret(call.session, manager, str(client_id), str(secret_id), call.now)
    return views.view(call.session, client)


@blp.post(
    f"{CLIENT}/jwks",
    guard=LEVEL_3,
    summary=Summary("更换应用公钥", "Replace a client's public keys"),
    description="未再列出的公钥失效，以其取得的令牌随之失效。 · "
    "Keys that are not listed any more end, and with them the tokens that were got with them.",
    body=ClientKeysRequest,
    answer=Answer(200, ClientSchema),
    refuses=(*NOT_YOURS, InvalidField, ClientNotFound, ClientRevoked),
    once=ONE_DAY,
)
def replace_client_keys(
    call: Call, body: dict[str, Any], organisation_id: UUID, client_id: UUID
) -> ClientView:
    manager, keys = _manager(call, organisation_id), _keys(body["jwks"])
    client = registering.replace_keys(call.session, manager, str(client_id), keys, call.now)
    return views.view(call.session, client)


def _manager(call: Call, organisation_id: UUID) -> Manager:
    membership = own_membership(call, organisation_id)
    return Manager(membership, acting_person(call, organisation_id))


def _with_secret(client: ClientView, secret: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(client, name) for name in ClientView.__slots__}
    return shown | ({"client_secret": secret} if secret else {})


def _keys(jwks: dict[str, Any] | None) -> tuple[ClientKey, ...]:
    return public_keys.keys_of(jwks) if jwks else ()


def _purposes(raw: Sequence[dict[str, Any]]) -> tuple[Purpose, ...]:
    """Return purposes whose kinds and fields there are. Raises InvalidField."""
    codes = [purpose["code"] for purpose in raw]
    for place, purpose in enumerate(raw):
        if purpose["code"] in codes[:place]:
            raise InvalidField(
                field=f"purposes.{place}.code",
                message_zh="用途代码重复",
                message_en="This code is another purpose's already.",
            )
        _check_items(f"purposes.{place}.items", purpose["items"])
    return tuple(
        Purpose(
            one["code"],
            one["text"],
            tuple(PurposeItem(item["kind"], tuple(item["fields"])) for item in one["items"]),
        )
        for one in raw
    )


def _check_items(where: str, items: Sequence[dict[str, Any]]) -> None:
    kinds = [item["kind"] for item in items]
    for place, item in enumerate(items):
        kind = all_kinds().get(item["kind"])
        if kind is None or item["kind"] in kinds[:place]:
            raise InvalidField(
                field=f"{where}.{place}.kind",
                message_zh="没有这种证照，或已列出",
                message_en="No such kind of licence, or listed already.",
            )
        known = [field.key for field in kind.fields]
        if not set(item["fields"]) <= set(known) or len(set(item["fields"])) != len(item["fields"]):
            raise InvalidField(
                field=f"{where}.{place}.fields",
                message_zh=f"字段须取自该证照且不重复：{'、'.join(known)}",
                message_en=f"Each is one of this kind's fields, once: {', '.join(known)}.",
            )
