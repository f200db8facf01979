"""Requests: what is sent to the server, and what stands on the screen meanwhile."""

from dataclasses import replace

from hardware.code_kind import CodeKind, classify_code
from kiosk.flow.events import Ask, CheckInOffline
from kiosk.flow.intent import Intent
from kiosk.flow.session import screen_name
from kiosk.flow.state import (
    Asked,
    HelpState,
    Next,
    Refusal,
    State,
    Step,
    Trouble,
    Waiting,
)
from queue_server.contract.messages import CallHelp, FindPlace, Identify, RequestBody
from queue_server.contract.report_messages import ProveIdentity


def identify(state: State, code: str, intent: Intent) -> Step:
    """Ask who shows this code, or where his slip stands; refuse what can be neither."""
    kind = classify_code(code)
    if kind.is_payment:
        trouble = Trouble.CARD_FIRST if intent is Intent.PAY else Trouble.PAYMENT_CODE
        refusal = Refusal(code=trouble, next=Next.IDENTIFY, intent=intent)
        return replace(state, screen=refusal), ()
    if state.is_alone:
        return _identify_alone(state, code, kind, intent)
    if kind is CodeKind.SLIP:
        return find_place(state, code)
    if kind is CodeKind.RESIDENT_ID:
        return ask(state, Identify(id_number=code.upper()), intent)
    # Which cards are good, only the server knows: cards of other issuers have forms of their own.
    return ask(state, Identify(card=code), intent)


def _identify_alone(state: State, code: str, kind: CodeKind, intent: Intent) -> Step:
    """Check in by the card itself; whatever else is asked, only the server knows."""
    if intent is not Intent.CHECK_IN or kind in {CodeKind.SLIP, CodeKind.RESIDENT_ID}:
        return only_card(state)
    number = state.ask_count + 1
    asked = Asked(ask_number=number, intent=intent, body=Identify(card=code))
    waiting = replace(state, ask_count=number, screen=Waiting(asked=asked))
    return waiting, (CheckInOffline(ask_number=number, card=code),)


def only_card(state: State) -> Step:
    """Say that there is nothing but check-in by card until the server is back."""
    refusal = Refusal(code=Trouble.ONLY_CARD, next=Next.IDENTIFY, intent=Intent.CHECK_IN)
    return replace(state, screen=refusal), ()


def find_place(state: State, slip_code: str, *, was_uncertain: bool = False) -> Step:
    """Ask where the ticket of that slip stands."""
    body = FindPlace(slip_code=slip_code)
    return ask(state, body, Intent.PLACE, was_uncertain=was_uncertain)


def ask(state: State, body: RequestBody, intent: Intent, *, was_uncertain: bool = False) -> Step:
    """Ask the server, unless the line is known to be down: then say so at once."""
    number = state.ask_count + 1
    asked = Asked(ask_number=number, intent=intent, body=body, was_uncertain=was_uncertain)
    if not state.is_line_up:
        return replace(state, screen=without_answer(asked, Trouble.NO_LINE)), ()
    waiting = replace(state, ask_count=number, screen=Waiting(asked=asked))
    return waiting, (Ask(ask_number=number, body=body),)


def without_answer(asked: Asked, trouble: Trouble) -> Refusal:
    """Return the screen that says that no answer came, and how to go on."""
    if isinstance(asked.body, Identify) and asked.body.id_number is None:
        # A card is good for one request; the phone shows a new one by itself.
        return Refusal(code=trouble, next=Next.IDENTIFY, intent=asked.intent)
    if isinstance(asked.body, ProveIdentity):
        # What he has typed is not kept.
        return Refusal(code=trouble, next=Next.PROVE, intent=asked.intent)
    return Refusal(code=trouble, next=Next.ASK_AGAIN, intent=asked.intent, asked=asked)


def call_nurse(state: State) -> Step:
    """Tell the nurse station that somebody needs help here."""
    if state.help in {HelpState.CALLING, HelpState.CALLED}:
        return state, ()
    if not state.is_line_up:
        return replace(state, help=HelpState.NOT_REACHED), ()
    number = state.ask_count + 1
    calling = replace(state, ask_count=number, help=HelpState.CALLING, help_ask_number=number)
    return calling, (Ask(ask_number=number, body=CallHelp(screen=screen_name(state))),)
