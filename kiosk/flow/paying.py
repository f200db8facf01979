"""Paying: from what is owed to the slip. A payment counts by its id, whoever tells of it.

Rule 1: what is not known is never shown as paid or as not paid.
Rule 2: whoever leaves while a payment may still be paid has it cancelled; the server closes it,
or books or gives back what was paid all the same.
"""

from dataclasses import replace
from typing import Final

from kiosk.flow import copies, reports
from kiosk.flow.asking import ask
from kiosk.flow.bills import (
    Bills,
    Channels,
    Paid,
    PaidFacts,
    Paying,
    is_copies,
    pages_of,
    self_pay_fen,
)
from kiosk.flow.cash import CHANNEL, CashStanding
from kiosk.flow.events import Ask, Effect
from kiosk.flow.intent import Intent
from kiosk.flow.printing import print_kept, print_slip
from kiosk.flow.settings import Settings
from kiosk.flow.state import Asked, Next, Refusal, State, Step, Trouble
from queue_server.contract.inpatient import FindStay, TopUp
from queue_server.contract.insurance import SettleInsurance
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    Owed,
    OwedSheet,
    Pay,
    Payment,
    PaymentState,
)
from queue_server.contract.report_messages import PayCopies
from queue_server.rules.terms import RefusalCode

LOOK_EVERY_S: Final = 4.0
"""A payment whose end is open is asked about so often, in case that a word of it was lost."""
WAIT_FOR_NOTES_S: Final = 15.0
"""Who gives up waits at most so long for a note on its way; a stuck one comes later."""
_WITHOUT_THE_PATIENT: Final = frozenset(
    {PaymentState.REVIEW, PaymentState.REFUNDING, PaymentState.REFUNDED}
)


def find_owed(state: State, *, was_uncertain: bool = False) -> Step:
    """Ask what the identified patient owes."""
    assert state.session is not None
    body = FindOwed(session_id=state.session.session_id)
    return ask(state, body, Intent.PAY, was_uncertain=was_uncertain)


def owed(state: State, body: Owed, settings: Settings, *, was_uncertain: bool) -> Step:
    """Show what is owed, or the payment that is under way, or what became of the last one."""
    # Whoever was about to pay copies is told of those only.
    is_other = bool(state.to_print) and not is_copies(body.payment_sheets)
    if body.payment is not None and not is_other:
        is_news = was_uncertain or not body.sheets
        of_payment = tuple(body.payment_sheets)
        shown = show_payment(state, body.payment, of_payment, is_news=is_news, prints=was_uncertain)
        if shown is not None:
            return shown
    if was_uncertain and state.to_print:
        return reports.find_reports(state)
    if not body.sheets:
        nothing = Refusal(code=RefusalCode.NOTHING_OWED, next=Next.HOME, intent=Intent.PAY)
        return replace(state, screen=nothing), ()
    sheets = tuple(body.sheets)
    bills = Bills(
        sheets=sheets,
        chosen=frozenset(sheet.sheet_id for sheet in sheets),
        channels=tuple(one for one in body.channels if one != CHANNEL or settings.takes_cash),
        credit_fen=body.credit_fen,
        pay_later=body.pay_later,
        takes_insurance_code=body.takes_insurance_code,
    )
    return replace(state, screen=bills), ()


def show_payment(
    state: State,
    payment: Payment,
    sheets: tuple[OwedSheet, ...],
    *,
    is_news: bool,
    prints: bool,
) -> Step | None:
    """Show a patient's last payment; None: it is over, and no news to him.

    Args:
        state: the kiosk.
        payment: his last one.
        sheets: what it pays.
        is_news: whether he does not know how it ended.
        prints: whether a slip of it comes out, where it is paid.
    """
    if payment.state is PaymentState.FULFILLED:
        return _paid(state, payment, sheets, prints=prints) if is_news else None
    is_over = payment.state in _WITHOUT_THE_PATIENT and not is_news
    return None if is_over else begun(state, payment, sheets)


# --- choosing ------------------------------------------------------------------------------


