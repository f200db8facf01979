"""The slip: printed after a check-in, and again as often as the patient asks."""

from dataclasses import replace

from kiosk.flow.bills import DeferralFacts, KeptFacts, Paid, PaidFacts, Paying, PutOff
from kiosk.flow.cash import in_fen
from kiosk.flow.events import PrintEnded, PrintSlip
from kiosk.flow.slip_facts import Provisional, SlipFacts
from kiosk.flow.state import Arrived, ArrivedOffline, MyPlace, PrintState, State, Step


def print_again(  # noqa: PLR0911 - one line a slip
    state: State,
) -> Step:
    """Print the slip of what is on the screen once more, unless it is being printed."""
    if state.printing is PrintState.PRINTING:
        return state, ()
    match state.screen:
        case Arrived(facts=facts):
            return print_slip(state, facts)
        case Paid(facts=paid_facts):
            return print_slip(state, paid_facts)
        case PutOff(facts=deferral_facts):
            return print_slip(state, deferral_facts)
        case Paying() as paying if kept_facts(state, paying) is not None:
            return print_kept(state, paying)
        case ArrivedOffline(provisional=provisional):
            return print_slip(state, provisional)
        case MyPlace(visit=visit, may_print=may_print) if visit.place:
            if state.session is None and not may_print:
                return state, ()
            masked_name = state.session.masked_name if state.session else ""
            return print_slip(state, SlipFacts(visit=visit, masked_name=masked_name))
        case _:
            return state, ()


def print_slip(
    state: State, facts: SlipFacts | Provisional | PaidFacts | KeptFacts | DeferralFacts
) -> Step:
    """Have the slip printed; what becomes of it arrives as `PrintEnded`."""
    number = state.print_count + 1
    printing = replace(state, print_count=number, printing=PrintState.PRINTING, print_failure=None)
    return printing, (PrintSlip(print_number=number, facts=facts, language=state.language),)


def print_kept(state: State, paying: Paying) -> Step:
    """Print what is kept of a payment in cash; of other payments nothing."""
    facts = kept_facts(state, paying)
    return (state, ()) if facts is None else print_slip(state, facts)


def kept_facts(state: State, paying: Paying) -> KeptFacts | None:
    """Return what a slip says of cash that pays no bill; None: there is none."""
    payment = paying.payment
    if payment.cash is None:
        return None
    is_certain = not paying.is_live
    fen = payment.cash.kept_fen if is_certain else in_fen(paying, state.cash)
    if not fen:
        return None
    name = state.session.masked_name if state.session else ""
    return KeptFacts(payment=payment, fen=fen, is_certain=is_certain, masked_name=name)


def print_ended(state: State, event: PrintEnded) -> State:
    """Note what became of the slip; word of an earlier one is ignored."""
    if event.print_number != state.print_count or state.printing is not PrintState.PRINTING:
        return state
    ended = PrintState.PRINTED if event.failure is None else PrintState.FAILED
    return replace(state, printing=ended, print_failure=event.failure)
