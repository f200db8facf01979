"""Paying later: what was agreed with the patient is put off, and the slip says until when."""

from dataclasses import replace

from msgspec import structs

from kiosk.flow.asking import ask
from kiosk.flow.bills import Bills, Channels, DeferralFacts, PutOff, self_pay_fen
from kiosk.flow.intent import Intent
from kiosk.flow.printing import print_slip
from kiosk.flow.settings import Settings
from kiosk.flow.state import Asked, Next, Refusal, State, Step, Trouble
from queue_server.contract.deferral import Defer, Deferred


def put_off(state: State, _argument: int, _settings: Settings) -> Step:
    """Put the chosen bills off, as far as they are not."""
    screen = state.screen
    if not isinstance(screen, Channels) or state.session is None:
        return state, ()
    sheets = screen.bills.may_be_put_off
    if screen.bills.pay_later is None or not sheets:
        return state, ()
    body = Defer(
        session_id=state.session.session_id,
        sheet_ids=[sheet.sheet_id for sheet in sheets],
        amount_fen=self_pay_fen(sheets),
    )
    return ask(replace(state, paying_for=sheets), body, Intent.PAY)


def done(state: State, body: Deferred, asked: Asked) -> Step:
    """Show and print what was put off; while the hospital has not agreed, that it takes a while."""
    if not body.is_released:
        pending = Refusal(
            code=Trouble.DEFERRAL_PENDING, next=Next.BILLS, intent=asked.intent, asked=None
        )
        return replace(state, screen=pending), ()
    name = state.session.masked_name if state.session else ""
    facts = DeferralFacts(
        number=body.deferral_id,
        sheets=tuple(structs.replace(one, due_on=body.due_on) for one in state.paying_for),
        open_fen=body.open_fen,
        masked_name=name,
    )
    return print_slip(replace(state, screen=PutOff(facts=facts)), facts)


def print_open(state: State, _argument: int, _settings: Settings) -> Step:
    """Print all that is put off and not paid."""
    bills = state.screen
    if not isinstance(bills, Bills) or not bills.put_off:
        return state, ()
    name = state.session.masked_name if state.session else ""
    facts = DeferralFacts(
        sheets=bills.put_off, open_fen=self_pay_fen(bills.put_off), masked_name=name
    )
    return print_slip(state, facts)
