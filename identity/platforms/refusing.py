"""What the platforms' refusals are to whoever asked."""

from identity.errors import DomainError, InvalidField, PlatformBusy, PlatformRateLimited
from identity.numbers.resident_id import IdType
from identity.people import Person
from identity.platforms.wire import Trouble

# What is wrong with `phone_code`, by which a platform was to vouch; in Chinese and in English.
NO_PHONE_CODE = ("请授权手机号", "WeChat vouches with a phone number: send the code of its button.")
NO_AUTH_CODE = ("请授权实名信息", "Alipay vouches with its own real name: send a code of scope auth_user.")
CODE_REFUSED = ("授权凭证无效或已使用，请重新授权", "The code is unknown, used or expired: get another.")
FOREIGN_PHONE = ("请使用中国大陆手机号", "The number must be one of the mainland's.")
ANOTHER_USERS = ("授权凭证不属于当前登录用户", "The code belongs to another user than the one logged in.")


def platform_error(trouble: Trouble) -> DomainError:
    """Return the domain error of a trouble on the line to a platform."""
    return PlatformRateLimited() if trouble is Trouble.RATE else PlatformBusy()


def phone_code_refused(messages: tuple[str, str]) -> InvalidField:
    """Return the refusal of a voucher's code."""
    zh, en = messages
    return InvalidField(field="phone_code", message_zh=zh, message_en=en)


def require_resident_id(person: Person) -> None:
    """Raise InvalidField unless the person's document is a resident id card, the only one faces are compared with."""
    if person.id_type is not IdType.RESIDENT_ID:
        raise InvalidField(
            field="id_type",
            message_zh="平台人脸核验仅支持居民身份证，其他证件请到窗口办理",
            message_en="The platform's face check knows resident id cards only: please visit a counter.",
        )
