"""Agencies are created by the platform; what they may verify, only the platform widens."""

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner
from sqlalchemy import delete, select, update

from identity.staff import OrganisationKind, OrganisationRow, StaffRow
from identity.staffing.acts import StaffActRow
from tests.sandbox import JSON, Caller, Sandbox, Staff, told, words

AGENCIES, OWN = "/v1/staff/organisations", "/v1/staff/organisation"
MUSEUM = {"code": "museum", "name": "测试市博物馆", "kind": "verifier", "admin_number": "M001"}
ABSENT = "01a20268-dca4-7616-976a-723f027d2399"


@pytest.fixture
def platform(sandbox: Sandbox) -> Staff:
    return sandbox.staff("platform", "P001")


@pytest.fixture
def hall_admin(sandbox: Sandbox) -> Staff:
    return sandbox.staff("service-hall", "S006")


def agency(platform: Caller, code: str) -> JSON:
    items: list[JSON] = platform.expect(200, "GET", f"{AGENCIES}?limit=100")["items"]
    return next(item for item in items if item["code"] == code)


def grant(caller: Caller, path: str, *grants: tuple[str, str]) -> JSON:
    body = {"grants": [{"kind": kind, "profile": profile} for kind, profile in grants]}
    return caller.expect(200, "POST", path, json=body)


def scanned(sandbox: Sandbox, kind: str) -> JSON:
    """Scan a licence at the hotel."""
    holder = sandbox.citizen("zhang-wei")
    return sandbox.staff("hotel", "H001").scan(holder.show(kind)["qr_text"])


def test_the_platform_creates_an_agency_with_its_first_admin(sandbox: Sandbox, platform: Staff) -> None:
    created = platform.expect(201, "POST", AGENCIES, json=MUSEUM)
    login = {
        "organisation_code": "museum",
        "staff_number": "M001",
        "password": created["initial_password"],
    }

    answer = sandbox.anybody.expect(201, "POST", "/v1/staff/sessions", json=login)

    assert created["organisation"]["kind"] == "verifier"
    assert answer["staff"]["permissions"] == ["manage-staff"]
    assert answer["staff"]["required_action"] == "password-change"
    assert agency(platform, "museum") == created["organisation"]


def test_a_code_is_taken_once(platform: Staff) -> None:
    platform.refused(
        409, "organisation-code-taken", "POST", AGENCIES, json=MUSEUM | {"code": "traffic-police"}
    )


@pytest.mark.parametrize(
    "wrong", [{"code": "Museum"}, {"code": "a b"}, {"kind": "enterprise"}, {"kind": "platform"}, {"name": ""}]
)
def test_what_is_wrong_with_an_agency_is_named(platform: Staff, wrong: JSON) -> None:
    problem = platform.refused(422, "validation-failed", "POST", AGENCIES, json=MUSEUM | wrong)

    assert list(problem["errors"]) == list(wrong)


def test_no_other_agencys_admin_has_a_say(sandbox: Sandbox, platform: Staff, hall_admin: Staff) -> None:
    hotel = agency(platform, "hotel")

    hall_admin.refused(403, "forbidden", "GET", AGENCIES)
    hall_admin.refused(403, "forbidden", "POST", AGENCIES, json=MUSEUM)
    hall_admin.refused(403, "forbidden", "GET", f"{AGENCIES}/{hotel['id']}/grants")
    hall_admin.refused(403, "forbidden", "POST", f"{AGENCIES}/{hotel['id']}/grants", json={"grants": []})
    sandbox.staff("platform", "P002").refused(403, "forbidden", "GET", AGENCIES)


def test_the_hotel_sees_the_basic_profile_of_identity_cards_only(platform: Staff) -> None:
    held = platform.expect(200, "GET", f"{AGENCIES}/{agency(platform, 'hotel')['id']}/grants")

    assert held["organisation"] == {"code": "hotel", "name": "测试市亮证酒店"}
    assert held["grants"] == [{"kind": "ID_CARD", "profile": "basic"}]


def test_what_the_platform_grants_and_takes_counts_at_the_next_scan(
    sandbox: Sandbox, platform: Staff
) -> None:
    path = f"{AGENCIES}/{agency(platform, 'hotel')['id']}/grants"
    before = scanned(sandbox, "DRIVING_LICENCE")

    grant(platform, path, ("DRIVING_LICENCE", "basic"))
    granted = sandbox.staff("hotel", "H001").scan(
        sandbox.log_in("zhang-wei").show("DRIVING_LICENCE")["qr_text"]
    )
    grant(platform, path)
    taken = sandbox.staff("hotel", "H001").scan(
        sandbox.log_in("zhang-wei").show("DRIVING_LICENCE")["qr_text"]
    )

    assert (before["reason"], granted["outcome"], taken["reason"]) == (
        "not_permitted",
        "accepted",
        "not_permitted",
    )


