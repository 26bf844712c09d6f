"""An agency's admin administers its staff: roles, initial passwords, who is out. Never their own account."""

from itertools import combinations

import pytest
from sqlalchemy import select

from identity.errors import SeparationOfDuties
from identity.staff import Permission, StaffRow
from identity.staffing.acts import StaffActRow
from identity.staffing.roles import BUNDLES, Role, permissions_of
from tests.sandbox import JSON, Caller, Sandbox, Staff, at_once, told, words

MEMBERS, LOG = "/v1/staff/members", "/v1/staff/audit-log"
NEW_PASSWORD = "three blue cats on a sill"
ABSENT = "01a20268-dca4-7616-976a-723f027d2399"


@pytest.fixture
def admin(sandbox: Sandbox) -> Staff:
    return sandbox.staff("service-hall", "S006")


@pytest.fixture
def auditor(sandbox: Sandbox) -> Staff:
    return sandbox.staff("service-hall", "S007")


def add(admin: Caller, number: str = "N100", **duties: list[str]) -> JSON:
    body = {"staff_number": number} | (duties or {"roles": ["verifier"]})
    return admin.expect(201, "POST", MEMBERS, json=body)


def log_in(sandbox: Sandbox, number: str, password: str, organisation: str = "service-hall") -> Caller:
    body = {"organisation_code": organisation, "staff_number": number, "password": password}
    answer = sandbox.anybody.expect(201, "POST", "/v1/staff/sessions", json=body)
    return Caller(sandbox.app, answer["access_token"])


def settled(sandbox: Sandbox, added: JSON) -> Caller:
    """Log in with an initial password and change it."""
    caller = log_in(sandbox, added["member"]["staff_number"], added["initial_password"])
    body = {"old_password": added["initial_password"], "new_password": NEW_PASSWORD}
    caller.expect(200, "POST", "/v1/staff/password", json=body)
    return caller


def colleague(admin: Caller, number: str) -> JSON:
    items: list[JSON] = admin.expect(200, "GET", f"{MEMBERS}?limit=100")["items"]
    return next(item for item in items if item["staff_number"] == number)


def do(admin: Caller, member: JSON, deed: str, body: JSON | None = None) -> JSON:
    return admin.expect(200, "POST", f"{MEMBERS}/{member['id']}/{deed}", json=body or {})


def test_a_new_member_changes_the_initial_password_and_works(sandbox: Sandbox, admin: Staff) -> None:
    added = add(admin)
    newcomer = log_in(sandbox, "N100", added["initial_password"])

    newcomer.refused(403, "password-change-required", "GET", "/v1/verifications")
    settled(sandbox, added).expect(200, "GET", "/v1/verifications")

    assert added["member"]["roles"] == ["verifier"]
    assert added["member"]["password_is_initial"] is True
    assert colleague(admin, "N100")["password_is_initial"] is False


def test_initial_passwords_differ_and_are_kept_nowhere(sandbox: Sandbox, admin: Staff) -> None:
    passwords = [add(admin, f"N{n}")["initial_password"] for n in range(3)]

    with sandbox.parts.database.read() as session:
        kept = repr([list(row) for row in session.execute(select(StaffRow.__table__))])
        kept += repr([list(row) for row in session.execute(select(StaffActRow.__table__))])
    assert len(set(passwords)) == 3
    assert all(len(password) >= 16 and password not in kept for password in passwords)


def test_a_number_is_taken_once_in_an_agency(admin: Staff) -> None:
    answers = at_once(
        *[lambda: admin.post(MEMBERS, {"staff_number": "N100", "roles": ["verifier"]}).status_code] * 3
    )

    assert sorted(answers) == [201, 409, 409]
    admin.refused(409, "staff-number-taken", "POST", MEMBERS, json={"staff_number": "S001"})


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_a_bundle_of_permissions(admin: Staff, role: Role) -> None:
    member = add(admin, roles=[role])["member"]

    assert set(member["permissions"]) == BUNDLES[role]
    assert role in member["roles"]


