"""Logging in with WeChat. It vouches with a phone number that it has verified, matched with the operators."""

from identity.errors import LoginRefused
from identity.people import Person
from identity.phones import PhoneRegistry
from identity.platforms.refusing import CODE_REFUSED, FOREIGN_PHONE, NO_PHONE_CODE, phone_code_refused
from identity.platforms.wechat.client import Phone, WeChat
from identity.platforms.wechat.face import WeChatFaceCheck
from identity.providers import FaceCheckProvider

MAINLAND = "86"


class WeChatLogin:
    """See LoginProvider. A subject is an openid."""

    name = "wechat"

    def __init__(self, wechat: WeChat, phones: PhoneRegistry) -> None:
        self._wechat, self._phones = wechat, phones
        self._face_checks = WeChatFaceCheck(wechat)

    @property
    def face_checks(self) -> FaceCheckProvider:
        """WeChat's face verification 2.0."""
        return self._face_checks

    def subject(self, unverified_code: str) -> str:
        """Exchange a code of `wx.login` for the openid. Raises LoginRefused and the platform's errors."""
        return self._wechat.openid_of(unverified_code)

    def vouches_for(self, subject: str, person: Person, phone_code: str | None) -> bool:
        """Tell whether the phone number of this WeChat user is registered for that person.

        `phone_code` comes from the `getPhoneNumber` button. Raises InvalidField when it is missing, used or
        wrong, or the number none of the mainland's; RegistryUnavailable; the platform's errors.
        """
        if phone_code is None:
            raise phone_code_refused(NO_PHONE_CODE)
        phone = self._phone(phone_code, subject)
        if phone.country != MAINLAND:
            raise phone_code_refused(FOREIGN_PHONE)
        return self._phones.matches(name=person.name, id_number=person.id_number, phone=phone.number)

    def _phone(self, phone_code: str, subject: str) -> Phone:
        try:
            return self._wechat.phone_of(phone_code, subject)
        except LoginRefused:
            # Of a phone code this says nothing about the login.
            raise phone_code_refused(CODE_REFUSED) from None
