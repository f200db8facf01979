"""Reports: the second factor, the list, and one after the other onto paper."""

from dataclasses import replace
from typing import Final

from kiosk.flow.asking import ask, only_card
from kiosk.flow.bills import Bills, Channels, Paid, is_copies
from kiosk.flow.cash import CHANNEL
from kiosk.flow.events import (
    CHECK_CHARACTER_X,
    Ask,
    NotAnswered,
    PrintReleased,
    Replied,
    ReportPrintEnded,
)
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import (
    PHONE_END_LENGTH,
    PrintingReports,
    ProofPad,
    ReportFailure,
    Reports,
    ReportsPrinted,
)
from kiosk.flow.settings import Settings
from kiosk.flow.state import Home, Identify, Next, State, Step
from queue_server.contract.messages import Refused, RequestBody
from queue_server.contract.report_messages import (
    ListedReport,
    ListReports,
    PrintReport,
    ProveIdentity,
    ReportReleased,
    ReportsListed,
)
from queue_server.rules.terms import RefusalCode

REPORTS_A_PAGE: Final = 4
REPORTS_A_PAGE_ELDER: Final = 3


def tapped(state: State, argument: int, settings: Settings) -> Step:
    """Begin, from the first screen; or see the list anew, after printing or paying."""
    del argument
    if isinstance(state.screen, Home) and settings.has_reports:
        if state.is_alone:
            return only_card(state)
        return replace(state, screen=Identify(intent=Intent.REPORTS)), ()
    is_after_printing = isinstance(state.screen, ReportsPrinted)
    is_paid = isinstance(state.screen, Paid) and is_copies(state.screen.facts.sheets)
    if state.session is not None and (is_after_printing or is_paid):
        return find_reports(state)
    return state, ()


# --- the second factor ---------------------------------------------------------------------


def digit(state: State, pad: ProofPad, argument: int) -> State:
    """Add a digit; there is no X in a phone number."""
    if argument == CHECK_CHARACTER_X or len(pad.characters) == PHONE_END_LENGTH:
        return state
    return replace(state, screen=replace(pad, characters=pad.characters + str(argument)))


def delete(state: State, pad: ProofPad) -> State:
    """Take the last digit away."""
    return replace(state, screen=replace(pad, characters=pad.characters[:-1]))


def confirm(state: State, pad: ProofPad) -> Step:
    """Ask whether it is he."""
    if len(pad.characters) != PHONE_END_LENGTH:
        return state, ()
    return _prove(state, pad.intent, phone_end=pad.characters)


def prove_by_id_number(state: State, id_number: str, intent: Intent) -> Step:
    """Ask whether it is he, by his ID card; `intent`: what he wants to see."""
    return _prove(state, intent, id_number=id_number)


def _prove(
    state: State, intent: Intent, *, phone_end: str | None = None, id_number: str | None = None
) -> Step:
    assert state.session is not None, "a second factor follows a first one"
    body = ProveIdentity(
        session_id=state.session.session_id, phone_end=phone_end, id_number=id_number
    )
    return ask(state, body, intent)


def next_after_refusal(code: RefusalCode, body: RequestBody) -> Next:
    """Return how to go on after a refused request about reports."""
    if code is RefusalCode.SESSION_ENDED:
        return Next.IDENTIFY
    if code in {RefusalCode.PROOF_WRONG, RefusalCode.PROOF_MISSING}:
        return Next.PROVE
    if code in {RefusalCode.BUSY, RefusalCode.REQUEST_EXPIRED}:
        return Next.PROVE if isinstance(body, ProveIdentity) else Next.ASK_AGAIN
    return Next.HOME


# --- the list ------------------------------------------------------------------------------


def listed(state: State, body: ReportsListed, settings: Settings) -> Step:
    """Show the list."""
    channels = body.channels if settings.takes_payments else ()
    shown = Reports(
        reports=tuple(body.reports),
        channels=tuple(one for one in channels if one != CHANNEL or settings.takes_cash),
        credit_fen=body.credit_fen,
    )
    return replace(state, screen=shown), ()


def find_reports(state: State) -> Step:
    """Ask for the list."""
    assert state.session is not None, "reports are those of an identified patient"
    return ask(state, ListReports(session_id=state.session.session_id), Intent.REPORTS)


