"""The account, and binding a real name to it."""

from typing import Any

from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import LEVEL_1, OWN_1, PUBLIC
from api.idempotency import ONE_DAY
from api.limits import REAL_NAME
from api.schemas.account import AccountSchema, ConsentTextList, RealNameRequest
from identity import accounts, consent_texts, sessions
from identity.errors import (
    GuardianConsentRequired,
    PlatformBusy,
    PlatformRateLimited,
    PlatformUserBlocked,
    ProviderNotConfigured,
    RealNameAlreadyBound,
    RealNameBoundElsewhere,
    RealNameLocked,
    RealNameMismatch,
    RegistryUnavailable,
)
from identity.people import Person
from identity.real_name import Claim

blp = Blueprint("account", __name__, url_prefix="/v1", description="账号与实名 · Account and real name")


@blp.get(
    "/account",
    guard=LEVEL_1,
    summary=Summary("我的账号", "My account"),
    answer=Answer(200, AccountSchema),
)
def get_account(call: Call) -> accounts.Account:
    return account_of(call)


@blp.get(
    "/consent-texts",
    guard=PUBLIC,
    summary=Summary("授权同意书", "Consent texts"),
    answer=Answer(200, ConsentTextList),
)
def list_consent_texts(_call: Call) -> dict[str, Any]:
    return {"items": consent_texts.texts(), "next_cursor": None}


@blp.post(
    "/real-name",
    guard=OWN_1,
    summary=Summary("实名认证（二级）", "Bind a real name (level 2)"),
    description="两项核验缺一不可：人口库比对姓名与号码，登录平台确认是本人。 · "
    "Both must agree: the population registry on name and number, the login platform on whose login it is.",
    body=RealNameRequest,
    answer=Answer(201, AccountSchema),
    refuses=(
        GuardianConsentRequired,
        RealNameAlreadyBound,
        RealNameBoundElsewhere,
        RealNameMismatch,
        RealNameLocked,
        RegistryUnavailable,
        ProviderNotConfigured,
        PlatformBusy,
        PlatformRateLimited,
        PlatformUserBlocked,
    ),
    repeatable=ONE_DAY,
    limit=REAL_NAME,
)
def bind_real_name(call: Call, body: dict[str, Any]) -> accounts.Account:
    parts, citizen = call.services, call.citizen
    with parts.database.read() as session:
        login = sessions.login_of(session, citizen.session_id)
    provider = parts.providers.get(login.provider)
    if provider is None:
        # It was there when this session began.
        raise ProviderNotConfigured
    subject = login.subject(parts.cipher, citizen.session_id)

    def vouch(person: Person, phone_code: str | None) -> bool:
        return provider.vouches_for(subject, person, phone_code)

    parts.real_name.bind(citizen.account_id, Claim(**body), vouch, call.now)
    return account_of(call)


def account_of(call: Call) -> accounts.Account:
    """Return the caller's account, and for whom they act."""
    citizen, cipher = call.citizen, call.services.cipher
    return accounts.view(call.session, cipher, citizen.account_id, call.now, citizen.acting_for)
