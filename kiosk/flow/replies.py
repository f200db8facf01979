"""The server's answers: which screen each leads to."""

from dataclasses import replace
from typing import Final

from kiosk.flow import copies, deferral, inpatient, insurance, paying, receipts, reports
from kiosk.flow.asking import find_place, without_answer
from kiosk.flow.bills import Paying
from kiosk.flow.events import CheckedInOffline, NotAnswered, NotCheckedInOffline, Replied
from kiosk.flow.intent import Intent
from kiosk.flow.printing import print_slip
from kiosk.flow.receipt_screens import PrintingReceipt
from kiosk.flow.report_screens import PrintingReports, ProofPad
from kiosk.flow.session import visit_of, visits_of
from kiosk.flow.settings import Settings
from kiosk.flow.slip_facts import SlipFacts
from kiosk.flow.state import (
    Arrived,
    ArrivedOffline,
    Asked,
    ChooseDoctor,
    HelpState,
    MyPlace,
    Next,
    Offered,
    OneVisit,
    Refusal,
    Screen,
    Session,
    State,
    Step,
    Trouble,
    Visits,
    Waiting,
)
from queue_server.contract import doctor_choice
from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.inpatient import (
    DayBillFound,
    FindDayBill,
    FindSettlement,
    FindStay,
    SettlementFound,
    StayFound,
    TopUp,
)
from queue_server.contract.insurance import InsuranceCancelled, InsuranceSettled, SettleInsurance
from queue_server.contract.messages import (
    PROVISIONAL_SLIP_PREFIX,
    CheckedIn,
    CheckIn,
    FindPlace,
    HelpCalled,
    Identified,
    Identify,
    PlaceFound,
    Refused,
    TakenOver,
    Visit,
)
from queue_server.contract.offers import AnswerOffer
from queue_server.contract.payments import FindOwed, NoteNoted, Owed, Pay, Payment
from queue_server.contract.receipt_messages import ListReceipts, ReceiptsListed
from queue_server.contract.report_messages import (
    ListReports,
    PayCopies,
    PrintingNoted,
    ProveIdentity,
    Proven,
    ReportReleased,
    ReportsListed,
)
from queue_server.rules.terms import RefusalCode

CarriesCode = Pay | TopUp | PayCopies | SettleInsurance
"""Requests with a code that must not be kept."""
_SHOW_A_CARD_AGAIN: Final = frozenset(
    {
        RefusalCode.CARD_UNKNOWN,
        RefusalCode.CARD_EXPIRED,
        RefusalCode.CARD_USED,
        RefusalCode.SLIP_UNKNOWN,
        RefusalCode.SESSION_ENDED,
    }
)
_WORTH_ANOTHER_TRY: Final = frozenset({RefusalCode.BUSY, RefusalCode.REQUEST_EXPIRED})


def replied(  # noqa: C901, PLR0911, PLR0912 - one line an answer
    state: State, event: Replied, settings: Settings
) -> Step:
    """Return what an answer leads to; one that nobody waits for leads nowhere."""
    if state.help is HelpState.CALLING and event.ask_number == state.help_ask_number:
        is_called = isinstance(event.body, HelpCalled)
        return replace(state, help=HelpState.CALLED if is_called else HelpState.NOT_REACHED), ()
    if isinstance(event.body, Payment) and isinstance(state.screen, Paying):
        return paying.told(state, event.body)
    waiting = state.screen
    if isinstance(waiting, PrintingReports):
        return reports.replied(state, waiting, event)
    if isinstance(waiting, PrintingReceipt):
        return receipts.replied(state, waiting, event)
    if not isinstance(waiting, Waiting) or waiting.asked.ask_number != event.ask_number:
        return state, ()
    match event.body:
        case Identified():
            return _identified(state, event.body, waiting.asked)
        case Owed():
            return paying.owed(
                state, event.body, settings, was_uncertain=waiting.asked.was_uncertain
            )
        case Payment():
            return paying.begun(state, event.body, state.paying_for)
        case Deferred():
            return deferral.done(state, event.body, waiting.asked)
        case InsuranceSettled():
            return insurance.settled(state, event.body)
        case Proven():
            return _proven(state, waiting.asked)
        case ReportsListed():
            return reports.listed(state, event.body, settings)
        case StayFound():
            uncertain = waiting.asked.was_uncertain
            return inpatient.found(state, event.body, was_uncertain=uncertain)
        case DayBillFound() | SettlementFound():
            return inpatient.answered(state, event.body)
        case ReceiptsListed():
            return receipts.listed(state, event.body)
        case CheckedIn():
            return _checked_in(state, event.body)
        case PlaceFound():
            return _place_found(state, event.body.visit, waiting.asked)
        case Refused():
            return _refused(state, event.body, waiting.asked)
        case (
            HelpCalled()
            | TakenOver()
            | ReportReleased()
            | PrintingNoted()
            | NoteNoted()
            | InsuranceCancelled()
        ):
            # An answer to another question than the one asked: as good as none.
            return not_answered(state, NotAnswered(ask_number=event.ask_number))