def toggle(state: State, argument: int, _settings: Settings) -> Step:
    """Choose a bill, or leave it for later."""
    bills = state.screen
    if not isinstance(bills, Bills) or not 0 <= argument < len(bills.sheets):
        return state, ()
    chosen = bills.chosen ^ {bills.sheets[argument].sheet_id}
    return replace(state, screen=replace(bills, chosen=chosen)), ()


def turn_page(state: State, by: int) -> Step:
    """Show other bills."""
    bills = state.screen
    assert isinstance(bills, Bills)
    last = len(pages_of(bills.sheets, is_elder=state.is_elder, is_tight=bool(bills.put_off))) - 1
    page = min(max(0, bills.page + by), last)
    return replace(state, screen=replace(bills, page=page)), ()


def choose_channel(state: State, argument: int, _settings: Settings) -> Step:
    """Have a QR code shown by that channel."""
    screen = state.screen
    if not isinstance(screen, Channels) or not 0 <= argument < len(screen.bills.channels):
        return state, ()
    channel = screen.bills.channels[argument]
    if channel == CHANNEL and state.cash.trouble is not None:
        return state, ()
    return _pay(state, screen.bills, channel=channel)


def pay_by_code(state: State, code: str) -> Step:
    """Pay the chosen bills by the code that the patient has shown."""
    screen = state.screen
    bills = screen.bills if isinstance(screen, Channels) else screen
    assert isinstance(bills, Bills)
    if not bills.chosen:
        return state, ()
    return _pay(state, bills, code=code)


def _pay(
    state: State, bills: Bills, *, channel: str | None = None, code: str | None = None
) -> Step:
    assert state.session is not None
    session_id, fen = state.session.session_id, self_pay_fen(bills.chosen_sheets)
    asking = replace(state, paying_for=bills.chosen_sheets)
    if bills.pad is not None:
        top_up = TopUp(session_id=session_id, amount_fen=fen, channel=channel, code=code)
        return ask(asking, top_up, Intent.INPATIENT)
    if bills.reports is not None:
        return copies.pay(asking, bills.reports, channel=channel, code=code)
    body = Pay(
        session_id=session_id,
        sheet_ids=[sheet.sheet_id for sheet in bills.chosen_sheets],
        amount_fen=fen,
        channel=channel,
        code=code,
    )
    return ask(asking, body, Intent.PAY)


# --- how it stands -------------------------------------------------------------------------


def begun(state: State, payment: Payment, sheets: tuple[OwedSheet, ...]) -> Step:
    """Show a payment that the server has begun."""
    if payment.state is PaymentState.FULFILLED:
        return _paid(state, payment, sheets, prints=True)
    paying = Paying(payment=payment, sheets=sheets, left_s=payment.seconds_left)
    shown = replace(state, screen=paying)
    # What was told before this answer came was told to nobody.
    return look(shown) if paying.is_live else (shown, ())


def told(state: State, payment: Payment) -> Step:
    """Take in how a payment stands; of another one, or from before, it is nothing new."""
    paying = state.screen
    if not isinstance(paying, Paying) or payment.payment_id != paying.payment.payment_id:
        return state, ()
    if payment.changed_at < paying.payment.changed_at:
        return state, ()
    if payment.state is PaymentState.FULFILLED:
        return _paid(state, payment, paying.sheets, prints=True)
    is_changed = payment.state is not paying.payment.state
    shown = replace(paying, payment=payment, left_s=payment.seconds_left)
    after = replace(state, screen=shown, idle_s=0.0 if is_changed else state.idle_s)
    if is_changed and paying.is_live and not shown.is_live:
        return print_kept(after, shown)
    return after, ()


def look(state: State) -> Step:
    """Ask how the payment stands."""
    paying = state.screen
    if not isinstance(paying, Paying) or not paying.is_live or not state.is_line_up:
        return state, ()
    number = state.ask_count + 1
    asked = replace(state, ask_count=number, screen=replace(paying, looked_s=0.0))
    body = FollowPayment(payment_id=paying.payment.payment_id)
    return asked, (Ask(ask_number=number, body=body),)


