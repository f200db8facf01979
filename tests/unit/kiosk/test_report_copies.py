"""A copy that costs something at the kiosk: chosen, paid, printed; never paid for twice."""

from typing import Any

import pytest

from hardware.page_errors import PagePaperOut
from kiosk.flow.bills import Channels, Paid, Paying
from kiosk.flow.events import Key, PaymentTold, PrintReleased, ReportPrintEnded
from kiosk.flow.report_screens import PrintingReports, ReportFailure, Reports, ReportsPrinted
from kiosk.flow.state import Home, Refusal, Trouble
from kiosk.presenter.views import shown_texts, spoken_texts
from queue_server.contract.messages import Refused
from queue_server.contract.payments import (
    CancelPayment,
    CashIn,
    FindOwed,
    OwedSheet,
    Payment,
    PaymentState,
)
from queue_server.contract.report_messages import (
    ListedReport,
    ListReports,
    PayCopies,
    PrintReport,
    Proven,
    ReportReleased,
    ReportsListed,
)
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import AT, identified, visit
from tests.unit.kiosk.money_for_tests import item, owed, payment
from tests.unit.kiosk.test_reports import report

CODE = "134567890123456789"
INSURANCE_CODE = "4240000000000000000000110000"


def sheet_of(number: int) -> OwedSheet:
    return OwedSheet(
        sheet_id=f"copy-{number}",
        title_zh="检验报告补打",
        title_en="Copy of a laboratory report",
        next_zh="请在自助机打印这份报告",
        next_en="print it at a kiosk",
        items=[item("检验报告补打", "Copy of a laboratory report", 200, 0)],
        is_copy=True,
    )


FREE = report("free")
PRINTED = report("printed", can_print=False, printed_count=1, copy=sheet_of(1))
OTHER = report("other", can_print=False, printed_count=3, copy=sheet_of(2))


def at_list(*reports: ListedReport, **changes: Any) -> AKiosk:
    kiosk = AKiosk().tap(Key.REPORTS).scan().reply(identified(visit()))
    kiosk.type_id_number("4417").tap(Key.CONFIRM).reply(Proven())
    values: dict[str, Any] = {"channels": ["wechat", "alipay", "cash"]}
    return kiosk.reply(ReportsListed(reports=list(reports), **(values | changes)))


def of_copy(state: PaymentState, **changes: Any) -> Payment:
    return payment(state, sheet_ids=["copy-1"], amount_fen=200, **changes)


def at_paying() -> AKiosk:
    kiosk = at_list(FREE, PRINTED).tap(Key.REPORT, 1).tap(Key.PRINT_REPORTS).tap(Key.CHANNEL, 0)
    return kiosk.reply(of_copy(PaymentState.WAITING))


def released(number: int) -> ReportReleased:
    return ReportReleased(release_id=f"release-{number}", token="t" * 43, expires_at=AT)


def asks_to_print(kiosk: AKiosk, report_id: str) -> bool:
    return kiosk.asks[-1] == PrintReport(session_id="session-1", report_id=report_id)


def comes_out(kiosk: AKiosk, failure: ReportFailure | None = None) -> AKiosk:
    [*_, last] = [one for one in kiosk.effects if isinstance(one, PrintReleased)]
    return kiosk.on(ReportPrintEnded(print_number=last.print_number, failure=failure))


def test_what_costs_something_is_chosen_by_a_touch_only_and_its_price_is_said() -> None:
    kiosk = at_list(FREE, PRINTED)

    assert [one.report_id for one in kiosk.screen(Reports).chosen] == ["free"]
    assert any("2.00" in text for text in shown_texts(kiosk.view))
    assert any("2元0角0分" in text for text in spoken_texts(kiosk.view))

    kiosk.tap(Key.REPORT, 1)

    assert [one.report_id for one in kiosk.screen(Reports).chosen] == ["free", "printed"]
    kiosk.tap(Key.REPORT, 1)
    assert [one.report_id for one in kiosk.screen(Reports).chosen] == ["free"]


def test_what_is_free_is_printed_without_a_word_of_money() -> None:
    kiosk = at_list(FREE, PRINTED).tap(Key.PRINT_REPORTS)

    kiosk.screen(PrintingReports)
    assert asks_to_print(kiosk, "free")


def test_copies_are_paid_in_one_go_then_all_that_was_chosen_is_printed() -> None:
    kiosk = at_list(FREE, PRINTED, OTHER).tap(Key.REPORT, 1).tap(Key.REPORT, 2)

    kiosk.tap(Key.PRINT_REPORTS)
    assert kiosk.screen(Channels).bills.channels == ("wechat", "alipay", "cash")
    kiosk.tap(Key.CHANNEL, 0)

    assert kiosk.asks[-1] == PayCopies(
        session_id="session-1",
        report_ids=["printed", "other"],
        amount_fen=400,
        channel="wechat",
    )
    kiosk.reply(of_copy(PaymentState.WAITING))
    kiosk.screen(Paying)
    kiosk.on(PaymentTold(payment=of_copy(PaymentState.FULFILLED)))
    assert [slip.facts.payment.payment_id for slip in kiosk.slips]  # type: ignore[union-attr]
    for number, name in enumerate(("free", "printed", "other")):
        assert asks_to_print(kiosk, name)
        comes_out(kiosk.reply(released(number)))
    ended = kiosk.screen(ReportsPrinted)
    assert (ended.printed_count, ended.failure) == (3, None)


