"""The screens about a stay in the hospital in their most demanding form."""

from typing import Final

from kiosk.flow.bills import Bills, Channels, Paid, PaidFacts
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import ProofPad
from kiosk.flow.state import (
    Asked,
    Identify,
    Next,
    PrintState,
    Refusal,
    Session,
    State,
    Waiting,
)
from queue_server.contract.inpatient import FindStay
from queue_server.contract.payments import PaymentState
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.hospital_for_tests import AT, MASKED_NAME
from tests.unit.kiosk.money_for_tests import RECEIPT, payment
from tests.unit.kiosk.stay_for_tests import day_bill, settlement, stay, top_up

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


def _refused(code: RefusalCode, following: Next) -> State:
    zh, en = (one.format(least="100", most="20000") for one in SENTENCES[code])
    return _state(
        Refusal(code=code, next=following, intent=Intent.INPATIENT, message_zh=zh, message_en=en)
    )


_PAD: Final = DepositPad(stay=stay(), characters="12345")
_BILLS: Final = Bills(
    sheets=(top_up(1_234_500),),
    chosen=frozenset({"deposit"}),
    channels=("wechat", "alipay", "cash"),
    pad=_PAD,
)
_FACTS: Final = PaidFacts(
    payment=payment(PaymentState.FULFILLED, paid_at=AT, amount_fen=1_234_500, receipt=RECEIPT),
    sheets=(top_up(1_234_500),),
    masked_name=MASKED_NAME,
)

INPATIENT_STATES: Final[dict[str, State]] = {
    "identify-inpatient": _state(Identify(intent=Intent.INPATIENT), session=None),
    "stay": _state(Stay(stay=stay())),
    "stay-used-up": _state(Stay(stay=stay(deposit_fen=1_200_000, used_fen=1_345_678))),
    "deposit-empty": _state(DepositPad(stay=stay())),
    "deposit-typed": _state(_PAD),
    "deposit-too-much": _state(DepositPad(stay=stay(), characters="999999")),
    "deposit-channels": _state(Channels(bills=_BILLS)),
    "deposit-paid": _state(Paid(facts=_FACTS), printing=PrintState.PRINTED),
    "proof-for-day-bill": _state(ProofPad(intent=Intent.DAY_BILL)),
    "day-bill": _state(DayBill(bill=day_bill())),
    "day-bill-last-page": _state(DayBill(bill=day_bill(), page=1)),
    "day-bill-first-day": _state(DayBill(bill=day_bill(earlier_on=None, groups=[]))),
    "settlement": _state(Settlement(preview=settlement())),
    "settlement-to-pay": _state(
        Settlement(preview=settlement(deposit_fen=50_000, to_pay_fen=67_284, to_return_fen=0))
    ),
    "waiting-for-stay": _state(
        Waiting(
            asked=Asked(
                ask_number=1, intent=Intent.INPATIENT, body=FindStay(session_id="session-1")
            )
        )
    ),
    "no-stay": _refused(RefusalCode.NO_STAY, Next.HOME),
    "deposit-amount-refused": _refused(RefusalCode.DEPOSIT_AMOUNT, Next.INPATIENT),
}