def test_an_agencys_admin_narrows_what_it_may_verify_and_never_widens_it(hall_admin: Staff) -> None:
    grant(hall_admin, f"{OWN}/grants", ("ID_CARD", "standard"), ("DRIVING_LICENCE", "basic"))

    for wider in (("ID_CARD", "full"), ("DRIVING_LICENCE", "standard"), ("BUSINESS_LICENCE", "basic")):
        body = {"grants": [{"kind": wider[0], "profile": wider[1]}]}
        hall_admin.refused(403, "grants-not-widened", "POST", f"{OWN}/grants", json=body)

    held = hall_admin.expect(200, "GET", f"{OWN}/grants")["grants"]
    assert {(one["kind"], one["profile"]) for one in held} == {
        ("ID_CARD", "standard"),
        ("DRIVING_LICENCE", "basic"),
    }


@pytest.mark.parametrize(
    ("grants", "field"),
    [
        ([{"kind": "MOON_PERMIT", "profile": "basic"}], "grants.0.kind"),
        ([{"kind": "ID_CARD", "profile": "all"}], "grants.0.profile"),
    ],
)
def test_what_is_wrong_with_a_grant_is_named(platform: Staff, grants: list[JSON], field: str) -> None:
    path = f"{AGENCIES}/{agency(platform, 'hotel')['id']}/grants"

    problem = platform.refused(422, "validation-failed", "POST", path, json={"grants": grants})

    assert list(problem["errors"]) == [field]


def test_an_enterprise_is_no_agency(sandbox: Sandbox, platform: Staff) -> None:
    with sandbox.parts.database.write() as session:
        session.add(
            OrganisationRow(id=ABSENT, code="91440300MA00TEX11Q", name="x", kind=OrganisationKind.ENTERPRISE)
        )
    path = f"{AGENCIES}/{ABSENT}/grants"

    here = platform.refused(404, "organisation-not-found", "GET", path)
    nowhere = platform.refused(404, "organisation-not-found", "GET", path.replace("2399", "2398"))

    assert told(here) == told(nowhere)
    assert "91440300MA00TEX11Q" not in words(platform.expect(200, "GET", AGENCIES)["items"], "code")


def test_an_agency_without_admins_is_given_one(sandbox: Sandbox, platform: Staff) -> None:
    path = f"{AGENCIES}/{agency(platform, 'hotel')['id']}/admins"

    added = platform.expect(201, "POST", path, json={"staff_number": "H900"})

    assert added["member"]["roles"] == ["admin"]
    platform.refused(409, "staff-number-taken", "POST", path, json={"staff_number": "H001"})
    log = sandbox.staff("platform", "P002").expect(200, "GET", "/v1/staff/audit-log")["items"][0]
    assert (log["organisation"]["code"], log["actor"]["staff_number"]) == ("hotel", "P001")


def test_an_agency_may_ask_its_staff_for_a_second_factor(sandbox: Sandbox, hall_admin: Staff) -> None:
    verifier = sandbox.staff("service-hall", "S001")

    answer = hall_admin.expect(200, "POST", OWN, json={"totp_required": True})

    assert answer["totp_required"] is True
    verifier.refused(403, "totp-enrolment-required", "GET", "/v1/verifications")
    hall_admin.refused(403, "totp-enrolment-required", "POST", OWN, json={"totp_required": False})


def first_admin(sandbox: Sandbox) -> Result:
    runner: FlaskCliRunner = sandbox.app.test_cli_runner()
    with sandbox.app.app_context():
        return runner.invoke(args=["first-admin", "city", "测试市数据局", "A001"])


def test_the_first_admin_is_made_at_the_console_and_once(sandbox: Sandbox) -> None:
    refused = first_admin(sandbox)
    with sandbox.parts.database.write() as session:
        platform = select(OrganisationRow.id).where(OrganisationRow.kind == "platform")
        session.execute(delete(StaffActRow))
        session.execute(
            update(OrganisationRow).where(OrganisationRow.id.in_(platform)).values(kind="department")
        )

    made = first_admin(sandbox)

    assert refused.exit_code != 0
    assert made.exit_code == 0
    password = made.output.strip().splitlines()[-1]
    login = {"organisation_code": "city", "staff_number": "A001", "password": password}
    answer = sandbox.anybody.expect(201, "POST", "/v1/staff/sessions", json=login)
    assert answer["staff"]["required_action"] == "password-change"
    with sandbox.parts.database.read() as session:
        acts = session.scalars(select(StaffActRow)).all()
        numbers = session.scalars(select(StaffRow.staff_number).where(StaffRow.staff_number == "A001")).all()
    assert [act.actor_id for act in acts] == [None, None]
    assert numbers == ["A001"]
