"""Bank notes: each fault of the bill validator, with server or kiosk dead at each step.

The same as `test_each_step_and_fault.py`, for money that is paper: whatever happens, box, books and
receipts agree to the fen, and what pays no bill is kept for its patient.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from hardware.simulated.faults import SimulatedFault
from queue_server.payments.terms import AttemptState, ChangeGoes
from tests.integration.payments.mortal_kiosk import InlineThreads
from tests.integration.payments.mortal_till import BILLS_FEN, MortalTill
from tests.integration.payments.paying_hospital import Ids
from tests.simulation.virtual_time import VirtualTimeLoop

FAULT = SimulatedFault
FAULTS = (
    None,
    FAULT.NOTE_JAM,
    FAULT.STACKER_FULL,
    FAULT.CASH_BOX_REMOVED,
    FAULT.POWER_CUT_IN_ESCROW,
    FAULT.POWER_CUT_BEFORE_CREDIT,
    FAULT.POWER_CUT_AFTER_CREDIT,
    FAULT.ESCROW_GIVEN_UP,
    FAULT.REPLY_LOST,
    FAULT.CREDIT_LOST,
    FAULT.REPLY_DOUBLED,
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the patient does: notes, and after how many of them something fails or he gives up."""

    name: str
    notes_fen: tuple[int, ...]
    fails_before: int
    """The note that meets the fault."""
    gives_up_before: int | None = None
    """He cancels, and pushes the next note in all the same."""
    leaves_before: int | None = None
    """He goes away without a word."""
    answers_lost: int = 0

    async def play(self, till: MortalTill, fault: SimulatedFault | None) -> None:
        till.post_bills()
        till.begin("k1")
        for number, fen in enumerate(self.notes_fen):
            if number == self.leaves_before:
                break
            if number == self.fails_before:
                till.answers_to_lose = self.answers_lost
                if fault is not None:
                    till.kiosk.mechanism.faults.add(fault)
            if number == self.gives_up_before:
                # The kiosk hears of it only when the note is already in the slot.
                till.kiosk.insert(fen)
                till.cancel()
                till.look()
                till.kiosk.let_it_move()
                break
            await till.put_in(fen)
        for _ in range(3):
            till.wait(100)
            till.sweep()


STORIES = (
    Story(name="with_change", notes_fen=(2000, 2000, 1000), fails_before=0),
    Story(name="note_by_note", notes_fen=(500, 2000, 2000, 100), fails_before=2, answers_lost=2),
    Story(name="gives_up", notes_fen=(1000, 5000), fails_before=1, gives_up_before=1),
    Story(name="leaves", notes_fen=(2000, 1000, 5000), fails_before=1, leaves_before=2),
)


async def play(story: Story, fault: SimulatedFault | None, till: MortalTill) -> MortalTill:
    # Else nothing of a thread's work would come in the same order twice.
    asyncio.get_running_loop().set_default_executor(InlineThreads())
    await story.play(till, fault)
    await till.heal()
    return till


async def pay_what_is_left(till: MortalTill) -> None:
    """Let the patient come once more with a large note."""
    if not till.is_paid():
        till.begin("k2")
        # What is kept for him as credit may be enough.
        if not till.is_paid():
            await till.put_in(5000)
        await till.heal()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory: thousands of kiosks keep their notes there."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="notes-", dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("loses_power", [False, True], ids=["kiosk_dies", "power_fails"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_note_is_lost_or_counted_twice_whatever_fails_and_whoever_dies(
    folder: Path, fault: SimulatedFault | None, *, loses_power: bool, deaths: int
) -> None:
    new_id = Ids("t")

    async def lives(story: Story, dies_at: int) -> tuple[int, set[AttemptState]]:
        goes = tuple(ChangeGoes)[(FAULTS.index(fault) + loses_power) % 2]
        till = MortalTill(
            folder=folder, new_id=new_id, dies_at=dies_at, change_goes=goes,
            loses_power=loses_power,
        )  # fmt: skip
        where = f"{story.name}, dead at step {dies_at}"
        try:
            await play(story, fault, till)
            assert till.wrong() == [], where
            await pay_what_is_left(till)
            assert till.wrong() == [], f"{where}, then paid again"
            assert till.is_paid(), where
            assert sum(one.kept.fen for one in till.attempts()) == sum(BILLS_FEN), where
        finally:
            await till.end()
        return till.played_steps, {one.state for one in till.attempts()}

    # There are many more steps than in a payment by phone.
    every = deaths if deaths == 1 else deaths * 5
    states = set()
    for number, story in enumerate(STORIES):
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            steps, found = runner.run(lives(story, 0))
            states |= found
            for dies_at in range(
                1 + (7 * number + 3 * FAULTS.index(fault)) % every, steps + 1, every
            ):
                runner.run(lives(story, dies_at))
    assert states >= {AttemptState.FULFILLED, AttemptState.CLOSED}
