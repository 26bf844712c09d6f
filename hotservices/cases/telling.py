"""Telling a person how their case goes: what needs an answer of theirs, and how it ended."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from hotservices.cases.briefs import Worked
from hotservices.cases.states import Deed
from identity import notices
from identity.crypto.cipher import PiiCipher
from identity.notices import NoticeKind

NOTICES: Mapping[Deed, NoticeKind] = MappingProxyType(
    {
        Deed.ASK_MORE: NoticeKind.CASE_NEEDS_MORE,
        Deed.APPROVE: NoticeKind.CASE_APPROVED,
        Deed.DECIDE: NoticeKind.CASE_APPROVED_AT_ONCE,
        Deed.REJECT: NoticeKind.CASE_REJECTED,
        Deed.CLOSE: NoticeKind.CASE_CLOSED,
    },
)


def tell(session: Session, cipher: PiiCipher, worked: Worked, deed: Deed, now: datetime) -> None:
    """Tell whose case it is, in the transaction of the step."""
    if deed not in NOTICES:
        return
    case = worked.brief
    notices.tell(
        session,
        cipher,
        person_id=worked.person_id,
        kind=NOTICES[deed],
        about={
            "case_id": case.id,
            "service": case.service_name,
            "service_code": case.service_code,
            "department": case.department,
        },
        now=now,
    )
