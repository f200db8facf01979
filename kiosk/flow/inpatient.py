"""A stay in the hospital: the deposit and topping it up, the day bill, the settlement.

Whoever has shown who he is may pay in, as he may pay bills. What a day cost tells of illnesses: it
is shown after a second factor, as reports are.
"""

from dataclasses import replace
from typing import Final

from msgspec import structs

from kiosk.flow import paying
from kiosk.flow.asking import ask, only_card
from kiosk.flow.bills import Bills, Channels, pages_of
from kiosk.flow.cash import CHANNEL
from kiosk.flow.events import CHECK_CHARACTER_X
from kiosk.flow.inpatient_screens import YUAN_DIGITS_MAX, DayBill, DepositPad, Settlement, Stay
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import ProofPad
from kiosk.flow.settings import Settings
from kiosk.flow.state import Home, Identify, Next, State, Step
from queue_server.contract.inpatient import (
    DayBillFound,
    FindDayBill,
    FindSettlement,
    FindStay,
    SettlementFound,
    StayFound,
    TopUp,
)
from queue_server.contract.messages import RequestBody
from queue_server.contract.payments import OwedItem
from queue_server.rules.terms import RefusalCode

USUAL_YUAN: Final = (500, 1000, 2000, 3000, 5000, 10000)
_WAYS_HOME: Final = frozenset(
    {RefusalCode.NO_STAY, RefusalCode.INPATIENTS_OFF, RefusalCode.PAYMENTS_OFF}
)


def tapped(state: State, _argument: int, settings: Settings) -> Step:
    """Begin, from the first screen."""
    if not isinstance(state.screen, Home) or not settings.serves_inpatients:
        return state, ()
    if state.is_alone:
        return only_card(state)
    return replace(state, screen=Identify(intent=Intent.INPATIENT)), ()


def find_stay(state: State, *, was_uncertain: bool = False) -> Step:
    """Ask where the identified patient lies."""
    assert state.session is not None, "a stay is that of an identified patient"
    body = FindStay(session_id=state.session.session_id)
    return ask(state, body, Intent.INPATIENT, was_uncertain=was_uncertain)


def found(state: State, body: StayFound, *, was_uncertain: bool) -> Step:
    """Show the stay, or the payment that is under way, or what became of an uncertain one."""
    if body.payment is not None:
        sheets = tuple(body.payment_sheets)
        shown = paying.show_payment(state, body.payment, sheets, is_news=was_uncertain, prints=True)
        if shown is not None:
            return shown
    return replace(state, screen=Stay(stay=body)), ()


def answered(state: State, body: DayBillFound | SettlementFound) -> Step:
    """Show what was asked for."""
    if isinstance(body, DayBillFound):
        return replace(state, screen=DayBill(bill=body)), ()
    return replace(state, screen=Settlement(preview=body)), ()


# --- what is personal ------------------------------------------------------------------------


def day_bill(state: State, _argument: int, _settings: Settings) -> Step:
    """Show the bill of the last day, once he has proved himself."""
    return _show(state, Intent.DAY_BILL) if isinstance(state.screen, Stay) else (state, ())


def settlement(state: State, _argument: int, _settings: Settings) -> Step:
    """Show what leaving would come to, once he has proved himself."""
    return _show(state, Intent.SETTLEMENT) if isinstance(state.screen, Stay) else (state, ())


def _show(state: State, intent: Intent) -> Step:
    if state.session is None:
        return state, ()
    if not state.session.is_proven:
        return replace(state, screen=ProofPad(intent=intent)), ()
    return proven(state, intent)


def proven(state: State, intent: Intent) -> Step:
    """Go on to what he wanted to see."""
    assert state.session is not None, "a second factor follows a first one"
    session_id = state.session.session_id
    if intent is Intent.SETTLEMENT:
        return ask(state, FindSettlement(session_id=session_id), intent)
    return ask(state, FindDayBill(session_id=session_id), intent)


def earlier_day(state: State, _argument: int, _settings: Settings) -> Step:
    """Show the bill of the day before."""
    screen = state.screen
    return _another_day(state, screen.bill.earlier_on if isinstance(screen, DayBill) else None)


