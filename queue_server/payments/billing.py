"""Which bill is paid: what may be put on it, and when the same request means the same payment."""

from collections.abc import Sequence

from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt
from queue_server.payments.books import Books
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Bill, Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptId, AttemptState, BillId, Channel, ChargeId
from queue_server.rules.terms import RefusalCode

_SHOWN_AGAIN = frozenset(
    {AttemptState.CREATING, AttemptState.WAITING, AttemptState.PAID, AttemptState.FULFILLED}
)

_WHY_OCCUPIED = {
    AttemptState.PAID: RefusalCode.ALREADY_PAID,
    AttemptState.FULFILLED: RefusalCode.ALREADY_PAID,
    AttemptState.REVIEW: RefusalCode.IN_REVIEW,
}


def known(books: Books, attempt: AttemptId) -> Attempt:
    """Return an attempt.

    Raises:
        PaymentRefused: it is not known.
    """
    if attempt not in books.attempts:
        raise PaymentRefused(RefusalCode.UNKNOWN_ATTEMPT)
    return books.attempts[attempt]


def billed(books: Books, charges: Sequence[ChargeId]) -> Bill | None:
    """Return the bill that has exactly these charges; None if there is none."""
    bills = {books.bill_of(charge) for charge in charges}
    bill = bills.pop() if len(bills) == 1 else None
    return bill if bill is not None and set(bill.charges) == set(charges) else None


def new_bill(books: Books, charges: Sequence[ChargeId], bill: BillId) -> Bill:
    """Return a bill of these charges.

    Raises:
        PaymentRefused: they can't be paid in one go, or not now.
    """
    wanted = tuple(dict.fromkeys(charges))
    if not wanted or any(charge not in books.charges for charge in wanted):
        raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
    if len({books.charges[charge].patient for charge in wanted}) > 1:
        raise PaymentRefused(RefusalCode.SEVERAL_PATIENTS)
    for charge in wanted:
        former = books.bill_of(charge)
        occupant = None if former is None else books.occupant(former.id)
        if occupant is not None:
            raise PaymentRefused(_WHY_OCCUPIED.get(occupant.state, RefusalCode.PAYMENT_RUNNING))
    return Bill(id=bill, charges=wanted)


def payable(books: Books, bill: Bill, channel: Channel) -> Fen:
    """Return what a bill asks for; nothing only where the insurance has settled all of it.

    Raises:
        PaymentRefused: NOTHING_OWED, or the insurance has not settled all of it.
    """
    amount = books.amount(bill)
    if channel is Channel.INSURANCE and amount:
        raise PaymentRefused(RefusalCode.CHANNEL_OFF)
    if channel is not Channel.INSURANCE and not amount:
        raise PaymentRefused(RefusalCode.NOTHING_OWED)
    return amount


def require_claims_whole(books: Books, charges: Sequence[ChargeId]) -> None:
    """Let charges be paid, unless the insurance has a say in them that is not known yet.

    Raises:
        PaymentRefused: a claim of one of them moves, or has charges that are not among them.
    """
    claims = (books.claim_book.live_of(charge) for charge in charges)
    for claim in (one for one in claims if one is not None):
        if claim.is_moving:
            raise PaymentRefused(RefusalCode.PAYMENT_RUNNING)
        if not set(claim.charges) <= set(charges):
            raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)


def same(occupant: Attempt, channel: Channel, *, is_scanned: bool) -> Attempt:
    """Return the running attempt if it is what is asked for again.

    Raises:
        PaymentRefused: it is paid, or another way to pay comes to its end first.
    """
    is_same = occupant.channel is channel and occupant.is_scanned is is_scanned
    if is_same and occupant.state in _SHOWN_AGAIN:
        return occupant
    raise PaymentRefused(_WHY_OCCUPIED.get(occupant.state, RefusalCode.PAYMENT_RUNNING))


def posting(books: Books, charges: Sequence[Charge]) -> Sequence[happened.Step]:
    """Return the steps that take over what the hospital asks for; what is known is left.

    Raises:
        PaymentRefused: one that is paid, being paid, put off or settled would change.
    """
    steps: list[happened.Step] = []
    for charge in charges:
        former = books.charges.get(charge.id)
        if former is not None and charge in (former, books.claim_book.original(former)):
            continue
        if former is not None:
            steps.append(withdrawal(books, charge.id))
        steps.append(posted(charge))
    return steps


def shared(books: Books, charges: Sequence[Charge]) -> tuple[Charge, ...]:
    """Return charges of the hospital with the shares that the insurance has settled."""
    claims = books.claim_book
    return tuple(
        books.charges.get(one.id, one) if claims.live_of(one.id) else one for one in charges
    )


def posted(charge: Charge) -> happened.ChargePosted:
    """Return the step that brings a charge into the books."""
    return happened.ChargePosted(
        charge=charge.id,
        visit=charge.visit,
        patient=charge.patient,
        name_zh=charge.name_zh,
        name_en=charge.name_en,
        self_pay_fen=charge.self_pay.fen,
        insurance_fen=charge.insurance.fen,
        quantity=charge.quantity,
        unit_zh=charge.unit_zh,
        unit_en=charge.unit_en,
        sheet=charge.sheet,
        is_deposit=charge.is_deposit,
        is_copy=charge.is_copy,
    )


def withdrawal(books: Books, charge: ChargeId) -> happened.ChargeWithdrawn:
    """Return the step that takes a charge back.

    Raises:
        PaymentRefused: it is not known, paid, being paid, put off or settled.
    """
    if charge not in books.charges:
        raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
    if (
        books.is_in_use(charge)
        or books.deferral_book.covering(charge)
        or books.claim_book.live_of(charge)
    ):
        raise PaymentRefused(RefusalCode.CHARGE_IN_USE)
    return happened.ChargeWithdrawn(charge=charge)
