"""The screens before anybody is known: home, card, ID number, waiting."""

from typing import Final

from kiosk.flow import id_number
from kiosk.flow.events import CHECK_CHARACTER_X, Key
from kiosk.flow.intent import Intent
from kiosk.flow.settings import Settings
from kiosk.flow.state import Identify, IdNumberPad, State, Waiting
from kiosk.presenter.absence import absent_doctors
from kiosk.presenter.views import (
    ChoiceView,
    HomeView,
    Icon,
    IdentifyView,
    IdNumberPadView,
    KeyView,
    StepView,
    Tone,
    Unspoken,
    WaitingView,
)
from kiosk.presenter.wording import Wording
from queue_server.contract.deferral import Defer
from queue_server.contract.doctor_choice import ChooseDoctor
from queue_server.contract.inpatient import FindDayBill, FindSettlement, FindStay, TopUp
from queue_server.contract.insurance import SettleInsurance
from queue_server.contract.messages import CheckIn, FindPlace
from queue_server.contract.offers import AnswerOffer
from queue_server.contract.payments import FindOwed, Pay
from queue_server.contract.receipt_messages import ListReceipts
from queue_server.contract.report_messages import ListReports, ProveIdentity


def home(state: State, words: Wording, settings: Settings) -> HomeView:
    """The choices, and the scanner that is always open; without the server, one that works."""
    alone = "_alone" if state.is_alone else ""
    report = ChoiceView(
        key=Key.REPORTS,
        icon=Icon.REPORT,
        label=words("home.reports"),
        hint=words(f"home.reports_hint{alone}"),
    )
    pay = ChoiceView(
        key=Key.PAY,
        icon=Icon.PAY,
        label=words("home.pay_receipts" if settings.prints_receipts else "home.pay"),
        hint=words(f"home.pay_hint{alone}"),
    )
    inpatient = ChoiceView(
        key=Key.INPATIENT,
        icon=Icon.BED,
        label=words("home.inpatient"),
        hint=words(f"home.inpatient_hint{alone}"),
    )
    return HomeView(
        title=words(f"home.title{alone}"),
        choices=(
            ChoiceView(
                key=Key.CHECK_IN,
                icon=Icon.CHECK_IN,
                label=words("home.check_in"),
                hint=words(f"home.check_in_hint{alone}"),
            ),
            ChoiceView(
                key=Key.MY_PLACE,
                icon=Icon.PLACE,
                label=words("home.my_place"),
                hint=words(f"home.my_place_hint{alone}"),
            ),
            *((pay,) if settings.takes_payments else ()),
            *((report,) if settings.has_reports else ()),
            *((inpatient,) if settings.serves_inpatients else ()),
        ),
        notice=absent_doctors(state, words),
        scan_title=words(f"home.scan_title{alone}"),
        scan_text=words(f"home.scan_text{alone}" if alone else _scan_text(settings)),
    )


def _scan_text(settings: Settings) -> str:
    """Return which text says what can be shown at any time."""
    if settings.has_id_card_reader and settings.has_chip_card_reader:
        return "home.scan_text_cards"
    if settings.has_id_card_reader:
        return "home.scan_text_id_card"
    return "home.scan_text_chip_card" if settings.has_chip_card_reader else "home.scan_text"


def identify(
    screen: Identify, words: Wording, settings: Settings, *, is_alone: bool
) -> IdentifyView:
    """How to show a card, in each way that this kiosk has; for a place the slip will do."""
    steps = [StepView(icon=Icon.PHONE, text=words("identify.step_open"))]
    titles = {
        Intent.PAY: "identify.title_pay",
        Intent.REPORTS: "identify.title_reports",
        Intent.RECEIPTS: "identify.title_receipts",
        Intent.INPATIENT: "identify.title_inpatient",
    }
    receipts = KeyView(key=Key.RECEIPTS, label=words("identify.receipts"), icon=Icon.PRINTER)
    offers_receipts = screen.intent is Intent.PAY and settings.prints_receipts and not is_alone
    title = words(titles.get(screen.intent, "identify.title_check_in"))
    if screen.intent is Intent.PLACE:
        title = words("identify.title_place")
        steps.append(StepView(icon=Icon.SLIP, text=words("identify.step_slip")))
    steps.append(StepView(icon=Icon.SCAN, text=words("identify.step_hold")))
    readers = () if is_alone else _readers(words, settings)
    steps += readers or (StepView(icon=Icon.SOUND, text=words("identify.step_hear")),)
    return IdentifyView(
        title=title,
        steps=tuple(steps),
        keys=(
            KeyView(
                key=Key.TYPE_ID_NUMBER,
                label=words("identify.no_phone_alone" if is_alone else "identify.type_id_number"),
                icon=Icon.NURSE if is_alone else Icon.KEYPAD,
            ),
            *((receipts,) if offers_receipts else ()),
        ),
    )


