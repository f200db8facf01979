"""The till: notes that kiosks take in, what is kept for patients, and the boxes.

Rule 1: a note that a kiosk tells of is in the books once, however often it is told, and it is
there before the kiosk hears that it is.
Rule 2: what has come in and pays no bill is kept for the patient; nothing is ever only lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt
from queue_server.payments.bookkeeper import Bookkeeper
from queue_server.payments.books import Books
from queue_server.payments.cash_box import CashBox
from queue_server.payments.decide import Patience, after_answer
from queue_server.payments.fen import Fen, total
from queue_server.payments.gateway import Answer, Standing
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptId, ChangeGoes, Channel
from queue_server.rules.terms import DeviceId, PatientId, RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTold:
    """What a kiosk tells of its box: a note, or that the box holds other notes than were told."""

    device: DeviceId
    book: str
    number: int
    attempt: AttemptId
    """What it was put in for."""
    value_fen: int
    """0: the box differs, and nobody can name a note."""
    box_count: int | None
    """What the validator counts; None: it does not count."""
    expected_count: int
    """What was counted before."""


class Till:
    """Takes notes. Any thread may ask; each method raises `JournalUnusable` as the cashier's."""

    def __init__(
        self,
        keeper: Bookkeeper,
        clock: Callable[[], datetime],
        patience: Patience,
        advance: Callable[[AttemptId], Attempt],
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._patience = patience
        self._advance = advance

    def take(self, note: NoteTold) -> Attempt | None:
        """Take a note into the books, once; return what it was put in for, None if not known."""
        if note.attempt:
            self._keeper.recall(note.attempt)
        with self._keeper.today() as books:
            attempt = _of_cash(books, note.attempt)
            box = books.boxes.get(note.device)
            if box is None or not box.knows(note.book, note.number):
                self._keeper.write(self._steps(attempt, note), by=note.device)
        return None if attempt is None else self._advance(attempt.id)

    def hand_out(self, attempt_id: AttemptId, *, by: str) -> None:
        """Note that the cashier gives the patient all that is kept of an attempt.

        Raises:
            PaymentRefused: nothing is kept of it.
        """
        self._keeper.recall(attempt_id)
        with self._keeper.today() as books:
            attempt = _of_cash(books, attempt_id)
            if attempt is None or not attempt.held:
                raise PaymentRefused(RefusalCode.NOT_REFUNDABLE)
            step = happened.CashHandedOut(attempt=attempt_id, amount_fen=attempt.held.fen)
            self._keeper.write([step], by=by)

    def empty(self, device: DeviceId, counted: Fen, *, by: str) -> None:
        """Note that two people have emptied the box of a kiosk; of no box it is nothing.

        Args:
            device: the kiosk.
            counted: what they have counted, whether it agrees or not.
            by: who says so.
        """
        with self._keeper.today() as books:
            if device in books.boxes:
                step = happened.BoxEmptied(device=device, counted_fen=counted.fen)
                self._keeper.write([step], by=by)

    def boxes(self) -> Sequence[CashBox]:
        """Return the boxes of all kiosks, by name."""
        with self._keeper.today() as books:
            return sorted(books.boxes.values(), key=lambda box: box.device)

    def held(self) -> Sequence[Attempt]:
        """Return the attempts of which something is kept for a patient, the first one first."""
        with self._keeper.today() as books:
            return [one for one in books.attempts.values() if one.held]

    def credit_of(self, patient: PatientId) -> Fen:
        """Return what a patient may use when he pays in cash."""
        with self._keeper.today() as books:
            return total(one.held for one in _credits(books, patient))

    # --- inside ----------------------------------------------------------------------------------

    def _steps(self, attempt: Attempt | None, note: NoteTold) -> Sequence[happened.Step]:
        if not note.value_fen or note.box_count is None:
            return [
                happened.BoxDiffered(
                    device=note.device,
                    book=note.book,
                    number=note.number,
                    expected_count=note.expected_count,
                    found_count=note.box_count,
                    attempt=None if attempt is None else attempt.id,
                )
            ]
        taken = happened.NoteTaken(
            device=note.device,
            book=note.book,
            number=note.number,
            value_fen=note.value_fen,
            box_count=note.box_count,
            attempt=None if attempt is None else attempt.id,
        )
        return [taken] if attempt is None else [taken, *self._paying(attempt, note.value_fen)]

    def _paying(self, attempt: Attempt, value_fen: int) -> Sequence[happened.Step]:
        """Return what a note does to its attempt; enough is booked, if it may still be paid."""
        now = self._clock()
        came = happened.CashCame(
            attempt=attempt.id, value_fen=value_fen, expires_at=now + self._patience.cash
        )
        if attempt.cash_in + Fen(value_fen) < attempt.amount:
            return [came]
        answer = Answer(standing=Standing.PAID, paid=attempt.amount)
        paid = after_answer(attempt, answer, now)
        late = (happened.LateMoneyCame,)
        return [came, *(step for step in paid if not isinstance(step, late))]


def credit_steps(
    books: Books, attempt: AttemptId, patient: PatientId, amount: Fen
) -> Sequence[happened.CreditUsed]:
    """Return the steps that count a patient's credit in, as far as it goes."""
    steps, missing = [], amount
    for source in _credits(books, patient):
        used = min(source.held, missing)
        if used:
            steps.append(
                happened.CreditUsed(attempt=attempt, source=source.id, amount_fen=used.fen)
            )
            missing = missing - used
    return steps


def _credits(books: Books, patient: PatientId) -> Sequence[Attempt]:
    held = books.held_for(patient)
    return [one for one in held if one.change_goes is ChangeGoes.CREDIT]


def _of_cash(books: Books, attempt_id: AttemptId) -> Attempt | None:
    attempt = books.attempts.get(attempt_id)
    is_cash = attempt is not None and attempt.channel is Channel.CASH
    return attempt if is_cash else None
