"""The second factor of staff: time-based one-time passwords (RFC 6238), SHA-1, six digits, 30 seconds.

These parameters are the only ones that every authenticator app understands. The secret lies sealed. A code
counts in its own step and in the one before and after it, and is accepted once (RFC 6238 §5.2).
"""

import hmac
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from identity.crypto.cipher import PiiCipher
from identity.staff import StaffRow

ISSUER = "亮证 Liangzheng"
STEP = timedelta(seconds=30)
WINDOW = (0, -1, 1)


def new_secret() -> str:
    """Return a fresh secret of 160 bits in base 32."""
    return pyotp.random_base32()


def uri(secret: str, account: str) -> str:
    """Return the otpauth URI that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def seal(cipher: PiiCipher, staff_id: str, secret: str) -> bytes:
    """Seal a secret for a member's row."""
    return cipher.seal(secret, _place(staff_id))


def accept(session: Session, cipher: PiiCipher, row: StaffRow, unverified_code: str, now: datetime) -> bool:
    """Use a code up; False for a wrong one, and for one that was used before."""
    if row.totp_sealed is None:
        return False
    totp = pyotp.TOTP(cipher.open_text(row.totp_sealed, _place(row.id)))
    here = totp.timecode(now)
    step = next((here + w for w in WINDOW if _equal(totp.generate_otp(here + w), unverified_code)), None)
    if step is None:
        return False
    used = session.scalar(
        update(StaffRow)
        .where(
            StaffRow.id == row.id,
            StaffRow.totp_sealed == row.totp_sealed,
            or_(StaffRow.totp_last_step.is_(None), StaffRow.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .returning(StaffRow.id)
        .execution_options(synchronize_session=False),
    )
    return used is not None


def _equal(code: str, unverified: str) -> bool:
    return hmac.compare_digest(code.encode(), unverified.encode())


def _place(staff_id: str) -> str:
    return f"staff.totp:{staff_id}"
