"""The cash desk: each note is told in order until the server has it, whenever the kiosk dies."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hardware.cash.bill_validator import (
    BoxDiffers,
    CashEvent,
    NoteCredited,
    NoteInEscrow,
    NoteReturned,
    ValidatorState,
)
from kiosk.cash.cash_desk import CashDesk
from kiosk.cash.note_store import NoteStore
from kiosk.flow.cash import CashStanding
from queue_server.client.line import NoAnswer
from queue_server.contract.messages import ReplyBody, RequestBody
from queue_server.contract.payments import NoteNoted, Payment, TellNote
from tests.unit.kiosk.test_cash_flow import cash_payment

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


class Slot:
    """`BillValidator` whose notes come from the test."""

    def __init__(self) -> None:
        self.state = ValidatorState.CLOSED
        self.most_fen = 0
        self.orders: list[str] = []
        self.began: tuple[int, int | None] = (0, None)

    def start(
        self,
        on_event: Callable[[CashEvent], None],
        *,
        box_count: int,
        accepted_fen: int | None = None,
    ) -> None:
        self.tell = on_event
        self.began = (box_count, accepted_fen)

    def stop(self) -> None:
        self.state = ValidatorState.STOPPED

    def take_notes(self, most_fen: int) -> None:
        self.most_fen = most_fen

    def accept(self) -> None:
        self.orders.append("accept")

    def give_back(self) -> None:
        self.orders.append("give_back")

    def note(self, fen: int, box_count: int) -> None:
        """Push a note in, as far as into the box."""
        self.tell(NoteInEscrow(value_fen=fen))
        assert self.orders[-1] == "accept"
        self.tell(NoteCredited(value_fen=fen, box_count=box_count))


class Server:
    """Answers each note, unless it is silent."""

    def __init__(self) -> None:
        self.is_silent = False
        self.told: list[TellNote] = []
        self.was_asked = asyncio.Event()

    async def ask(self, body: RequestBody) -> ReplyBody:
        assert isinstance(body, TellNote)
        self.told.append(body)
        self.was_asked.set()
        if self.is_silent:
            raise NoAnswer
        return NoteNoted(number=body.number)


class Kiosk:
    """A cash desk on a disk that outlives it."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server = folder, server
        self.slot = Slot()
        self.has_told_all = asyncio.Event()
        self.store = NoteStore(folder / "notes.sqlite")
        self.store.open("b1")
        self.desk = CashDesk(self.slot, self.store, server, lambda: AT)
        self.desk.start(self._stands, lambda payment: None)

    def _stands(self, _standing: CashStanding) -> None:
        # Word of a standing comes late; the disk knows.
        if self.store.untold() is None:
            self.has_told_all.set()

    async def tell_all(self) -> None:
        """Let it tell what it has to tell, until the server has all."""
        if self.store.untold() is None:
            return
        self.has_told_all.clear()
        running = asyncio.create_task(self.desk.run())
        await asyncio.wait_for(self.has_told_all.wait(), 30)
        running.cancel()

    def dies(self) -> "Kiosk":
        """Lose all but the disk; return the one that is started then."""
        self.store.close()
        return Kiosk(self.folder, self.server)


def begun(in_fen: int = 0) -> Payment:
    return cash_payment(in_fen=in_fen)


def told(server: Server) -> list[tuple[int, int]]:
    return [(one.number, one.value_fen) for one in server.told]


async def test_notes_are_told_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    server = Server()
    kiosk = Kiosk(tmp_path, server)
    kiosk.desk.want(begun())
    kiosk.slot.note(2000, 1)
    kiosk.slot.note(500, 2)

    await kiosk.tell_all()

    assert told(server) == [(1, 2000), (2, 500)]
    assert {one.payment_id for one in server.told} == {begun().payment_id}
    assert {one.book for one in server.told} == {"b1"}


async def test_a_note_that_was_not_answered_is_told_again_after_the_kiosk_has_died(
    tmp_path: Path,
) -> None:
    server = Server()
    kiosk = Kiosk(tmp_path, server)
    kiosk.desk.want(begun())
    kiosk.slot.note(2000, 1)

    again = kiosk.dies()
    await again.tell_all()
    last = again.dies()
    await last.tell_all()

    assert told(server) == [(1, 2000)]
    assert last.slot.began == (1, None)


async def test_a_note_on_its_way_when_the_kiosk_dies_is_that_of_its_payment(
    tmp_path: Path,
) -> None:
    server = Server()
    kiosk = Kiosk(tmp_path, server)
    kiosk.desk.want(begun())
    kiosk.slot.tell(NoteInEscrow(value_fen=1000))

    again = kiosk.dies()
    assert again.slot.began == (0, 1000)
    again.slot.tell(NoteCredited(value_fen=1000, box_count=1))
    await again.tell_all()

    [note] = server.told
    assert (note.payment_id, note.value_fen) == (begun().payment_id, 1000)


async def test_the_slot_is_open_for_what_is_missing_and_the_change_that_may_be_left(
    tmp_path: Path,
) -> None:
    kiosk = Kiosk(tmp_path, Server())
    payment = begun()
    kiosk.desk.want(payment)
    assert kiosk.slot.most_fen == payment.amount_fen + 10_000

    kiosk.slot.note(5000, 1)
    assert kiosk.slot.most_fen == payment.amount_fen - 5000 + 10_000

    kiosk.desk.want(None)
    assert kiosk.slot.most_fen == 0
    assert kiosk.slot.orders[-1] == "give_back"


async def test_a_note_for_nothing_goes_back_and_one_that_went_back_is_forgotten(
    tmp_path: Path,
) -> None:
    kiosk = Kiosk(tmp_path, Server())
    kiosk.slot.tell(NoteInEscrow(value_fen=1000))
    assert kiosk.slot.orders == ["give_back"]

    kiosk.desk.want(begun())
    kiosk.slot.tell(NoteInEscrow(value_fen=1000))
    kiosk.slot.tell(NoteReturned(value_fen=1000))

    assert kiosk.dies().slot.began == (0, None)


async def test_a_box_that_differs_is_told_and_counts_for_no_payment(tmp_path: Path) -> None:
    server = Server()
    kiosk = Kiosk(tmp_path, server)
    kiosk.desk.want(begun())
    kiosk.slot.tell(BoxDiffers(expected_count=0, found_count=2))

    await kiosk.tell_all()

    [word] = server.told
    assert (word.value_fen, word.box_count, word.expected_count) == (0, 2, 0)
    assert kiosk.store.sum_fen(begun().payment_id) == 0


async def test_what_the_server_does_not_answer_stays_to_be_told(tmp_path: Path) -> None:
    server = Server()
    server.is_silent = True
    kiosk = Kiosk(tmp_path, server)
    kiosk.desk.want(begun())
    kiosk.slot.note(1000, 1)
    running = asyncio.create_task(kiosk.desk.run())
    await asyncio.wait_for(server.was_asked.wait(), 30)
    running.cancel()

    assert kiosk.store.untold() is not None
    server.is_silent = False
    await kiosk.tell_all()

    assert set(told(server)) == {(1, 1000)}
    assert kiosk.store.untold() is None
