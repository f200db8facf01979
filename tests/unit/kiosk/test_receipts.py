"""Receipts at the kiosk: the one that was just paid, or one of the last weeks, onto paper."""

import pytest

from hardware.page_errors import PagePaperOut
from kiosk.flow.events import Key, LineChanged, PrintReleased, ReportPrintEnded, Wipe
from kiosk.flow.intent import Intent
from kiosk.flow.receipt_screens import PrintingReceipt, ReceiptPrinted, Receipts
from kiosk.flow.report_screens import ReportFailure
from kiosk.flow.state import Home, Identify, Refusal
from kiosk.presenter.report_views import ReportsView
from kiosk.presenter.views import RefusalView, spoken_texts
from queue_server.contract.messages import Refused
from queue_server.contract.payments import PaymentState
from queue_server.contract.receipt_messages import ListReceipts, PrintReceipt, ReceiptsListed
from queue_server.contract.report_messages import ReportReleased
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import AT, identified, visit
from tests.unit.kiosk.money_for_tests import RECEIPT, SHEETS, SIX_RECEIPTS, owed, payment

RELEASED = ReportReleased(release_id="release-1", token="t" * 43, expires_at=AT)
FAILURE = ReportFailure(
    sentence_zh=PagePaperOut.sentence_zh,
    sentence_en=PagePaperOut.sentence_en,
    may_have_printed=False,
)


def at_bills() -> AKiosk:
    return AKiosk().tap(Key.PAY).scan().reply(identified(visit())).reply(owed(*SHEETS))


def asking_for_receipts() -> AKiosk:
    return AKiosk().tap(Key.PAY).tap(Key.RECEIPTS).scan().reply(identified(visit()))


def at_receipts() -> AKiosk:
    return asking_for_receipts().reply(ReceiptsListed(receipts=list(SIX_RECEIPTS)))


def has_paid() -> AKiosk:
    kiosk = at_bills().tap(Key.PAY).tap(Key.CHANNEL)
    return kiosk.reply(payment(PaymentState.FULFILLED, receipt=RECEIPT))


def refused(code: RefusalCode) -> Refused:
    zh, en = SENTENCES[code]
    return Refused(code=code, message_zh=zh, message_en=en)


def test_who_has_identified_himself_sees_his_receipts_the_latest_first() -> None:
    kiosk = at_receipts()

    assert kiosk.asks[-1] == ListReceipts(session_id="session-1")
    view = kiosk.view.body
    assert isinstance(view, ReportsView)
    numbers = [one.receipt.number for one in SIX_RECEIPTS[: len(view.cards)]]
    assert [number in card.detail for number, card in zip(numbers, view.cards, strict=True)]
    assert [card.status for card in view.cards[:2]] == ["红字（退款）", "有效"]


def test_whoever_owes_nothing_gets_his_receipts_all_the_same() -> None:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit())).reply(owed())
    kiosk.screen(Refusal)

    kiosk.tap(Key.RECEIPTS)

    assert kiosk.asks[-1] == ListReceipts(session_id="session-1")


def test_a_touch_prints_one_and_he_can_go_on_with_another() -> None:
    kiosk = at_receipts().tap(Key.RECEIPT, 2)
    assert kiosk.asks[-1] == PrintReceipt(
        session_id="session-1", receipt_id=SIX_RECEIPTS[2].receipt.receipt_id
    )

    kiosk.reply(RELEASED)

    kiosk.screen(PrintingReceipt)
    released = kiosk.effects[-1]
    assert isinstance(released, PrintReleased)
    kiosk.on(ReportPrintEnded(print_number=released.print_number, failure=None))
    assert kiosk.screen(ReceiptPrinted).failure is None
    kiosk.tap(Key.RECEIPTS)
    assert isinstance(kiosk.last_ask.body, ListReceipts)


def test_what_was_just_paid_is_printed_from_where_it_says_so() -> None:
    kiosk = has_paid().tap(Key.PRINT_RECEIPT)

    body = PrintReceipt(session_id="session-1", receipt_id=RECEIPT.receipt_id)
    assert kiosk.asks[-1] == body
    kiosk.screen(PrintingReceipt)


def test_what_is_spoken_of_a_receipt_is_what_stands_there() -> None:
    said = list(spoken_texts(at_receipts().view))

    assert any(SIX_RECEIPTS[0].receipt.number in text for text in said)


@pytest.mark.parametrize("happens", ["refused", "no answer", "no paper"])
def test_a_receipt_that_does_not_come_is_told_with_what_to_do(happens: str) -> None:
    kiosk = at_receipts().tap(Key.RECEIPT, 0)
    if happens == "refused":
        kiosk.reply(refused(RefusalCode.RECEIPTS_OFF))
    elif happens == "no answer":
        kiosk.no_answer()
    else:
        kiosk.reply(RELEASED)
        released = kiosk.effects[-1]
        assert isinstance(released, PrintReleased)
        kiosk.on(ReportPrintEnded(print_number=released.print_number, failure=FAILURE))

    view = kiosk.view.body
    assert isinstance(view, RefusalView)
    said = {"refused": SENTENCES[RefusalCode.RECEIPTS_OFF][0], "no paper": FAILURE.sentence_zh}
    assert view.message == said.get(happens, "医院系统没有回答，票据没有打印。")
    assert {key.key for key in view.keys} == {Key.CALL_NURSE, Key.RECEIPTS, Key.DONE}


def test_without_a_line_nothing_is_asked() -> None:
    kiosk = at_receipts().on(LineChanged(is_up=False))

    kiosk.tap(Key.RECEIPT, 0)

    kiosk.screen(ReceiptPrinted)
    assert not any(isinstance(body, PrintReceipt) for body in kiosk.asks)


def test_while_it_is_printed_nobody_is_sent_away() -> None:
    kiosk = at_receipts().tap(Key.RECEIPT, 0).reply(RELEASED).wait(300)

    kiosk.screen(PrintingReceipt)
    kiosk.tap(Key.HOME).screen(PrintingReceipt)


def test_pages_are_turned_and_no_further_than_the_last() -> None:
    kiosk = at_receipts().tap(Key.MORE_REPORTS)
    assert kiosk.screen(Receipts).page == 1

    assert kiosk.tap(Key.MORE_REPORTS).screen(Receipts).page == 1
    assert kiosk.tap(Key.EARLIER_REPORTS).screen(Receipts).page == 0


def test_before_he_has_shown_his_card_the_way_back_leads_to_paying() -> None:
    kiosk = AKiosk().tap(Key.PAY).tap(Key.RECEIPTS)
    assert kiosk.screen(Identify).intent is Intent.RECEIPTS

    assert kiosk.tap(Key.BACK).screen(Identify).intent is Intent.PAY


def test_nothing_of_a_receipt_is_left_when_he_has_gone() -> None:
    kiosk = at_receipts().tap(Key.DONE)

    assert kiosk.state.screen == Home()
    assert any(isinstance(effect, Wipe) for effect in kiosk.effects)
    assert "0000012" not in repr(kiosk.state)


def test_a_list_that_can_not_be_had_now_is_asked_for_again() -> None:
    kiosk = asking_for_receipts().reply(refused(RefusalCode.BUSY)).tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == ListReceipts(session_id="session-1")
