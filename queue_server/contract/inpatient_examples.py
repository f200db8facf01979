"""An example of each message about a stay in the hospital, for the contract's page."""

from collections.abc import Mapping
from typing import Final

from queue_server.contract.inpatient import (
    CostGroup,
    DayBillFound,
    FindDayBill,
    FindSettlement,
    FindStay,
    SettlementFound,
    StayFound,
    TopUp,
)
from queue_server.contract.message import Message
from queue_server.contract.payments import OwedItem, OwedSheet

_SESSION_ID: Final = "0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01"
_BED = CostGroup(
    title_zh="床位费",
    title_en="Bed",
    items=[
        OwedItem(
            title_zh="普通病房床位费（三人间）",
            title_en="Bed, room for three",
            quantity=1,
            unit_zh="日",
            unit_en="day",
            self_pay_fen=1000,
            insurance_fen=4000,
        )
    ],
)
INPATIENT_EXAMPLES: Final[Mapping[type[Message], Message]] = {
    FindStay: FindStay(session_id=_SESSION_ID),
    FindDayBill: FindDayBill(session_id=_SESSION_ID, day_on="2026-11-22"),
    FindSettlement: FindSettlement(session_id=_SESSION_ID),
    TopUp: TopUp(session_id=_SESSION_ID, amount_fen=100_000, channel="wechat"),
    StayFound: StayFound(
        ward_zh="心内科一病区",
        ward_en="Cardiology, ward 1",
        bed="04",
        admitted_on="2026-11-20",
        deposit_fen=300_000,
        used_fen=120_532,
        top_up=OwedSheet(
            sheet_id="deposit",
            title_zh="住院预交金",
            title_en="Inpatient deposit",
            next_zh="不必再办手续，余额可在自助机查询",
            next_en="nothing more to do; any kiosk shows the balance",
            items=[],
            is_deposit=True,
        ),
        least_fen=10_000,
        most_fen=2_000_000,
        channels=["wechat", "alipay", "cash"],
        payment_sheets=[],
    ),
    DayBillFound: DayBillFound(
        day_on="2026-11-22", earlier_on="2026-11-21", later_on=None, groups=[_BED]
    ),
    SettlementFound: SettlementFound(
        from_on="2026-11-20",
        to_on="2026-11-22",
        groups=[_BED],
        price_fen=5000,
        insurance_fen=4000,
        self_pay_fen=1000,
        deposit_fen=300_000,
        to_pay_fen=0,
        to_return_fen=299_000,
    ),
    CostGroup: _BED,
}
