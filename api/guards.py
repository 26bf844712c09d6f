"""Who may call. Every route names its guard, in code and in openapi.yaml alike."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import request

from api import admitting, tokens
from api.call import Call
from api.errors import ActingNotAllowed, Forbidden, Unauthenticated
from identity.errors import (
    AssuranceLevelRequired,
    DomainError,
    PasswordChangeRequired,
    ScopeRequired,
    TotpEnrolmentRequired,
)
from identity.organisations.scopes import Scope
from identity.staff import OrganisationKind, Owed, Permission

# The names of the schemes in openapi.yaml that only machine clients use.
OAUTH2, CLIENT_BASIC = "oauth2", "clientSecretBasic"
OWED: dict[Owed, type[DomainError]] = {
    Owed.PASSWORD_CHANGE: PasswordChangeRequired,
    Owed.TOTP_ENROLMENT: TotpEnrolmentRequired,
}


class Guard(ABC):
    """Lets a call in, or raises."""

    security: ClassVar[list[dict[str, list[str]]]] = [{"bearer": []}]
    refuses: ClassVar[tuple[type[DomainError], ...]] = (Unauthenticated,)

    @property
    def spec(self) -> dict[str, Any]:
        """What openapi.yaml says of this guard."""
        return {"security": self.security}

    @abstractmethod
    def admit(self, call: Call) -> None:
        """Set `call.principal`. Raises Unauthenticated, Forbidden or AssuranceLevelRequired."""


class Public(Guard):
    """Anybody. A token is neither needed nor looked at."""

    security: ClassVar[list[dict[str, list[str]]]] = []
    refuses = ()

    def admit(self, call: Call) -> None:
        """Let everybody in."""


class Signed(Public):
    """Whoever signed what is sent: the body is its own proof, and the domain checks it."""


class ClientLogin(Public):
    """A machine client that asks for a token: by Basic, or by an assertion in the form. The view judges both."""

    security: ClassVar[list[dict[str, list[str]]]] = [{CLIENT_BASIC: []}, {}]


class MaybeCitizen(Guard):
    """Anybody; who sends a citizen's token gets an answer of their own. A bad token is still refused."""

    security: ClassVar[list[dict[str, list[str]]]] = [{}, {"bearer": []}]
    refuses = (Unauthenticated, Forbidden)

    def admit(self, call: Call) -> None:
        """Let everybody in, and know a citizen."""
        if "Authorization" in request.headers:
            admitting.citizen(call)


@dataclass(frozen=True)
class CitizenOf(Guard):
    """A citizen whose account has at least a level, also while they act for somebody."""

    level: int
    refuses: ClassVar[tuple[type[DomainError], ...]] = (Unauthenticated, Forbidden, AssuranceLevelRequired)

    @property
    def spec(self) -> dict[str, Any]:
        """Tell the level."""
        return {"security": self.security, "x-required-level": self.level}

    def admit(self, call: Call) -> None:
        """Let a citizen of that level in."""
        admitting.citizen(call)
        if call.citizen.assurance_level < self.level:
            raise AssuranceLevelRequired(self.level)


@dataclass(frozen=True)
class Scoped(CitizenOf):
    """The same; who acts for an organisation needs a scope there."""

    scope: Scope
    refuses: ClassVar[tuple[type[DomainError], ...]] = (*CitizenOf.refuses, ScopeRequired)

    @property
    def spec(self) -> dict[str, Any]:
        """Tell the level and the scope."""
        return super().spec | {"x-required-scope": self.scope}

    def admit(self, call: Call) -> None:
        """Let a citizen in whose tie reaches that far."""
        super().admit(call)
        acting = call.citizen.acting_for
        if acting is not None and not acting.allows(self.scope):
            raise ScopeRequired


@dataclass(frozen=True)
class OwnOf(CitizenOf):
    """A citizen of that level who acts for nobody else."""

    refuses: ClassVar[tuple[type[DomainError], ...]] = (*CitizenOf.refuses, ActingNotAllowed)

    @property
    def spec(self) -> dict[str, Any]:
        """Tell the level, and that acting for somebody is not allowed."""
        return super().spec | {"x-acting-allowed": False}

    def admit(self, call: Call) -> None:
        """Let a citizen in who acts for themselves."""
        super().admit(call)
        if call.citizen.acting_for is not None:
            raise ActingNotAllowed


@dataclass(frozen=True)
class StaffWith(Guard):
    """A member of staff with a permission."""

    permission: Permission
    refuses = (Unauthenticated, Forbidden, PasswordChangeRequired, TotpEnrolmentRequired)

    @property
    def spec(self) -> dict[str, Any]:
        """Tell the permission."""
        return {"security": self.security, "x-required-permission": self.permission}

    def admit(self, call: Call) -> None:
        """Let staff with the permission in."""
        admitting.staff(call)
        if self.permission not in call.staff.permissions:
            raise Forbidden
        if call.staff.owes is not None:
            raise OWED[call.staff.owes]


