"""A cashier gives a part of a payment back, through the real client libraries and the sandbox."""

import pytest

from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen
from queue_server.payments.reconciliation import DifferenceKind
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.steps import ReturnedPart
from queue_server.payments.terms import GATEWAY_CHANNELS, AttemptState, Channel, ChargeId
from queue_server.rules.terms import RefusalCode
from tests.integration.payments.paying_hospital import PayingHospital
from tests.integration.payments.test_reconciliation import compared, kinds

CHANNELS = pytest.mark.parametrize("channel", GATEWAY_CHANNELS)


def paid(hospital: PayingHospital, channel: Channel, *fens: int) -> tuple[Attempt, list[ChargeId]]:
    """Return a payment of several charges that is booked, and the charges."""
    charges = [hospital.charge(fen) for fen in fens]
    attempt = hospital.cashier.begin(charges, channel, by="kiosk-1")
    hospital.pay(attempt)
    return hospital.advance(attempt), charges


def gives_back(hospital: PayingHospital, attempt: Attempt, *parts: tuple[ChargeId, int]) -> Attempt:
    asked = [ReturnedPart(charge=charge, fen=fen) for charge, fen in parts]
    return hospital.cashier.refund(attempt.id, why="desk", by="cashier-1", parts=asked)


@CHANNELS
def test_a_part_goes_back_once_and_the_rest_stays_paid_to_the_fen(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt, (blood, scan) = paid(hospital, channel, 2550, 30_000)

    back = gives_back(hospital, attempt, (blood, 2550), (scan, 1))

    assert back.state is AttemptState.FULFILLED
    assert (back.refunded, back.kept) == (Fen(2551), Fen(29_999))
    assert hospital.trade(attempt).kept_fen == 29_999
    account = hospital.cashier.account(hospital.cashier.charges_of(attempt)[0].patient)
    assert (account.self_paid, account.given_back, account.owed) == (Fen(29_999), Fen(2551), Fen(0))
    assert compared(hospital, channel).differences == ()


@CHANNELS
def test_its_receipt_is_taken_back_and_the_rest_has_one_of_its_own(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt, (blood, scan) = paid(hospital, channel, 2550, 30_000)
    gives_back(hospital, attempt, (blood, 2550), (scan, 100))

    own, reversal, rest = hospital.cashier.receipts_of(attempt.id)

    assert reversal.reverses == own.number
    assert reversal.amount == own.amount == Fen(32_550)
    assert rest.reverses is None
    # What went back whole stands on it no more, nor does its insurance share.
    assert [(one.id, one.self_pay, one.insurance) for one in rest.charges] == [
        (scan, Fen(29_900), Fen(1000))
    ]


@CHANNELS
def test_parts_go_back_one_after_the_other_and_then_what_is_left(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt, (blood,) = paid(hospital, channel, 2550)
    gives_back(hospital, attempt, (blood, 1000))
    gives_back(hospital, attempt, (blood, 50))

    end = hospital.cashier.refund(attempt.id, why="desk", by="cashier-1")

    assert end.state is AttemptState.REFUNDED
    assert [one.amount for one in end.refunds] == [Fen(1000), Fen(50), Fen(1500)]
    assert hospital.trade(attempt).kept_fen == 0
    receipts = hospital.cashier.receipts_of(attempt.id)
    signed = [one.amount.fen if one.reverses is None else -one.amount.fen for one in receipts]
    assert sum(signed) == 0
    assert receipts[-1].reverses is not None
    assert compared(hospital, channel).differences == ()


@CHANNELS
def test_all_parts_together_are_the_whole(hospital: PayingHospital, channel: Channel) -> None:
    attempt, (blood, scan) = paid(hospital, channel, 2550, 100)

    back = gives_back(hospital, attempt, (blood, 2550), (scan, 100))

    assert back.state is AttemptState.REFUNDED
    assert len(hospital.cashier.receipts_of(attempt.id)) == 2


@pytest.mark.parametrize("fen", [2551, 0, -1])
def test_never_more_goes_back_than_was_paid(hospital: PayingHospital, fen: int) -> None:
    attempt, (blood, scan) = paid(hospital, Channel.WECHAT, 2550, 30_000)
    gives_back(hospital, attempt, (scan, 29_000))
    others = hospital.charge(500)

    for parts in (
        [(blood, fen)],
        [(scan, 1001)],
        [(blood, 100), (blood, 2500)],
        [(others, 500)],
    ):
        with pytest.raises(PaymentRefused) as refused:
            gives_back(hospital, attempt, *parts)
        assert refused.value.code is RefusalCode.REFUND_TOO_MUCH

    assert hospital.trade(attempt).refunded_fen == 29_000


@CHANNELS
@pytest.mark.parametrize(
    "fault", [FaultKind.LOSE_REQUEST, FaultKind.LOSE_REPLY, FaultKind.SERVER_ERROR]
)
def test_a_refund_without_an_answer_is_asked_about_until_it_is_known(
    hospital: PayingHospital, channel: Channel, fault: FaultKind
) -> None:
    attempt, (blood, _) = paid(hospital, channel, 2550, 100)
    hospital.fault(channel, Operation.REFUND, fault)

    asked = gives_back(hospital, attempt, (blood, 550))
    assert asked.state is AttemptState.PART_REFUNDING
    assert kinds(hospital, channel)[0] in (
        DifferenceKind.STILL_OPEN,
        DifferenceKind.REFUND_NOT_IN_BOOKS,
    )

    assert hospital.advance(attempt).refunded == Fen(550)
    assert hospital.trade(attempt).refunded_fen == 550


@CHANNELS
def test_a_refused_part_leaves_all_of_it_paid_and_can_be_asked_for_again(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt, (blood, _) = paid(hospital, channel, 2550, 100)
    hospital.fault(channel, Operation.REFUND, FaultKind.REFUSE)

    refused = gives_back(hospital, attempt, (blood, 550))

    assert (refused.state, refused.kept) == (AttemptState.FULFILLED, Fen(2650))
    assert refused.refusal
    assert len(hospital.cashier.receipts_of(attempt.id)) == 1
    again = gives_back(hospital, attempt, (blood, 550))
    assert (again.refusal, again.kept) == ("", Fen(2100))


def test_a_part_of_a_former_days_payment_can_go_back(hospital: PayingHospital) -> None:
    attempt, (blood, _) = paid(hospital, Channel.ALIPAY, 2550, 100)
    hospital.wait(30 * 3600)
    assert attempt.id not in {one.id for one in hospital.cashier.attempts()}

    back = gives_back(hospital, attempt, (blood, 50))

    assert (back.state, back.kept) == (AttemptState.FULFILLED, Fen(2600))
    receipts = hospital.cashier.receipts_of(attempt.id)
    assert [one.amount for one in receipts] == [Fen(2650), Fen(2650), Fen(2600)]
