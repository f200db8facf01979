"""What is said about printing a report again for a fee."""

from collections.abc import Mapping
from typing import Final

from queue_server.rules.terms import RefusalCode

COPY_REFUSALS: Final[Mapping[RefusalCode, tuple[str, str]]] = {
    RefusalCode.REPORT_COPY_UNPAID: (
        "已免费打印过，再打印一份 {fee} 元。请在自助机上选择这份报告，缴费后即可打印。",
        (
            "Printed for free already; another copy costs ¥{fee}."
            " Choose this report at a kiosk and pay: then it is printed."
        ),
    ),
    RefusalCode.REPORT_COPY_PAID: (
        "这份报告现在不用付费。请返回报告列表，直接打印。",
        "Nothing is to be paid for this report now. Please go back to the list and print it.",
    ),
    RefusalCode.REPORT_AT_PRINTER: (
        "这份报告正在另一台自助机上打印。如果没有打印出来，请两分钟后再试，不必再付费。",
        (
            "This report is being printed at another kiosk. If it does not come out, please try"
            " again in two minutes; there is nothing more to pay."
        ),
    ),
}
