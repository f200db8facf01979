"""From a state to what the window shows. Pure: the same state always gives the same view."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.flow.bills import Bills, Channels, Paid, Paying, PutOff
from kiosk.flow.course import is_warning
from kiosk.flow.events import Key
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.receipt_screens import PrintingReceipt, ReceiptPrinted, Receipts
from kiosk.flow.report_screens import PrintingReports, ProofPad, Reports, ReportsPrinted
from kiosk.flow.session import has_way_back, screen_name
from kiosk.flow.settings import Settings
from kiosk.flow.state import (
    Arrived,
    ArrivedOffline,
    ChooseDoctor,
    HelpState,
    Home,
    Identify,
    IdNumberPad,
    MyPlace,
    Offered,
    OneVisit,
    Refusal,
    State,
    Visits,
    Waiting,
)
from kiosk.presenter import (
    choosing,
    deferral,
    entry,
    inpatient,
    offering,
    paying,
    place,
    receipts,
    refusal,
    reports,
    visits,
)
from kiosk.presenter.views import (
    Body,
    HeaderView,
    HelpView,
    Icon,
    InactivityView,
    KeyView,
    MessageView,
    Tone,
    View,
)
from kiosk.presenter.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """Knows the words and the hospital's name."""

    wordings: Mapping[str, Wording]
    hospital: Mapping[str, str]
    """The hospital's name by language; a language that is missing shows the first one."""
    settings: Settings

    def present(self, state: State) -> View:
        """Return what is to be seen in `state`."""
        words = self.wordings[state.language]
        return View(
            is_elder=state.is_elder,
            header=HeaderView(hospital=self.hospital_name(state.language), time=state.time_text),
            banner=_banner(state, words),
            body=self._body(state, words),
            dock=self._dock(state, words),
        )

    def hospital_name(self, language: str) -> str:
        """Return the hospital's name in that language, or else in its first one."""
        return self.hospital.get(language) or next(iter(self.hospital.values()))

    def _body(self, state: State, words: Wording) -> Body:
        if is_warning(state, self.settings):
            seconds_left = math.ceil(self.settings.unattended_after_s - state.idle_s)
            return _inactivity(seconds_left, words)
        if state.help is not None:
            return _help(state.help, screen_name(state), words)
        return _screen(state, words, self.settings)

    def _dock(self, state: State, words: Wording) -> tuple[KeyView | None, ...]:
        languages = self.settings.languages
        following = languages[(languages.index(state.language) + 1) % len(languages)]
        is_busy = isinstance(state.screen, Waiting | PrintingReports | PrintingReceipt)
        is_waiting = is_busy and state.help is None
        can_go_back = has_way_back(state) and not is_warning(state, self.settings)
        home = KeyView(key=Key.HOME, label=words("dock.home"), icon=Icon.HOME)
        back = KeyView(key=Key.BACK, label=words("dock.back"), icon=Icon.BACK)
        language_name = self.wordings[following]("language.own_name")
        print_size = words("dock.standard" if state.is_elder else "dock.elder")
        listen = KeyView(key=Key.LISTEN, label=words("dock.listen"), icon=Icon.LISTEN)
        if state.is_speaking:
            listen = KeyView(key=Key.LISTEN, label=words("dock.silence"), icon=Icon.SILENCE)
        return (
            None if is_waiting else home,
            back if can_go_back else None,
            KeyView(key=Key.LANGUAGE, label=language_name, icon=Icon.LANGUAGE),
            KeyView(key=Key.ELDER, label=print_size, icon=Icon.ELDER),
            listen,
            KeyView(key=Key.HELP, label=words("dock.help"), icon=Icon.HELP),
        )


def _screen(  # noqa: C901, PLR0911, PLR0912 - one line a screen
    state: State, words: Wording, settings: Settings
) -> Body:
    match state.screen:
        case Home():
            return entry.home(state, words, settings)
        case Identify():
            return entry.identify(state.screen, words, settings, is_alone=state.is_alone)
        case IdNumberPad():
            return entry.id_number_pad(state.screen, words)
        case Waiting():
            return entry.waiting(state.screen, words)
        case Visits():
            return visits.visits(state, state.screen, words)
        case OneVisit():
            return visits.one_visit(state, state.screen, words)
        case Arrived():
            return place.arrived(state, state.screen, words)
        case ArrivedOffline():
            return place.arrived_offline(state, state.screen, words)
        case MyPlace():
            return place.my_place(state, state.screen, words)
        case Offered():
            return offering.offered(state, state.screen, words)
        case ChooseDoctor():
            return choosing.doctors(state, state.screen, words)
        case Bills():
            return paying.bills(state, state.screen, words)
        case Channels():
            return paying.channels(state, state.screen, words)
        case Paying():
            return paying.paying(state, state.screen, words)
        case Paid():
            return paying.paid(state, state.screen, words, settings)
        case PutOff():
            return deferral.put_off(state, state.screen, words)
        case ProofPad():
            return reports.proof_pad(state, state.screen, words, settings)
        case Reports():
            return reports.reports(state, state.screen, words)
        case PrintingReports():
            return reports.printing(state.screen, words)
        case ReportsPrinted():
            return reports.printed(state.screen, words)
        case Receipts():
            return receipts.receipts(state, state.screen, words)
        case PrintingReceipt():
            return receipts.printing(words)
        case ReceiptPrinted():
            return receipts.printed(state.screen, words)
        case Stay():
            return inpatient.stay(state, state.screen, words)
        case DepositPad():
            return inpatient.deposit_pad(state.screen, words)
        case DayBill():
            return inpatient.day_bill(state, state.screen, words)
        case Settlement():
            return inpatient.settlement(state, state.screen, words)
        case Refusal():
            return refusal.refusal(state.screen, words, prints_receipts=settings.prints_receipts)


def _banner(state: State, words: Wording) -> MessageView | None:
    if state.is_line_up:
        return None
    if state.is_alone:
        return MessageView(tone=Tone.CAUTION, icon=Icon.CAUTION, text=words("line.alone"))
    return MessageView(tone=Tone.BAD, icon=Icon.CAUTION, text=words("line.down"))


def _inactivity(seconds_left: int, words: Wording) -> InactivityView:
    return InactivityView(
        title=words("inactivity.title"),
        seconds=words("inactivity.seconds", count=seconds_left),
        lead=words("inactivity.lead"),
        stay=KeyView(key=Key.STAY, label=words("inactivity.stay"), is_primary=True),
        end=KeyView(key=Key.DONE, label=words("inactivity.end")),
    )


def _help(help_state: HelpState, screen: str, words: Wording) -> HelpView:
    messages = {
        HelpState.CALLING: (Tone.PLAIN, Icon.CLOCK, "help.calling"),
        HelpState.CALLED: (Tone.GOOD, Icon.CONFIRM, "help.called"),
        HelpState.NOT_REACHED: (Tone.BAD, Icon.CAUTION, "help.not_reached"),
    }
    message = None
    if help_state in messages:
        tone, icon, key = messages[help_state]
        message = MessageView(tone=tone, icon=icon, text=words(key))
    call = KeyView(
        key=Key.CALL_NURSE, label=words("help.call_nurse"), icon=Icon.NURSE, is_primary=True
    )
    close = KeyView(key=Key.CLOSE_HELP, label=words("help.close"))
    can_call = help_state in {HelpState.NOT_CALLED, HelpState.NOT_REACHED}
    return HelpView(
        title=words("help.title"),
        text=words(f"help.{screen}"),
        keys_text=words("help.keys"),
        message=message,
        keys=(call, close) if can_call else (close,),
    )
