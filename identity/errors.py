"""What identity refuses.

DomainError
├── RegistryUnavailable          a registry that the answer needs is down or too slow
├── InvalidField                 one named input is wrong in a way that a schema can't see
├── LoginRefused                 the platform does not know this login code
├── ProviderNotConfigured        this installation does not offer that login platform
├── PlatformBusy                 the login platform is busy, out of reach, or answers nonsense
├── PlatformRateLimited          the login platform says that this is too often
├── PlatformUserBlocked          the login platform takes its user for a risk
├── StaffCredentialsRefused      organisation, number or password wrong, without saying which
├── StaffLocked                  too many failures from this address; `retry_after`
├── PasswordChangeRequired       an initial password has to be changed before anything else
├── TotpRequired                 the password is right, and a second factor is asked for
├── TotpRefused                  a wrong or used code of the second factor
├── TotpEnrolmentRequired        the organisation asks its staff for a second factor
├── StaffNotFound                no such member of this admin's agency
├── StaffNumberTaken             the agency has a member of this number
├── OwnAccount                   nobody administers themselves
├── SeparationOfDuties           administering, auditing and the rest are kept apart
├── OrganisationCodeTaken        there is an organisation of this code
├── PlatformExists               the platform has its admin already
├── TotpAlreadyEnrolled          there is a second factor already
├── TotpNotEnrolled              there is none
├── SessionEnded                 expired, revoked or unknown
├── SessionNotFound              no such session of this caller
├── RefreshTokenReused           an old refresh token came back: its family is revoked
├── FieldsMissing                inputs that are needed in this state are not there
├── RealNameMismatch             name, number or owner differ, without saying which
├── RealNameLocked               too many mismatches; `retry_after`
├── RealNameAlreadyBound         this account has a real name
├── RealNameBoundElsewhere       another account has this person
├── GuardianConsentRequired      under 14
├── FaceCheckNotFound            no such face check of this login
├── FaceCheckNotOffered          the platform of this login has no face check
├── FaceCheckUnfinished          the platform has no result yet
├── FaceCheckFailed              the platform did not recognise the person
├── FaceCheckExpired             nobody asked for the result in time
├── FaceCheckCompleted           its proof was given, and is no longer what the account is
├── TooManyFaceChecks            begun too often without passing; `retry_after`
├── CounterCodeUnknown           no such code, or it is used or expired
├── CounterCodeLocked            a member of staff got too many wrong; `retry_after`
├── NoticeNotFound               no such notice of this person
├── DependantNotFound            no such tie of this person
├── FreshProofRequired           no face or counter check within the last ten minutes
├── OrganisationNotFound         no such organisation of this member
├── OrganisationNotConfirmed     the enterprise registry does not confirm code, name and representative
├── MemberNotFound               no such member of this organisation
├── MemberExists                 the organisation has a member of this number
├── TooManyAdmins                an organisation has at most five
├── LegalRepresentativeStays     only the registry changes who it is
├── ScopeRequired                the membership does not reach as far as this
├── AssuranceLevelRequired       `required_level` is higher than the account's
├── IdempotencyKeyInUse          the same request is being worked on
└── IdempotencyKeyReused         same key, other request
"""

from datetime import timedelta


class DomainError(Exception):
    """A refused command. Knows no HTTP; `api.problems` says how each one is answered."""


class RegistryUnavailable(DomainError):
    """A registry did not answer in time, or said that it can't."""


