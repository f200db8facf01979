"""Charges and attempts for tests."""

from datetime import UTC, datetime, timedelta

from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import (
    AttemptId,
    AttemptState,
    BillId,
    Channel,
    ChargeId,
    VisitId,
)
from queue_server.rules.terms import PatientId

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def a_charge(
    name: str, self_pay: int, insurance: int = 0, *, visit: str = "v1", patient: str = "p1"
) -> Charge:
    return Charge(
        id=ChargeId(name),
        visit=VisitId(visit),
        patient=PatientId(patient),
        name_zh="血常规",
        name_en="blood count",
        self_pay=Fen(self_pay),
        insurance=Fen(insurance),
    )


def an_attempt(state: AttemptState = AttemptState.NEW, **changes: object) -> Attempt:
    values: dict[str, object] = {
        "id": AttemptId("A1"),
        "bill": BillId("B1"),
        "channel": Channel.WECHAT,
        "is_scanned": False,
        "amount": Fen(2550),
        "opened_at": NOON,
        "changed_at": NOON,
        "expires_at": NOON + timedelta(seconds=90),
        "state": state,
        **changes,
    }
    return Attempt(**values)  # type: ignore[arg-type]
