"""People whom nobody stands for any more are purged; whoever comes back in time finds everything."""

from sqlalchemy import select

from identity.people import PersonRow
from tests import family, organisations
from tests.api.test_purging import MARGIN, SHORT, purge
from tests.sandbox import Sandbox


def people(sandbox: Sandbox) -> list[bool]:
    """Tell of each person, the oldest first, whether they are still somebody."""
    with sandbox.parts.database.read() as session:
        return [row.erased_at is None for row in session.scalars(select(PersonRow).order_by(PersonRow.id))]


def test_a_person_whom_nobody_has_any_more_is_erased_and_one_with_an_account_or_a_tie_stays(
    sandbox: Sandbox,
) -> None:
    left = sandbox.citizen("sun-lei")
    left.prove()
    left.expect(200, "POST", "/v1/real-name/unbind")
    parent = organisations.at_level_3(sandbox, "zhang-wei")
    parent.expect(201, "POST", "/v1/dependants", json=family.named("zhang-zimo", "child"))
    sandbox.pass_time(sandbox.parts.config.retention.people_let_go - SHORT)
    purge(sandbox)
    within = people(sandbox)
    sandbox.pass_time(MARGIN)

    purge(sandbox)

    assert (within, people(sandbox)) == ([True] * 3, [False, True, True])
    back = sandbox.log_in("sun-lei")
    back.bind()
    assert back.licences() == []
    assert back.sync()["licences"]


def test_who_binds_again_in_time_finds_everything_after_a_purge(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("sun-lei")
    held = len(citizen.licences())
    citizen.prove()
    citizen.expect(200, "POST", "/v1/real-name/unbind")
    sandbox.pass_time(sandbox.parts.config.retention.people_let_go - SHORT)
    purge(sandbox)
    back = sandbox.log_in("sun-lei")

    back.bind()

    assert len(back.licences()) == held > 0