def later_day(state: State, _argument: int, _settings: Settings) -> Step:
    """Show the bill of the day after."""
    screen = state.screen
    return _another_day(state, screen.bill.later_on if isinstance(screen, DayBill) else None)


def _another_day(state: State, day_on: str | None) -> Step:
    if day_on is None or state.session is None:
        return state, ()
    body = FindDayBill(session_id=state.session.session_id, day_on=day_on)
    return ask(state, body, Intent.DAY_BILL)


def turn_page(state: State, screen: DayBill | Settlement, by: int) -> State:
    """Show another page."""
    groups = (screen.bill if isinstance(screen, DayBill) else screen.preview).groups
    last = len(pages_of(groups, is_elder=state.is_elder)) - 1
    return replace(state, screen=replace(screen, page=min(max(0, screen.page + by), last)))


# --- topping up ------------------------------------------------------------------------------


def top_up(state: State, _argument: int, _settings: Settings) -> Step:
    """Ask how much."""
    if not isinstance(state.screen, Stay):
        return state, ()
    return replace(state, screen=DepositPad(stay=state.screen.stay)), ()


def usual_amount(state: State, argument: int, _settings: Settings) -> Step:
    """Take one of the usual amounts; it can still be changed."""
    pad = state.screen
    if not isinstance(pad, DepositPad) or argument not in usual_yuan(pad.stay):
        return state, ()
    return replace(state, screen=replace(pad, characters=str(argument))), ()


def usual_yuan(stay: StayFound) -> tuple[int, ...]:
    """Return the amounts that are offered, in yuan."""
    return tuple(one for one in USUAL_YUAN if stay.least_fen <= one * 100 <= stay.most_fen)


def digit(state: State, pad: DepositPad, argument: int) -> State:
    """Add a digit; an amount begins with none that says nothing."""
    is_nothing = argument == 0 and not pad.characters
    if argument == CHECK_CHARACTER_X or is_nothing or len(pad.characters) == YUAN_DIGITS_MAX:
        return state
    return replace(state, screen=replace(pad, characters=pad.characters + str(argument)))


def delete(state: State, pad: DepositPad) -> State:
    """Take the last digit away."""
    return replace(state, screen=replace(pad, characters=pad.characters[:-1]))


def confirm(state: State, pad: DepositPad, settings: Settings) -> Step:
    """Ask how it is paid."""
    if not pad.is_allowed:
        return state, ()
    return replace(state, screen=Channels(bills=as_bills(pad, settings))), ()


def pay_by_code(state: State, pad: DepositPad, code: str, settings: Settings) -> Step:
    """Pay in by the code that the patient has shown, once he has said how much."""
    if not pad.is_allowed:
        return state, ()
    asked = replace(state, screen=Channels(bills=as_bills(pad, settings)))
    return paying.pay_by_code(asked, code)


def as_bills(pad: DepositPad, settings: Settings) -> Bills:
    """Return a top-up as something that is paid like bills."""
    item = OwedItem(
        title_zh=pad.stay.top_up.title_zh,
        title_en=pad.stay.top_up.title_en,
        quantity=1,
        self_pay_fen=pad.amount_fen,
        insurance_fen=0,
    )
    sheet = structs.replace(pad.stay.top_up, items=[item])
    return Bills(
        sheets=(sheet,),
        chosen=frozenset({sheet.sheet_id}),
        channels=tuple(one for one in pad.stay.channels if one != CHANNEL or settings.takes_cash),
        credit_fen=pad.stay.credit_fen,
        pad=pad,
    )


def next_after_refusal(code: RefusalCode, body: RequestBody) -> Next:
    """Return how to go on after a refused request about a stay."""
    if code is RefusalCode.SESSION_ENDED:
        return Next.IDENTIFY
    if code is RefusalCode.PROOF_MISSING:
        return Next.PROVE
    if code in _WAYS_HOME:
        return Next.HOME
    if isinstance(body, TopUp):
        return Next.INPATIENT
    return Next.ASK_AGAIN
