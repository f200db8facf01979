"""What the state says about the patient in front of the kiosk. Pure questions, no decisions."""

import re
from typing import Final

from kiosk.flow.bills import Bills, Channels, Paid, Paying
from kiosk.flow.receipt_screens import ReceiptPrinted, Receipts
from kiosk.flow.report_screens import ProofPad, Reports, ReportsPrinted
from kiosk.flow.state import (
    Arrived,
    Identify,
    IdNumberPad,
    Intent,
    MyPlace,
    Offered,
    OneVisit,
    Refusal,
    State,
)
from queue_server.contract.messages import Visit

VISITS_A_PAGE: Final = 4
VISITS_A_PAGE_ELDER: Final = 3


def visits_of(state: State) -> tuple[Visit, ...]:
    """Return the visits of the identified patient; nothing when there is none."""
    return state.session.visits if state.session else ()


def visits_a_page(state: State) -> int:
    """Return how many visits fit on a page; fewer in large print."""
    return VISITS_A_PAGE_ELDER if state.is_elder else VISITS_A_PAGE


def page_count(state: State) -> int:
    """Return how many pages the patient's visits fill; at least one."""
    return max(1, -(-len(visits_of(state)) // visits_a_page(state)))


def visit_of(state: State, ticket_id: str) -> Visit | None:
    """Return the patient's visit of that ticket."""
    return next((visit for visit in visits_of(state) if visit.ticket_id == ticket_id), None)


def intent_of(state: State) -> Intent:
    """Return what the patient came for, as far as the screen knows."""
    if isinstance(state.screen, Identify | IdNumberPad | Refusal):
        intent = state.screen.intent
        return Intent.REPORTS if intent is Intent.PROVE else intent
    if isinstance(state.screen, Receipts | ReceiptPrinted):
        return Intent.RECEIPTS
    if isinstance(state.screen, Bills | Channels | Paying | Paid):
        return Intent.PAY
    if isinstance(state.screen, ProofPad | Reports | ReportsPrinted):
        return Intent.REPORTS
    return Intent.CHECK_IN


def has_way_back(state: State) -> bool:
    """Tell whether there is an earlier screen to return to."""
    if state.help is not None:
        return True
    if isinstance(state.screen, OneVisit | MyPlace | Offered | Arrived):
        return len(visits_of(state)) > 1
    return isinstance(state.screen, Identify | IdNumberPad | Channels | ProofPad | Refusal)


def screen_name(state: State) -> str:
    """Return what the screen is called in messages and tests: `id-number-pad`."""
    if isinstance(state.screen, Paying) and state.screen.payment.cash is not None:
        return "cash"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(state.screen).__name__).lower()
