"""What a licence is worth on a day (DESIGN.md sections 3 and 4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.clock import civil_date
from wallet.showing.reasons import Reason, of_status
from wallet.status import LicenceStatus, status_on

DAY = date(2026, 11, 22)
ONE = timedelta(days=1)
DECIDED = [
    LicenceStatus.SUSPENDED,
    LicenceStatus.REVOKED,
    LicenceStatus.CANCELLED,
    LicenceStatus.SUPERSEDED,
    LicenceStatus.TRANSFERRED,
]
# The order of DESIGN.md section 4, copied by hand: the code must not be its own measure.
ORDER = [
    "malformed",
    "unknown_key",
    "bad_signature",
    "not_yet_valid",
    "expired",
    "unknown_code",
    "withdrawn",
    "declined",
    "used",
    "not_permitted",
    "wallet_frozen",
    "licence_not_yet_valid",
    "licence_expired",
    "licence_suspended",
    "licence_revoked",
    "licence_cancelled",
    "licence_superseded",
    "licence_transferred",
]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "status"),
    [
        (None, None, LicenceStatus.VALID),
        (DAY, DAY, LicenceStatus.VALID),
        (DAY - ONE, DAY, LicenceStatus.VALID),
        (DAY - ONE, None, LicenceStatus.VALID),
        (None, DAY - ONE, LicenceStatus.EXPIRED),
        (DAY - ONE, DAY - ONE, LicenceStatus.EXPIRED),
        (DAY + ONE, None, LicenceStatus.NOT_YET_VALID),
        (DAY + ONE, DAY + ONE, LicenceStatus.NOT_YET_VALID),
    ],
)
def test_first_and_last_day_count_and_no_end_is_no_end(
    valid_from: date | None,
    valid_to: date | None,
    status: LicenceStatus,
) -> None:
    assert status_on(DAY, LicenceStatus.VALID, valid_from, valid_to) is status


def test_the_last_day_ends_at_midnight_in_china() -> None:
    instants = [
        datetime(2026, 11, 22, 15, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 22, 16, 0, tzinfo=UTC),
    ]

    statuses = [status_on(civil_date(at), LicenceStatus.VALID, None, DAY) for at in instants]

    assert statuses == [LicenceStatus.VALID, LicenceStatus.EXPIRED]


@pytest.mark.parametrize("decided", DECIDED)
def test_what_a_department_decided_holds_within_the_dates(decided: LicenceStatus) -> None:
    assert status_on(DAY, decided, DAY, DAY) is decided


@given(
    st.sampled_from([LicenceStatus.VALID, *DECIDED]),
    st.one_of(st.none(), st.dates(DAY - 3 * ONE, DAY + 3 * ONE)),
    st.one_of(st.none(), st.dates(DAY - 3 * ONE, DAY + 3 * ONE)),
)
def test_where_several_apply_the_first_reason_is_told(
    decided: LicenceStatus,
    valid_from: date | None,
    valid_to: date | None,
) -> None:
    applying = {decided}
    if valid_from and valid_from > DAY:
        applying.add(LicenceStatus.NOT_YET_VALID)
    if valid_to and valid_to < DAY:
        applying.add(LicenceStatus.EXPIRED)

    status = status_on(DAY, decided, valid_from, valid_to)

    faults = applying - {LicenceStatus.VALID}
    assert status is (min(faults, key=list(LicenceStatus).index) if faults else LicenceStatus.VALID)


def test_reasons_come_in_the_order_of_the_contract() -> None:
    assert [str(reason) for reason in Reason] == ORDER


@pytest.mark.parametrize("status", LicenceStatus)
def test_every_status_but_valid_is_a_reason_of_its_own(status: LicenceStatus) -> None:
    reason = of_status(status)

    assert reason == (None if status is LicenceStatus.VALID else f"licence_{status}")
    assert reason is None or reason.is_licences_own


def test_only_the_licences_own_reasons_tell_of_the_licence() -> None:
    assert {reason for reason in Reason if reason.is_licences_own} == {
        Reason(word) for word in ORDER if word.startswith("licence_")
    }
