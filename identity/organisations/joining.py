"""What an organisation says of a new member, checked."""

from collections.abc import Sequence
from datetime import date

from identity.errors import InvalidField
from identity.numbers.resident_id import FAULTS, document_of, fault, normalise
from identity.organisations.memberships import NewMember
from identity.organisations.scopes import MemberRole, Scope
from identity.people import normalise_name

# Nothing was said of a last day, which is not the same as saying that there is none.
UNSAID = date.min


def new_member(
    *,
    name: str,
    id_number: str,
    role: MemberRole,
    scopes: Sequence[Scope],
    valid_to: date | None,
    today: date,
    fictitious_allowed: bool,
) -> NewMember:
    """Return a member to be added. Raises InvalidField, which says nothing of anybody's account."""
    number = normalise(id_number)
    wrong = fault(document_of(number), number, today=today, fictitious_allowed=fictitious_allowed)
    if wrong:
        zh, en = FAULTS[wrong]
        raise InvalidField(field="id_number", message_zh=zh, message_en=en)
    if role is MemberRole.AGENT and not scopes:
        raise InvalidField(
            field="scopes",
            message_zh="请至少选择一项权限",
            message_en="An agent needs at least one scope.",
        )
    if valid_to is UNSAID and role is MemberRole.AGENT:
        raise InvalidField(
            field="valid_to",
            message_zh="请填写经办人的有效期（长期为 null）",
            message_en="Say until which day the agent may act (null: no end).",
        )
    last_day = None if valid_to is UNSAID else valid_to
    if last_day is not None and last_day < today:
        raise InvalidField(
            field="valid_to",
            message_zh="有效期不能早于今天",
            message_en="The last day must not lie in the past.",
        )
    return NewMember(normalise_name(name), number, role, frozenset(scopes), last_day)
