"""A patient with only a phone has a report printed again for a fee, whatever fails meanwhile.

The programs are the real ones: server, kiosk, simulated printers and scanner, and the sandbox.
"""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.demo.controls import read_qr, wait_until
from queue_server.payments.fen import Fen
from queue_server.payments.terms import AttemptState
from queue_server.records.records import Patient
from queue_server.rules.terms import PatientId
from tests.end_to_end.paying_morning import (
    PAID_WITHIN_S,
    PayingMorning,
    at_home,
    morning,
    read_slip,
)

__all__ = ["at_home", "morning"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(300)]
FEE = Fen(200)
FIRST_FOR_SALE = "report-2"
"""After what is being made and what is only ordered stands what was printed."""


@pytest.fixture
def no_paper(morning: PayingMorning) -> Iterator[Path]:
    """The switch of the simulated A4 printer; paper is there again when the test ends."""
    morning.demo.a4_pages.mkdir(exist_ok=True)
    switch = morning.demo.a4_pages / "paper-out"
    yield switch
    switch.unlink(missing_ok=True)


@pytest.fixture
def patient(morning: PayingMorning) -> Patient:
    """Somebody at the list of his reports, all of which he has had for nothing."""
    patient = morning.somebody(2)
    sees_his_reports(morning, patient)
    morning.kiosk.tap("print-reports")
    wait_until_printed(morning)
    morning.pages_seen |= pages(morning)
    back_to_the_list(morning)
    return patient


def sees_his_reports(morning: PayingMorning, patient: Patient) -> None:
    assert patient.phone_number is not None
    morning.wait_for_the_line()
    morning.kiosk.tap("reports")
    morning.kiosk.wait_for("identify")
    morning.show_card(patient)
    morning.kiosk.wait_for("proof-pad")
    for digit in patient.phone_number[-4:]:
        morning.kiosk.tap(f"digit-{digit}")
    morning.kiosk.tap("confirm")
    morning.kiosk.wait_for("reports")


def pages(morning: PayingMorning) -> set[Path]:
    return set(morning.demo.a4_pages.glob("*.pdf"))


def wait_until_printed(morning: PayingMorning) -> None:
    wait_until(lambda: "打印好了" in morning.kiosk.texts(), "the reports on paper", PAID_WITHIN_S)


def back_to_the_list(morning: PayingMorning) -> None:
    morning.kiosk.tap("reports")
    morning.kiosk.wait_for("reports")


def wants_a_copy(morning: PayingMorning) -> Path:
    """Choose one, and return a picture of the code to be paid."""
    morning.kiosk.tap(FIRST_FOR_SALE)
    assert f"付 {FEE}\u00a0元" in morning.kiosk.texts()
    morning.kiosk.tap("print-reports")
    morning.kiosk.wait_for("channels")
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    picture = morning.demo.folder / "copy.png"
    morning.kiosk.screenshot(picture)
    return picture


def pays(picture: Path) -> None:
    urllib.request.urlopen(f"{read_qr(picture)}/confirm", data=b"", timeout=20).close()


def assert_paid_once(morning: PayingMorning, patient: PatientId, slip: Path) -> None:
    """Every fen stands in books, bank, receipt and on the slip alike."""
    paid = [
        one for one in morning.books().attempts_for(patient) if one.state is not AttemptState.CLOSED
    ]
    [attempt] = paid
    assert attempt.state is AttemptState.FULFILLED
    assert attempt.kept == FEE
    assert morning.trade(attempt)["paid_fen"] == FEE.fen
    [receipt] = morning.receipts(attempt)
    assert receipt.amount == FEE
    assert str(FEE) in read_slip(slip)


def test_a_copy_is_paid_and_comes_out_by_itself(morning: PayingMorning, patient: Patient) -> None:
    pays(wants_a_copy(morning))
    slip = morning.new_slip()

    wait_until_printed(morning)

    [page] = pages(morning) - morning.pages_seen
    assert page.stat().st_size
    back_to_the_list(morning)
    assert f"再打一份 {FEE}\u00a0元" in morning.kiosk.texts()
    assert_paid_once(morning, patient.patient_id, slip)


def test_what_is_paid_while_the_server_is_dead_comes_out_when_it_is_back(
    morning: PayingMorning, patient: Patient
) -> None:
    picture = wants_a_copy(morning)
    morning.kill_server()
    pays(picture)
    morning.start_server()
    slip = morning.new_slip()

    wait_until_printed(morning)

    assert len(pages(morning) - morning.pages_seen) == 1
    assert_paid_once(morning, patient.patient_id, slip)


def test_who_has_paid_and_got_no_paper_prints_at_a_kiosk_begun_anew_without_paying_again(
    morning: PayingMorning, patient: Patient, no_paper: Path
) -> None:
    picture = wants_a_copy(morning)
    no_paper.touch()
    pays(picture)
    wait_until(lambda: "不必再付费" in morning.kiosk.texts(), "the failure", PAID_WITHIN_S)
    assert pages(morning) == morning.pages_seen
    # A kiosk that dies prints no slip any more.
    slip = morning.new_slip()

    morning.demo.programs.kill("kiosk")
    no_paper.unlink()
    morning.demo.start_kiosk("1080x1920")
    sees_his_reports(morning, patient)
    morning.kiosk.tap("print-reports")
    wait_until_printed(morning)

    assert len(pages(morning) - morning.pages_seen) == 1
    assert_paid_once(morning, patient.patient_id, slip)
