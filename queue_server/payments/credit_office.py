"""The credit office: lets patients who have agreed on it go on first and pay later.

Rule 1: what is put off is in the journal before the hospital's system is told of it.
Rule 2: that system is told until it has answered; its answer is in the journal before it counts.
Rule 3: a charge is put off once, however often it is asked for.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from queue_server.payments.booking import BookingRefused, BookingSilent
from queue_server.payments.bookkeeper import Bookkeeper
from queue_server.payments.books import Books
from queue_server.payments.deferral import (
    Agreement,
    Deferral,
    DeferralAsked,
    DeferralRefused,
    DeferralReleased,
    DeferralState,
    DeferredSettledElsewhere,
    require_deferral_allowed,
)
from queue_server.payments.fen import Fen, total
from queue_server.payments.ledger import Charge, account
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import ChargeId, DeferralId
from queue_server.rules.terms import PatientId, RefusalCode

AGAIN_AFTER: Final = timedelta(seconds=5)
"""So long a hospital's system that gave no answer is left alone about a deferral."""


class Releasing(Protocol):
    """The part of the hospital's own system that lets a patient go on who pays later."""

    def release(self, deferral: Deferral, charges: Sequence[Charge]) -> None:
        """Let the patient go on. `deferral.id` is the key: a second time changes nothing.

        Raises:
            BookingRefused: he may not go on.
            BookingSilent: he may go on now, or not.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSum:
    """A deferral of which something has still to be paid."""

    deferral: Deferral
    charges: tuple[Charge, ...]
    """Those that are not paid yet."""

    @property
    def amount(self) -> Fen:
        """What has still to be paid."""
        return total(charge.self_pay for charge in self.charges)


class CreditOffice:
    """Puts off what patients owe. Any thread may ask.

    Each method raises `JournalUnusable` when a step can't be kept: the process has to stop.

    Args:
        keeper: whose books.
        hospital: is told who may go on.
        clock: gives the present instant.
    """

    def __init__(
        self, keeper: Bookkeeper, hospital: Releasing, clock: Callable[[], datetime]
    ) -> None:
        self._keeper = keeper
        self._hospital = hospital
        self._clock = clock
        self._at_work: set[DeferralId] = set()
        self._not_before: dict[DeferralId, datetime] = {}

    def defer(
        self, charges: Sequence[ChargeId], agreement: Agreement | None, *, by: str, key: str
    ) -> Deferral:
        """Put charges of one patient off; they have been posted before. Blocks on the hospital.

        What was put off together already is returned as it is.

        Args:
            charges: what is to be put off in one go.
            agreement: with the patient; None: there is none.
            by: who asks.
            key: of this very ask, at most 16 of `[0-9a-z]`: it puts off once.

        Raises:
            PaymentRefused: nothing was put off.
        """
        with self._keeper.today() as books:
            number = DeferralId(f"D{self._keeper.day_on:%Y%m%d}{key}")
            known = books.deferral_book.deferrals.get(number) or _same(books, charges)
            if known is None:
                self._keeper.write([self._asked(books, number, charges, agreement)], by=by)
            else:
                number = known.id
        return self.work_on(number)

    def work_on(self, number: DeferralId) -> Deferral:
        """Tell the hospital's system of a deferral it has not answered. Blocks on it."""
        with self._keeper.today() as books:
            deferral = books.deferral_book.deferrals[number]
            if deferral.state is not DeferralState.ASKED or number in self._at_work:
                return deferral
            charges = [books.charges[one] for one in deferral.charges if one in books.charges]
            self._at_work.add(number)
        try:
            return self._told(deferral, charges)
        finally:
            with self._keeper.today():
                self._at_work.discard(number)

    def sweep(self) -> None:
        """Work on everything that is due, one after the other. Blocks on the hospital."""
        with self._keeper.today() as books:
            asked = [one.id for one in books.deferral_book.asked()]
        self._not_before = {one: at for one, at in self._not_before.items() if one in asked}
        for number in asked:
            not_before = self._not_before.get(number)
            if not_before is None or self._clock() >= not_before:
                self.work_on(number)

    def open_sums(self, patient: PatientId | None = None) -> Sequence[OpenSum]:
        """Return what has still to be paid, the first one first; of one patient, or of all."""
        with self._keeper.today() as books:
            book = books.deferral_book
            deferrals = book.open() if patient is None else book.open_of(patient)
            return [_open_sum(books, one) for one in deferrals]

    def settled_elsewhere(
        self, patient: PatientId, asked_for: Collection[ChargeId], as_of: datetime
    ) -> None:
        """Take in what the hospital still asks a patient to pay: the rest is put off no longer.

        Args:
            patient: whose.
            asked_for: all that the hospital's system says he has not paid.
            as_of: an instant before it said so: it knows nothing of what was put off later.
        """
        with self._keeper.today() as books:
            gone = tuple(
                charge
                for deferral in books.deferral_book.open_of(patient)
                for charge in deferral.left
                if deferral.asked_at < as_of and charge not in asked_for
            )
            if gone:
                self._keeper.write([DeferredSettledElsewhere(charges=gone)], by="records")

    # --- inside ----------------------------------------------------------------------------------

    def _asked(
        self,
        books: Books,
        number: DeferralId,
        charges: Sequence[ChargeId],
        agreement: Agreement | None,
    ) -> DeferralAsked:
        """Return the step that puts charges off.

        Raises:
            PaymentRefused: they can't be put off.
        """
        if not charges or any(one not in books.charges for one in charges):
            raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
        if any(map(books.is_in_use, charges)) or any(map(books.claim_book.live_of, charges)):
            raise PaymentRefused(RefusalCode.PAYMENT_RUNNING)
        if any(map(books.deferral_book.covering, charges)):
            raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
        [patient] = {books.charges[one].patient for one in charges}
        before = books.deferral_book.open_of(patient)
        put_off = [charge for one in before for charge in one.left]
        day_on = self._keeper.day_on
        require_deferral_allowed(
            account([_in_full(books, one) for one in (*put_off, *charges)], ()),
            charges,
            agreement,
            is_overdue=any(one.due_on < day_on for one in before),
        )
        assert agreement is not None, "without one it is refused"
        return DeferralAsked(
            deferral=number,
            patient=patient,
            charges=tuple(charges),
            amount_fen=total(books.charges[one].self_pay for one in charges).fen,
            due_on=day_on + timedelta(days=agreement.pay_within_days),
        )

    def _told(self, deferral: Deferral, charges: Sequence[Charge]) -> Deferral:
        step: DeferralReleased | DeferralRefused | None = None
        try:
            self._hospital.release(deferral, charges)
            step = DeferralReleased(deferral=deferral.id)
        except BookingRefused:
            step = DeferralRefused(deferral=deferral.id)
        except BookingSilent:
            self._not_before[deferral.id] = self._clock() + AGAIN_AFTER
        with self._keeper.today() as books:
            now = books.deferral_book.deferrals.get(deferral.id, deferral)
            if step is None or now.state is not DeferralState.ASKED or not now.left:
                return now
            self._keeper.write([step], by="records")
            return books.deferral_book.deferrals[deferral.id]


def _same(books: Books, charges: Sequence[ChargeId]) -> Deferral | None:
    """Return the open deferral of exactly these charges."""
    found = {books.deferral_book.covering(charge) for charge in charges}
    known = found.pop() if len(found) == 1 else None
    return known if known is not None and set(known.charges) == set(charges) else None


def _in_full(books: Books, charge: ChargeId) -> Charge:
    """Return a charge as if the insurance had settled nothing of it: that may be undone."""
    return books.claim_book.original(books.charges[charge])


def _open_sum(books: Books, deferral: Deferral) -> OpenSum:
    return OpenSum(
        deferral=deferral, charges=tuple(books.charges[charge] for charge in deferral.left)
    )