def not_answered(state: State, event: NotAnswered) -> Step:
    """Say that no answer came; a check-in may have succeeded all the same."""
    if state.help is HelpState.CALLING and event.ask_number == state.help_ask_number:
        return replace(state, help=HelpState.NOT_REACHED), ()
    waiting = state.screen
    if isinstance(waiting, PrintingReports):
        return reports.replied(state, waiting, event)
    if isinstance(waiting, PrintingReceipt):
        return receipts.replied(state, waiting, event)
    if not isinstance(waiting, Waiting) or waiting.asked.ask_number != event.ask_number:
        return state, ()
    asked, trouble = waiting.asked, Trouble.NO_ANSWER
    if isinstance(asked.body, CarriesCode):
        return paying.not_answered(state, asked)
    if isinstance(asked.body, CheckIn):
        asked, trouble = replace(asked, was_uncertain=True), Trouble.CHECK_IN_UNCERTAIN
    return replace(state, screen=without_answer(asked, trouble)), ()


def replied_alone(state: State, event: CheckedInOffline | NotCheckedInOffline) -> Step:
    """Show what the kiosk has kept by itself, and print it; or why the card is not enough."""
    waiting = state.screen
    if not isinstance(waiting, Waiting) or waiting.asked.ask_number != event.ask_number:
        return state, ()
    if isinstance(event, CheckedInOffline):
        shown = replace(state, screen=ArrivedOffline(provisional=event.provisional))
        return print_slip(shown, event.provisional)
    following = Next.HOME if event.code == Trouble.NO_OUTBOX else Next.IDENTIFY
    refusal = Refusal(code=event.code, next=following, intent=Intent.CHECK_IN)
    return replace(state, screen=refusal), ()


def screen_of_visit(visit: Visit) -> Screen:
    """Return the screen that shows this visit: to answer, to check in, or to see its place."""
    if visit.offer is not None:
        return Offered(ticket_id=visit.ticket_id)
    if is_to_choose_anew(visit):
        return ChooseDoctor(ticket_id=visit.ticket_id)
    if visit.place is not None and not visit.can_check_in:
        return MyPlace(visit=visit)
    return OneVisit(ticket_id=visit.ticket_id)


def is_to_choose_anew(visit: Visit) -> bool:
    """Tell whether the doctor whom he has asked for is gone."""
    return visit.doctor_choice is not None and bool(visit.doctor_choice.gone_zh)


def _identified(state: State, body: Identified, asked: Asked) -> Step:
    session = Session(
        session_id=body.session_id,
        masked_name=body.masked_name,
        visits=tuple(body.visits),
        is_by_card=isinstance(asked.body, Identify) and asked.body.id_number is None,
    )
    known = replace(state, session=session)
    if asked.intent is Intent.PAY:
        return paying.find_owed(known)
    if asked.intent is Intent.RECEIPTS:
        return receipts.find_receipts(known)
    if asked.intent is Intent.INPATIENT:
        return inpatient.find_stay(known)
    if asked.intent is Intent.REPORTS:
        return replace(known, screen=ProofPad()), ()
    return replace(known, screen=_first_screen(session.visits, asked.intent)), ()


def _proven(state: State, asked: Asked) -> Step:
    """Go on to what he wanted to see."""
    if state.session is None:
        return state, ()
    known = replace(state, session=replace(state.session, is_proven=True))
    if asked.intent is Intent.REPORTS:
        return reports.find_reports(known)
    return inpatient.proven(known, asked.intent)