@dataclass(frozen=True)
class PlatformStaffWith(StaffWith):
    """A member of the platform's own staff with a permission."""

    @property
    def spec(self) -> dict[str, Any]:
        """Tell that only the platform's staff may call."""
        return super().spec | {"x-required-organisation": OrganisationKind.PLATFORM}

    def admit(self, call: Call) -> None:
        """Let the platform's staff with the permission in."""
        super().admit(call)
        if call.staff.organisation_kind is not OrganisationKind.PLATFORM:
            raise Forbidden


class AnyStaff(Guard):
    """A member of staff, whatever they may do and whatever they have to do first: their own settings."""

    refuses = (Unauthenticated, Forbidden)

    @property
    def spec(self) -> dict[str, Any]:
        """Tell that staff may call, whatever their permissions."""
        return {"security": self.security, "x-staff-allowed": True}

    def admit(self, call: Call) -> None:
        """Let staff in."""
        admitting.staff(call)


@dataclass(frozen=True)
class OwnOrStaff(OwnOf):
    """Whoever is logged in: a citizen who acts for nobody else, or a member of staff."""

    @property
    def spec(self) -> dict[str, Any]:
        """Tell that staff may call as well."""
        return super().spec | {"x-staff-allowed": True}

    def admit(self, call: Call) -> None:
        """Let either in."""
        if admitting.claims(call).role == tokens.STAFF:
            admitting.staff(call)
        else:
            super().admit(call)


@dataclass(frozen=True)
class ClientWith(Guard):
    """A machine client whose token has a scope."""

    scope: Scope
    refuses: ClassVar[tuple[type[DomainError], ...]] = (Unauthenticated, Forbidden, ScopeRequired)

    @property
    def spec(self) -> dict[str, Any]:
        """Tell the scope."""
        return {"security": [{OAUTH2: [self.scope]}], "x-client-scope": self.scope}

    def admit(self, call: Call) -> None:
        """Let a client with the scope in."""
        admitting.client(call)
        if self.scope not in call.client.scopes:
            raise ScopeRequired


@dataclass(frozen=True)
class ClientOr(Guard):
    """A machine client, or whom another guard lets in: both have something to do with what the route is about."""

    client: ClientWith
    other: Guard
    refuses: ClassVar[tuple[type[DomainError], ...]] = (
        Unauthenticated,
        Forbidden,
        AssuranceLevelRequired,
        ScopeRequired,
        ActingNotAllowed,
    )

    @property
    def spec(self) -> dict[str, Any]:
        """Tell of both."""
        theirs, clients = self.other.spec, self.client.spec
        return theirs | clients | {"security": [*theirs["security"], *clients["security"]]}

    def admit(self, call: Call) -> None:
        """Let either in."""
        is_client = admitting.claims(call).role == tokens.CLIENT
        (self.client if is_client else self.other).admit(call)


class RefreshToken(Guard):
    """The bearer of a refresh token. Whether it is still good, using it up will tell."""

    security: ClassVar[list[dict[str, list[str]]]] = [{"refreshToken": []}]

    def admit(self, call: Call) -> None:
        """Check the token's signature, type and time."""
        admitting.refresh_claims(call)


PUBLIC = Public()
SIGNED = Signed()
CLIENT_LOGIN = ClientLogin()
MAYBE_CITIZEN = MaybeCitizen()
REFRESH_TOKEN = RefreshToken()
LEVEL_1, LEVEL_2, LEVEL_3 = CitizenOf(1), CitizenOf(2), CitizenOf(3)
READS_LICENCES = Scoped(2, Scope.LICENCES_READ)
SHOWS_LICENCES = Scoped(2, Scope.LICENCES_SHOW)
SUBMITS_FORMS = Scoped(2, Scope.FORMS_SUBMIT)
READS_NOTICES = Scoped(1, Scope.LICENCES_READ)
OWN_1, OWN_2, OWN_3 = OwnOf(1), OwnOf(2), OwnOf(3)
OWN_OR_STAFF = OwnOrStaff(1)
ANY_STAFF = AnyStaff()
STAFF_ADMIN, AUDITOR = StaffWith(Permission.MANAGE_STAFF), StaffWith(Permission.AUDIT)
PLATFORM_ADMIN = PlatformStaffWith(Permission.MANAGE_STAFF)
VERIFIER = StaffWith(Permission.VERIFY)
CASE_HANDLER = StaffWith(Permission.HANDLE_CASES)
SERVICE_MANAGER = StaffWith(Permission.MANAGE_SERVICES)
