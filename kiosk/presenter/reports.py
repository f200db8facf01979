"""The screens of reports: the second factor, the list, and how printing goes."""

from typing import Final

from kiosk.flow.bills import self_pay_fen
from kiosk.flow.events import Key
from kiosk.flow.report_screens import (
    PHONE_END_LENGTH,
    PrintingReports,
    ProofPad,
    ReportFailure,
    Reports,
    ReportsPrinted,
)
from kiosk.flow.reports import page_count, reports_a_page
from kiosk.flow.settings import Settings
from kiosk.flow.state import State
from kiosk.presenter import money
from kiosk.presenter.report_views import ProofPadView, ReportCardView, ReportsView
from kiosk.presenter.views import Icon, KeyView, RefusalView, Tone, Unspoken, WaitingView
from kiosk.presenter.wording import Wording
from queue_server.contract.report_messages import ListedReport
from queue_server.rules.terms import ReportState

_HIDDEN: Final = "●"
_NONE_YET: Final = "–"


def proof_pad(state: State, screen: ProofPad, words: Wording, settings: Settings) -> ProofPadView:
    """Four places, whose digits nobody behind him can read."""
    typed = len(screen.characters)
    is_complete = typed == PHONE_END_LENGTH
    shown = [_HIDDEN if place < typed else _NONE_YET for place in range(PHONE_END_LENGTH)]
    first, second, third, fourth = (Unspoken(one) for one in shown)
    by_card = state.session is not None and state.session.is_by_card
    may_lay_card = by_card and settings.has_id_card_reader
    return ProofPadView(
        title=words("proof.title"),
        lead=words("proof.lead_id_card" if may_lay_card else "proof.lead"),
        digits=(first, second, third, fourth),
        message=words("proof.ready" if is_complete else "proof.count", count=typed),
        tone=Tone.GOOD if is_complete else Tone.PLAIN,
        keys=(
            *(KeyView(key=Key.DIGIT, label=str(d), argument=d) for d in range(1, 10)),
            None,
            KeyView(key=Key.DIGIT, label="0", argument=0),
            KeyView(key=Key.DELETE, label=words("pad.delete"), icon=Icon.DELETE),
        ),
        confirm=KeyView(
            key=Key.CONFIRM,
            label=words("pad.confirm"),
            is_primary=True,
            is_enabled=is_complete,
        ),
        other=KeyView(key=Key.TYPE_ID_NUMBER, label=words("proof.id_number"), icon=Icon.KEYPAD)
        if by_card
        else None,
    )


def reports(state: State, screen: Reports, words: Wording) -> ReportsView | RefusalView:
    """A page of the reports, or, when there are none, what to do."""
    masked_name = state.session.masked_name if state.session else ""
    name = words.name_of(masked_name)
    if not screen.reports:
        return _no_reports(name, words)
    pages = page_count(state, screen)
    first = screen.page * reports_a_page(state)
    shown = list(enumerate(screen.reports))[first : first + reports_a_page(state)]
    can_any = any(one.can_print or screen.is_for_sale(one) for one in screen.reports)
    earlier = KeyView(key=Key.EARLIER_REPORTS, label=words("visits.earlier"), icon=Icon.EARLIER)
    more = KeyView(key=Key.MORE_REPORTS, label=words("visits.more"), icon=Icon.NEXT)
    done = KeyView(key=Key.DONE, label=words("reports.done"))
    return ReportsView(
        title=words("reports.title", name=name),
        lead=_lead(screen, words),
        cards=tuple(_card(index, one, screen, words) for index, one in shown),
        earlier=earlier if screen.page > 0 else None,
        page=words("visits.page", page=screen.page + 1, pages=pages) if pages > 1 else "",
        more=more if screen.page < pages - 1 else None,
        keys=(_print_key(screen, words), done) if can_any else (done,),
    )


def _lead(screen: Reports, words: Wording) -> str:
    if any(screen.is_for_sale(one) for one in screen.reports):
        return words("reports.lead_copies")
    can_any = any(one.can_print for one in screen.reports)
    return words("reports.lead" if can_any else "reports.lead_none")


