"""Who may pay later, and how much: by the rule, to the fen."""

import pytest

from queue_server.payments.deferral import Agreement, require_deferral_allowed
from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.ledger import account
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import ChargeId
from queue_server.rules.terms import RefusalCode
from tests.unit.payments.samples import a_charge

BLOOD, SCAN = ChargeId("blood"), ChargeId("scan")
OWED = account([a_charge("blood", 2550, 1000), a_charge("scan", 30_000)], ())


def agreed(limit: int, used: int = 0) -> Agreement:
    return Agreement(limit=Fen(limit), used=Fen(used), pay_within_days=14)


def refusal(agreement: Agreement | None, *, is_overdue: bool = False) -> PaymentRefused:
    with pytest.raises(PaymentRefused) as refused:
        require_deferral_allowed(OWED, [SCAN], agreement, is_overdue=is_overdue)
    return refused.value


def test_with_what_is_put_off_already_the_limit_is_reached_and_not_passed_by_a_fen() -> None:
    require_deferral_allowed(OWED, [SCAN], agreed(32_550), is_overdue=False)

    refused = refusal(agreed(32_549))

    assert refused.code is RefusalCode.CREDIT_LIMIT
    assert "325.50" in refused.message_zh
    assert "325.49" in refused.message_zh


def test_what_he_owes_at_desks_counts_against_the_limit() -> None:
    require_deferral_allowed(OWED, [SCAN], agreed(40_000, used=7_450), is_overdue=False)

    assert refusal(agreed(40_000, used=7_451)).code is RefusalCode.CREDIT_LIMIT
    assert agreed(40_000, used=50_000).free == NOTHING
    assert refusal(agreed(40_000, used=50_000)).code is RefusalCode.CREDIT_LIMIT


def test_a_patient_without_agreement_pays_first() -> None:
    refused = refusal(None)

    assert (refused.code, refused.owed) == (RefusalCode.NO_CREDIT, Fen(30_000))


def test_who_has_let_a_day_pass_pays_that_first() -> None:
    assert refusal(agreed(10**7), is_overdue=True).code is RefusalCode.CREDIT_OVERDUE
