"""Reports at the kiosk: who he is, once more; the list; one after the other onto paper."""

from typing import Any

import pytest

from hardware.page_errors import PagePaperOut
from kiosk.flow.events import (
    Ask,
    Key,
    LineChanged,
    OfflineCheckInAllowed,
    PrintReleased,
    ReportPrintEnded,
    Wipe,
)
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import (
    PrintingReports,
    ProofPad,
    ReportFailure,
    Reports,
    ReportsPrinted,
)
from kiosk.flow.state import Home, Identify, IdNumberPad, Refusal, Trouble, Waiting
from kiosk.presenter.views import spoken_texts
from queue_server.contract.messages import Identify as IdentifyBody
from queue_server.contract.messages import Refused
from queue_server.contract.report_messages import (
    ListedReport,
    ListReports,
    PrintReport,
    ProveIdentity,
    Proven,
    ReportReleased,
    ReportsListed,
)
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode, ReportKind, ReportState
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import AT, ID_NUMBER, identified, visit

FAILURE = ReportFailure(
    sentence_zh=PagePaperOut.sentence_zh,
    sentence_en=PagePaperOut.sentence_en,
    may_have_printed=False,
)


def report(report_id: str, **changes: Any) -> ListedReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "kind": ReportKind.LABORATORY,
        "title_zh": "血常规",
        "title_en": "Blood count",
        "day_on": "2026-11-21",
        "state": ReportState.FINAL,
        "ready_in_min": None,
        "printed_count": 0,
        "can_print": True,
    }
    return ListedReport(**values | changes)


TWO = (report("one"), report("two"))
NOT_YET = report("later", state=ReportState.IN_PROGRESS, ready_in_min=40, can_print=False)


def released(number: int) -> ReportReleased:
    return ReportReleased(release_id=f"release-{number}", token="t" * 43, expires_at=AT)


def refused(code: RefusalCode) -> Refused:
    zh, en = SENTENCES[code]
    return Refused(code=code, message_zh=zh, message_en=en)


def at_proof_pad() -> AKiosk:
    return AKiosk().tap(Key.REPORTS).scan().reply(identified(visit()))


def at_list(*reports: ListedReport) -> AKiosk:
    kiosk = at_proof_pad().type_id_number("4417").tap(Key.CONFIRM).reply(Proven())
    return kiosk.reply(ReportsListed(reports=list(reports)))


def printings(kiosk: AKiosk) -> list[PrintReleased]:
    return [effect for effect in kiosk.effects if isinstance(effect, PrintReleased)]


def printed(kiosk: AKiosk, failure: ReportFailure | None = None) -> AKiosk:
    number = printings(kiosk)[-1].print_number
    return kiosk.on(ReportPrintEnded(print_number=number, failure=failure))


def test_a_patient_proves_himself_before_he_is_shown_anything() -> None:
    kiosk = at_proof_pad()

    kiosk.screen(ProofPad)
    assert not any(isinstance(body, ListReports) for body in kiosk.asks)
    kiosk.type_id_number("44X1").tap(Key.CONFIRM)
    assert kiosk.screen(ProofPad).characters == "441"
    kiosk.type_id_number("7").tap(Key.CONFIRM)
    kiosk.reply(Proven())
    assert kiosk.asks[-2:] == [
        ProveIdentity(session_id="session-1", phone_end="4417"),
        ListReports(session_id="session-1"),
    ]


def test_what_he_types_is_neither_shown_nor_spoken() -> None:
    one, other = at_proof_pad().type_id_number("4417"), at_proof_pad().type_id_number("9999")

    assert one.view == other.view
    assert "4417" not in repr(one.state)


def test_who_came_with_his_card_may_type_his_id_number_instead() -> None:
    kiosk = at_proof_pad().tap(Key.TYPE_ID_NUMBER)

    assert kiosk.screen(IdNumberPad).intent is Intent.PROVE
    kiosk.type_id_number(ID_NUMBER).tap(Key.CONFIRM)
    assert kiosk.asks[-1] == ProveIdentity(session_id="session-1", id_number=ID_NUMBER)


