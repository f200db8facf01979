"""The screens of reports that are printed again for a fee, in their most demanding form."""

from dataclasses import replace
from typing import Final

from msgspec.structs import replace as struct_replace

from hardware.page_errors import PagePaperOut
from kiosk.flow.bills import Bills, Channels, Paid, PaidFacts
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import ReportFailure, Reports, ReportsPrinted
from kiosk.flow.state import Next, PrintState, Refusal, State
from queue_server.contract.payments import OwedItem, OwedSheet, PaymentState
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.ui.kiosk.states import SIX_REPORTS, reports_state
from tests.unit.kiosk.hospital_for_tests import MASKED_NAME
from tests.unit.kiosk.money_for_tests import RECEIPT, payment

_UNPAID_ZH, _UNPAID_EN = (
    text.format(fee="2.00") for text in SENTENCES[RefusalCode.REPORT_COPY_UNPAID]
)
_PAID_ZH, _PAID_EN = SENTENCES[RefusalCode.REPORT_COPY_PAID]


def _sheet(number: int) -> OwedSheet:
    item = OwedItem(
        title_zh="心电图报告补打",
        title_en="Copy of an ECG report",
        quantity=1,
        self_pay_fen=10_000,
        insurance_fen=0,
    )
    return OwedSheet(
        sheet_id=f"copy-{number}",
        title_zh="心电图报告补打",
        title_en="Copy of an ECG report",
        next_zh="请打印报告；没有打印出来，不必再付费",
        next_en="print it; if it does not come out, you need not pay again",
        items=[item],
        is_copy=True,
    )


_COPIES: Final = tuple(
    struct_replace(
        report,
        report_id=f"copy-{number}",
        printed_count=1,
        can_print=False,
        hint_zh=_UNPAID_ZH,
        hint_en=_UNPAID_EN,
        copy=_sheet(number),
    )
    for number, report in enumerate((SIX_REPORTS[1], SIX_REPORTS[5]))
)
_LIST: Final = Reports(
    reports=(SIX_REPORTS[0], *_COPIES, SIX_REPORTS[2]),
    wanted=frozenset({"copy-0"}),
    channels=("wechat", "alipay", "unionpay", "cash"),
)
_BILLS: Final = Bills(
    sheets=_LIST.copies,
    chosen=frozenset(one.sheet_id for one in _LIST.copies),
    channels=_LIST.channels,
    reports=_LIST,
)
_SHEETS: Final = (_sheet(0), _sheet(1))
_FACTS: Final = PaidFacts(
    payment=payment(PaymentState.FULFILLED, amount_fen=20_000, receipt=RECEIPT),
    sheets=_SHEETS,
    masked_name=MASKED_NAME,
)
_FAILED: Final = ReportsPrinted(
    printed_count=1,
    left_count=2,
    failure=ReportFailure(
        sentence_zh=PagePaperOut.sentence_zh, sentence_en=PagePaperOut.sentence_en
    ),
    is_paid=True,
)

COPY_STATES: Final[dict[str, State]] = {
    "reports-copies": reports_state(_LIST),
    "reports-copies-only": reports_state(replace(_LIST, reports=_COPIES, wanted=frozenset())),
    "reports-copies-not-here": reports_state(replace(_LIST, channels=())),
    "copies-channels": reports_state(Channels(bills=_BILLS)),
    "copies-paid-elsewhere": replace(
        reports_state(Paid(facts=_FACTS)), printing=PrintState.PRINTED
    ),
    "copies-paid-without-slip": replace(
        reports_state(Paid(facts=_FACTS)), printing=PrintState.FAILED
    ),
    "copies-failed": reports_state(_FAILED),
    "copy-refused": reports_state(
        Refusal(
            code=RefusalCode.REPORT_COPY_PAID,
            next=Next.REPORTS,
            intent=Intent.REPORTS,
            message_zh=_PAID_ZH,
            message_en=_PAID_EN,
        )
    ),
}
