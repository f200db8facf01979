"""Messages about a stay in the hospital, as the server of a small hospital would send them."""

from typing import Any

from msgspec.structs import replace

from queue_server.contract.inpatient import CostGroup, DayBillFound, SettlementFound, StayFound
from queue_server.contract.payments import OwedSheet
from tests.unit.kiosk.money_for_tests import LABORATORY, PHARMACY, item

TOP_UP = OwedSheet(
    sheet_id="deposit",
    title_zh="住院预交金",
    title_en="Inpatient deposit",
    next_zh="不必再办手续，余额可在自助机查询",
    next_en="nothing more to do; any kiosk shows the balance",
    items=[],
    is_deposit=True,
)


def top_up(fen: int) -> OwedSheet:
    return replace(TOP_UP, items=[item("住院预交金", "Inpatient deposit", fen, 0)])


def stay(**changes: Any) -> StayFound:
    values: dict[str, Any] = {
        "ward_zh": "神经内科病区",
        "ward_en": "Neurology, ward 1",
        "bed": "20",
        "admitted_on": "2026-11-16",
        "deposit_fen": 150_000,
        "used_fen": 117_284,
        "top_up": TOP_UP,
        "least_fen": 10_000,
        "most_fen": 2_000_000,
        "channels": ["wechat", "alipay", "cash"],
        "payment_sheets": [],
    }
    return StayFound(**values | changes)


GROUPS = [
    CostGroup(
        title_zh="床位费",
        title_en="Bed",
        items=[item("普通病房床位费（三人间）", "Bed, room for three", 1000, 4000, 1, "日/day")],
    ),
    CostGroup(title_zh="检验费", title_en="Laboratory", items=LABORATORY.items),
    CostGroup(title_zh="药品费", title_en="Medicines", items=PHARMACY.items),
]


def day_bill(**changes: Any) -> DayBillFound:
    values: dict[str, Any] = {
        "day_on": "2026-11-22",
        "earlier_on": "2026-11-21",
        "later_on": "2026-11-23",
        "groups": GROUPS,
    }
    return DayBillFound(**values | changes)


KINDS = CostGroup(
    title_zh="各类费用的个人负担",
    title_en="Your share, by kind",
    items=[
        item("床位费", "Bed", 8000, 32_000),
        item("护理诊查费", "Nursing and rounds", 20_160, 80_640),
        item("检验费", "Laboratory", 38_210, 70_112),
        item("检查费", "Examinations", 17_482, 34_018),
        item("药品费", "Medicines", 21_930, 58_222),
        item("材料费", "Materials", 11_502, 6_555),
    ],
)


def settlement(**changes: Any) -> SettlementFound:
    values: dict[str, Any] = {
        "from_on": "2026-11-16",
        "to_on": "2026-11-23",
        "groups": [KINDS],
        "price_fen": 398_831,
        "insurance_fen": 281_547,
        "self_pay_fen": 117_284,
        "deposit_fen": 150_000,
        "to_pay_fen": 0,
        "to_return_fen": 32_716,
    }
    return SettlementFound(**values | changes)
