"""Reports: the second factor, the list, and one after the other onto paper."""

from dataclasses import replace
from typing import Final

from kiosk.flow.asking import ask, only_card
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
    """Begin, from the first screen; or see the list anew, after printing."""
    del argument
    if isinstance(state.screen, Home) and settings.has_reports:
        if state.is_alone:
            return only_card(state)
        return replace(state, screen=Identify(intent=Intent.REPORTS)), ()
    if isinstance(state.screen, ReportsPrinted) and state.session is not None:
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


def listed(state: State, body: ReportsListed) -> Step:
    """Show the list."""
    return replace(state, screen=Reports(reports=tuple(body.reports))), ()


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
    """Choose a report, or leave it out."""
    del settings
    screen = state.screen
    if not isinstance(screen, Reports) or not 0 <= argument < len(screen.reports):
        return state, ()
    report = screen.reports[argument]
    if not report.can_print:
        return state, ()
    left_out = screen.left_out ^ {report.report_id}
    return replace(state, screen=replace(screen, left_out=left_out)), ()


# --- printing ------------------------------------------------------------------------------


def print_chosen(state: State, argument: int, settings: Settings) -> Step:
    """Print what is chosen, one after the other."""
    del argument, settings
    if not isinstance(state.screen, Reports) or not state.screen.chosen:
        return state, ()
    return _ask_for(state, state.screen.chosen, 0)


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
    )
    return replace(state, screen=ended, idle_s=0.0), ()
