"""Shares sum to the price, and a step may be done or not, by the mode of payment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Account, account, require_step_allowed
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import ChargeId, PaymentMode
from queue_server.rules.terms import RefusalCode
from tests.unit.payments.samples import a_charge

shares = st.integers(min_value=0, max_value=10**7)
BLOOD = ChargeId("blood")
SCAN = ChargeId("scan")


def a_visit(*paid: ChargeId) -> Account:
    return account([a_charge("blood", 2550, 1000), a_charge("scan", 30_000)], paid)


@given(st.lists(st.tuples(shares, shares, st.booleans()), max_size=12))
def test_what_is_paid_owed_and_insured_is_the_price_to_the_fen(
    rows: list[tuple[int, int, bool]],
) -> None:
    charges = [a_charge(f"c{index}", row[0], row[1]) for index, row in enumerate(rows)]
    paid = [charge.id for charge, row in zip(charges, rows, strict=True) if row[2]]

    found = account(charges, paid)

    assert found.self_paid + found.owed + found.insurance == found.price
    assert found.price.fen == sum(own + insured for own, insured, _ in rows)


def test_a_charge_that_the_insurance_pays_alone_is_not_owed() -> None:
    assert account([a_charge("drug", 0, 5000)], []).owed_charges == ()


def refusal(found: Account, step: ChargeId, mode: PaymentMode, **how: object) -> PaymentRefused:
    with pytest.raises(PaymentRefused) as refused:
        require_step_allowed(found, [step], mode, **how)  # type: ignore[arg-type]
    return refused.value


def test_paying_before_each_step_lets_through_what_is_paid_and_nothing_else() -> None:
    require_step_allowed(a_visit(BLOOD), [BLOOD], PaymentMode.EACH_STEP)

    refused = refusal(a_visit(BLOOD), SCAN, PaymentMode.EACH_STEP)

    assert refused.code is RefusalCode.PAY_FIRST
    assert refused.message_zh == "请先缴费 300.00 元，再办理下一步。"
    assert "300.00" in refused.message_en


def test_paying_once_stops_nobody_before_the_last_step() -> None:
    require_step_allowed(a_visit(), [SCAN], PaymentMode.ONCE_PER_VISIT)
    require_step_allowed(a_visit(BLOOD, SCAN), [SCAN], PaymentMode.ONCE_PER_VISIT, is_last=True)

    refused = refusal(a_visit(BLOOD), BLOOD, PaymentMode.ONCE_PER_VISIT, is_last=True)

    assert (refused.code, refused.owed) == (RefusalCode.PAY_FIRST, Fen(30_000))


def test_treating_first_goes_up_to_the_limit_and_not_a_fen_further() -> None:
    owed = Fen(32_550)
    require_step_allowed(a_visit(), [SCAN], PaymentMode.TREAT_FIRST, credit_limit=owed)

    refused = refusal(a_visit(), SCAN, PaymentMode.TREAT_FIRST, credit_limit=owed - Fen(1))

    assert (refused.code, refused.owed) == (RefusalCode.CREDIT_LIMIT, owed)


def test_a_patient_without_credit_pays_first() -> None:
    refused = refusal(a_visit(), BLOOD, PaymentMode.TREAT_FIRST)

    assert (refused.code, refused.owed) == (RefusalCode.NO_CREDIT, Fen(2550))
