"""What each key does. One function a key, all of one shape; `TAPPED` is the whole list."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from hardware.code_kind import is_resident_id
from kiosk.flow import (
    choosing,
    deferral,
    id_number,
    inpatient,
    offering,
    paying,
    receipts,
    reports,
)
from kiosk.flow.asking import ask, call_nurse, find_place, only_card
from kiosk.flow.bills import Bills, Channels, Paying, is_copies, is_top_up
from kiosk.flow.cash import is_with_cash
from kiosk.flow.events import CHECK_CHARACTER_X, Key, Speak, StopSpeaking, Wipe
from kiosk.flow.forgetting import forget_patient, given_up, leave
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.intent import Intent
from kiosk.flow.printing import print_again
from kiosk.flow.receipt_screens import PrintingReceipt, Receipts
from kiosk.flow.replies import screen_of_visit
from kiosk.flow.report_screens import PrintingReports, ProofPad, Reports
from kiosk.flow.session import has_way_back, page_count, visit_of, visits_of, wants_to_see
from kiosk.flow.settings import Settings
from kiosk.flow.state import (
    ChooseDoctor,
    HelpState,
    Home,
    Identify,
    IdNumberPad,
    MyPlace,
    Next,
    OneVisit,
    Refusal,
    State,
    Step,
    Visits,
    Waiting,
)
from queue_server.contract.messages import CheckIn
from queue_server.contract.messages import Identify as IdentifyBody

# --- the keys below every screen -----------------------------------------------------------


def _home(state: State, argument: int, settings: Settings) -> Step:
    """Forget the patient, but not the language he reads: he may well go on."""
    if isinstance(state.screen, Waiting | PrintingReports | PrintingReceipt):
        return replace(state, help=None), ()
    if isinstance(state.screen, Paying) and is_with_cash(state, state.screen):
        # What he has put in is on the slip that follows.
        return paying.cancel(replace(state, help=None), argument, settings)
    state, last_words = given_up(state)
    return replace(forget_patient(state), screen=Home(), help=None), (Wipe(), *last_words)


def _back(  # noqa: C901, PLR0911, PLR0912 - one line a screen
    state: State, argument: int, settings: Settings
) -> Step:
    if state.help is not None:
        return replace(state, help=None), ()
    if not has_way_back(state):
        return state, ()
    match state.screen:
        case IdNumberPad(intent=Intent.PROVE) | Refusal(next=Next.PROVE) as screen:
            return replace(state, screen=ProofPad(intent=wants_to_see(screen))), ()
        case DepositPad(stay=stay):
            return replace(state, screen=Stay(stay=stay)), ()
        case DayBill() | Settlement():
            return inpatient.find_stay(state)
        case ProofPad(intent=Intent.DAY_BILL | Intent.SETTLEMENT):
            return inpatient.find_stay(state)
        case ProofPad():
            return replace(forget_patient(state), screen=Identify(intent=Intent.REPORTS)), (Wipe(),)
        case IdNumberPad(intent=intent):
            return replace(state, screen=Identify(intent=intent)), ()
        case Refusal(intent=intent) if state.session is None:
            return replace(state, screen=Identify(intent=intent)), ()
        case Identify(intent=Intent.RECEIPTS):
            return replace(state, screen=Identify(intent=Intent.PAY)), ()
        case Identify() | Refusal(intent=Intent.REPORTS | Intent.RECEIPTS | Intent.INPATIENT):
            return _home(state, argument, settings)
        case ChooseDoctor() as screen:
            return replace(state, screen=choosing.before(state, screen)), ()
        case Channels(bills=bills):
            return replace(state, screen=bills.pad or bills.reports or bills), ()
        case Refusal(intent=Intent.DAY_BILL | Intent.SETTLEMENT):
            return inpatient.find_stay(state)
        case Refusal(intent=Intent.PAY):
            return paying.find_owed(state)
        case _:
            return replace(state, screen=Visits()), ()


def _language(state: State, argument: int, settings: Settings) -> Step:
    here = settings.languages.index(state.language)
    following = settings.languages[(here + 1) % len(settings.languages)]
    return replace(state, language=following), ()


def _elder(state: State, argument: int, settings: Settings) -> Step:
    screen = state.screen
    # A page holds fewer visits in large print: the second page would be another one.
    paged = Visits | ChooseDoctor | Bills | Reports | Receipts | DayBill | Settlement
    shown = replace(screen, page=0) if isinstance(screen, paged) else screen
    return replace(state, is_elder=not state.is_elder, screen=shown), ()


def _listen(state: State, argument: int, settings: Settings) -> Step:
    if state.is_speaking:
        return replace(state, is_speaking=False), (StopSpeaking(),)
    return replace(state, is_speaking=True, spoken_s=0.0), (Speak(),)


def _help(state: State, argument: int, settings: Settings) -> Step:
    return replace(state, help=HelpState.NOT_CALLED if state.help is None else None), ()


def _close_help(state: State, argument: int, settings: Settings) -> Step:
    return replace(state, help=None), ()


def _call_nurse(state: State, argument: int, settings: Settings) -> Step:
    return call_nurse(state)


def _stay(state: State, argument: int, settings: Settings) -> Step:
    return state, ()


# --- identifying ---------------------------------------------------------------------------


def _check_in(state: State, argument: int, settings: Settings) -> Step:
    match state.screen:
        case Home():
            return replace(state, screen=Identify(intent=Intent.CHECK_IN)), ()
        case OneVisit(ticket_id=ticket_id):
            return _ask_check_in(state, ticket_id)
        case MyPlace(visit=visit):
            return _ask_check_in(state, visit.ticket_id)
        case _:
            return state, ()


def _ask_check_in(state: State, ticket_id: str) -> Step:
    visit = visit_of(state, ticket_id)
    if state.session is None or visit is None or not visit.can_check_in:
        return state, ()
    if visit.doctor_choice is not None:
        return replace(state, screen=ChooseDoctor(ticket_id=ticket_id)), ()
    body = CheckIn(session_id=state.session.session_id, ticket_id=ticket_id)
    return ask(state, body, Intent.CHECK_IN)


def _my_place(state: State, argument: int, settings: Settings) -> Step:
    if not isinstance(state.screen, Home):
        return state, ()
    if state.is_alone:
        return only_card(state)
    return replace(state, screen=Identify(intent=Intent.PLACE)), ()


def _pay(state: State, argument: int, settings: Settings) -> Step:
    match state.screen:
        case Home() if state.is_alone:
            return only_card(state)
        case Home():
            return replace(state, screen=Identify(intent=Intent.PAY)), ()
        case Bills() as bills if bills.chosen:
            return replace(state, screen=Channels(bills=bills)), ()
        case Paying() as screen if not screen.is_live and state.session is not None:
            if is_top_up(screen.sheets):
                return inpatient.find_stay(state)
            if is_copies(screen.sheets):
                return reports.find_reports(state)
            return paying.find_owed(state)
        case _:
            return state, ()


def _show_card(state: State, argument: int, settings: Settings) -> Step:
    """The place of a slip is on the screen; its owner wants to check in and shows who he is."""
    if isinstance(state.screen, MyPlace):
        shown = replace(forget_patient(state), screen=Identify(intent=Intent.CHECK_IN))
        return shown, (Wipe(),)
    return state, ()


def _type_id_number(state: State, argument: int, settings: Settings) -> Step:
    if isinstance(state.screen, ProofPad):
        pad = IdNumberPad(intent=Intent.PROVE, proves_for=state.screen.intent)
        return replace(state, screen=pad), ()
    if not isinstance(state.screen, Identify):
        return state, ()
    if state.is_alone:
        return only_card(state)
    return replace(state, screen=IdNumberPad(intent=state.screen.intent)), ()


def _digit(state: State, argument: int, settings: Settings) -> Step:
    character = "X" if argument == CHECK_CHARACTER_X else str(argument)
    pad = state.screen
    if isinstance(pad, ProofPad):
        return reports.digit(state, pad, argument), ()
    if isinstance(pad, DepositPad):
        return inpatient.digit(state, pad, argument), ()
    if not isinstance(pad, IdNumberPad) or not id_number.may_follow(pad.characters, character):
        return state, ()
    typed = replace(pad, characters=pad.characters + character, is_wrong=False)
    return replace(state, screen=typed), ()


def _delete(state: State, argument: int, settings: Settings) -> Step:
    pad = state.screen
    if isinstance(pad, ProofPad):
        return reports.delete(state, pad), ()
    if isinstance(pad, DepositPad):
        return inpatient.delete(state, pad), ()
    if not isinstance(pad, IdNumberPad):
        return state, ()
    return replace(state, screen=replace(pad, characters=pad.characters[:-1], is_wrong=False)), ()


def _show_digits(state: State, argument: int, settings: Settings) -> Step:
    pad = state.screen
    if not isinstance(pad, IdNumberPad):
        return state, ()
    return replace(state, screen=replace(pad, is_shown=not pad.is_shown)), ()


def _confirm(state: State, argument: int, settings: Settings) -> Step:
    pad = state.screen
    if isinstance(pad, ProofPad):
        return reports.confirm(state, pad)
    if isinstance(pad, DepositPad):
        return inpatient.confirm(state, pad, settings)
    if not isinstance(pad, IdNumberPad) or not id_number.is_complete(pad.characters):
        return state, ()
    if not is_resident_id(pad.characters):
        return replace(state, screen=replace(pad, is_wrong=True)), ()
    if pad.intent is Intent.PROVE:
        return reports.prove_by_id_number(state, pad.characters, pad.proves_for)
    return ask(state, IdentifyBody(id_number=pad.characters), pad.intent)


# --- visits and slips ----------------------------------------------------------------------


def _visit(state: State, argument: int, settings: Settings) -> Step:
    visits = visits_of(state)
    if not isinstance(state.screen, Visits) or not 0 <= argument < len(visits):
        return state, ()
    return replace(state, screen=screen_of_visit(visits[argument])), ()


def _turn_page(by: int) -> Callable[[State, int, Settings], Step]:
    def turn(state: State, argument: int, settings: Settings) -> Step:
        if isinstance(state.screen, Bills):
            return paying.turn_page(state, by)
        if isinstance(state.screen, Reports):
            return reports.turn_page(state, by), ()
        if isinstance(state.screen, DayBill | Settlement):
            return inpatient.turn_page(state, state.screen, by), ()
        if isinstance(state.screen, Receipts):
            return receipts.turn_page(state, state.screen, by), ()
        if not isinstance(state.screen, Visits):
            return state, ()
        page = min(max(0, state.screen.page + by), page_count(state) - 1)
        return replace(state, screen=Visits(page=page)), ()

    return turn


def _print_again(state: State, argument: int, settings: Settings) -> Step:
    return print_again(state)


def _done(state: State, argument: int, settings: Settings) -> Step:
    return leave(state, settings)


# --- after a refusal -----------------------------------------------------------------------


def _try_again(  # noqa: C901, PLR0911, PLR0912 - one line a way to go on
    state: State, argument: int, settings: Settings
) -> Step:
    refusal = state.screen
    if not isinstance(refusal, Refusal):
        return state, ()
    match refusal.next:
        case Next.IDENTIFY:
            shown = replace(forget_patient(state), screen=Identify(intent=refusal.intent))
            return shown, (Wipe(),)
        case Next.TYPE_ID_NUMBER:
            return replace(state, screen=IdNumberPad(intent=refusal.intent)), ()
        case Next.ASK_AGAIN if refusal.asked is not None:
            return ask(
                state,
                refusal.asked.body,
                refusal.intent,
                was_uncertain=refusal.asked.was_uncertain,
            )
        case Next.SHOW_PLACE if refusal.asked is not None:
            return _show_place(state, refusal.asked.body)
        case Next.PROVE if state.session is not None:
            return replace(state, screen=ProofPad(intent=refusal.intent)), ()
        case Next.INPATIENT if state.session is not None:
            return inpatient.find_stay(state)
        case Next.SEE_PAYMENT if state.session and refusal.intent is Intent.INPATIENT:
            return inpatient.find_stay(state, was_uncertain=True)
        case Next.REPORTS if state.session is not None:
            return reports.find_reports(state)
        case Next.VISITS:
            return replace(state, screen=Visits()), ()
        case Next.CHOOSE_DOCTOR if refusal.asked is not None and state.session is not None:
            return choosing.choose_anew(state, refusal.asked.body), ()
        case Next.BILLS if state.session is not None:
            return paying.find_owed(state)
        case Next.SEE_PAYMENT if state.session is not None:
            return paying.find_owed(state, was_uncertain=True)
        case _:
            return _home(state, argument, settings)


def _show_place(state: State, refused: object) -> Step:
    assert isinstance(refused, CheckIn)
    visit = visit_of(state, refused.ticket_id)
    assert visit is not None, "a check-in is only asked for a visit of the session"
    return find_place(state, visit.slip_code)


TAPPED: Final[dict[Key, Callable[[State, int, Settings], Step]]] = {
    Key.HOME: _home,
    Key.BACK: _back,
    Key.LANGUAGE: _language,
    Key.ELDER: _elder,
    Key.LISTEN: _listen,
    Key.HELP: _help,
    Key.CHECK_IN: _check_in,
    Key.MY_PLACE: _my_place,
    Key.TYPE_ID_NUMBER: _type_id_number,
    Key.SHOW_CARD: _show_card,
    Key.DIGIT: _digit,
    Key.DELETE: _delete,
    Key.SHOW_DIGITS: _show_digits,
    Key.CONFIRM: _confirm,
    Key.VISIT: _visit,
    Key.EARLIER_VISITS: _turn_page(-1),
    Key.MORE_VISITS: _turn_page(+1),
    Key.PAY: _pay,
    Key.BILL: paying.toggle,
    Key.EARLIER_BILLS: _turn_page(-1),
    Key.MORE_BILLS: _turn_page(+1),
    Key.CHANNEL: paying.choose_channel,
    Key.CANCEL_PAYMENT: paying.cancel,
    Key.PUT_OFF: deferral.put_off,
    Key.PRINT_OPEN: deferral.print_open,
    Key.INPATIENT: inpatient.tapped,
    Key.TOP_UP: inpatient.top_up,
    Key.AMOUNT: inpatient.usual_amount,
    Key.DAY_BILL: inpatient.day_bill,
    Key.EARLIER_DAY: inpatient.earlier_day,
    Key.LATER_DAY: inpatient.later_day,
    Key.SETTLEMENT: inpatient.settlement,
    Key.RECEIPTS: receipts.tapped,
    Key.RECEIPT: receipts.print_one,
    Key.PRINT_RECEIPT: receipts.print_paid,
    Key.REPORTS: reports.tapped,
    Key.REPORT: reports.toggle,
    Key.EARLIER_REPORTS: _turn_page(-1),
    Key.MORE_REPORTS: _turn_page(+1),
    Key.PRINT_REPORTS: reports.print_chosen,
    Key.ACCEPT_OFFER: offering.answers(accepts=True),
    Key.DECLINE_OFFER: offering.answers(accepts=False),
    Key.ANY_DOCTOR: choosing.any_doctor,
    Key.DOCTOR: choosing.doctor,
    Key.EARLIER_DOCTORS: choosing.turn_page(-1),
    Key.MORE_DOCTORS: choosing.turn_page(+1),
    Key.PRINT_AGAIN: _print_again,
    Key.DONE: _done,
    Key.TRY_AGAIN: _try_again,
    Key.CALL_NURSE: _call_nurse,
    Key.CLOSE_HELP: _close_help,
    Key.STAY: _stay,
}
