"""What the state says about the patient in front of the kiosk. Pure questions, no decisions."""

import re
from typing import Final

from kiosk.flow.bills import Bills, Channels, Paid, Paying, PutOff
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.intent import Intent
from kiosk.flow.receipt_screens import ReceiptPrinted, Receipts
from kiosk.flow.report_screens import ProofPad, Reports, ReportsPrinted
from kiosk.flow.state import (
    Arrived,
    ChooseDoctor,
    Identify,
    IdNumberPad,
    MyPlace,
    Offered,
    OneVisit,
    Refusal,
    Screen,
    State,
)
from queue_server.contract.doctor_choice import DoctorThere
from queue_server.contract.messages import Visit

VISITS_A_PAGE: Final = 4
VISITS_A_PAGE_ELDER: Final = 3
DOCTORS_A_PAGE: Final = 3
DOCTORS_A_PAGE_ELDER: Final = 2


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


def doctors_of(state: State) -> tuple[DoctorThere, ...]:
    """Return the doctors among whom the patient is asked to choose."""
    visit = None
    if isinstance(state.screen, ChooseDoctor):
        visit = visit_of(state, state.screen.ticket_id)
    return tuple(visit.doctor_choice.doctors) if visit and visit.doctor_choice else ()


def doctors_a_page(state: State) -> int:
    """Return how many doctors fit on a page; fewer in large print."""
    return DOCTORS_A_PAGE_ELDER if state.is_elder else DOCTORS_A_PAGE


def doctors_page_count(state: State) -> int:
    """Return how many pages those doctors fill; at least one."""
    return max(1, -(-len(doctors_of(state)) // doctors_a_page(state)))


def intent_of(  # noqa: PLR0911 - one line a kind of screen
    state: State,
) -> Intent:
    """Return what the patient came for, as far as the screen knows."""
    if isinstance(state.screen, Identify | IdNumberPad | Refusal):
        return _first_of(wants_to_see(state.screen))
    if isinstance(state.screen, Receipts | ReceiptPrinted):
        return Intent.RECEIPTS
    if isinstance(state.screen, Stay | DepositPad | DayBill | Settlement):
        return Intent.INPATIENT
    if isinstance(state.screen, Channels) and state.screen.bills.pad is not None:
        return Intent.INPATIENT
    if isinstance(state.screen, Channels) and state.screen.bills.reports is not None:
        return Intent.REPORTS
    if isinstance(state.screen, Bills | Channels | Paying | Paid | PutOff):
        return Intent.PAY
    if isinstance(state.screen, ProofPad):
        return _first_of(state.screen.intent)
    if isinstance(state.screen, Reports | ReportsPrinted):
        return Intent.REPORTS
    return Intent.CHECK_IN


def wants_to_see(screen: Screen) -> Intent:
    """Return what a screen leads to, be it after a second factor."""
    if isinstance(screen, IdNumberPad) and screen.intent is Intent.PROVE:
        return screen.proves_for
    if isinstance(screen, Identify | IdNumberPad | Refusal | ProofPad):
        return screen.intent
    return Intent.REPORTS


def _first_of(intent: Intent) -> Intent:
    """Return what somebody begins with who wants to see that."""
    return Intent.INPATIENT if intent in {Intent.DAY_BILL, Intent.SETTLEMENT} else intent


def has_way_back(state: State) -> bool:
    """Tell whether there is an earlier screen to return to."""
    if state.help is not None:
        return True
    if isinstance(state.screen, OneVisit | MyPlace | Offered | Arrived):
        return len(visits_of(state)) > 1
    return isinstance(
        state.screen,
        Identify
        | IdNumberPad
        | ChooseDoctor
        | Channels
        | ProofPad
        | DepositPad
        | DayBill
        | Settlement
        | Refusal,
    )


def screen_name(state: State) -> str:
    """Return what the screen is called in messages and tests: `id-number-pad`."""
    if isinstance(state.screen, Paying) and state.screen.payment.cash is not None:
        return "cash"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(state.screen).__name__).lower()
