"""Who loses their standing between a call's guard and its work: the call finds out, and does nothing."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from identity.proofs.proving import ProofDesk
from tests import cases, family
from tests.consents import an_asker, ask, named
from tests.family import acting, tie
from tests.interleaving import meanwhile
from tests.organisations import add, at_level_3, register, revoke
from tests.sandbox import JSON, Citizen, Sandbox, at_once
from wallet.showing.show_tokens import ShowDesk

KIND = "DRIVING_LICENCE"
UNBIND, CLOSE, EXPORT = "/v1/real-name/unbind", "/v1/account/close", "/v1/account/export"
FREEZE, UNFREEZE = "/v1/wallet/freeze", "/v1/wallet/unfreeze"


def squatted(sandbox: Sandbox) -> tuple[Citizen, Citizen]:
    """Return a login that bound a person without a proof, and the owner's own, which has still to prove."""
    return sandbox.citizen("zhang-wei#2"), sandbox.log_in("zhang-wei")


def proved(sandbox: Sandbox, code: str = "zhang-wei") -> Citizen:
    citizen = sandbox.citizen(code)
    citizen.prove()
    return citizen


def show_path(citizen: Citizen) -> str:
    return f"/v1/licences/{citizen.licence(KIND)['id']}/show-tokens"


def refused_meanwhile(
    caller: Citizen,
    action: Callable[[], Any],
    path: str,
    status: int = 401,
    code: str = "unauthenticated",
    **body: Any,
) -> None:
    with meanwhile(action):
        caller.refused(status, code, "POST", path, **body)


def test_who_is_put_out_exports_nothing_by_the_owners_proof(sandbox: Sandbox) -> None:
    squatter, owner = squatted(sandbox)

    with meanwhile(owner.prove):
        squatter.refused(403, "fresh-proof-required", "GET", EXPORT)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (CLOSE, 401, "unauthenticated"),
        (UNFREEZE, 401, "unauthenticated"),
        (UNBIND, 403, "fresh-proof-required"),
    ],
)
def test_who_is_put_out_ends_nothing_by_the_owners_proof(
    sandbox: Sandbox, path: str, status: int, code: str
) -> None:
    squatter, owner = squatted(sandbox)
    squatter.expect(200, "POST", FREEZE)

    refused_meanwhile(squatter, owner.prove, path, status, code)

    account = owner.expect(200, "GET", "/v1/account")
    assert (account["assurance_level"], account["wallet_frozen"]) == (3, True)
    assert account["real_name"]["name_masked"] == "*伟"


@pytest.mark.parametrize("path", [CLOSE, UNFREEZE, UNBIND, None])
def test_who_waits_for_the_owners_proof_to_be_taken_down_is_put_out_by_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    squatter, owner = squatted(sandbox)
    wanted, accept, answers = path or show_path(squatter), ProofDesk.accept, list[Future[TestResponse]]()

    with ThreadPoolExecutor(1) as thread:

        def accept_slowly(*args: Any) -> Any:
            proved = accept(*args)
            answers.append(thread.submit(squatter.post, wanted))
            time.sleep(0.3)
            return proved

        monkeypatch.setattr(ProofDesk, "accept", accept_slowly)
        owner.prove()

    assert answers[0].result().status_code in {401, 403}
    assert owner.expect(200, "GET", "/v1/account")["assurance_level"] == 3


def test_who_is_put_out_shows_nothing(sandbox: Sandbox) -> None:
    squatter, owner = squatted(sandbox)
    path = show_path(squatter)

    refused_meanwhile(squatter, owner.prove, path)


def test_who_is_put_out_consents_to_nothing(sandbox: Sandbox) -> None:
    client = an_asker(sandbox)
    squatter, owner = squatted(sandbox)
    request = ask(client, named("zhang-wei"))

    refused_meanwhile(squatter, owner.prove, f"/v1/consent-requests/{request['id']}/approve")

    assert owner.expect(200, "GET", "/v1/consents")["items"] == []


def test_who_is_put_out_lets_no_helper_in(sandbox: Sandbox) -> None:
    helper = proved(sandbox, "li-na")
    squatter, owner = squatted(sandbox)
    asked = helper.expect(201, "POST", "/v1/dependants", json=family.named("zhang-wei", "spouse"))

    refused_meanwhile(squatter, owner.prove, f"/v1/dependants/{asked['id']}/approve")

    (waiting,) = owner.expect(200, "GET", "/v1/dependants")["items"]
    assert waiting["status"] == "pending"


def test_after_unbinding_was_answered_nothing_is_shown_and_nothing_consented(sandbox: Sandbox) -> None:
    client, citizen = an_asker(sandbox), proved(sandbox)
    request, show = ask(client, named("zhang-wei")), show_path(citizen)

    refused_meanwhile(citizen, lambda: citizen.expect(200, "POST", UNBIND), show)
    citizen.bind()
    citizen.prove()
    approve = f"/v1/consent-requests/{request['id']}/approve"
    refused_meanwhile(citizen, lambda: citizen.expect(200, "POST", UNBIND), approve)

    citizen.bind()
    assert citizen.expect(200, "GET", "/v1/consents")["items"] == []


def test_after_unbinding_was_answered_nothing_is_arranged_and_nothing_reported(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)
    licence_id = citizen.licence(KIND)["id"]
    report = {"licence_id": licence_id, "field": "address", "proposed": "x", "comment": "y"}

    for path, body in (
        (f"/v1/licences/{licence_id}/preferences", {"pinned": True}),
        ("/v1/corrections", report),
    ):
        refused_meanwhile(citizen, lambda: citizen.expect(200, "POST", UNBIND), path, json=body)
        citizen.bind()
        citizen.prove()

    assert citizen.licence(KIND)["pinned"] is False
    assert citizen.expect(200, "GET", "/v1/corrections")["items"] == []


