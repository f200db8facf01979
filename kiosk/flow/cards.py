"""Cards on a reader: they say who it is wherever a code under the scanner would."""

from dataclasses import replace

from kiosk.flow.asking import ask, only_card
from kiosk.flow.bills import Paying
from kiosk.flow.events import CardFailed, ChipCardRead, IdCardRead, Wipe
from kiosk.flow.forgetting import forget_patient, given_up
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import PrintingReports, ProofPad
from kiosk.flow.reports import prove_by_id_number
from kiosk.flow.session import intent_of, wants_to_see
from kiosk.flow.state import IdNumberPad, Next, Refusal, State, Step, Waiting
from queue_server.contract.messages import Identify


def card_event(state: State, event: IdCardRead | ChipCardRead | CardFailed) -> Step:
    """Identify whoever has put his card on a reader, or say why it does not work."""
    screen = state.screen
    if isinstance(screen, Waiting | PrintingReports):
        return state, ()
    if isinstance(screen, Paying) and screen.is_live:
        return state, ()
    is_proving = isinstance(screen, ProofPad) or (
        isinstance(screen, IdNumberPad | Refusal)
        and (screen.intent is Intent.PROVE or _asks_for_proof(screen))
    )
    if isinstance(event, CardFailed):
        following = Next.PROVE if is_proving else Next.IDENTIFY
        intent = wants_to_see(screen) if is_proving else intent_of(state)
        return replace(state, screen=_failed(event, following, intent)), ()
    if is_proving and isinstance(event, IdCardRead) and state.session is not None:
        return prove_by_id_number(state, event.id_number, wants_to_see(screen))
    if state.is_alone:
        return only_card(state)
    intent = intent_of(state)
    body = (
        Identify(id_number=event.id_number)
        if isinstance(event, IdCardRead)
        else Identify(chip_card=event.card_number)
    )
    state, last_words = given_up(state)
    shown, effects = ask(forget_patient(state), body, intent)
    return shown, (Wipe(), *last_words, *effects)


def _asks_for_proof(screen: IdNumberPad | Refusal) -> bool:
    return isinstance(screen, Refusal) and screen.next is Next.PROVE


def _failed(event: CardFailed, following: Next, intent: Intent) -> Refusal:
    return Refusal(
        code=event.code,
        next=following,
        intent=intent,
        message_zh=event.sentence_zh,
        message_en=event.sentence_en,
    )
