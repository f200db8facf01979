"""The insurance code: it has the insurance pay its part, then the patient pays his own."""

from dataclasses import replace
from typing import Final

from kiosk.flow.asking import ask
from kiosk.flow.bills import Bills, Channels, self_pay_fen
from kiosk.flow.events import Ask, Effect
from kiosk.flow.intent import Intent
from kiosk.flow.state import State, Step
from queue_server.contract.insurance import CancelInsurance, InsuranceSettled, SettleInsurance

FORM: Final = ("424", "0000")
"""An insurance code begins and ends so."""


def settle(state: State, code: str) -> Step:
    """Have the insurance settle the chosen bills by the code that the patient has shown."""
    screen = state.screen
    bills = screen.bills if isinstance(screen, Channels) else screen
    assert isinstance(bills, Bills)
    # What is settled already, a deposit and copies are no matter of the insurance.
    is_no_matter = bills.pad is not None or bills.reports is not None or bills.settled_fen
    if not bills.chosen or is_no_matter or state.session is None:
        return state, ()
    sheets = bills.chosen_sheets
    body = SettleInsurance(
        session_id=state.session.session_id,
        sheet_ids=[sheet.sheet_id for sheet in sheets],
        amount_fen=self_pay_fen(sheets),
        code=code,
    )
    asking = replace(state, paying_for=sheets, shown_bills=bills, may_be_settled=True)
    return ask(asking, body, Intent.PAY)


def settled(state: State, body: InsuranceSettled) -> Step:
    """Show what the insurance has paid, and how the own share can be paid."""
    before = state.shown_bills
    assert before is not None, "only what was shown is settled"
    sheets = tuple(body.sheets)
    bills = replace(
        before,
        sheets=sheets,
        chosen=frozenset(sheet.sheet_id for sheet in sheets),
        settled_fen=body.insurance_fen,
        pay_later=None,
        page=0,
    )
    return replace(state, screen=Channels(bills=bills), shown_bills=None), ()


def given_up(state: State) -> tuple[State, tuple[Effect, ...]]:
    """Return what is to be done so that the insurance does not pay for who has left unpaid."""
    if not state.may_be_settled or state.session is None:
        return state, ()
    number = state.ask_count + 1
    body = CancelInsurance(session_id=state.session.session_id)
    left = replace(state, ask_count=number, may_be_settled=False)
    return left, (Ask(ask_number=number, body=body),)
