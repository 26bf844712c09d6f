"""Acting for somebody else, and going back to oneself."""

from typing import Any

from api import tokens
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.errors import ActingNotAllowed
from api.guards import LEVEL_1
from api.idempotency import ONE_MINUTE
from api.routes.sessions import lifetimes_of, tokens_of_session
from api.schemas.sessions import ActAsRequest, TokensSchema
from identity import acting_sessions
from identity.acting import DEPENDANT, ORGANISATION, Tie
from identity.acting_sessions import Opened
from identity.errors import AssuranceLevelRequired, DependantNotFound, OrganisationNotFound, SessionEnded

blp = Blueprint("acting", __name__, url_prefix="/v1", description="代办 · Acting for somebody else")


@blp.post(
    "/sessions/act-as",
    guard=LEVEL_1,
    summary=Summary("为他人或单位代办", "Act for a dependant or an organisation"),
    description="返回新的令牌，原登录及其令牌继续有效；不带参数则回到本人。代办中不能再为第三方代办；关系终止时令牌随即失效。 · "
    "New tokens; one's own login and its tokens live on. Without a body one goes back to oneself, and the acting "
    "tokens end. No chaining. When the tie ends, so do its tokens.",
    body=ActAsRequest,
    answer=Answer(200, TokensSchema),
    refuses=(
        AssuranceLevelRequired,
        ActingNotAllowed,
        DependantNotFound,
        OrganisationNotFound,
        SessionEnded,
    ),
    once=ONE_MINUTE,
)
def act_as(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    opened = _opened(call, body)
    return tokens_of_session(call, opened.session_id, opened.generation)


def _opened(call: Call, body: dict[str, Any]) -> Opened:
    wanted = {DEPENDANT: body["dependant_id"], ORGANISATION: body["organisation_id"]}
    asked = [Tie(tie_type, str(tie_id)) for tie_type, tie_id in wanted.items() if tie_id]
    if not asked:
        return acting_sessions.go_back(call.session, call.citizen, call.now)
    if call.citizen.acting_for is not None:
        raise ActingNotAllowed
    return acting_sessions.open_for(
        call.session,
        call.services.cipher,
        call.citizen,
        asked[0],
        now=call.now,
        lifetimes=lifetimes_of(call, tokens.CITIZEN),
    )