def test_unbinding_waits_for_a_code_that_is_being_made_and_ends_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, officer = proved(sandbox), sandbox.staff()
    path, issue, unbound = show_path(citizen), ShowDesk.issue, list[Future[JSON]]()

    with ThreadPoolExecutor(1) as thread:

        def issue_slowly(*args: Any, **kwargs: Any) -> Any:
            made = issue(*args, **kwargs)
            unbound.append(thread.submit(citizen.expect, 200, "POST", UNBIND))
            time.sleep(0.3)
            return made

        monkeypatch.setattr(ShowDesk, "issue", issue_slowly)
        shown = citizen.expect(201, "POST", path)

    assert unbound[0].result()["assurance_level"] == 1
    assert officer.scan(shown["qr_text"])["reason"] == "withdrawn"


def test_a_helper_whose_tie_ends_shows_nothing_more(sandbox: Sandbox) -> None:
    helper, principal = proved(sandbox, "li-na"), sandbox.citizen("zhang-wei")
    tie_id = tie(sandbox, helper, principal)
    as_helper, path = acting(helper, dependant_id=tie_id), show_path(principal)

    refused_meanwhile(
        as_helper, lambda: principal.expect(200, "POST", f"/v1/dependants/{tie_id}/revoke"), path
    )


def test_a_helper_whose_tie_ends_confirms_nothing_more(sandbox: Sandbox) -> None:
    helper, principal, officer = proved(sandbox, "li-na"), sandbox.citizen("zhang-wei"), sandbox.staff()
    tie_id = tie(sandbox, helper, principal)
    as_helper, shown = acting(helper, dependant_id=tie_id), principal.show(KIND, mode="confirm")
    scan = officer.scan(shown["qr_text"])

    refused_meanwhile(
        as_helper,
        lambda: principal.expect(200, "POST", f"/v1/dependants/{tie_id}/revoke"),
        f"/v1/show-tokens/{shown['id']}/confirm",
    )

    seen = officer.expect(200, "GET", f"/v1/verifications/{scan['id']}")
    assert (seen["outcome"], seen["holder"]) == ("pending", None)


def test_after_unbinding_was_answered_no_case_is_opened_withdrawn_or_reviewed(sandbox: Sandbox) -> None:
    citizen = proved(sandbox)
    waiting, done = cases.open_case(citizen), cases.finished(sandbox, citizen)
    stars = {"stars": 1, "aspects": [], "comment": "x"}

    for path, body in (
        (f"/v1/services/{cases.SERVICE}/cases", {}),
        (f"/v1/cases/{waiting['id']}/withdraw", {}),
        (f"/v1/cases/{done['id']}/review", stars),
    ):
        refused_meanwhile(citizen, lambda: citizen.expect(200, "POST", UNBIND), path, json=body)
        citizen.bind()
        citizen.prove()

    assert cases.read(citizen, waiting)["state"] == "submitted"
    assert len(citizen.expect(200, "GET", "/v1/cases")["items"]) == 2
    assert cases.read(citizen, done)["review"] is None


def test_a_helper_whose_tie_ends_withdraws_no_case(sandbox: Sandbox) -> None:
    helper, principal = proved(sandbox, "li-na"), sandbox.citizen("zhang-wei")
    tie_id, waiting = tie(sandbox, helper, principal), cases.open_case(principal)
    as_helper, end = acting(helper, dependant_id=tie_id), f"/v1/dependants/{tie_id}/revoke"

    refused_meanwhile(
        as_helper, lambda: principal.expect(200, "POST", end), f"/v1/cases/{waiting['id']}/withdraw", json={}
    )

    assert cases.read(principal, waiting)["state"] == "submitted"


def test_two_who_act_for_each_other_open_cases_at_the_same_moment(sandbox: Sandbox) -> None:
    one, other = proved(sandbox, "li-na"), proved(sandbox)
    pair = [
        acting(one, dependant_id=tie(sandbox, one, other)),
        acting(other, dependant_id=tie(sandbox, other, one)),
    ]

    for _ in range(4):
        opened = at_once(*(lambda helper=helper: cases.open_case(helper) for helper in pair))

        assert [case["state"] for case in opened] == ["submitted", "submitted"]


def test_a_guardian_whose_tie_ends_consents_to_nothing_more(sandbox: Sandbox) -> None:
    client, father = an_asker(sandbox), at_level_3(sandbox, "zhang-wei")
    child = father.expect(201, "POST", "/v1/dependants", json=family.named("zhang-zimo", "son"))
    as_guardian = acting(father, dependant_id=child["id"])
    what = {"purpose": "school", "items": [{"kind": "BIRTH_CERT", "fields": ["newborn_name"]}]}
    request = ask(client, named("zhang-zimo"), **what)
    approve, end = f"/v1/consent-requests/{request['id']}/approve", f"/v1/dependants/{child['id']}/revoke"

    refused_meanwhile(as_guardian, lambda: father.expect(200, "POST", end), approve)

    assert client.expect(200, "GET", f"/v1/consent-requests/{request['id']}")["status"] == "pending"


def test_an_agent_whose_membership_ends_shows_nothing_more(sandbox: Sandbox) -> None:
    manager, agent = at_level_3(sandbox, "wang-qiang"), at_level_3(sandbox, "zhao-min")
    organisation = register(manager)
    added = add(manager, organisation, "zhao-min", scopes=["licences:read", "licences:show"])
    as_company = acting(agent, organisation_id=organisation["id"])
    as_company.sync()
    path = f"/v1/licences/{as_company.licence('BUSINESS_LICENCE')['id']}/show-tokens"

    refused_meanwhile(as_company, lambda: revoke(manager, organisation, added), path)
