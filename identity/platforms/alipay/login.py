"""Logging in with Alipay. It vouches with the real name that it has certified itself."""

import structlog

from identity.errors import LoginRefused, PlatformBusy
from identity.numbers.resident_id import normalise
from identity.people import Person, normalise_name
from identity.platforms.alipay.client import Alipay, AlipayUser
from identity.platforms.alipay.face import AlipayFaceCheck
from identity.platforms.refusing import ANOTHER_USERS, CODE_REFUSED, NO_AUTH_CODE, phone_code_refused
from identity.providers import FaceCheckProvider

log = structlog.get_logger(__name__)


class AlipayLogin:
    """See LoginProvider. A subject is Alipay's user_id, or the open_id that replaces it."""

    name = "alipay"

    def __init__(self, alipay: Alipay) -> None:
        self._alipay = alipay
        self._face_checks = AlipayFaceCheck(alipay)

    @property
    def face_checks(self) -> FaceCheckProvider:
        """Alipay's face certification."""
        return self._face_checks

    def subject(self, unverified_code: str) -> str:
        """Exchange a code of `my.getAuthCode`. Raises LoginRefused and the platform's errors."""
        return self._alipay.user_of(unverified_code).id

    def vouches_for(self, subject: str, person: Person, phone_code: str | None) -> bool:
        """Tell whether Alipay has certified this user as that person.

        `phone_code` is a fresh code of `my.getAuthCode({scopes: ["auth_user"]})`, by which the user lets us read
        their real name. Nothing that it opens is kept. Raises InvalidField when it is missing, used, wrong or
        another user's; the platform's errors.
        """
        if phone_code is None:
            raise phone_code_refused(NO_AUTH_CODE)
        user = self._user(phone_code)
        if user.id != subject:
            raise phone_code_refused(ANOTHER_USERS)
        shared = self._alipay.certified(user.access_token)
        if shared.get("is_certified") != "T":
            return False
        name, number = shared.get("user_name"), shared.get("cert_no")
        if not isinstance(name, str) or not isinstance(number, str) or "*" in name + number:
            # Only who has signed for the product is told. That is the operator's to mend, and nobody's mismatch.
            log.error("alipay does not tell the real name", call="alipay.user.info.share")
            raise PlatformBusy
        return (normalise_name(name), normalise(number)) == (person.name, person.id_number)

    def _user(self, code: str) -> AlipayUser:
        try:
            return self._alipay.user_of(code)
        except LoginRefused:
            # Of this code it says nothing about the login.
            raise phone_code_refused(CODE_REFUSED) from None