def _first_screen(visits: tuple[Visit, ...], intent: Intent) -> Screen:
    """Save a tap where there is nothing to choose; what he is asked comes first."""
    for visit in visits:
        if visit.offer is not None or is_to_choose_anew(visit):
            return screen_of_visit(visit)
    wanted = [
        visit
        for visit in visits
        if (visit.can_check_in if intent is Intent.CHECK_IN else visit.place is not None)
    ]
    if len(wanted) == 1 and intent is Intent.PLACE:
        return MyPlace(visit=wanted[0])
    if len(wanted) == 1:
        return OneVisit(ticket_id=wanted[0].ticket_id)
    if len(visits) == 1:
        return screen_of_visit(visits[0])
    return Visits()


def _checked_in(state: State, body: CheckedIn) -> Step:
    facts = SlipFacts(
        visit=body.visit,
        masked_name=body.masked_name,
        checked_in_at=body.checked_in_at,
        rule_text_zh=tuple(body.rule_text_zh),
        rule_text_en=tuple(body.rule_text_en),
    )
    return _arrived(state, facts)


def _arrived(state: State, facts: SlipFacts) -> Step:
    known = _with_visit(state, facts.visit)
    return print_slip(replace(known, screen=Arrived(facts=facts)), facts)


def _place_found(state: State, visit: Visit, asked: Asked) -> Step:
    if asked.was_uncertain and state.session is not None:
        # The check-in whose answer was lost had succeeded: the patient gets what he missed.
        return _arrived(state, SlipFacts(visit=visit, masked_name=state.session.masked_name))
    is_provisional = isinstance(asked.body, FindPlace) and asked.body.slip_code.startswith(
        PROVISIONAL_SLIP_PREFIX
    )
    shown = MyPlace(visit=visit, may_print=is_provisional)
    # Who goes to a colleague goes on as another ticket.
    former = visit.ticket_id
    if isinstance(asked.body, AnswerOffer | doctor_choice.ChooseDoctor):
        former = asked.body.ticket_id
    return replace(_with_visit(state, visit, former), screen=shown), ()


def _with_visit(state: State, visit: Visit, former: str | None = None) -> State:
    if state.session is None:
        return state
    replaced = former or visit.ticket_id
    visits = tuple(visit if known.ticket_id == replaced else known for known in visits_of(state))
    return replace(state, session=replace(state.session, visits=visits))


def _refused(state: State, body: Refused, asked: Asked) -> Step:
    if body.code is RefusalCode.ALREADY_CHECKED_IN and asked.was_uncertain:
        assert isinstance(asked.body, CheckIn)
        visit = visit_of(state, asked.body.ticket_id)
        assert visit is not None, "a check-in is only asked for a visit of the session"
        return find_place(state, visit.slip_code, was_uncertain=True)
    following = _next_after_refusal(state, body.code, asked)
    refusal = Refusal(
        code=body.code,
        next=following,
        intent=asked.intent,
        message_zh=body.message_zh,
        message_en=body.message_en,
        # Who identified himself is not kept beyond the answer, and a payment code is money.
        asked=None if isinstance(asked.body, Identify | ProveIdentity | CarriesCode) else asked,
    )
    return replace(state, screen=refusal), ()


def _next_after_refusal(  # noqa: C901, PLR0911 - one line a kind of request
    state: State, code: RefusalCode, asked: Asked
) -> Next:
    if isinstance(asked.body, FindOwed | Pay | Defer | SettleInsurance):
        return paying.next_after_refusal(code)
    if isinstance(asked.body, FindStay | FindDayBill | FindSettlement | TopUp):
        return inpatient.next_after_refusal(code, asked.body)
    if isinstance(asked.body, PayCopies):
        return copies.next_after_refusal(code)
    if isinstance(asked.body, ListReceipts):
        return receipts.next_after_refusal(code)
    if isinstance(asked.body, ProveIdentity | ListReports):
        return reports.next_after_refusal(code, asked.body)
    if code is RefusalCode.ID_NUMBER_UNKNOWN:
        return Next.TYPE_ID_NUMBER
    if code in _SHOW_A_CARD_AGAIN:
        return Next.IDENTIFY
    if code in _WORTH_ANOTHER_TRY:
        return (
            Next.ASK_AGAIN
            if isinstance(
                asked.body, CheckIn | FindPlace | AnswerOffer | doctor_choice.ChooseDoctor
            )
            else Next.IDENTIFY
        )
    if code is RefusalCode.ALREADY_CHECKED_IN and isinstance(asked.body, CheckIn):
        return Next.SHOW_PLACE
    if code is RefusalCode.DOCTOR_NOT_THERE:
        return Next.CHOOSE_DOCTOR
    return Next.VISITS if len(visits_of(state)) > 1 else Next.HOME
