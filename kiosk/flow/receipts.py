"""Receipts: the one of a payment that was just made, or any of the last weeks, on paper."""

from dataclasses import replace
from typing import Final

from kiosk.flow.asking import ask
from kiosk.flow.bills import Paid
from kiosk.flow.events import Ask, NotAnswered, PrintReleased, Replied, ReportPrintEnded
from kiosk.flow.intent import Intent
from kiosk.flow.receipt_screens import PrintingReceipt, ReceiptPrinted, Receipts
from kiosk.flow.report_screens import ReportFailure
from kiosk.flow.settings import Settings
from kiosk.flow.state import Identify, Next, Refusal, State, Step
from queue_server.contract.messages import Refused
from queue_server.contract.receipt_messages import ListReceipts, PrintReceipt, ReceiptsListed
from queue_server.contract.report_messages import ReportReleased
from queue_server.rules.terms import RefusalCode

RECEIPTS_A_PAGE: Final = 4
RECEIPTS_A_PAGE_ELDER: Final = 3


def tapped(state: State, _argument: int, settings: Settings) -> Step:
    """Begin, where somebody would pay; from where nothing is owed, and after printing, go on."""
    screen = state.screen
    if not settings.prints_receipts:
        return state, ()
    if isinstance(screen, Identify) and screen.intent is Intent.PAY:
        return replace(state, screen=Identify(intent=Intent.RECEIPTS)), ()
    is_nothing_owed = isinstance(screen, Refusal) and screen.code == RefusalCode.NOTHING_OWED
    if state.session is None or not (isinstance(screen, ReceiptPrinted) or is_nothing_owed):
        return state, ()
    return find_receipts(state)


def find_receipts(state: State) -> Step:
    """Ask for the list."""
    assert state.session is not None, "receipts are those of an identified patient"
    return ask(state, ListReceipts(session_id=state.session.session_id), Intent.RECEIPTS)


def listed(state: State, body: ReceiptsListed) -> Step:
    """Show the list."""
    return replace(state, screen=Receipts(receipts=tuple(body.receipts))), ()


def next_after_refusal(code: RefusalCode) -> Next:
    """Return how to go on when there is no list."""
    if code is RefusalCode.SESSION_ENDED:
        return Next.IDENTIFY
    if code in {RefusalCode.BUSY, RefusalCode.REQUEST_EXPIRED}:
        return Next.ASK_AGAIN
    return Next.HOME


def receipts_a_page(state: State) -> int:
    """Return how many receipts fit on a page; fewer in large print."""
    return RECEIPTS_A_PAGE_ELDER if state.is_elder else RECEIPTS_A_PAGE


def page_count(state: State, screen: Receipts) -> int:
    """Return how many pages there are; at least one."""
    return max(1, -(-len(screen.receipts) // receipts_a_page(state)))


def turn_page(state: State, screen: Receipts, by: int) -> State:
    """Show another page."""
    page = min(max(0, screen.page + by), page_count(state, screen) - 1)
    return replace(state, screen=replace(screen, page=page))


# --- printing ------------------------------------------------------------------------------


def print_one(state: State, argument: int, _settings: Settings) -> Step:
    """Print a receipt of the list."""
    screen = state.screen
    if not isinstance(screen, Receipts) or not 0 <= argument < len(screen.receipts):
        return state, ()
    return _ask_for(state, screen.receipts[argument].receipt.receipt_id)


def print_paid(state: State, _argument: int, settings: Settings) -> Step:
    """Print the receipt of what has just been paid."""
    screen = state.screen
    if not isinstance(screen, Paid) or not settings.prints_receipts:
        return state, ()
    receipt = screen.facts.payment.receipt
    return (state, ()) if receipt is None else _ask_for(state, receipt.receipt_id)


def _ask_for(state: State, receipt_id: str) -> Step:
    if state.session is None:
        return state, ()
    if not state.is_line_up:
        return _ended(state, ReportFailure())
    number = state.ask_count + 1
    body = PrintReceipt(session_id=state.session.session_id, receipt_id=receipt_id)
    asking = replace(state, ask_count=number, screen=PrintingReceipt(ask_number=number))
    return asking, (Ask(ask_number=number, body=body),)


def replied(state: State, screen: PrintingReceipt, event: Replied | NotAnswered) -> Step:
    """Print what the server has released; say why it has not."""
    if event.ask_number != screen.ask_number or screen.print_number:
        return state, ()
    body = event.body if isinstance(event, Replied) else None
    if isinstance(body, ReportReleased):
        number = state.print_count + 1
        printing = replace(screen, print_number=number)
        released = PrintReleased(print_number=number, release=body)
        return replace(state, print_count=number, screen=printing), (released,)
    if isinstance(body, Refused):
        said = ReportFailure(sentence_zh=body.message_zh, sentence_en=body.message_en)
        return _ended(state, said)
    return _ended(state, ReportFailure())


def print_ended(state: State, screen: PrintingReceipt, event: ReportPrintEnded) -> Step:
    """Say that it is there, or why not."""
    if event.print_number != screen.print_number:
        return state, ()
    return _ended(state, event.failure)


def _ended(state: State, failure: ReportFailure | None) -> Step:
    return replace(state, screen=ReceiptPrinted(failure=failure), idle_s=0.0), ()
