"""Offline verification on the wire."""

from marshmallow import fields, validate

from api.schemas.common import Request
from wallet.showing.offline_packs import SINCE


class PackQuery(Request):
    """What a device has already."""

    since = fields.String(
        load_default=None,
        # Python's `$` would let a line break follow, which no other reader of the pattern does.
        validate=validate.Regexp(f"^(?:{SINCE.pattern})$(?!\\n)"),
        metadata={
            "description": (
                "上一个包的 version；此后有变化的列表以增量返回。 · The `version` of the pack that the device has: "
                "lists come as what changed since, where that is shorter. A version that is yet to come, or of a "
                "list that is not there, counts for nothing."
            ),
        },
    )