def test_an_id_card_on_the_reader_is_a_second_factor() -> None:
    kiosk = at_proof_pad().scan(ID_NUMBER)

    assert kiosk.asks[-1] == ProveIdentity(session_id="session-1", id_number=ID_NUMBER)


def test_who_typed_his_id_number_is_not_offered_it_again() -> None:
    kiosk = AKiosk().tap(Key.REPORTS).tap(Key.TYPE_ID_NUMBER).type_id_number(ID_NUMBER)
    kiosk.tap(Key.CONFIRM).reply(identified(visit()))

    keys = [key for key in _keys(kiosk.view.body) if key == Key.TYPE_ID_NUMBER]

    kiosk.screen(ProofPad)
    assert isinstance(kiosk.asks[0], IdentifyBody)
    assert keys == []


def _keys(body: object) -> list[Key]:
    other = getattr(body, "other", None)
    return [other.key] if other is not None else []


def test_a_wrong_proof_is_told_and_may_be_tried_again_with_nothing_kept() -> None:
    kiosk = at_proof_pad().type_id_number("9999").tap(Key.CONFIRM)

    kiosk.reply(refused(RefusalCode.PROOF_WRONG))

    assert kiosk.screen(Refusal).asked is None
    kiosk.tap(Key.TRY_AGAIN)
    assert kiosk.screen(ProofPad).characters == ""


@pytest.mark.parametrize("code", [RefusalCode.PROOF_LOCKED, RefusalCode.REPORTS_OFF])
def test_where_there_is_no_way_he_is_sent_to_the_desk(code: RefusalCode) -> None:
    kiosk = at_proof_pad().type_id_number("9999").tap(Key.CONFIRM).reply(refused(code))

    assert kiosk.screen(Refusal).code == code
    kiosk.tap(Key.TRY_AGAIN).screen(Home)
    assert kiosk.state.session is None


def test_no_answer_to_a_proof_is_told_and_what_was_typed_is_not_kept() -> None:
    kiosk = at_proof_pad().type_id_number("4417").tap(Key.CONFIRM).no_answer()

    assert kiosk.screen(Refusal).code == Trouble.NO_ANSWER
    assert kiosk.screen(Refusal).asked is None
    kiosk.tap(Key.TRY_AGAIN).screen(ProofPad)


def test_all_that_can_be_printed_is_chosen_and_a_touch_leaves_one_out() -> None:
    kiosk = at_list(*TWO, NOT_YET)

    assert [one.report_id for one in kiosk.screen(Reports).chosen] == ["one", "two"]
    kiosk.tap(Key.REPORT, 1)
    assert [one.report_id for one in kiosk.screen(Reports).chosen] == ["one"]
    kiosk.tap(Key.REPORT, 1).tap(Key.REPORT, 2).tap(Key.REPORT, 7)
    assert [one.report_id for one in kiosk.screen(Reports).chosen] == ["one", "two"]


def test_reports_are_printed_one_after_the_other() -> None:
    kiosk = at_list(*TWO).tap(Key.PRINT_REPORTS)

    assert kiosk.asks[-1] == PrintReport(session_id="session-1", report_id="one")
    kiosk.reply(released(1))
    assert [one.release.release_id for one in printings(kiosk)] == ["release-1"]
    assert "第 1 份，共 2 份" in "".join(spoken_texts(kiosk.view))
    printed(kiosk)
    assert kiosk.asks[-1] == PrintReport(session_id="session-1", report_id="two")
    printed(kiosk.reply(released(2)))

    ended = kiosk.screen(ReportsPrinted)
    assert (ended.printed_count, ended.left_count, ended.failure) == (2, 0, None)
    assert "2 份" in "".join(spoken_texts(kiosk.view))


def test_after_a_failure_nothing_more_is_sent_and_the_sentence_stands_there() -> None:
    kiosk = printed(at_list(*TWO).tap(Key.PRINT_REPORTS).reply(released(1)), FAILURE)

    ended = kiosk.screen(ReportsPrinted)
    assert (ended.printed_count, ended.left_count) == (0, 2)
    assert PagePaperOut.sentence_zh in list(spoken_texts(kiosk.view))
    assert len([body for body in kiosk.asks if isinstance(body, PrintReport)]) == 1


