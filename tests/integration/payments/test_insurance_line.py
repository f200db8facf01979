"""The insurance over HTTP, with every fault of the sandbox at every step: known in the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.payments.claim import ClaimState
from queue_server.payments.configuration import load_payments
from queue_server.payments.fen import Fen
from queue_server.payments.http_insurance import HttpInsurance
from queue_server.payments.insurance_office import InsuranceOffice
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.sandbox.faults import Fault, FaultKind, Operation
from queue_server.payments.terms import Channel, ChargeId
from queue_server.rules.terms import PatientId
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.paying_hospital import Ids, PayingHospital, paying_hospital
from tests.integration.payments.world_insurance import ID_NUMBER, a_code
from tests.unit.payments.samples import a_charge

CHARGES = [ChargeId("blood"), ChargeId("scan")]
OWED = Fen(32_551)
FAULTS = (
    FaultKind.LOSE_REQUEST,
    FaultKind.LOSE_REPLY,
    FaultKind.SERVER_ERROR,
    FaultKind.BAD_SIGNATURE,
    FaultKind.REFUSE,
)
STEPS = (
    Operation.EC_QUERY,
    Operation.PRE_SETTLE,
    Operation.SETTLE,
    Operation.SETTLE_QUERY,
    Operation.UNDO,
)


@pytest.fixture
def hospital(keys: Path) -> Iterator[PayingHospital]:
    with paying_hospital(keys, MemorySteps(), timeout_s=5) as running:
        charges = [a_charge("blood", 2551, 1000), a_charge("scan", 30_000)]
        running.cashier.post(charges, by="records")
        yield running


@pytest.fixture
def office(hospital: PayingHospital, keys: Path) -> InsuranceOffice:
    configuration = load_payments(keys / "payments.toml").insurance
    assert configuration is not None
    return InsuranceOffice(
        hospital.cashier.keeper,
        HttpInsurance(configuration, hospital.clock, Ids("i"), timeout_s=5),
        hospital.clock,
        lambda charges: hospital.cashier.begin(charges, Channel.INSURANCE, by="insurance"),
    )


def settle(office: InsuranceOffice) -> ClaimState | None:
    """Settle; None: refused before anything was asked to be settled."""
    try:
        return office.settle(CHARGES, a_code(70), ID_NUMBER, by="kiosk-1", key="k1").state
    except PaymentRefused:
        return None


@pytest.mark.parametrize("do", FAULTS)
@pytest.mark.parametrize("on", STEPS)
def test_whatever_goes_wrong_the_insurance_pays_in_the_end_for_what_the_books_say(
    hospital: PayingHospital, office: InsuranceOffice, on: Operation, do: FaultKind
) -> None:
    insurance = hospital.sandbox.insurance
    insurance.faults.add(Fault(on=on, do=do))
    if on is Operation.SETTLE_QUERY:
        # Asked for only where it is not known how a settlement ended.
        insurance.faults.add(Fault(on=Operation.SETTLE, do=FaultKind.LOSE_REPLY))

    settle(office)
    # What it refuses to look at, or to undo, it is asked again ten minutes later.
    is_refused = (on, do) == (Operation.SETTLE_QUERY, FaultKind.REFUSE)
    for seconds in (6, 6, 61, 6, 6, *((601, 6) if is_refused else ())):
        hospital.wait(seconds)
        office.sweep()

    with hospital.cashier.keeper.today() as books:
        claims = list(books.claim_book.claims.values())
        assert not any(claim.is_moving for claim in claims)
        assert books.account(PatientId("p1")).price == OWED + Fen(1000)
        settled = [one for one in claims if one.state is ClaimState.SETTLED]
    assert insurance.paid_fen == sum(one.amount.fen for one in settled)
    assert on is not Operation.SETTLE or do is not FaultKind.LOSE_REPLY or settled

    # Nobody pays the own share: whatever was settled is undone, and all is owed as before.
    for seconds in (130, 6, 6, 601, 6):
        hospital.wait(seconds)
        office.sweep()
    assert insurance.paid_fen == 0
    assert hospital.cashier.account(PatientId("p1")).owed == OWED
    assert not insurance.faults.waiting() or on is Operation.UNDO


def test_a_platform_with_another_secret_is_no_platform(
    hospital: PayingHospital, office: InsuranceOffice
) -> None:
    hospital.sandbox.insurance.secret = "another"

    assert settle(office) is None
    assert hospital.cashier.account(PatientId("p1")).owed == OWED


def test_no_log_has_a_code(
    hospital: PayingHospital, office: InsuranceOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    hospital.sandbox.insurance.faults.add(Fault(on=Operation.EC_QUERY, do=FaultKind.REFUSE))
    assert settle(office) is None
    assert settle(office) is ClaimState.SETTLED

    assert caplog.records
    assert a_code(70) not in caplog.text
    assert ID_NUMBER not in caplog.text
