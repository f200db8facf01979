"""The screens about money in their most demanding form."""

from dataclasses import replace
from typing import Final

from msgspec.structs import replace as struct_replace

from hardware.cash.trouble import CashTrouble
from hardware.page_errors import PagePaperOut
from kiosk.flow.bills import Bills, Channels, DeferralFacts, Paid, PaidFacts, Paying, PutOff
from kiosk.flow.cash import CashStanding
from kiosk.flow.intent import Intent
from kiosk.flow.receipt_screens import PrintingReceipt, ReceiptPrinted, Receipts
from kiosk.flow.report_screens import ReportFailure
from kiosk.flow.state import (
    Asked,
    Identify,
    Next,
    PrintState,
    Refusal,
    Session,
    State,
    Trouble,
    Waiting,
)
from queue_server.contract.payments import CashIn, FindOwed, OwedSheet, PayLater, PaymentState
from queue_server.contract.receipt_messages import ListReceipts
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.hospital_for_tests import AT, MASKED_NAME
from tests.unit.kiosk.money_for_tests import (
    LABORATORY,
    PHARMACY,
    RECEIPT,
    REGISTRATION,
    SHEETS,
    SIX_RECEIPTS,
    SUM_FEN,
    payment,
)

_SESSION: Final = Session(session_id="session-1", masked_name=MASKED_NAME, visits=())


def _state(screen: object, **changes: object) -> State:
    values: dict[str, object] = {
        "language": "zh",
        "is_line_up": True,
        "time_text": "08:05",
        "session": _SESSION,
        "screen": screen,
    }
    return State(**values | changes)  # type: ignore[arg-type]


def _bills(*sheets: OwedSheet, page: int = 0, chosen: frozenset[str] | None = None) -> Bills:
    every = frozenset(sheet.sheet_id for sheet in sheets)
    return Bills(
        sheets=sheets,
        chosen=every if chosen is None else chosen,
        channels=("wechat", "alipay"),
        page=page,
    )


def _paying(state: PaymentState, **changes: object) -> Paying:
    stands = payment(state, 0, **changes)
    return Paying(payment=stands, sheets=SHEETS, left_s=stands.seconds_left)


def _refused(code: RefusalCode) -> State:
    parts = {"owed": "4764.50", "limit": "1500.00"}
    zh, en = (sentence.format_map(parts) for sentence in SENTENCES[code])
    return _state(
        Refusal(code=code, next=Next.BILLS, intent=Intent.PAY, message_zh=zh, message_en=en)
    )


_FACTS: Final = PaidFacts(
    payment=payment(PaymentState.FULFILLED, paid_at=AT), sheets=SHEETS, masked_name=MASKED_NAME
)

_RECEIPT_FACTS: Final = replace(
    _FACTS, payment=payment(PaymentState.FULFILLED, paid_at=AT, receipt=RECEIPT)
)

_PAY_LATER: Final = PayLater(limit_fen=1_500_000, open_fen=3_333, due_on="2026-12-27")
_PUT_OFF_ONE: Final = struct_replace(PHARMACY, due_on="2026-12-27")
_PUT_OFF: Final = DeferralFacts(
    sheets=tuple(struct_replace(sheet, due_on="2026-12-27") for sheet in SHEETS),
    open_fen=SUM_FEN + 3_333,
    masked_name=MASKED_NAME,
    number="D202611234f0e6c1d9b7a4e58",
)

_PUT_IN: Final = CashIn(
    in_fen=20_000, credit_fen=0, kept_fen=0, change_goes="desk", change_max_fen=10_000
)
_CREDIT: Final = CashIn(
    in_fen=50_000, credit_fen=1_234, kept_fen=12_345, change_goes="credit", change_max_fen=50_000
)


_CHANGE: Final = struct_replace(_CREDIT, in_fen=SUM_FEN + 12_345)
_KEPT: Final = struct_replace(_PUT_IN, kept_fen=20_000)


def _cash(cash: CashIn = _PUT_IN, **standing: object) -> State:
    paying = _paying(PaymentState.WAITING, channel="cash", qr_text="", cash=cash)
    return _state(paying, cash=CashStanding(**standing))  # type: ignore[arg-type]


_CASH_STATES: Final[dict[str, State]] = {
    "cash": _cash(),
    "cash-credit": _cash(_CREDIT),
    "cash-note-moving": _cash(is_note_moving=True),
    "cash-note-too-large": _cash(is_too_large=True),
    **{f"cash-{trouble.value}": _cash(trouble=trouble) for trouble in CashTrouble},
    "cash-kept": _state(
        _paying(PaymentState.CLOSED, channel="cash", cash=struct_replace(_PUT_IN, kept_fen=20_000))
    ),
    "cash-kept-as-credit": _state(
        _paying(PaymentState.CLOSED, channel="cash", cash=_CREDIT),
        printing=PrintState.PRINTED,
    ),
    "cash-without-line": _state(
        _paying(PaymentState.WAITING, channel="cash", cash=_PUT_IN), is_line_up=False
    ),
    "paid-in-cash-with-change": _state(
        Paid(
            facts=replace(
                _FACTS,
                payment=payment(PaymentState.FULFILLED, paid_at=AT, channel="cash", cash=_CHANGE),
            )
        ),
        printing=PrintState.PRINTED,
    ),
}

