"""A hospital that takes bank notes, whose server and kiosk die at any one step."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from queue_server.client.line import NoAnswer
from queue_server.contract.messages import ReplyBody, RequestBody
from queue_server.contract.payments import NoteNoted, Payment, TellNote
from queue_server.payments.attempt import Attempt
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.fen import Fen, total
from queue_server.payments.gateways.cash import CashGateway
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import serial_of
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import (
    AttemptId,
    AttemptState,
    ChangeGoes,
    Channel,
    ChargeId,
    VisitId,
)
from queue_server.payments.till import NoteTold
from queue_server.rules.terms import DeviceId, PatientId
from queue_server.service.payment_view import payment_of
from queue_server.service.receipt_view import ReceiptChecks
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.mortal_hospital import (
    DAY,
    ENDS,
    GATEWAY_CALLS,
    Killed,
    Steps,
    Stepwise,
    StepwiseStore,
)
from tests.integration.payments.mortal_kiosk import MortalKiosk
from tests.integration.payments.paying_hospital import BookedHere, Ids
from tests.unit.payments.samples import NOON

KIOSK = DeviceId("kiosk-1")
PATIENT = PatientId("p1")
BILLS_FEN = (2550, 1999)
CHANGE_MAX = Fen(100_00)
CHECKS = ReceiptChecks(code=lambda receipt: "", address=lambda receipt: "")


@dataclass(kw_only=True)
class MortalTill:
    """Books, processes, the box, and one patient with two bills and enough notes."""

    folder: Path
    new_id: Ids
    dies_at: int
    change_goes: ChangeGoes
    loses_power: bool
    """Whether the bill validator loses its power with the kiosk."""
    store: MemorySteps = field(default_factory=MemorySteps)
    booking: BookedHere = field(default_factory=BookedHere)
    now: datetime = NOON
    answers_to_lose: int = 0
    """So many answers to a kiosk that tells of a note do not arrive."""
    played_steps: int = 0

    def __post_init__(self) -> None:
        self.step = Steps(self.dies_at)
        self.charges = [ChargeId(f"c{number}") for number in range(len(BILLS_FEN))]
        self.start()
        self.kiosk = MortalKiosk(
            self.folder / f"{self.new_id()}.sqlite",
            self.answer,
            self.step,
            lambda: self.now,
            loses_power=self.loses_power,
        )
        self.kiosk.start()

    def start(self) -> None:
        """Start the server; what it needs, it finds in the journal."""
        self.cashier = Cashier(
            CashierParts(
                store=StepwiseStore(self.store, self.step),
                gateways={Channel.CASH: Stepwise(CashGateway(), self.step, GATEWAY_CALLS)},
                booking=Stepwise(self.booking, self.step, ("book",)),
                clock=lambda: self.now,
                day_of=lambda _: DAY,
                new_id=self.new_id,
                change_goes=self.change_goes,
            )
        )
        self.sweeper = Sweeper(self.cashier, lambda: self.now, fatal=_fatal)

    def survives(self, act: Callable[[], object]) -> bool:
        """Let the server do something; if it dies of it, start it anew and tell so."""
        try:
            act()
        except PaymentRefused:
            return True
        except Killed:
            self.start()
            return False
        return True

    async def answer(self, body: RequestBody) -> ReplyBody:
        """Answer the kiosk as the payment desk does."""
        assert isinstance(body, TellNote)
        note = NoteTold(
            device=KIOSK, book=body.book, number=body.number,
            attempt=AttemptId(body.payment_id), value_fen=body.value_fen,
            box_count=body.box_count, expected_count=body.expected_count,
        )  # fmt: skip
        taken: list[Attempt | None] = []
        if not self.survives(lambda: taken.append(self.cashier.till.take(note))):
            raise NoAnswer
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            raise NoAnswer
        [attempt] = taken
        payment = None if attempt is None else self.seen(attempt)
        return NoteNoted(number=body.number, payment=payment)

    def seen(self, attempt: Attempt) -> Payment:
        """Return a payment as a kiosk is told of it."""
        return payment_of(attempt, (), None, CHECKS, self.now, change_max=CHANGE_MAX)

    # --- what happens ----------------------------------------------------------------------------

    def post_bills(self) -> None:
        made = [
            Charge(
                id=charge, visit=VisitId("v1"), patient=PATIENT, name_zh="化验", name_en="test",
                self_pay=Fen(fen), insurance=Fen(0),
            )
            for charge, fen in zip(self.charges, BILLS_FEN, strict=True)
        ]  # fmt: skip
        if not self.survives(lambda: self.cashier.post(made, by="records")):
            self.cashier.post(made, by="records")

    def begin(self, key: str) -> None:
        """Ask for a payment in cash of all that is owed; asked again if there was no answer."""

        def ask() -> None:
            self.cashier.begin(self.charges, Channel.CASH, by=KIOSK, key=key)

        if not self.survives(ask):
            self.survives(ask)
        self.look()

    def look(self) -> None:
        """Let the kiosk, or the patient at it, ask how the payment stands."""
        waiting = [one for one in self.attempts() if one.state is AttemptState.WAITING]
        self.kiosk.take_for(self.seen(waiting[-1]) if waiting else None)

    async def put_in(self, value_fen: int) -> bool:
        """Put a note in until it lies in the box; False if nobody takes it."""
        kiosk = self.kiosk
        before = len(kiosk.mechanism.box_fen)
        for _ in range(4):
            if kiosk.is_forgetful:
                self.look()
            if kiosk.insert(value_fen):
                kiosk.let_it_move()
            kiosk.mend()
            kiosk.let_it_move()
            if len(kiosk.mechanism.box_fen) > before:
                break
        await kiosk.tell()
        self.sweep()
        self.look()
        return len(kiosk.mechanism.box_fen) > before

    def cancel(self) -> None:
        for attempt in self.attempts():
            self.survives(partial(self.cashier.cancel, attempt.id, by=KIOSK))

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def sweep(self) -> None:
        self.survives(self.sweeper.sweep)

    async def heal(self) -> None:
        """Let nothing more go wrong until all that can be settled is settled."""
        self.played_steps = self.played_steps or self.step.count
        self.step.count = self.dies_at + 1
        self.answers_to_lose = 0
        self.start()
        self.kiosk.mend()
        self.kiosk.let_it_move()
        await self.kiosk.tell()
        for _ in range(4):
            self.wait(660)
            self.sweeper.sweep()
            self.wait(15)
            self.sweeper.sweep()

    async def end(self) -> None:
        """Leave nothing behind."""
        self.kiosk.end()
        await asyncio.sleep(0)

    # --- what must be so -------------------------------------------------------------------------

    def attempts(self) -> list[Attempt]:
        return list(self.cashier.attempts())

    def is_paid(self) -> bool:
        with self.cashier.keeper.today() as books:
            return all(books.is_paid(charge) for charge in self.charges)

    def wrong(self) -> list[str]:
        """Return all that is wrong with the money; nothing, if every fen is in its place."""
        attempts, in_box = self.attempts(), self.kiosk.mechanism.box_fen
        wrong = [f"no end: {one.id} {one.state}" for one in attempts if one.state not in ENDS]
        if self.kiosk.is_untold:
            wrong.append("the server does not know of every note")
        known = sum(
            one.kept.fen + one.held.fen + one.handed_out.fen - one.credit.fen for one in attempts
        )
        if known != sum(in_box):
            wrong.append(f"the box has {in_box}, the books know of {known}")
        wrong += [
            f"the box has {in_box}, the books {box}"
            for box in self.cashier.till.boxes()
            if (box.value.fen, box.count, box.agrees) != (sum(in_box), len(in_box), True)
        ]
        for charge in self.charges:
            payers = [
                one.id
                for one in attempts
                if one.state is AttemptState.FULFILLED and charge in self.booking.booked[one.id]
            ]
            if len(payers) > 1:
                wrong.append(f"{charge} is paid twice: {payers}")
        return wrong + self._wrong_receipts(attempts)

    def _wrong_receipts(self, attempts: list[Attempt]) -> list[str]:
        with self.cashier.keeper.today() as books:
            receipts = list(books.receipt_book.receipts.values())
        kept = total(one.kept for one in attempts)
        wrong = []
        if [serial_of(one.number) for one in receipts] != list(range(1, len(receipts) + 1)):
            wrong.append("the receipts have a gap")
        if total(one.amount for one in receipts) != kept:
            wrong.append(f"the receipts say {total(one.amount for one in receipts)}, kept {kept}")
        return wrong


def _fatal(error: Exception) -> None:
    raise error