def test_a_payment_code_pays_for_copies_and_an_insurance_code_does_not() -> None:
    kiosk = at_list(PRINTED).tap(Key.REPORT, 0).tap(Key.PRINT_REPORTS)

    kiosk.scan(INSURANCE_CODE)
    assert not isinstance(kiosk.asks[-1], PayCopies)
    kiosk.screen(Channels)
    kiosk.scan(CODE)

    asked = kiosk.asks[-1]
    assert isinstance(asked, PayCopies)
    assert (asked.code, asked.channel) == (CODE, None)
    assert CODE not in repr(kiosk.state)


def test_back_from_the_ways_to_pay_is_the_list_as_it_was() -> None:
    kiosk = at_list(FREE, PRINTED).tap(Key.REPORT, 1)
    before = kiosk.screen(Reports)

    kiosk.tap(Key.PRINT_REPORTS).tap(Key.BACK)

    assert kiosk.screen(Reports) == before


def test_where_nothing_is_taken_a_copy_is_not_offered() -> None:
    kiosk = at_list(PRINTED, channels=[]).tap(Key.REPORT, 0)

    assert kiosk.screen(Reports).chosen == ()
    texts = list(shown_texts(kiosk.view))
    assert not any("再打一份" in text for text in texts)


def test_after_a_failure_he_is_told_that_he_need_not_pay_again() -> None:
    kiosk = at_paying().on(PaymentTold(payment=of_copy(PaymentState.FULFILLED)))
    comes_out(kiosk.reply(released(1)))
    failure = ReportFailure(
        sentence_zh=PagePaperOut.sentence_zh, sentence_en=PagePaperOut.sentence_en
    )

    comes_out(kiosk.reply(released(2)), failure)

    assert kiosk.screen(ReportsPrinted).is_paid
    assert any("不必再付费" in text for text in shown_texts(kiosk.view))


def test_a_free_report_that_fails_says_nothing_of_money() -> None:
    kiosk = at_list(FREE).tap(Key.PRINT_REPORTS)

    comes_out(kiosk.reply(released(1)), ReportFailure())

    assert not kiosk.screen(ReportsPrinted).is_paid
    assert not any("付" in text for text in shown_texts(kiosk.view))


def test_who_has_change_kept_reads_that_first_and_then_prints() -> None:
    change = CashIn(
        in_fen=1000, credit_fen=0, kept_fen=800, change_goes="desk", change_max_fen=10_000
    )
    kiosk = at_paying()

    kiosk.on(PaymentTold(payment=of_copy(PaymentState.FULFILLED, channel="cash", cash=change)))

    kiosk.screen(Paid)
    assert any("8.00" in text for text in shown_texts(kiosk.view))
    assert len(kiosk.slips) == 1
    kiosk.tap(Key.REPORTS)
    assert kiosk.asks[-1] == ListReports(session_id="session-1")


def test_who_leaves_cancels_and_nothing_is_left_to_print_for_the_next_one() -> None:
    kiosk = at_paying().tap(Key.HOME)

    kiosk.screen(Home)
    assert kiosk.asks[-1] == CancelPayment(payment_id=of_copy(PaymentState.WAITING).payment_id)
    assert kiosk.state.to_print == ()
    kiosk.on(PaymentTold(payment=of_copy(PaymentState.FULFILLED)))
    kiosk.screen(Home)


def test_after_a_payment_that_ended_unpaid_he_sees_the_list_again() -> None:
    kiosk = at_paying().on(PaymentTold(payment=of_copy(PaymentState.CLOSED)))

    kiosk.tap(Key.PAY)

    assert kiosk.asks[-1] == ListReports(session_id="session-1")


def test_without_an_answer_he_looks_first_and_prints_what_is_paid() -> None:
    kiosk = at_list(PRINTED).tap(Key.REPORT, 0).tap(Key.PRINT_REPORTS).tap(Key.CHANNEL, 0)

    kiosk.no_answer()
    assert kiosk.screen(Refusal).code == Trouble.PAYMENT_UNCERTAIN
    kiosk.tap(Key.TRY_AGAIN)
    assert kiosk.asks[-1] == FindOwed(session_id="session-1")
    kiosk.reply(owed(payment=of_copy(PaymentState.FULFILLED), payment_sheets=[sheet_of(1)]))

    assert asks_to_print(kiosk, "printed")


@pytest.mark.parametrize("has_other_payment", [False, True])
def test_without_an_answer_and_a_payment_he_sees_the_list_again(*, has_other_payment: bool) -> None:
    kiosk = at_list(PRINTED).tap(Key.REPORT, 0).tap(Key.PRINT_REPORTS).tap(Key.CHANNEL, 0)
    other = payment(PaymentState.FULFILLED) if has_other_payment else None

    kiosk.no_answer().tap(Key.TRY_AGAIN).reply(owed(payment=other))

    assert kiosk.asks[-1] == ListReports(session_id="session-1")
    assert not kiosk.slips


def test_what_was_paid_at_a_kiosk_that_died_is_printed_from_the_list() -> None:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
    kiosk.reply(owed(payment=of_copy(PaymentState.FULFILLED), payment_sheets=[sheet_of(1)]))

    kiosk.screen(Paid)
    assert Key.REPORTS in [key.key for key in kiosk.view.body.keys]  # type: ignore[union-attr]
    kiosk.tap(Key.REPORTS)

    assert kiosk.asks[-1] == ListReports(session_id="session-1")


@pytest.mark.parametrize("code", [RefusalCode.REPORT_COPY_PAID, RefusalCode.PAYMENT_RUNNING])
def test_a_refused_payment_leads_back_to_the_list(code: RefusalCode) -> None:
    kiosk = at_list(PRINTED).tap(Key.REPORT, 0).tap(Key.PRINT_REPORTS).tap(Key.CHANNEL, 0)

    kiosk.reply(Refused(code=code, message_zh="请看列表。", message_en="See the list."))
    kiosk.tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == ListReports(session_id="session-1")