def _print_key(screen: Reports, words: Wording) -> KeyView:
    """Print what is chosen; or pay first, and how much."""
    count, fen = len(screen.chosen), self_pay_fen(screen.copies)
    label = words("reports.print" if count else "reports.print_none", count=count)
    if fen:
        label = money.sentence(words, "reports.pay_print", fen, count=count)
    return KeyView(
        key=Key.PRINT_REPORTS,
        label=label,
        icon=Icon.PAY if fen else Icon.PRINTER,
        is_primary=True,
        is_enabled=count > 0,
    )


def printing(screen: PrintingReports, words: Wording) -> WaitingView:
    """Which of how many is coming out. Nothing of the reports is shown."""
    return WaitingView(
        title=words("reports.printing", number=screen.index + 1, count=len(screen.reports)),
        lead=words("reports.printing_lead"),
    )


def printed(screen: ReportsPrinted, words: Wording) -> RefusalView:
    """Take the paper; or why some of it did not come."""
    again = KeyView(key=Key.REPORTS, label=words("reports.list_again"))
    if screen.failure is None:
        done = KeyView(key=Key.DONE, label=words("reports.taken"), is_primary=True)
        return RefusalView(
            tone=Tone.GOOD,
            icon=Icon.REPORT,
            title=words("reports.printed"),
            message=words("reports.printed_text", count=screen.printed_count),
            hint=words("reports.printed_hint"),
            keys=(done, again),
        )
    call = KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE)
    done = KeyView(key=Key.DONE, label=words("reports.done"))
    return RefusalView(
        tone=Tone.BAD,
        icon=Icon.PRINTER,
        title=words("reports.failed", count=screen.left_count),
        message=_failure(screen.failure, words),
        hint=_failure_hint(screen, words),
        keys=(call, again, done),
    )


def _failure(failure: ReportFailure, words: Wording) -> str:
    said = words.pick(zh=failure.sentence_zh, en=failure.sentence_en)
    return said or words("reports.no_answer")


def _failure_hint(screen: ReportsPrinted, words: Wording) -> str:
    assert screen.failure is not None
    if screen.failure.may_have_printed:
        return words("reports.failed_partly_hint")
    if screen.is_paid:
        return words("reports.failed_paid_hint")
    if screen.printed_count:
        return words("reports.failed_some_hint", count=screen.printed_count)
    return words("reports.failed_hint")


def _card(index: int, report: ListedReport, screen: Reports, words: Wording) -> ReportCardView:
    _, month, day = report.day_on.split("-")
    is_chosen = report in screen.chosen
    icon, detail = Icon.CLOCK, words.of(report, "hint")
    status: str
    if report.copy is not None and screen.is_for_sale(report):
        icon, tone = Icon.CHECKED if is_chosen else Icon.UNCHECKED, Tone.PLAIN
        fen = self_pay_fen([report.copy])
        status, detail = money.sentence(words, "reports.copy", fen), words("reports.copy_detail")
    elif report.can_print:
        icon = Icon.CHECKED if is_chosen else Icon.UNCHECKED
        status, tone = words("reports.can_print"), Tone.GOOD
    elif report.state is ReportState.FINAL:
        icon, status, tone = Icon.CONFIRM, words("reports.printed_before"), Tone.PLAIN
    elif report.state is ReportState.IN_PROGRESS:
        status, tone = words("reports.in_progress"), Tone.CAUTION
    else:
        status, tone = words("reports.ordered"), Tone.PLAIN
    return ReportCardView(
        argument=index,
        icon=icon,
        day=words("visits.day", month=int(month), day=int(day)),
        status=status,
        tone=tone,
        title=words.of(report, "title"),
        detail=detail,
        is_enabled=report.can_print or screen.is_for_sale(report),
    )


def _no_reports(name: str, words: Wording) -> RefusalView:
    call = KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE)
    home = KeyView(key=Key.HOME, label=words("refusal.home"), is_primary=True)
    return RefusalView(
        tone=Tone.PLAIN,
        icon=Icon.REPORT,
        title=words("reports.none_title"),
        message=words("reports.none_message", name=name),
        hint=words("reports.none_hint"),
        keys=(home, call),
    )
