"""Which bill pays what: a charge is on one bill, and a bill has one payment that may be paid."""

import pytest

from queue_server.payments import steps as happened
from queue_server.payments.billing import billed, new_bill, payable, posted, same, withdrawal
from queue_server.payments.books import Books
from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.payment_code import channel_of_code
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptId, AttemptState, BillId, Channel, ChargeId
from queue_server.rules.terms import PatientId, RefusalCode
from tests.unit.payments.samples import NOON, a_charge, an_attempt

BLOOD, SCAN, OTHER = ChargeId("blood"), ChargeId("scan"), ChargeId("other")
FIRST, SECOND = BillId("B1"), BillId("B2")


def some_books() -> Books:
    books = Books()
    for charge in (
        a_charge("blood", 2550),
        a_charge("scan", 30_000, visit="v2"),
        a_charge("other", 100, patient="p2"),
        a_charge("insured", 0, 700),
    ):
        books.apply(posted(charge), NOON)
    return books


def begin(books: Books, bill: BillId, attempt: str) -> None:
    opened = happened.AttemptOpened(
        attempt=AttemptId(attempt),
        bill=bill,
        channel=Channel.WECHAT,
        is_scanned=False,
        amount_fen=books.amount(books.bills[bill]).fen,
        expires_at=NOON,
    )
    books.apply(opened, NOON)


def go_on(books: Books, attempt: str, *kinds: str) -> None:
    named: dict[str, happened.AttemptStep] = {
        "asked": happened.CreationAsked(attempt=AttemptId(attempt)),
        "created": happened.Created(attempt=AttemptId(attempt)),
        "paid": happened.MoneyCame(attempt=AttemptId(attempt), paid_fen=1, transaction="T"),
        "cancelled": happened.CloseAsked(attempt=AttemptId(attempt), why="w"),
        "closed": happened.Closed(attempt=AttemptId(attempt)),
    }
    for kind in kinds:
        books.apply(named[kind], NOON)


def refused_with(charges: list[ChargeId], books: Books) -> RefusalCode:
    with pytest.raises(PaymentRefused) as refused:
        new_bill(books, charges, SECOND)
    return refused.value.code


def test_charges_of_several_visits_are_paid_in_one_go() -> None:
    books = some_books()

    bill = new_bill(books, [BLOOD, SCAN], FIRST)

    assert books.amount(bill) == Fen(32_550)


def test_what_can_not_be_billed_is_refused_in_its_own_words() -> None:
    books = some_books()

    assert refused_with([], books) is RefusalCode.UNKNOWN_CHARGE
    assert refused_with([ChargeId("none")], books) is RefusalCode.UNKNOWN_CHARGE
    assert refused_with([BLOOD, OTHER], books) is RefusalCode.SEVERAL_PATIENTS


def test_nothing_is_paid_only_where_the_insurance_has_settled_it_whole() -> None:
    books = some_books()
    nothing = new_bill(books, [ChargeId("insured")], FIRST)
    assert payable(books, nothing, Channel.INSURANCE) == NOTHING
    with pytest.raises(PaymentRefused) as refused:
        payable(books, nothing, Channel.WECHAT)
    assert refused.value.code is RefusalCode.NOTHING_OWED

    with pytest.raises(PaymentRefused) as refused:
        payable(books, new_bill(books, [BLOOD], SECOND), Channel.INSURANCE)
    assert refused.value.code is RefusalCode.CHANNEL_OFF


def test_a_charge_that_is_being_paid_or_paid_is_not_billed_again() -> None:
    books = some_books()
    books.apply(happened.BillMade(bill=FIRST, charges=(BLOOD,)), NOON)
    begin(books, FIRST, "A1")
    assert refused_with([BLOOD, SCAN], books) is RefusalCode.PAYMENT_RUNNING

    go_on(books, "A1", "asked", "created", "paid")

    assert refused_with([BLOOD, SCAN], books) is RefusalCode.ALREADY_PAID
    assert books.is_paid(BLOOD)
    assert books.account(PatientId("p1")).owed == Fen(30_000)
    with pytest.raises(PaymentRefused) as refused:
        withdrawal(books, BLOOD)
    assert refused.value.code is RefusalCode.CHARGE_IN_USE


def test_after_a_close_charges_may_be_billed_together_anew() -> None:
    books = some_books()
    books.apply(happened.BillMade(bill=FIRST, charges=(BLOOD, SCAN)), NOON)
    begin(books, FIRST, "A1")
    go_on(books, "A1", "asked", "created", "cancelled", "closed")

    books.apply(happened.BillMade(bill=SECOND, charges=(BLOOD,)), NOON)

    assert billed(books, [BLOOD]) == books.bills[SECOND]
    assert billed(books, [SCAN]) is None
    assert books.occupant(FIRST) is None


def test_a_bill_with_two_payments_at_once_stops_the_process() -> None:
    books = some_books()
    books.apply(happened.BillMade(bill=FIRST, charges=(BLOOD,)), NOON)
    begin(books, FIRST, "A1")

    with pytest.raises(AssertionError, match="occupied"):
        begin(books, FIRST, "A2")


@pytest.mark.parametrize(
    ("state", "channel", "why"),
    [
        (AttemptState.CLOSING, Channel.WECHAT, RefusalCode.PAYMENT_RUNNING),
        (AttemptState.UNKNOWN, Channel.WECHAT, RefusalCode.PAYMENT_RUNNING),
        (AttemptState.WAITING, Channel.ALIPAY, RefusalCode.PAYMENT_RUNNING),
        (AttemptState.REVIEW, Channel.WECHAT, RefusalCode.IN_REVIEW),
        (AttemptState.FULFILLED, Channel.ALIPAY, RefusalCode.ALREADY_PAID),
    ],
)
def test_whoever_may_not_pay_is_told_why(
    state: AttemptState, channel: Channel, why: RefusalCode
) -> None:
    with pytest.raises(PaymentRefused) as refused:
        same(an_attempt(state), channel, is_scanned=False)

    assert refused.value.code is why


@pytest.mark.parametrize(
    ("code", "channel"),
    [
        ("134567890123456789", Channel.WECHAT),
        ("164567890123456789", None),
        ("13456789012345678", None),
        ("2812345678901234", Channel.ALIPAY),
        ("301234567890123456789012", Channel.ALIPAY),
        ("3012345678901234567890123", None),
        ("4241234567890123456789110000", None),
        ("6212345678901234567", Channel.UNIONPAY),
        ("62123456789012345678", None),
        ("１34567890123456789", None),
        ("", None),
    ],
)
def test_a_payment_code_is_told_by_its_form(code: str, channel: Channel | None) -> None:
    assert channel_of_code(code) is channel
