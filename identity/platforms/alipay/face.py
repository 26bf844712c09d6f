"""Alipay's face certification (支付宝身份认证): prepared and judged here, done in the mini-program."""

import structlog

from identity.errors import FaceCheckUnfinished
from identity.people import Person
from identity.platforms.alipay.client import Alipay
from identity.platforms.refusing import require_resident_id
from identity.providers import FaceCheckStarted

log = structlog.get_logger(__name__)


class AlipayFaceCheck:
    """See FaceCheckProvider. `reference` is a UUID; without its dashes it is Alipay's outer_order_no."""

    def __init__(self, alipay: Alipay) -> None:
        self._alipay = alipay

    def begin(self, subject: str, person: Person, reference: str) -> FaceCheckStarted:
        """Prepare a check; `certifyId` and `url` are for `my.startAPVerify`.

        Raises InvalidField for a document that Alipay can't compare with, and the platform's errors.
        """
        require_resident_id(person)
        identity = {
            "identity_type": "CERT_INFO",
            "cert_type": "IDENTITY_CARD",
            "cert_name": person.name,
            "cert_no": person.id_number,
        }
        certify_id = self._alipay.begin_certification(reference.replace("-", ""), identity)
        url = self._alipay.certification_url(certify_id)
        return FaceCheckStarted(certify_id, {"certifyId": certify_id, "url": url})

    def passed(self, subject: str, person: Person, reference: str, provider_reference: str) -> bool:
        """Tell whether it was passed.

        Raises FaceCheckUnfinished while Alipay gives no reason why it was not, and the platform's errors.
        """
        result = self._alipay.certification(provider_reference)
        if not result.passed:
            log.info("face check not passed", system="alipay", failed=result.failed)
            if not result.failed:
                raise FaceCheckUnfinished
        return result.passed
