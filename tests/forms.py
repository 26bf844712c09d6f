"""Forms in a few words: who fills them in, and what they type."""

from tests.cases import worker
from tests.family import acting
from tests.organisations import add, at_level_3, register
from tests.sandbox import JSON, Citizen, Sandbox
from wallet.forms.models import CorrectionRow

SUBSIDY, RENEWAL = "startup-subsidy", "driving-licence-renewal"
# What nobody's licences say of a start-up subsidy.
TYPED = {
    "bank_branch": "科技园支行",
    "founder_category": "other",
    "agent_phone": "13800000006",
    "first_application": True,
    "employees": 3,
    "amount": "5000",
}


def representative(sandbox: Sandbox) -> Citizen:
    """Return the restaurant's legal representative, acting for it."""
    citizen = at_level_3(sandbox, "wang-qiang")
    return acting(citizen, organisation_id=register(citizen)["id"])


def agent(sandbox: Sandbox, scopes: tuple[str, ...] = ("forms:submit",)) -> Citizen:
    """Return an agent of the restaurant with some scopes, acting for it."""
    manager, citizen = at_level_3(sandbox, "wang-qiang"), at_level_3(sandbox, "zhao-min")
    organisation = register(manager)
    add(manager, organisation, "zhao-min", scopes=list(scopes))
    return acting(citizen, organisation_id=organisation["id"])


def begin(citizen: Citizen, code: str = SUBSIDY, **body: object) -> JSON:
    """Begin a draft."""
    return citizen.expect(201, "POST", f"/v1/forms/{code}/drafts", json=body)


def typing(citizen: Citizen, draft: JSON, values: JSON) -> JSON:
    """Type into a draft."""
    return citizen.expect(200, "POST", f"/v1/drafts/{draft['id']}", json={"values": values})


def value(draft: JSON, key: str) -> JSON:
    """Return a field of a draft."""
    found: JSON = next(one for one in draft["values"] if one["key"] == key)
    return found


def kinds(items: list[JSON]) -> list[str]:
    """Return the kind of each."""
    return [item["kind"] for item in items]


def of_a_strange_registry(sandbox: Sandbox, citizen: Citizen) -> str:
    """Let a citizen report something about a registry that no agency here answers for; return the report's id."""
    licence_id = citizen.licence("DRIVING_LICENCE")["id"]
    said = {"licence_id": licence_id, "field": "vehicle_class", "comment": "不对"}
    made = citizen.expect(201, "POST", "/v1/corrections", json=said)
    with sandbox.parts.database.write() as session:
        session.get_one(CorrectionRow, made["id"]).registry_code = "elsewhere"
    correction_id: str = made["id"]
    return correction_id


def begun(sandbox: Sandbox) -> None:
    """Let somebody begin a draft."""
    begin(sandbox.citizen("zhang-wei"), RENEWAL)


def answered(sandbox: Sandbox) -> None:
    """Let somebody report something about a registry, and its department answer."""
    citizen = sandbox.citizen("zhang-wei")
    said = {
        "licence_id": citizen.licence("DRIVING_LICENCE")["id"],
        "field": "vehicle_class",
        "comment": "不对",
    }
    report = citizen.expect(201, "POST", "/v1/corrections", json=said)
    answer = {"outcome": "accepted", "answer": "已核实"}
    worker(sandbox).expect(200, "POST", f"/v1/staff/corrections/{report['id']}/answer", json=answer)