PAYMENT_STATES: Final[dict[str, State]] = {
    "bills": _state(_bills(*SHEETS)),
    "bills-last-page": _state(_bills(*SHEETS, page=1)),
    "bills-one-left-out": _state(
        _bills(REGISTRATION, LABORATORY, chosen=frozenset({LABORATORY.sheet_id}))
    ),
    "bills-none-chosen": _state(_bills(PHARMACY, chosen=frozenset())),
    **_CASH_STATES,
    "channels": _state(Channels(bills=_bills(*SHEETS))),
    "channels-all": _state(
        Channels(
            bills=replace(
                _bills(*SHEETS),
                channels=("wechat", "alipay", "unionpay", "cash"),
                takes_insurance_code=True,
            )
        )
    ),
    "waiting-for-bills": _state(
        Waiting(asked=Asked(ask_number=1, intent=Intent.PAY, body=FindOwed(session_id="session-1")))
    ),
    "bills-put-off": _state(
        replace(_bills(_PUT_OFF_ONE, LABORATORY), pay_later=_PAY_LATER),
        printing=PrintState.PRINTED,
    ),
    "channels-all-and-later": _state(
        Channels(
            bills=replace(
                _bills(*SHEETS),
                channels=("wechat", "alipay", "unionpay", "cash"),
                pay_later=_PAY_LATER,
            )
        )
    ),
    "channels-own-share": _state(
        Channels(
            bills=replace(
                _bills(*SHEETS),
                channels=("wechat", "alipay", "unionpay", "cash"),
                settled_fen=1_234_567,
            )
        )
    ),
    "insurance-refused": _refused(RefusalCode.INSURANCE_REFUSED),
    "insurance-pending": _refused(RefusalCode.INSURANCE_PENDING),
    "insurance-silent": _refused(RefusalCode.INSURANCE_SILENT),
    "insurance-other-person": _refused(RefusalCode.INSURANCE_OTHER_PERSON),
    "insurance-off": _refused(RefusalCode.INSURANCE_OFF),
    "put-off": _state(PutOff(facts=_PUT_OFF), printing=PrintState.PRINTED),
    "put-off-one-without-slip": _state(
        PutOff(facts=replace(_PUT_OFF, sheets=(_PUT_OFF_ONE,))), printing=PrintState.FAILED
    ),
    "put-off-pending": _state(
        Refusal(code=Trouble.DEFERRAL_PENDING, next=Next.BILLS, intent=Intent.PAY)
    ),
    "credit-limit": _refused(RefusalCode.CREDIT_LIMIT),
    "credit-overdue": _refused(RefusalCode.CREDIT_OVERDUE),
    "credit-refused": _refused(RefusalCode.CREDIT_REFUSED),
    "paying-shown": _state(_paying(PaymentState.WAITING)),
    "paying-scanned": _state(_paying(PaymentState.WAITING, is_scanned=True, qr_text="")),
    **{
        f"paying-{state.value}": _state(_paying(state))
        for state in PaymentState
        if state not in (PaymentState.WAITING, PaymentState.FULFILLED)
    },
    "paying-without-line": _state(_paying(PaymentState.WAITING), is_line_up=False),
    "paid": _state(Paid(facts=_FACTS), printing=PrintState.PRINTED),
    "paid-without-slip": _state(Paid(facts=_FACTS), printing=PrintState.FAILED),
    "paid-with-receipt": _state(Paid(facts=_RECEIPT_FACTS), printing=PrintState.PRINTED),
    "paid-one-with-receipt": _state(
        Paid(facts=replace(_RECEIPT_FACTS, sheets=(PHARMACY,))), printing=PrintState.FAILED
    ),
    "identify-to-pay": _state(Identify(intent=Intent.PAY), session=None),
    "identify-for-receipts": _state(Identify(intent=Intent.RECEIPTS), session=None),
    "receipts": _state(Receipts(receipts=SIX_RECEIPTS)),
    "receipts-second-page": _state(Receipts(receipts=SIX_RECEIPTS, page=1)),
    "receipts-none": _state(Receipts(receipts=())),
    "receipt-printing": _state(PrintingReceipt(ask_number=1)),
    "receipt-printed": _state(ReceiptPrinted(failure=None)),
    "receipt-unanswered": _state(ReceiptPrinted(failure=ReportFailure())),
    "receipt-no-paper": _state(
        ReceiptPrinted(
            failure=ReportFailure(
                sentence_zh=PagePaperOut.sentence_zh,
                sentence_en=PagePaperOut.sentence_en,
                may_have_printed=True,
            )
        )
    ),
    "waiting-for-receipts": _state(
        Waiting(
            asked=Asked(ask_number=1, intent=Intent.PAY, body=ListReceipts(session_id="session-1"))
        )
    ),
    "payment-uncertain": _state(
        Refusal(code=Trouble.PAYMENT_UNCERTAIN, next=Next.SEE_PAYMENT, intent=Intent.PAY)
    ),
    "card-first": _state(
        Refusal(code=Trouble.CARD_FIRST, next=Next.IDENTIFY, intent=Intent.PAY), session=None
    ),
    "nothing-owed": _state(
        Refusal(code=RefusalCode.NOTHING_OWED, next=Next.HOME, intent=Intent.PAY)
    ),
    "already-paid": _refused(RefusalCode.ALREADY_PAID),
    "payment-running": _refused(RefusalCode.PAYMENT_RUNNING),
    "charges-changed": _refused(RefusalCode.UNKNOWN_CHARGE),
}