def test_single_permissions_serve_where_a_role_would_be_too_much(admin: Staff) -> None:
    member = add(admin, permissions=["raise-assurance"])["member"]

    assert (member["roles"], member["permissions"]) == ([], ["raise-assurance"])


@pytest.mark.parametrize(
    ("one", "other"),
    [pair for pair in combinations(Permission, 2) if {"manage-staff", "audit"} & set(pair)],
)
def test_nobody_administers_or_audits_beside_anything_else(one: Permission, other: Permission) -> None:
    with pytest.raises(SeparationOfDuties):
        permissions_of([], [one, other])


@pytest.mark.parametrize(
    "duties",
    [
        {"roles": ["admin", "auditor"]},
        {"roles": ["admin", "verifier"]},
        {"roles": ["admin"], "permissions": ["audit"]},
        {"roles": ["auditor", "supervisor"]},
    ],
)
def test_what_is_kept_apart_can_be_given_neither_at_first_nor_later(admin: Staff, duties: JSON) -> None:
    member = add(admin)["member"]
    path = f"{MEMBERS}/{member['id']}/roles"

    admin.refused(422, "separation-of-duties", "POST", MEMBERS, json={"staff_number": "N2"} | duties)
    admin.refused(422, "separation-of-duties", "POST", path, json=duties)

    assert colleague(admin, "N100")["permissions"] == ["verify"]


def test_a_change_of_role_acts_on_running_tokens(sandbox: Sandbox, admin: Staff) -> None:
    added = add(admin)
    member = settled(sandbox, added)

    do(admin, added["member"], "roles", {"permissions": ["raise-assurance"]})

    member.refused(403, "forbidden", "GET", "/v1/verifications")


def test_who_is_deactivated_is_out_at_once_and_can_come_back(sandbox: Sandbox, admin: Staff) -> None:
    added = add(admin)
    member = settled(sandbox, added)
    login = {"organisation_code": "service-hall", "staff_number": "N100", "password": NEW_PASSWORD}

    gone = do(admin, added["member"], "deactivate")
    member.refused(401, "unauthenticated", "GET", "/v1/verifications")
    sandbox.anybody.refused(401, "invalid-credentials", "POST", "/v1/staff/sessions", json=login)
    do(admin, added["member"], "reactivate")

    assert gone["active"] is False
    member.refused(401, "unauthenticated", "GET", "/v1/verifications")
    log_in(sandbox, "N100", NEW_PASSWORD).expect(200, "GET", "/v1/verifications")


def test_a_reset_password_is_an_initial_one_and_ends_the_sessions(sandbox: Sandbox, admin: Staff) -> None:
    added = add(admin)
    member = settled(sandbox, added)

    reset = do(admin, added["member"], "reset-password", {"totp_too": True})

    member.refused(401, "unauthenticated", "GET", "/v1/verifications")
    again = log_in(sandbox, "N100", reset["initial_password"])
    again.refused(403, "password-change-required", "GET", "/v1/verifications")


@pytest.mark.parametrize("deed", ["roles", "deactivate", "reactivate", "reset-password"])
def test_nobody_does_so_to_themselves(admin: Staff, deed: str) -> None:
    own = colleague(admin, "S006")
    body = {"roles": ["supervisor"]} if deed == "roles" else {}

    admin.refused(403, "own-account", "POST", f"{MEMBERS}/{own['id']}/{deed}", json=body)

    assert colleague(admin, "S006") == own


@pytest.mark.parametrize("deed", ["roles", "deactivate", "reactivate", "reset-password"])
def test_another_agencys_member_is_not_found(sandbox: Sandbox, admin: Staff, deed: str) -> None:
    stranger = sandbox.staff().expect(200, "GET", "/v1/staff/account")
    body = {"roles": ["verifier"]} if deed == "roles" else {}

    here = admin.refused(404, "staff-not-found", "POST", f"{MEMBERS}/{stranger['id']}/{deed}", json=body)
    nowhere = admin.refused(404, "staff-not-found", "POST", f"{MEMBERS}/{ABSENT}/{deed}", json=body)

    assert told(here) == told(nowhere)


