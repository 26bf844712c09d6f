"""WeChat's face verification 2.0 (微信人脸核身): prepared and judged here, done in the mini-program."""

import base64
import hashlib
from enum import StrEnum

import structlog

from identity.errors import FaceCheckUnfinished, PlatformBusy
from identity.people import Person
from identity.platforms.refusing import require_resident_id
from identity.platforms.wechat.client import WeChat
from identity.providers import FaceCheckStarted

CERT_TYPE = "IDENTITY_CARD"
PASSED = 10000

log = structlog.get_logger(__name__)


class Ending(StrEnum):
    """How a face verification can end, in families of `verify_ret`."""

    PASSED = "passed"
    FAILED = "failed"
    DEVICE = "device"
    CANCELLED = "cancelled"
    NETWORK = "network"
    PERMISSION = "permission"
    CAPTURE = "capture"
    TIMEOUT = "timeout"
    SYSTEM = "system"


ENDINGS = {
    PASSED: Ending.PASSED,
    90001: Ending.DEVICE,
    **dict.fromkeys(range(90002, 90007), Ending.CANCELLED),
    **dict.fromkeys((90007, 90012), Ending.NETWORK),
    **dict.fromkeys((90008, 90009, 90010), Ending.PERMISSION),
    **dict.fromkeys((90011, 90013, 90014), Ending.CAPTURE),
    **dict.fromkeys((90017, 90107), Ending.TIMEOUT),
    **dict.fromkeys((90018, 90199), Ending.SYSTEM),
}


# Who walks away, or whose network fails, is not somebody else.
JUDGED = frozenset({Ending.PASSED, Ending.FAILED})


class WeChatFaceCheck:
    """See FaceCheckProvider. `reference` is a UUID; without its dashes it is WeChat's out_seq_no."""

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat

    def begin(self, subject: str, person: Person, reference: str) -> FaceCheckStarted:
        """Prepare a check; `verifyId` is for `wx.requestFacialVerify`.

        Raises InvalidField for a document that WeChat can't compare with, and the platform's errors.
        """
        require_resident_id(person)
        verify_id = self._wechat.begin_face_check(subject, _certificate(person), _number_of(reference))
        return FaceCheckStarted(verify_id, {"verifyId": verify_id})

    def passed(self, subject: str, person: Person, reference: str, provider_reference: str) -> bool:
        """Tell whether it was passed: errcode is 0 and verify_ret 10000.

        Raises FaceCheckUnfinished where it ended before a face was compared, and the platform's errors.
        """
        hashed = cert_hash(CERT_TYPE, person.name, person.id_number)
        ending = ending_of(
            self._wechat.face_check_result(subject, provider_reference, _number_of(reference), hashed),
        )
        if ending is not Ending.PASSED:
            log.info("face check not passed", system="wechat", ending=ending.value)
        if ending is Ending.SYSTEM:
            raise PlatformBusy
        if ending not in JUDGED:
            raise FaceCheckUnfinished
        return ending is Ending.PASSED


def ending_of(verify_ret: int) -> Ending:
    """Return the family of a `verify_ret`; what nobody documented has failed."""
    return ENDINGS.get(verify_ret, Ending.FAILED)


def cert_hash(cert_type: str, name: str, number: str) -> str:
    """Return the hash by which WeChat knows whose verification is asked about: lower-case hex SHA-256."""
    parts = {"cert_type": cert_type, "cert_name": name, "cert_no": number}
    text = "&".join(f"{key}={base64.b64encode(part.encode()).decode()}" for key, part in parts.items())
    return hashlib.sha256(text.encode()).hexdigest()


def _certificate(person: Person) -> dict[str, str]:
    return {"cert_type": CERT_TYPE, "cert_name": person.name, "cert_no": person.id_number}


def _number_of(reference: str) -> str:
    return reference.replace("-", "")
