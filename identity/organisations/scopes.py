"""What a member may do for an organisation: a role, and scopes of the form `resource:verb`."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One thing that may be done for an organisation (DESIGN.md section 4)."""

    LICENCES_READ = "licences:read"
    LICENCES_SHOW = "licences:show"
    CONSENTS_REQUEST = "consents:request"
    PULLS_CREATE = "pulls:create"
    FORMS_SUBMIT = "forms:submit"
    MEMBERS_MANAGE = "members:manage"
    WEBHOOKS_MANAGE = "webhooks:manage"


class MemberRole(StrEnum):
    """What a member is: 法定代表人, 管理员, 经办人."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    ADMIN = "admin"
    AGENT = "agent"


ALL_SCOPES = frozenset(Scope)


def scopes_of(role: MemberRole, asked: Iterable[Scope]) -> frozenset[Scope]:
    """Return the scopes that a role comes with: an agent has what was given, the others have all."""
    return frozenset(asked) if role is MemberRole.AGENT else ALL_SCOPES


def written(scopes: Iterable[Scope]) -> str:
    """Return scopes as a row keeps them: words in order, parted by blanks."""
    return " ".join(sorted(scopes))


def read(words: str) -> tuple[Scope, ...]:
    """Return the scopes of a row, in order."""
    return tuple(Scope(word) for word in words.split())