class InvalidField(DomainError):
    """An input field is unacceptable for a reason only the domain knows."""

    def __init__(self, field: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.field = field
        self.messages = {"zh": message_zh, "en": message_en}


class LoginRefused(DomainError):
    """The login code is unknown, used or expired."""


class ProviderNotConfigured(DomainError):
    """No such login platform here."""


class PlatformBusy(DomainError):
    """A login platform is busy, out of reach, or gives an answer that can't be used."""


class PlatformRateLimited(DomainError):
    """A login platform counts, and refuses for a while."""


class PlatformUserBlocked(DomainError):
    """A login platform refuses one of its users as a risk."""


class StaffCredentialsRefused(DomainError):
    """Wrong organisation, staff number or password."""


class StaffLocked(DomainError):
    """Logging in to this account has failed too often from this address."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class PasswordChangeRequired(DomainError):
    """An initial password was chosen by somebody else: it has to be changed before anything else."""


class TotpRequired(DomainError):
    """The password is right, and this member has a second factor, which was not given."""


class TotpRefused(DomainError):
    """The code of the second factor is wrong, too old, or was used before."""


class TotpEnrolmentRequired(DomainError):
    """The organisation asks its staff for a second factor, and this member has none yet."""


class StaffNotFound(DomainError):
    """No such member of the admin's own agency."""


class StaffNumberTaken(DomainError):
    """The agency has a member of this number."""


class OwnAccount(DomainError):
    """Nobody changes what they themselves may do."""


class SeparationOfDuties(DomainError):
    """Who administers or audits does nothing else."""


class OrganisationCodeTaken(DomainError):
    """There is an organisation of this code."""


class PlatformExists(DomainError):
    """There is a platform agency already: its admins create the others."""


class TotpAlreadyEnrolled(DomainError):
    """The member has a second factor already."""


class TotpNotEnrolled(DomainError):
    """The member has no second factor."""


class SessionEnded(DomainError):
    """The session behind a token is over."""


class SessionNotFound(DomainError):
    """No session of that id, or another caller's."""


class RefreshTokenReused(DomainError):
    """A refresh token was used a second time (RFC 9700 §4.14.2)."""


class FieldsMissing(DomainError):
    """Input fields that may be absent at times are needed now."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__()
        self.fields = fields


class RealNameMismatch(DomainError):
    """The population registry or the platform does not confirm this person for this login."""


class RealNameLocked(DomainError):
    """Real-name checks are locked for a while."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class RealNameAlreadyBound(DomainError):
    """The account has a real name already."""


class RealNameBoundElsewhere(DomainError):
    """The person has another account; a face check joins them."""


class GuardianConsentRequired(DomainError):
    """A child under 14 needs a guardian's recorded consent (PIPL art. 31)."""


class FaceCheckNotFound(DomainError):
    """No such face check of this login."""


class FaceCheckNotOffered(DomainError):
    """The platform that this session logged in with has no face check."""


class FaceCheckUnfinished(DomainError):
    """The platform has no result of the face check yet."""


class FaceCheckFailed(DomainError):
    """The platform did not recognise the person."""


class FaceCheckExpired(DomainError):
    """The face check was begun too long ago."""


class FaceCheckCompleted(DomainError):
    """The face check has given its proof, and the account is no longer that person's at level 3."""


class TooManyFaceChecks(DomainError):
    """A login began many face checks and passed none."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class CounterCodeUnknown(DomainError):
    """The counter's code is wrong, used or expired."""


class CounterCodeLocked(DomainError):
    """A member of staff got too many codes or documents wrong."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = retry_after


class NoticeNotFound(DomainError):
    """No such notice of this person."""


class DependantNotFound(DomainError):
    """No tie of that id, or not of this person, or over."""


class OrganisationNotFound(DomainError):
    """No such organisation that this person is a member of."""


class OrganisationNotConfirmed(DomainError):
    """Unknown, ended, of another name, or somebody else stands for it: which, nobody is told."""


class MemberNotFound(DomainError):
    """No such member of this organisation."""


class MemberExists(DomainError):
    """The organisation has a member of this number."""


class TooManyAdmins(DomainError):
    """An organisation has at most five administrators."""


class LegalRepresentativeStays(DomainError):
    """The legal representative is who the enterprise registry says, and can't be removed by a member."""


class ScopeRequired(DomainError):
    """What somebody may do for another does not reach as far as this."""


class AssuranceLevelRequired(DomainError):
    """The account's assurance level is too low for this."""

    def __init__(self, required_level: int) -> None:
        super().__init__()
        self.required_level = required_level


class FreshProofRequired(DomainError):
    """This asks for a face or a counter check of just now."""


class IdempotencyKeyInUse(DomainError):
    """The same request, under the same key, is being worked on at this moment."""


class IdempotencyKeyReused(DomainError):
    """An Idempotency-Key came back with another request."""
