"""The SSP driver, against a simulated validator behind a pseudo terminal."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from hardware.cash.bill_validator import (
    BoxDiffers,
    CashEvent,
    NoteCredited,
    NoteInEscrow,
    NoteReturned,
    TroubleChanged,
    ValidatorState,
)
from hardware.cash.ssp_validator import SspValidator, SspValidatorSettings
from hardware.cash.trouble import CashTrouble
from hardware.simulated.bill_validator import SimulatedBillValidator
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.pty_endpoint import PtyEndpoint
from tests.integration.hardware.waiting import wait_until

WAIT_S = 30.0
"""How long a test waits for what must come: only a broken one ever waits so long."""

Kind = TypeVar("Kind", bound=CashEvent)


class Till:
    """A started driver and what it tells; box_count is what a hospital keeps on disk."""

    def __init__(
        self,
        port: str,
        *,
        hold_max_s: float = 60.0,
        reply_timeout_s: float = 5.0,
        poll_s: float = 0.005,
    ) -> None:
        self.events: queue.Queue[CashEvent] = queue.Queue()
        self.seen: list[CashEvent] = []
        self.box_count = 0
        self.validator = SspValidator(
            SspValidatorSettings(
                port=port,
                poll_s=poll_s,
                reconnect_s=0.02,
                reply_timeout_s=reply_timeout_s,
                hold_max_s=hold_max_s,
            )
        )

    def start(self) -> None:
        self.validator.start(self.events.put, box_count=self.box_count)

    def next(self, kind: type[Kind]) -> Kind:
        """Wait for the next event of this kind."""
        while True:
            event = self.events.get(timeout=WAIT_S)
            self.seen.append(event)
            if isinstance(event, NoteCredited):
                self.box_count = event.box_count
            if isinstance(event, kind):
                return event

    def all_seen(self) -> list[CashEvent]:
        """What was told until the driver was stopped."""
        self.validator.stop()
        while not self.events.empty():
            self.seen.append(self.events.get_nowait())
        return self.seen


@pytest.fixture(params=[True, False], ids=["protocol 6", "old setup"])
def device(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SimulatedBillValidator]:
    device = SimulatedBillValidator(endpoint=PtyEndpoint(tmp_path / "cash"), is_wide=request.param)
    device.start()
    yield device
    device.stop()


@pytest.fixture
def till(device: SimulatedBillValidator) -> Iterator[Till]:
    till = Till(device.address)
    till.start()
    yield till
    till.validator.stop()


@pytest.fixture
def impatient_till(device: SimulatedBillValidator) -> Iterator[Till]:
    """For tests in which an answer does not come."""
    till = Till(device.address, reply_timeout_s=0.3)
    till.start()
    yield till
    till.validator.stop()


def push_in(device: SimulatedBillValidator, value_fen: int, till: Till) -> NoteInEscrow:
    """Push a note in as a patient does: again, until the slot takes it; wait for the escrow."""
    till.validator.take_notes(10_000)
    wait_until(lambda: device.insert(value_fen))
    return till.next(NoteInEscrow)


def test_a_note_is_held_until_the_hospital_takes_it_and_credited_once(
    device: SimulatedBillValidator, till: Till
) -> None:
    assert push_in(device, 5_000, till).value_fen == 5_000
    assert device.box_fen == []

    till.validator.accept()

    assert till.next(NoteCredited) == NoteCredited(value_fen=5_000, box_count=1)
    assert [event for event in till.all_seen() if isinstance(event, NoteCredited)] == [
        NoteCredited(value_fen=5_000, box_count=1)
    ]
    assert device.box_fen == [5_000]


def test_a_note_that_is_not_wanted_goes_back(device: SimulatedBillValidator, till: Till) -> None:
    push_in(device, 10_000, till)

    till.validator.give_back()

    assert till.next(NoteReturned).value_fen == 10_000
    assert (device.box_fen, device.returned_fen) == ([], [10_000])


def test_a_decision_about_one_note_says_nothing_of_the_next(
    device: SimulatedBillValidator, till: Till
) -> None:
    push_in(device, 1_000, till)
    till.validator.accept()
    till.next(NoteCredited)
    till.validator.accept()  # once too often

    push_in(device, 10_000, till)
    wait_until(lambda: device.holds > 3)  # it is held, and waits for a decision of its own
    till.validator.give_back()

    assert till.next(NoteReturned).value_fen == 10_000
    assert device.box_fen == [1_000]


def test_a_note_larger_than_allowed_and_a_piece_of_paper_come_back(
    device: SimulatedBillValidator, till: Till
) -> None:
    till.validator.take_notes(2_000)

    wait_until(lambda: device.insert(5_000))
    till.next(NoteReturned)
    wait_until(lambda: device.insert(0))
    till.next(NoteReturned)

    assert not any(isinstance(event, NoteInEscrow) for event in till.all_seen())
    assert device.returned_fen == [5_000, 0]


def test_a_note_that_nobody_decides_about_goes_back(device: SimulatedBillValidator) -> None:
    till = Till(device.address, hold_max_s=0.05)
    till.start()

    push_in(device, 2_000, till)

    assert till.next(NoteReturned).value_fen == 2_000
    till.validator.stop()


def test_a_note_that_the_device_gives_back_by_itself_is_told_and_cannot_be_accepted_any_more(
    device: SimulatedBillValidator, till: Till
) -> None:
    push_in(device, 2_000, till)
    device.set_fault(SimulatedFault.ESCROW_GIVEN_UP)

    assert till.next(NoteReturned).value_fen == 2_000
    till.validator.accept()

    assert not any(isinstance(event, NoteCredited) for event in till.all_seen())
    assert device.box_fen == []


def test_a_slot_that_was_never_opened_takes_nothing(
    device: SimulatedBillValidator, till: Till
) -> None:
    till.validator.take_notes(10_000)
    wait_until(lambda: till.validator.state is ValidatorState.OPEN)

    till.validator.take_notes(0)
    wait_until(lambda: till.validator.state is ValidatorState.CLOSED)

    assert not device.insert(1_000)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (SimulatedFault.STACKER_FULL, CashTrouble.BOX_FULL),
        (SimulatedFault.CASH_BOX_REMOVED, CashTrouble.BOX_REMOVED),
        (SimulatedFault.UNPLUGGED, CashTrouble.UNREACHABLE),
        (SimulatedFault.POWER_CUT, CashTrouble.NO_ANSWER),
        (SimulatedFault.MUTE, CashTrouble.NO_ANSWER),
        (SimulatedFault.GARBAGE, CashTrouble.NO_ANSWER),
    ],
)
def test_a_trouble_is_told_and_its_end_and_then_it_takes_notes_again(
    device: SimulatedBillValidator,
    impatient_till: Till,
    fault: SimulatedFault,
    trouble: CashTrouble,
) -> None:
    impatient_till.validator.take_notes(10_000)
    wait_until(lambda: impatient_till.validator.state is ValidatorState.OPEN)

    device.set_fault(fault)
    told = impatient_till.next(TroubleChanged).trouble
    while told is not trouble:
        told = impatient_till.next(TroubleChanged).trouble
    device.clear_all_faults()
    while told is not None:
        told = impatient_till.next(TroubleChanged).trouble

    push_in(device, 2_000, impatient_till)


@pytest.mark.parametrize("fault", [SimulatedFault.STACKER_FULL, SimulatedFault.CASH_BOX_REMOVED])
def test_no_note_goes_in_while_there_is_no_room_for_it(
    device: SimulatedBillValidator, till: Till, fault: SimulatedFault
) -> None:
    till.validator.take_notes(10_000)
    wait_until(lambda: till.validator.state is ValidatorState.OPEN)

    device.set_fault(fault)

    assert not device.insert(1_000)


def test_a_jam_is_told_and_the_note_counts_when_it_is_in_the_box(
    device: SimulatedBillValidator, till: Till
) -> None:
    push_in(device, 1_000, till)
    device.set_fault(SimulatedFault.NOTE_JAM)
    till.validator.accept()
    assert till.next(TroubleChanged).trouble is CashTrouble.JAM
    assert till.validator.state is ValidatorState.OUT_OF_SERVICE

    device.clear_all_faults()

    assert till.next(NoteCredited).value_fen == 1_000
    assert till.next(TroubleChanged).trouble is None


def test_after_a_power_cut_in_escrow_the_note_is_back_and_nothing_is_credited(
    device: SimulatedBillValidator, impatient_till: Till
) -> None:
    device.set_fault(SimulatedFault.POWER_CUT_IN_ESCROW)
    impatient_till.validator.take_notes(10_000)
    wait_until(lambda: device.insert(5_000))

    assert impatient_till.next(NoteReturned).value_fen == 5_000

    assert not any(isinstance(event, NoteCredited) for event in impatient_till.all_seen())
    assert device.box_fen == []


@pytest.mark.parametrize(
    "fault",
    [
        SimulatedFault.POWER_CUT_BEFORE_CREDIT,
        SimulatedFault.POWER_CUT_AFTER_CREDIT,
        SimulatedFault.CREDIT_LOST,
        SimulatedFault.REPLY_LOST,
        SimulatedFault.REPLY_DOUBLED,
    ],
)
def test_a_note_on_its_way_is_credited_once_whatever_happens(
    device: SimulatedBillValidator, impatient_till: Till, fault: SimulatedFault
) -> None:
    push_in(device, 5_000, impatient_till)
    device.set_fault(fault)
    impatient_till.validator.accept()

    assert impatient_till.next(NoteCredited) == NoteCredited(value_fen=5_000, box_count=1)

    device.clear_all_faults()
    push_in(device, 100, impatient_till)
    impatient_till.validator.accept()
    assert impatient_till.next(NoteCredited) == NoteCredited(value_fen=100, box_count=2)
    assert not any(isinstance(event, BoxDiffers) for event in impatient_till.all_seen())
    assert device.box_fen == [5_000, 100]


def test_a_kiosk_that_died_with_a_note_in_escrow_gives_it_back(
    device: SimulatedBillValidator, till: Till
) -> None:
    push_in(device, 5_000, till)
    device.set_fault(SimulatedFault.UNPLUGGED)  # the driver can say nothing more
    till.validator.stop()
    device.clear_all_faults()

    later = Till(device.address)
    later.start()
    later.next(NoteReturned)
    later.validator.stop()

    assert (device.box_fen, device.returned_fen) == ([], [5_000])


def test_a_note_that_nobody_was_told_of_is_told_as_to_be_looked_at(
    device: SimulatedBillValidator, till: Till
) -> None:
    push_in(device, 5_000, till)
    till.validator.accept()
    till.next(NoteCredited)
    till.validator.stop()

    later = Till(device.address)  # it died before the credit was on disk: count 0
    later.start()

    assert later.next(BoxDiffers) == BoxDiffers(expected_count=0, found_count=1)
    later.validator.stop()


def test_a_driver_that_is_stopped_waits_for_the_note_on_its_way(
    device: SimulatedBillValidator,
) -> None:
    till = Till(device.address, poll_s=0.5)
    till.start()
    push_in(device, 5_000, till)
    device.set_fault(SimulatedFault.NOTE_JAM)
    till.validator.accept()
    assert till.next(TroubleChanged).trouble is CashTrouble.JAM

    device.clear_all_faults()
    told = till.all_seen()

    assert NoteCredited(value_fen=5_000, box_count=1) in told
    assert device.box_fen == [5_000]
    assert till.validator.state is ValidatorState.STOPPED


def test_the_log_tells_of_a_lost_device(
    device: SimulatedBillValidator, till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device.set_fault(SimulatedFault.UNPLUGGED)

    till.next(TroubleChanged)

    assert "CASH_UNREACHABLE" in caplog.text
