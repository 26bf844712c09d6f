"""Roles of staff: named bundles of permissions, and which of these nobody may hold together.

Who administers neither verifies nor audits, and who audits does nothing else (三权分立, GB/T 22239-2019 8.1.10).
"""

from collections.abc import Iterable
from enum import StrEnum

from identity.errors import SeparationOfDuties
from identity.staff import Permission


class Role(StrEnum):
    """核验员, 主管, 审计员, 管理员."""

    VERIFIER = "verifier"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


BUNDLES: dict[Role, frozenset[Permission]] = {
    Role.VERIFIER: frozenset({Permission.VERIFY}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.VERIFY,
            Permission.RAISE_ASSURANCE,
            Permission.HANDLE_CASES,
            Permission.HANDLE_WORK_ORDERS,
            Permission.JUDGE_APPEALS,
        },
    ),
    Role.AUDITOR: frozenset({Permission.AUDIT}),
    Role.ADMIN: frozenset({Permission.MANAGE_STAFF}),
}
ALONE = (Permission.MANAGE_STAFF, Permission.AUDIT)


def permissions_of(roles: Iterable[Role], permissions: Iterable[Permission]) -> tuple[Permission, ...]:
    """Return what roles and single permissions amount to, in order. Raises SeparationOfDuties."""
    held = frozenset(permissions).union(*(BUNDLES[role] for role in roles))
    if len(held) > 1 and any(permission in held for permission in ALONE):
        raise SeparationOfDuties
    return tuple(permission for permission in Permission if permission in held)


def roles_of(permissions: Iterable[str]) -> tuple[Role, ...]:
    """Return the roles whose whole bundle somebody holds."""
    held = frozenset(permissions)
    return tuple(role for role in Role if BUNDLES[role] <= held)