def test_a_failure_at_the_second_says_that_the_first_is_there() -> None:
    kiosk = printed(at_list(*TWO).tap(Key.PRINT_REPORTS).reply(released(1)))

    printed(kiosk.reply(released(2)), FAILURE)

    assert "前面 1 份已经打印" in "".join(spoken_texts(kiosk.view))


@pytest.mark.parametrize("code", [RefusalCode.REPORT_PRINTED_ALREADY, RefusalCode.SESSION_ENDED])
def test_what_the_server_does_not_release_is_told(code: RefusalCode) -> None:
    kiosk = at_list(*TWO).tap(Key.PRINT_REPORTS).reply(refused(code))

    assert kiosk.screen(ReportsPrinted).left_count == 2
    assert SENTENCES[code][0] in list(spoken_texts(kiosk.view))
    assert printings(kiosk) == []


def test_no_answer_to_a_release_is_told() -> None:
    kiosk = at_list(*TWO).tap(Key.PRINT_REPORTS).no_answer()

    assert kiosk.screen(ReportsPrinted).failure == ReportFailure()


def test_a_line_that_breaks_between_two_reports_is_told() -> None:
    kiosk = at_list(*TWO).tap(Key.PRINT_REPORTS).reply(released(1)).on(LineChanged(is_up=False))

    printed(kiosk)

    ended = kiosk.screen(ReportsPrinted)
    assert (ended.printed_count, ended.left_count) == (1, 1)
    assert ended.failure is not None


def test_while_paper_comes_out_the_kiosk_stays_his() -> None:
    kiosk = at_list(*TWO).tap(Key.PRINT_REPORTS).reply(released(1))

    kiosk.wait(600).scan().tap(Key.HOME).tap(Key.BACK)

    kiosk.screen(PrintingReports)
    assert kiosk.state.session is not None
    assert kiosk.view.dock[0] is None


def test_afterwards_he_may_see_the_list_again_and_an_unattended_kiosk_forgets_him() -> None:
    kiosk = printed(at_list(TWO[0]).tap(Key.PRINT_REPORTS).reply(released(1)))

    kiosk.tap(Key.REPORTS)
    assert kiosk.asks[-1] == ListReports(session_id="session-1")
    kiosk.reply(ReportsListed(reports=[])).wait(61)

    kiosk.screen(Home)
    assert kiosk.state.session is None
    assert isinstance(kiosk.effects[-1], Wipe)


def test_a_late_word_of_a_printing_finds_nobody() -> None:
    kiosk = at_list(*TWO).tap(Key.PRINT_REPORTS).reply(released(1))
    first = printings(kiosk)[0].print_number
    printed(kiosk, FAILURE)

    kiosk.on(ReportPrintEnded(print_number=first, failure=None))

    kiosk.screen(ReportsPrinted)
    assert len([effect for effect in kiosk.effects if isinstance(effect, Ask)]) == 4


def test_a_way_back_leads_from_the_pad_to_the_card_and_forgets_him() -> None:
    kiosk = at_proof_pad().tap(Key.TYPE_ID_NUMBER).tap(Key.BACK)

    kiosk.screen(ProofPad)
    kiosk.tap(Key.BACK)
    assert kiosk.screen(Identify).intent is Intent.REPORTS
    assert kiosk.state.session is None


def test_without_the_server_he_is_told_that_there_are_no_reports() -> None:
    silent = AKiosk(is_line_up=False).tap(Key.REPORTS).scan()
    alone = AKiosk(is_line_up=False).on(OfflineCheckInAllowed(is_allowed=True)).tap(Key.REPORTS)

    assert silent.screen(Refusal).code == Trouble.NO_LINE
    assert alone.screen(Refusal).code == Trouble.ONLY_CARD


def test_a_refused_card_leads_back_to_the_card() -> None:
    kiosk = AKiosk().tap(Key.REPORTS).scan().reply(refused(RefusalCode.CARD_EXPIRED))

    kiosk.tap(Key.TRY_AGAIN)

    assert kiosk.screen(Identify).intent is Intent.REPORTS
    kiosk.scan()
    kiosk.screen(Waiting)
