"""Cases to test with: opened by citizens, worked on at the service hall."""

from sqlalchemy import update

from hotservices.cases.models import CaseRow
from identity.staff import Permission
from tests.sandbox import JSON, Citizen, Sandbox, Staff, words

SERVICE = "SVC0152"


def open_case(citizen: Citizen, code: str = SERVICE, **body: str) -> JSON:
    """Open a case of a service that needs no form."""
    return citizen.expect(201, "POST", f"/v1/services/{code}/cases", json=body)


def worker(sandbox: Sandbox) -> Staff:
    """Log in as the member of the service hall who handles cases."""
    return sandbox.staff_who_may(Permission.HANDLE_CASES)


def work(staff: Staff, case: JSON, *deeds: str, comment: str = "请补充加盖公章的租赁合同") -> JSON:
    """Let staff take steps one after the other; return the case after the last."""
    for deed in deeds:
        body = {"comment": comment} if deed in {"ask-more", "reject", "close"} else {}
        case = staff.expect(200, "POST", f"/v1/staff/cases/{case['id']}/{deed}", json=body)
    return case


def read(citizen: Citizen, case: JSON) -> JSON:
    """Read one's own case."""
    return citizen.expect(200, "GET", f"/v1/cases/{case['id']}")


def deeds(case: JSON) -> list[str]:
    """Return what was done to a case, in order."""
    return words(case["timeline"], "deed")


def of_a_strange_department(sandbox: Sandbox, case: JSON) -> str:
    """Let a case be another department's than any that an agency here answers for; return its id."""
    with sandbox.parts.database.write() as session:
        session.execute(update(CaseRow).where(CaseRow.id == case["id"]).values(department="外地部门"))
    case_id: str = case["id"]
    return case_id


def grant(sandbox: Sandbox, *departments: str) -> None:
    """Let the service hall answer for these departments and no others."""
    platform = sandbox.staff("platform", "P001")
    agencies = platform.expect(200, "GET", "/v1/staff/organisations")["items"]
    hall = next(one["id"] for one in agencies if one["code"] == "service-hall")
    path = f"/v1/staff/organisations/{hall}/departments"
    platform.expect(200, "POST", path, json={"departments": list(departments)})


def withdrawn(sandbox: Sandbox) -> None:
    """Let somebody open a case and withdraw it."""
    citizen = sandbox.citizen("zhang-wei")
    case = open_case(citizen)
    citizen.expect(200, "POST", f"/v1/cases/{case['id']}/withdraw")


def finished(sandbox: Sandbox, citizen: Citizen, code: str = SERVICE) -> JSON:
    """Let somebody open a case, and the service hall approve it."""
    return work(worker(sandbox), open_case(citizen, code), "accept", "approve")


def reviewed(sandbox: Sandbox) -> JSON:
    """Let somebody review a case that was approved."""
    citizen = sandbox.citizen("zhang-wei")
    return review(citizen, finished(sandbox, citizen))


def review(citizen: Citizen, case: JSON, stars: int = 5, **body: object) -> JSON:
    """Review one's own case."""
    return citizen.expect(201, "POST", f"/v1/cases/{case['id']}/review", json={"stars": stars} | body)
