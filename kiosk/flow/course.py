"""The kiosk's course: an event in, the next state and what is to be done out.

Rule 1: this folder knows no Kivy, no network, no device and no clock.
Rule 2: whatever is personal stands in `session` and in `screen`; `forget_patient` drops both.
Rule 3: an answer counts only if its number is the one that is waited for.
"""

from dataclasses import replace
from typing import Final

from hardware.code_kind import CodeKind, classify_code
from kiosk.flow import inpatient, insurance, paying, receipts, replies, reports
from kiosk.flow.absences import absences_told
from kiosk.flow.asking import identify
from kiosk.flow.bills import Bills, Channels, Paying
from kiosk.flow.cards import card_event
from kiosk.flow.events import (
    AbsencesTold,
    CardFailed,
    CashChanged,
    CheckedInOffline,
    ChipCardRead,
    Event,
    IdCardRead,
    LineChanged,
    NotAnswered,
    NotCheckedInOffline,
    OfflineCheckInAllowed,
    PaymentTold,
    PrintEnded,
    Replied,
    ReportPrintEnded,
    Scanned,
    SecondsPassed,
    SpeechEnded,
    StopSpeaking,
    Tapped,
    Touched,
    Wipe,
)
from kiosk.flow.forgetting import forget_patient, given_up, leave
from kiosk.flow.inpatient_screens import DepositPad
from kiosk.flow.printing import print_ended
from kiosk.flow.receipt_screens import PrintingReceipt
from kiosk.flow.report_screens import PrintingReports, ProofPad
from kiosk.flow.session import intent_of, visits_of
from kiosk.flow.settings import Settings
from kiosk.flow.state import Home, Identify, OneVisit, State, Step, Visits, Waiting
from kiosk.flow.taps import TAPPED

SPEECH_S_MAX: Final = 180.0
"""A voice that has not ended by then has died; it no longer keeps a session open."""


def is_warning(state: State, settings: Settings) -> bool:
    """Tell whether the inactivity warning covers the screen."""
    is_in_use = not isinstance(state.screen, Home) or state.help is not None
    return is_in_use and state.idle_s >= settings.warning_after_s


def step(state: State, event: Event, settings: Settings) -> Step:
    """Return the state after `event` and what is to be done, in order."""
    after, effects = _step(state, event, settings)
    if after.is_speaking and _what_is_shown(state, settings) != _what_is_shown(after, settings):
        after, effects = replace(after, is_speaking=False), (StopSpeaking(), *effects)
    return after, effects


def _what_is_shown(state: State, settings: Settings) -> tuple[object, ...]:
    warns = is_warning(state, settings)
    visits = visits_of(state) if isinstance(state.screen, Visits | OneVisit) else ()
    return (state.screen, visits, state.help, state.language, state.is_elder, warns)


def _step(  # noqa: C901, PLR0911, PLR0912 - one line an event
    state: State, event: Event, settings: Settings
) -> Step:
    match event:
        case Tapped():
            attended = replace(state, idle_s=0.0)
            return TAPPED[event.key](attended, event.argument, settings)
        case Touched():
            # The warning wants a clear answer: its own keys, the largest of which is the screen.
            return (state if is_warning(state, settings) else replace(state, idle_s=0.0)), ()
        case Scanned():
            return _scanned(replace(state, idle_s=0.0), event.code, settings)
        case IdCardRead() | ChipCardRead() | CardFailed():
            return card_event(replace(state, idle_s=0.0), event)
        case Replied():
            return replies.replied(state, event, settings)
        case PaymentTold():
            return paying.told(state, event.payment)
        case CashChanged():
            return paying.cash_changed(state, event.standing)
        case NotAnswered():
            return replies.not_answered(state, event)
        case CheckedInOffline() | NotCheckedInOffline():
            return replies.replied_alone(state, event)
        case ReportPrintEnded():
            if isinstance(state.screen, PrintingReceipt):
                return receipts.print_ended(state, state.screen, event)
            return reports.print_ended(state, event)
        case AbsencesTold():
            return absences_told(state, event), ()
        case LineChanged() | OfflineCheckInAllowed() | PrintEnded() | SpeechEnded():
            # When the line is back, the server is asked what became of a payment.
            noted = _noted(state, event)
            return paying.look(noted) if isinstance(event, LineChanged) else (noted, ())
        case SecondsPassed():
            return _seconds_passed(state, event, settings)


def _noted(
    state: State, event: LineChanged | OfflineCheckInAllowed | PrintEnded | SpeechEnded
) -> State:
    match event:
        case LineChanged():
            return replace(state, is_line_up=event.is_up)
        case OfflineCheckInAllowed():
            return replace(state, may_check_in_offline=event.is_allowed)
        case PrintEnded():
            return print_ended(state, event)
        case SpeechEnded():
            return replace(state, is_speaking=False, idle_s=0.0)


# --- time ----------------------------------------------------------------------------------


def _seconds_passed(state: State, event: SecondsPassed, settings: Settings) -> Step:
    state, effects = paying.seconds_passed(state, event.seconds)
    state = replace(state, time_text=event.time_text)
    if isinstance(state.screen, PrintingReports | PrintingReceipt):
        # Paper with his name comes out: the kiosk stays his until it is there.
        return replace(state, idle_s=0.0), ()
    if state.is_speaking:
        spoken_s = state.spoken_s + event.seconds
        if spoken_s < SPEECH_S_MAX:
            return replace(state, spoken_s=spoken_s), effects
        return replace(state, is_speaking=False), (StopSpeaking(), *effects)
    if isinstance(state.screen, Paying) and state.screen.is_patients_turn and state.is_line_up:
        return state, effects
    state = replace(state, idle_s=state.idle_s + event.seconds)
    if state.idle_s < settings.unattended_after_s:
        return state, effects
    return leave(state, settings)


def _scanned(state: State, code: str, settings: Settings) -> Step:
    screen = state.screen
    if isinstance(screen, Waiting | PrintingReports | PrintingReceipt):
        return state, ()
    if isinstance(screen, Paying) and screen.is_live:
        return state, ()
    if isinstance(screen, Bills | Channels) and classify_code(code, is_paying=True).is_payment:
        return paying.pay_by_code(state, code)
    if isinstance(screen, Bills | Channels) and classify_code(code) is CodeKind.INSURANCE:
        return insurance.settle(state, code)
    if isinstance(screen, DepositPad) and classify_code(code, is_paying=True).is_payment:
        return inpatient.pay_by_code(state, screen, code, settings)
    if isinstance(screen, ProofPad) and classify_code(code) is CodeKind.RESIDENT_ID:
        return reports.prove_by_id_number(state, code.upper(), screen.intent)
    # What somebody else has begun is not his.
    state, last_words = given_up(state)
    forgotten = forget_patient(state)
    shown, effects = identify(forgotten, code, intent_of(state))
    has_nothing_personal = replace(state, screen=forgotten.screen) == forgotten
    if isinstance(screen, Home | Identify) and has_nothing_personal and not state.is_speaking:
        # What is shown may stay until the answer is there.
        return shown, effects
    return shown, (Wipe(), *last_words, *effects)
