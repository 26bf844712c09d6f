"""Who is attacked, and by whom: people and staff with things of their own, and the ids of these things."""

from dataclasses import dataclass

from identity.ids import new_id
from tests import consents, family, webhooks
from tests.cases import of_a_strange_department, open_case
from tests.clients import register_client
from tests.forms import RENEWAL, begin, of_a_strange_registry
from tests.organisations import at_level_3, register
from tests.routes import CODES, KIND
from tests.sandbox import Caller, Citizen, Sandbox, Staff
from wallet.status_lists import publishing


@dataclass(frozen=True)
class Cast:
    """Who calls: each may do something that the others may not."""

    anybody: Caller
    newcomer: Citizen
    citizen: Citizen
    manager: Citizen
    officer: Staff

    @classmethod
    def of(cls, sandbox: Sandbox) -> "Cast":
        """Let them all log in."""
        manager = at_level_3(sandbox, "wang-qiang")
        manager.prove()
        return cls(
            anybody=sandbox.anybody,
            newcomer=sandbox.log_in("wu-fang"),
            citizen=sandbox.citizen("zhang-wei"),
            manager=manager,
            officer=sandbox.staff(),
        )

    def ids(self, sandbox: Sandbox) -> dict[str, str]:
        """Return an id of theirs for every part of a path."""
        licence, organisation = self.citizen.licence(KIND), register(self.manager)
        members = self.manager.expect(200, "GET", f"/v1/organisations/{organisation['id']}/members")["items"]
        machine = register_client(self.manager, organisation)
        webhook_id = webhooks.a_webhook(sandbox, organisation_id=organisation["id"])
        webhooks.happen(sandbox, organisation_id=organisation["id"])
        return {
            "licence_id": licence["id"],
            "token_id": self.citizen.show(KIND, mode="confirm", lifetime_seconds=300)["id"],
            "verification_id": self.officer.scan(self.citizen.show(KIND)["qr_text"])["id"],
            "record_id": self.citizen.access_records()[0]["id"],
            "identifier": licence["identifier"],
            "notice_id": new_id(),
            "check_id": sandbox.log_in("zhang-wei").begin_face_check(),
            "session_id": new_id(),
            "organisation_id": organisation["id"],
            "member_id": members[0]["id"],
            "staff_id": self.officer.expect(200, "GET", "/v1/staff/account")["id"],
            "client_id": machine["client_id"],
            "secret_id": machine["secrets"][0]["id"],
            "webhook_id": webhook_id,
            "delivery_id": webhooks.deliveries(sandbox, webhook_id)[0].id,
            "list_id": _a_list(sandbox),
            "case_id": of_a_strange_department(sandbox, open_case(self.citizen)),
            "draft_id": begin(self.citizen, RENEWAL)["id"],
            "correction_id": of_a_strange_registry(sandbox, self.citizen),
            "dependant_id": family.tie(sandbox, self.citizen, self.manager),
            **consents.ids(sandbox, machine, self.manager, self.citizen),
        }


def path_of(template: str, ids: dict[str, str]) -> str:
    """Fill a path; a part that nobody has an id for fails the test that asked."""
    resource = template.removeprefix("/v1/").partition("/")[0]
    return template.format(**ids | {"code": CODES.get(resource, "traffic-police")})


def _a_list(sandbox: Sandbox) -> str:
    with sandbox.parts.database.read() as session:
        return publishing.all_ids(session)[0]