def _readers(words: Wording, settings: Settings) -> tuple[StepView, ...]:
    told = []
    if settings.has_id_card_reader and settings.has_chip_card_reader:
        return (StepView(icon=Icon.CARD, text=words("identify.step_cards")),)
    if settings.has_id_card_reader:
        told.append(StepView(icon=Icon.CARD, text=words("identify.step_id_card")))
    if settings.has_chip_card_reader:
        told.append(StepView(icon=Icon.CARD, text=words("identify.step_chip_card")))
    return tuple(told)


def id_number_pad(screen: IdNumberPad, words: Wording) -> IdNumberPadView:
    """The number in its three groups, all but the last characters hidden."""
    is_complete = id_number.is_complete(screen.characters)
    message, tone = words("pad.count", count=len(screen.characters)), Tone.PLAIN
    if is_complete:
        message, tone = words("pad.ready"), Tone.GOOD
    if screen.is_wrong:
        message, tone = words("pad.wrong"), Tone.BAD
    first, second, third = id_number.groups(screen.characters, is_shown=screen.is_shown)
    return IdNumberPadView(
        title=words("pad.title"),
        groups=(Unspoken(first), Unspoken(second), Unspoken(third)),
        message=message,
        tone=tone,
        show=KeyView(
            key=Key.SHOW_DIGITS,
            label=words("pad.hide" if screen.is_shown else "pad.show"),
            icon=Icon.EYE,
        ),
        keys=(
            *(KeyView(key=Key.DIGIT, label=str(d), argument=d) for d in range(1, 10)),
            KeyView(key=Key.DIGIT, label="X", argument=CHECK_CHARACTER_X),
            KeyView(key=Key.DIGIT, label="0", argument=0),
            KeyView(key=Key.DELETE, label=words("pad.delete"), icon=Icon.DELETE),
        ),
        confirm=KeyView(
            key=Key.CONFIRM,
            label=words("pad.confirm"),
            is_primary=True,
            is_enabled=is_complete and not screen.is_wrong,
        ),
    )


_WAITING_TITLES: Final = {
    CheckIn: "waiting.title_check_in",
    FindOwed: "waiting.title_owed",
    FindDayBill: "waiting.title_owed",
    FindSettlement: "waiting.title_owed",
    ListReceipts: "waiting.title_receipts",
    FindStay: "waiting.title_stay",
    Pay: "waiting.title_pay",
    Defer: "waiting.title_put_off",
    SettleInsurance: "waiting.title_insurance",
    TopUp: "waiting.title_pay",
    AnswerOffer: "waiting.title_offer",
    ChooseDoctor: "waiting.title_offer",
    FindPlace: "waiting.title_place",
    ProveIdentity: "waiting.title_reports",
    ListReports: "waiting.title_reports",
}
"""What is being asked, by the request."""


def waiting(screen: Waiting, words: Wording) -> WaitingView:
    """Say what is being asked; nothing of it is shown."""
    is_proving = isinstance(screen.asked.body, ProveIdentity)
    if is_proving and screen.asked.intent is not Intent.REPORTS:
        key = "waiting.title_identify"
    else:
        key = _WAITING_TITLES.get(type(screen.asked.body), "waiting.title_identify")
    return WaitingView(title=words(key), lead=words("waiting.lead"))