@pytest.mark.parametrize("number", ["S001", "S002", "S003", "S004", "S005", "S007"])
def test_only_an_admin_administers(sandbox: Sandbox, number: str) -> None:
    somebody = sandbox.staff("service-hall", number)

    somebody.refused(403, "forbidden", "GET", MEMBERS)
    somebody.refused(403, "forbidden", "POST", MEMBERS, json={"staff_number": "N1", "roles": ["verifier"]})
    somebody.refused(403, "forbidden", "POST", "/v1/staff/organisation", json={"totp_required": True})


def test_an_admin_neither_verifies_nor_reads_the_log(admin: Staff) -> None:
    admin.refused(403, "forbidden", "POST", "/v1/verifications", json={"qr_text": "x"})

    admin.refused(403, "forbidden", "GET", LOG)


def test_the_log_says_who_did_what_to_whom_newest_first(
    sandbox: Sandbox, admin: Staff, auditor: Staff
) -> None:
    member = add(admin)["member"]
    do(admin, member, "roles", {"roles": ["supervisor"]})
    do(admin, member, "reset-password")
    do(admin, member, "deactivate")
    admin.expect(200, "POST", "/v1/staff/organisation", json={"totp_required": True})

    items = auditor_of(sandbox).expect(200, "GET", LOG)["items"]

    assert words(items, "act") == [
        "settings-changed",
        "member-deactivated",
        "password-reset",
        "permissions-changed",
        "member-created",
    ]
    assert {repr(item["actor"]) for item in items} == {
        repr({"organisation_code": "service-hall", "staff_number": "S006"})
    }
    assert words(items, "staff_number") == [None, *["N100"] * 4]
    assert items[3]["details"]["before"] == ["verify"]
    assert len(items[3]["details"]["after"]) == 5
    assert auditor.token


def auditor_of(sandbox: Sandbox) -> Caller:
    """Return the auditor, who has the second factor that their agency asks for by now."""
    return sandbox.staff("platform", "P002")


def test_an_auditor_reads_of_their_own_agency_and_the_platforms_of_all(
    sandbox: Sandbox, admin: Staff, auditor: Staff
) -> None:
    add(admin)
    platform = sandbox.staff("platform", "P001")
    add(platform, "P100")

    own = auditor.expect(200, "GET", LOG)["items"]
    every = sandbox.staff("platform", "P002").expect(200, "GET", LOG)["items"]

    assert words(own, "staff_number") == ["N100"]
    assert words(every, "staff_number") == ["P100", "N100"]


def test_the_log_is_read_page_by_page_and_has_no_other_way_in(admin: Staff, auditor: Staff) -> None:
    for n in range(3):
        add(admin, f"N{n}")

    first = auditor.expect(200, "GET", f"{LOG}?limit=2")
    rest = auditor.expect(200, "GET", f"{LOG}?cursor={first['next_cursor']}")

    assert words(first["items"] + rest["items"], "staff_number") == ["N2", "N1", "N0"]
    assert auditor.post(LOG, {}).status_code == 405


def test_what_is_wrong_with_a_new_member_is_named(admin: Staff) -> None:
    for body, field in (
        ({"staff_number": "", "roles": ["verifier"]}, "staff_number"),
        ({"staff_number": "N 1", "roles": ["verifier"]}, "staff_number"),
        ({"staff_number": "N1", "roles": ["king"]}, "roles.0"),
        ({"staff_number": "N1", "permissions": ["everything"]}, "permissions.0"),
    ):
        problem = admin.refused(422, "validation-failed", "POST", MEMBERS, json=body)

        assert list(problem["errors"]) == [field]
