"""Forgetting: after each patient the kiosk knows nothing of him."""

from dataclasses import replace

from kiosk.flow import insurance, paying
from kiosk.flow.events import Effect, StopSpeaking, Wipe
from kiosk.flow.settings import Settings
from kiosk.flow.state import Home, PrintState, State, Step


def start(settings: Settings) -> State:
    """Return the state of a kiosk that nobody has touched."""
    return State(language=settings.languages[0])


def forget_patient(state: State) -> State:
    """Drop all that is personal, screen included, and keep language and size of print."""
    return replace(
        state,
        screen=Home(),
        session=None,
        paying_for=(),
        to_print=(),
        shown_bills=None,
        may_be_settled=False,
        help=None,
        printing=PrintState.NOT_PRINTED,
        print_failure=None,
    )


def given_up(state: State) -> tuple[State, tuple[Effect, ...]]:
    """Return what is to be said of what a patient who leaves has begun and not paid.

    A payment that may still be paid: the server closes it, or gives the money back. What the
    insurance has settled: it is undone.
    """
    state, of_payment = paying.given_up(state)
    state, of_insurance = insurance.given_up(state)
    return state, (*of_payment, *of_insurance)


def leave(state: State, settings: Settings) -> Step:
    """Forget the patient and his choices: the next one finds the kiosk as new."""
    state, last_words = given_up(state)
    fresh = replace(
        start(settings),
        is_line_up=state.is_line_up,
        cash=state.cash,
        may_check_in_offline=state.may_check_in_offline,
        time_text=state.time_text,
        absent=state.absent,
        ask_count=state.ask_count,
        print_count=state.print_count,
    )
    if replace(state, idle_s=0.0) == fresh:
        return fresh, ()
    effects: tuple[Effect, ...] = (Wipe(), *last_words)
    return fresh, (StopSpeaking(), *effects) if state.is_speaking else effects
