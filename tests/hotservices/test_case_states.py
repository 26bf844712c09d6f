"""The table of a case's states: what leads where, and that nothing leads out of an end."""

from hypothesis import given
from hypothesis import strategies as st

from hotservices.cases.states import FINISHED, OPEN, TRANSITIONS, By, CaseState, Deed, deeds_for


def test_every_deed_but_the_first_has_its_way() -> None:
    assert set(TRANSITIONS) == set(Deed) - {Deed.SUBMIT}
    assert set(CaseState) == OPEN | FINISHED


def test_nothing_leads_out_of_an_end_and_every_open_case_can_end_on_either_side() -> None:
    for way in TRANSITIONS.values():
        assert way.sources <= OPEN
    for state in OPEN:
        assert Deed.WITHDRAW in deeds_for(By.CITIZEN, state)
        assert {Deed.REJECT, Deed.CLOSE} <= set(deeds_for(By.STAFF, state))
    for state in FINISHED:
        for side in By:
            assert deeds_for(side, state) == ()


@given(st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=12))
def test_whatever_is_tried_a_department_approves_only_what_it_has_taken_up(tried: list[Deed]) -> None:
    state, done = CaseState.SUBMITTED, [Deed.SUBMIT]
    for deed in tried:
        if state in TRANSITIONS[deed].sources:
            state = TRANSITIONS[deed].target
            done.append(deed)

    assert sum(TRANSITIONS[deed].target in FINISHED for deed in done[1:]) <= 1
    if Deed.APPROVE in done:
        assert {Deed.ACCEPT, Deed.SUPPLEMENT} & set(done)
    if Deed.DECIDE in done:
        assert done[:2] == [Deed.SUBMIT, Deed.DECIDE]
