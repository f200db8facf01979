"""A patient with a phone checks in and pays two bills in one go with bank notes.

The programs are the real ones, the bill validator is a simulated one behind its real driver. Every
fen is in ledger and slip alike, whatever fails on the way of a note.
"""

import json
import re
from collections.abc import Callable

import pytest

from queue_server.demo.controls import wait_until
from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen
from queue_server.payments.terms import AttemptState, Channel
from queue_server.records.records import Patient
from tests.end_to_end.paying_morning import (
    PAID_WITHIN_S,
    PayingMorning,
    at_home,
    morning,
    read_slip,
)
from tests.end_to_end.purse import Purse, begin, debtor, purse, untold

__all__ = ["at_home", "morning", "purse"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(300)]


def in_ledger(morning: PayingMorning, patient: Patient) -> Attempt:
    [attempt] = morning.attempts(patient)
    return attempt


def find_payment_again(morning: PayingMorning, patient: Patient) -> None:
    """Let the patient show his card again at a kiosk that was killed."""
    morning.wait_for_the_line()
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("identify")
    morning.show_card(patient)
    morning.kiosk.wait_for("cash", "place")


def nothing_fails(purse: Purse, patient: Patient, note: int) -> None:
    purse.put_in(note)


def the_note_jams(purse: Purse, patient: Patient, note: int) -> None:
    purse.order("set", "note_jam")
    before = purse.box_yuan()
    purse.insert(note)
    wait_until(lambda: "请不要拉扯" in purse.morning.kiosk.texts(), "the word of the jam")
    purse.order("clear", "note_jam")
    wait_until(lambda: purse.box_yuan() == before + note, "the note in the box", PAID_WITHIN_S)


def the_box_is_full(purse: Purse, patient: Patient, note: int) -> None:
    purse.order("set", "stacker_full")
    wait_until(lambda: "暂不能收现金" in purse.morning.kiosk.texts(), "the word of the full box")
    purse.order("clear", "stacker_full")
    purse.put_in(note)


def power_fails(fault: str) -> Callable[[Purse, Patient, int], None]:
    def fail(purse: Purse, patient: Patient, note: int) -> None:
        before = purse.box_yuan()
        purse.order("set", fault)
        purse.push_through(note)
        if purse.box_yuan() == before:
            purse.put_in(note)

    fail.__name__ = fault
    return fail


def the_kiosk_is_killed_while_the_note_goes_in(purse: Purse, patient: Patient, note: int) -> None:
    before = purse.box_yuan()
    purse.order("set", "note_jam")  # it is on its way, and stays there
    purse.insert(note)
    wait_until(lambda: "请不要拉扯" in purse.morning.kiosk.texts(), "the note on its way")
    purse.morning.demo.programs.kill("kiosk")
    purse.order("clear", "note_jam")
    purse.morning.demo.start_kiosk("1080x1920")
    wait_until(lambda: purse.box_yuan() == before + note, "the note in the box", PAID_WITHIN_S)
    find_payment_again(purse.morning, patient)


def the_kiosk_is_killed_when_the_note_is_in(purse: Purse, patient: Patient, note: int) -> None:
    purse.put_in(note)
    purse.morning.demo.programs.kill("kiosk")
    purse.morning.demo.start_kiosk("1080x1920")
    find_payment_again(purse.morning, patient)


def the_server_is_killed_while_the_note_goes_in(purse: Purse, patient: Patient, note: int) -> None:
    purse.order("set", "note_jam")
    before = purse.box_yuan()
    purse.insert(note)
    wait_until(lambda: "请不要拉扯" in purse.morning.kiosk.texts(), "the note on its way")
    purse.morning.kill_server()
    assert "不会丢" in purse.morning.kiosk.texts()
    purse.order("clear", "note_jam")
    wait_until(lambda: purse.box_yuan() == before + note, "the note in the box", PAID_WITHIN_S)
    assert untold(purse.morning) == 1
    purse.morning.start_server()
    purse.morning.wait_for_the_line()


def the_server_is_killed_when_the_note_is_in(purse: Purse, patient: Patient, note: int) -> None:
    purse.put_in(note)
    purse.morning.kill_server()
    purse.morning.start_server()
    purse.morning.wait_for_the_line()


@pytest.mark.parametrize(
    "happens",
    [
        nothing_fails,
        the_note_jams,
        the_box_is_full,
        power_fails("power_cut_in_escrow"),
        power_fails("power_cut_before_credit"),
        power_fails("power_cut_after_credit"),
        power_fails("credit_lost"),
        the_kiosk_is_killed_while_the_note_goes_in,
        the_kiosk_is_killed_when_the_note_is_in,
        the_server_is_killed_while_the_note_goes_in,
        the_server_is_killed_when_the_note_is_in,
    ],
)
def test_two_bills_are_paid_with_notes_and_every_fen_agrees(
    morning: PayingMorning, purse: Purse, happens: Callable[[Purse, Patient, int], None]
) -> None:
    patient = morning.somebody(2) if happens is nothing_fails else debtor(morning, 2)
    if happens is nothing_fails:
        morning.check_in(patient)
    in_box_before = purse.box_yuan()
    owed = begin(morning, patient)

    happens(purse, patient, 5)
    purse.pay(owed.fen - 500)
    slip = morning.wait_until_paid()

    attempt = in_ledger(morning, patient)
    put_in = Fen((purse.box_yuan() - in_box_before) * 100)
    assert (attempt.state, attempt.channel) == (AttemptState.FULFILLED, Channel.CASH)
    assert (attempt.cash_in, attempt.kept) == (put_in, owed)
    assert attempt.held == put_in - owed
    assert all(sheet.is_paid for sheet in morning.sheets(patient))
    assert untold(morning) == 0
    said = read_slip(slip)
    for amount in (owed, put_in, attempt.held):
        assert not amount or str(amount) in said


def test_who_gives_up_gets_a_slip_of_what_is_kept_for_him(
    morning: PayingMorning, purse: Purse
) -> None:
    patient = debtor(morning, 1)
    begin(morning, patient)
    purse.put_in(1)
    purse.insert(5)

    morning.kiosk.tap("cancel-payment")
    morning.kiosk.wait_for("refusal")
    said = read_slip(morning.new_slip())

    attempt = in_ledger(morning, patient)
    assert attempt.state is AttemptState.CLOSED
    assert attempt.held in (Fen(100), Fen(600))
    assert f"{attempt.held}" in said
    assert re.search("收费窗口", said)
    assert "给您留着" in morning.kiosk.texts()


def test_no_log_has_a_name_or_a_failure_of_the_cash_desk(morning: PayingMorning) -> None:
    log = (morning.demo.programs.logs / "kiosk.log").read_text(errors="replace")

    assert "Traceback" not in log
    assert json.dumps("differs") not in log
