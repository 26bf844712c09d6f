"""The main job, end to end: a citizen shows a licence, staff verify it."""

from tests.sandbox import Sandbox


def test_from_first_opening_to_a_qr_takes_four_calls_and_a_scan_accepts_it_once(sandbox: Sandbox) -> None:
    citizen = sandbox.citizen("zhang-wei")
    officer = sandbox.staff()

    shown = citizen.show("DRIVING_LICENCE")
    accepted = officer.scan(shown["qr_text"], purpose="路面执法")
    again = officer.scan(shown["qr_text"])

    assert (accepted["outcome"], accepted["signal"]) == ("accepted", "green")
    assert accepted["holder"] == {"name_masked": "*伟"}
    assert (again["reason"], again["used_by_you"]) == ("used", True)
    assert again["verification_id"] == accepted["id"]