def reports_a_page(state: State) -> int:
    """Return how many reports fit on a page; fewer in large print."""
    return REPORTS_A_PAGE_ELDER if state.is_elder else REPORTS_A_PAGE


def page_count(state: State, screen: Reports) -> int:
    """Return how many pages there are; at least one."""
    return max(1, -(-len(screen.reports) // reports_a_page(state)))


def turn_page(state: State, by: int) -> State:
    """Show another page."""
    if not isinstance(state.screen, Reports):
        return state
    page = min(max(0, state.screen.page + by), page_count(state, state.screen) - 1)
    return replace(state, screen=replace(state.screen, page=page))


def toggle(state: State, argument: int, settings: Settings) -> Step:
    """Choose a report, or leave it out; one that costs something is left out at first."""
    del settings
    screen = state.screen
    if not isinstance(screen, Reports) or not 0 <= argument < len(screen.reports):
        return state, ()
    report = screen.reports[argument]
    touched = {report.report_id}
    if report.can_print:
        return replace(state, screen=replace(screen, left_out=screen.left_out ^ touched)), ()
    if screen.is_for_sale(report):
        return replace(state, screen=replace(screen, wanted=screen.wanted ^ touched)), ()
    return state, ()


# --- printing ------------------------------------------------------------------------------


def print_chosen(state: State, argument: int, settings: Settings) -> Step:
    """Print what is chosen, one after the other; what costs something is paid for first."""
    del argument, settings
    if not isinstance(state.screen, Reports) or not state.screen.chosen:
        return state, ()
    if state.screen.copies:
        return replace(state, screen=Channels(bills=_as_bills(state.screen))), ()
    return print_these(state, state.screen.chosen)


def _as_bills(chosen: Reports) -> Bills:
    """Return the copies that are chosen as something that is paid like bills."""
    return Bills(
        sheets=chosen.copies,
        chosen=frozenset(sheet.sheet_id for sheet in chosen.copies),
        channels=chosen.channels,
        credit_fen=chosen.credit_fen,
        reports=chosen,
    )


def print_these(state: State, reports: tuple[ListedReport, ...]) -> Step:
    """Print reports, one after the other."""
    return _ask_for(state, reports, 0)


def _ask_for(state: State, reports: tuple[ListedReport, ...], index: int) -> Step:
    assert state.session is not None
    if not state.is_line_up:
        return _ended(state, reports, index, ReportFailure())
    number = state.ask_count + 1
    body = PrintReport(session_id=state.session.session_id, report_id=reports[index].report_id)
    printing = PrintingReports(reports=reports, index=index, ask_number=number)
    asking = replace(state, ask_count=number, screen=printing)
    return asking, (Ask(ask_number=number, body=body),)


def replied(state: State, screen: PrintingReports, event: Replied | NotAnswered) -> Step:
    """Print what the server has released; say why it has not."""
    if event.ask_number != screen.ask_number or screen.print_number:
        return state, ()
    body = event.body if isinstance(event, Replied) else None
    if isinstance(body, ReportReleased):
        number = state.print_count + 1
        printing = replace(screen, print_number=number)
        released = PrintReleased(print_number=number, release=body)
        return replace(state, print_count=number, screen=printing), (released,)
    failure = ReportFailure()
    if isinstance(body, Refused):
        failure = ReportFailure(sentence_zh=body.message_zh, sentence_en=body.message_en)
    return _ended(state, screen.reports, screen.index, failure)


def print_ended(state: State, event: ReportPrintEnded) -> Step:
    """Go on with the next one; after a failure nothing more is tried."""
    screen = state.screen
    if not isinstance(screen, PrintingReports) or event.print_number != screen.print_number:
        return state, ()
    if event.failure is not None:
        return _ended(state, screen.reports, screen.index, event.failure)
    following = screen.index + 1
    if following == len(screen.reports):
        return _ended(state, screen.reports, following, None)
    return _ask_for(state, screen.reports, following)


def _ended(
    state: State,
    reports: tuple[ListedReport, ...],
    printed_count: int,
    failure: ReportFailure | None,
) -> Step:
    ended = ReportsPrinted(
        printed_count=printed_count,
        left_count=len(reports) - printed_count,
        failure=failure,
        is_paid=any(one.copy is not None for one in reports[printed_count:]),
    )
    return replace(state, screen=ended, idle_s=0.0), ()