def seconds_passed(state: State, seconds: float) -> Step:
    """Let time pass on a payment that is shown."""
    paying = state.screen
    if not isinstance(paying, Paying):
        return state, ()
    left_s, looked_s = max(0.0, paying.left_s - seconds), paying.looked_s + seconds
    before_s = paying.leaving_s
    leaving_s = None if before_s is None else before_s + seconds
    screen = replace(paying, left_s=left_s, looked_s=looked_s, leaving_s=leaving_s)
    passed = replace(state, screen=screen)
    if before_s is not None and before_s < WAIT_FOR_NOTES_S <= before_s + seconds:
        return _cancelled(passed)
    return look(passed) if looked_s >= LOOK_EVERY_S else (passed, ())


def cash_changed(state: State, standing: CashStanding) -> Step:
    """Take in how the validator stands; who has given up is let go when all notes are known."""
    changed = replace(state, cash=standing)
    paying = state.screen
    if not isinstance(paying, Paying):
        return changed, ()
    if standing.in_fen != state.cash.in_fen:
        changed = replace(changed, idle_s=0.0)
    is_leaving = paying.leaving_s is not None and paying.leaving_s < WAIT_FOR_NOTES_S
    if is_leaving and state.cash.is_busy and not standing.is_busy:
        # Not twice: from now on its time is over.
        gone = replace(paying, leaving_s=WAIT_FOR_NOTES_S)
        return _cancelled(replace(changed, screen=gone))
    return changed, ()


def cancel(state: State, _argument: int, _settings: Settings) -> Step:
    """Do not pay after all; the server tells what comes of it."""
    paying = state.screen
    if not isinstance(paying, Paying):
        return state, ()
    if paying.payment.cash is None or not paying.is_live:
        return _cancelled(state)
    if paying.leaving_s is not None:
        return state, ()
    if state.cash.is_busy:
        leaving = replace(paying, left_s=0.0, leaving_s=0.0)
        return replace(state, screen=leaving), ()
    return _cancelled(replace(state, screen=replace(paying, leaving_s=WAIT_FOR_NOTES_S)))


def _cancelled(state: State) -> Step:
    asked, effects = given_up(state)
    assert isinstance(asked.screen, Paying)
    return replace(asked, screen=replace(asked.screen, left_s=0.0)), effects


def given_up(state: State) -> tuple[State, tuple[Effect, ...]]:
    """Return what is to be done so that a payment that nobody waits for is not left open."""
    paying = state.screen
    if not isinstance(paying, Paying) or not paying.is_live:
        return state, ()
    number = state.ask_count + 1
    body = CancelPayment(payment_id=paying.payment.payment_id)
    return replace(state, ask_count=number), (Ask(ask_number=number, body=body),)


def _paid(state: State, payment: Payment, sheets: tuple[OwedSheet, ...], *, prints: bool) -> Step:
    name = state.session.masked_name if state.session else ""
    facts = PaidFacts(payment=payment, sheets=sheets, masked_name=name)
    printing = copies.paid(state, facts)
    if printing is not None:
        return printing
    shown = replace(state, screen=Paid(facts=facts), idle_s=0.0, may_be_settled=False)
    return print_slip(shown, facts) if prints else (shown, ())


# --- when it does not work -----------------------------------------------------------------


def not_answered(state: State, asked: Asked) -> Step:
    """Say that it is not known whether a payment has begun, and look before anything else."""
    assert isinstance(asked.body, Pay | TopUp | PayCopies | SettleInsurance)
    look = FindStay if isinstance(asked.body, TopUp) else FindOwed
    look_first = Asked(
        ask_number=asked.ask_number,
        intent=asked.intent,
        body=look(session_id=asked.body.session_id),
        was_uncertain=True,
    )
    refusal = Refusal(
        code=Trouble.PAYMENT_UNCERTAIN,
        next=Next.SEE_PAYMENT,
        intent=asked.intent,
        asked=look_first,
    )
    return replace(state, screen=refusal), ()


def next_after_refusal(code: RefusalCode) -> Next:
    """Return how it goes on after a request about money was refused."""
    if code is RefusalCode.SESSION_ENDED:
        return Next.IDENTIFY
    return Next.HOME if code is RefusalCode.PAYMENTS_OFF else Next.BILLS
