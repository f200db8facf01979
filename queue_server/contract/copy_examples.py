"""An example of each message about paying for a report's copy, for the contract's page."""

from collections.abc import Mapping
from typing import Final

from queue_server.contract.message import Message
from queue_server.contract.payments import OwedItem, OwedSheet
from queue_server.contract.report_messages import ListedReport, PayCopies, ReportsListed
from queue_server.rules.terms import ReportKind, ReportState

_REPORT_ID: Final = "lab-20261121-0416"
_PRINTED: Final = ListedReport(
    report_id=_REPORT_ID,
    kind=ReportKind.LABORATORY,
    title_zh="血常规",
    title_en="Complete blood count",
    day_on="2026-11-21",
    state=ReportState.FINAL,
    ready_in_min=None,
    printed_count=1,
    can_print=False,
    hint_zh="已免费打印过，再打印一份 2.00 元。请在自助机上选择这份报告，缴费后即可打印。",
    hint_en=(
        "Printed for free already; another copy costs ¥2.00."
        " Choose this report at a kiosk and pay: then it is printed."
    ),
    copy=OwedSheet(
        sheet_id="copy-1b4f0e9851971998e7320785-2",
        title_zh="检验报告补打",
        title_en="Copy of a laboratory report",
        next_zh="请打印报告；没有打印出来，不必再付费",
        next_en="print it; if it does not come out, you need not pay again",
        items=[
            OwedItem(
                title_zh="检验报告补打",
                title_en="Copy of a laboratory report",
                quantity=1,
                self_pay_fen=200,
                insurance_fen=0,
            )
        ],
        is_copy=True,
    ),
)
COPY_EXAMPLES: Final[Mapping[type[Message], Message]] = {
    PayCopies: PayCopies(
        session_id="0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01",
        report_ids=[_REPORT_ID],
        amount_fen=200,
        channel="wechat",
    ),
    ReportsListed: ReportsListed(reports=[_PRINTED], channels=["wechat", "alipay", "cash"]),
}
