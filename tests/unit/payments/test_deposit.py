"""A deposit is kept, never owed; and a settlement comes out to the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.payments.deposit import (
    DepositAccount,
    DepositEntry,
    DepositPolicy,
    deposit_account,
    require_no_other,
    require_top_up_allowed,
    settlement,
    top_up_charge,
)
from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.ledger import account
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptId, AttemptState, VisitId
from queue_server.rules.terms import PatientId, RefusalCode
from tests.unit.payments.samples import NOON, a_charge, an_attempt

shares = st.integers(min_value=0, max_value=10**7)
POLICY = DepositPolicy(least=Fen(100_00), most=Fen(20_000_00))


def paid_in(fen: int, attempt: str | None = None) -> DepositEntry:
    return DepositEntry(
        amount=Fen(fen), paid_at=NOON, attempt=None if attempt is None else AttemptId(attempt)
    )


@given(st.lists(st.tuples(shares, shares), max_size=12), st.lists(shares, max_size=5))
def test_a_settlement_leaves_no_fen_over(costs: list[tuple[int, int]], deposits: list[int]) -> None:
    charges = [a_charge(f"c{index}", own, insured) for index, (own, insured) in enumerate(costs)]
    kept = DepositAccount(entries=tuple(map(paid_in, deposits)))

    found = settlement(charges, kept)

    assert found.deposit + found.to_pay == found.self_pay + found.to_return
    assert found.price == found.self_pay + found.insurance
    assert NOTHING in (found.to_pay, found.to_return)
    assert found.price.fen == sum(own + insured for own, insured in costs)


def test_what_was_given_back_is_in_no_account() -> None:
    entries = [paid_in(500_00), paid_in(300_00, "A1"), paid_in(200_00, "A2")]

    kept = deposit_account(entries, {AttemptId("A1"): Fen(300_00), AttemptId("A2"): Fen(50_00)})

    assert kept.balance == Fen(650_00)


def test_a_deposit_is_not_owed_and_pays_no_charge() -> None:
    top_up = top_up_charge(VisitId("stay-1"), PatientId("p1"), Fen(1000_00), "k1")
    blood = a_charge("blood", 25_50, 10_00)

    before = account([blood, top_up], [])
    after = account([blood, top_up], [top_up.id])

    assert before.owed == after.owed == Fen(25_50)
    assert before.price == after.price == Fen(35_50)
    assert before.deposited == NOTHING
    assert after.deposited == Fen(1000_00)
    assert after.self_paid == NOTHING


@pytest.mark.parametrize("fen", [0, 99_00, 20_001_00, 150_50])
def test_too_little_too_much_and_odd_fen_are_refused_with_the_bounds(fen: int) -> None:
    with pytest.raises(PaymentRefused) as refused:
        require_top_up_allowed(Fen(fen), POLICY)

    assert refused.value.code is RefusalCode.DEPOSIT_AMOUNT
    assert "100" in refused.value.message_zh
    assert "20000" in refused.value.message_en


@pytest.mark.parametrize("fen", [100_00, 20_000_00])
def test_both_bounds_may_be_paid_in(fen: int) -> None:
    require_top_up_allowed(Fen(fen), POLICY)


@pytest.mark.parametrize("state", list(AttemptState))
def test_a_second_top_up_waits_until_it_is_known_how_the_first_one_ends(
    state: AttemptState,
) -> None:
    is_open = state in {
        AttemptState.NEW,
        AttemptState.CREATING,
        AttemptState.WAITING,
        AttemptState.UNKNOWN,
        AttemptState.CLOSING,
        AttemptState.PAID,
    }
    if not is_open:
        require_no_other([an_attempt(state)])
        return
    with pytest.raises(PaymentRefused) as refused:
        require_no_other([an_attempt(state)])
    assert refused.value.code is RefusalCode.PAYMENT_RUNNING
