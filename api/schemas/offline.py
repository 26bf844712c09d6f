"""Offline verification on the wire."""

from datetime import UTC, datetime

from marshmallow import fields, validate

from api.schemas.common import Request, Response, items_of, one_of
from api.validation import Token
from wallet.showing.models import OutcomeWord
from wallet.showing.offline.offline_packs import SINCE
from wallet.showing.reasons import Reason
from wallet.status import LicenceStatus

MAX_SCANS = 100
# A time outside these years is no clock's, however wrong.
FIRST_TIME, LAST_TIME = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


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


class OfflineScanRequest(Request):
    """A scan made without a network; `scanned_at` is the device's time, set right by the pack's."""

    qr_text = Token(required=True)
    scanned_at = fields.AwareDateTime(required=True, validate=validate.Range(FIRST_TIME, LAST_TIME))


class OfflineBatchRequest(Request):
    """Scans to reconcile."""

    items = fields.List(
        fields.Nested(OfflineScanRequest),
        required=True,
        validate=validate.Length(1, MAX_SCANS),
    )


class ReconciledSchema(Response):
    """What became of one scan."""

    outcome = one_of(OutcomeWord, required=True)
    reason = one_of(Reason, required=True, allow_none=True)
    status_then = one_of(LicenceStatus, required=True, allow_none=True)
    status_now = one_of(LicenceStatus, required=True, allow_none=True)
    double_use = fields.Boolean(required=True)
    verification_id = fields.String(required=True)


class OfflineBatchSchema(Response):
    """What became of each scan, in the order they were sent."""

    items = items_of(ReconciledSchema)
