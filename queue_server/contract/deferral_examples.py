"""An example of each message about paying later and the insurance, for the contract's page."""

from collections.abc import Mapping
from typing import Final

from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.insurance import (
    CancelInsurance,
    InsuranceCancelled,
    InsuranceSettled,
    SettleInsurance,
)
from queue_server.contract.message import Message
from queue_server.contract.payments import OwedItem, OwedSheet, PayLater

_SHEETS: Final = ["laboratory-1"]
DEFERRAL_EXAMPLES: Final[Mapping[type[Message], Message]] = {
    Defer: Defer(
        session_id="0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01", sheet_ids=_SHEETS, amount_fen=10946
    ),
    Deferred: Deferred(
        deferral_id="D202611234f0e6c1d9b7a4e58",
        sheet_ids=_SHEETS,
        amount_fen=10946,
        due_on="2026-12-07",
        is_released=True,
        open_fen=10946,
        limit_fen=500_000,
    ),
    SettleInsurance: SettleInsurance(
        session_id="0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01",
        sheet_ids=_SHEETS,
        amount_fen=600,
        code="4240000000000000000000110000",
    ),
    CancelInsurance: CancelInsurance(session_id="0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01"),
    InsuranceCancelled: InsuranceCancelled(claim_ids=["I202611234f0e6c1d9b7a4e58"]),
    InsuranceSettled: InsuranceSettled(
        claim_id="I202611234f0e6c1d9b7a4e58",
        insurance_fen=420,
        own_fen=180,
        sheets=[
            OwedSheet(
                sheet_id=_SHEETS[0],
                title_zh="检验单",
                title_en="Laboratory",
                next_zh="请到 2 层检验科抽血窗口",
                next_en="floor 2, blood samples",
                items=[
                    OwedItem(
                        title_zh="血常规（五分类）",
                        title_en="Blood count, five-part",
                        quantity=1,
                        self_pay_fen=180,
                        insurance_fen=1820,
                    )
                ],
            )
        ],
    ),
    PayLater: PayLater(limit_fen=500_000, open_fen=0, due_on="2026-12-07"),
}
