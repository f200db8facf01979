"""The patient of a clinic says which of its doctors he wants, or that any of them will do."""

from collections.abc import Callable
from dataclasses import replace

from msgspec.structs import replace as with_fields

from kiosk.flow.asking import ask
from kiosk.flow.intent import Intent
from kiosk.flow.session import doctors_of, doctors_page_count, visit_of
from kiosk.flow.settings import Settings
from kiosk.flow.state import ChooseDoctor, MyPlace, OneVisit, Screen, State, Step
from queue_server.contract import doctor_choice
from queue_server.contract.messages import CheckIn, Visit


def any_doctor(state: State, argument: int, settings: Settings) -> Step:
    """He wants nobody in particular."""
    return _ask(state, None)


def doctor(state: State, argument: int, settings: Settings) -> Step:
    """He wants the doctor of that card."""
    there = doctors_of(state)
    return _ask(state, there[argument].doctor) if 0 <= argument < len(there) else (state, ())


def turn_page(by: int) -> Callable[[State, int, Settings], Step]:
    """Return what the keys between the pages of doctors do."""

    def turn(state: State, argument: int, settings: Settings) -> Step:
        if not isinstance(state.screen, ChooseDoctor):
            return state, ()
        page = min(max(0, state.screen.page + by), doctors_page_count(state) - 1)
        return replace(state, screen=replace(state.screen, page=page)), ()

    return turn


def before(state: State, screen: ChooseDoctor) -> Screen:
    """Return the screen from which he came: his visit, or where he stands."""
    visit = visit_of(state, screen.ticket_id)
    assert visit is not None, "only a visit of the session is asked about"
    return OneVisit(ticket_id=visit.ticket_id) if visit.can_check_in else MyPlace(visit=visit)


def choose_anew(state: State, refused: object) -> State:
    """Ask again, without the doctor who is not there any more."""
    assert isinstance(refused, CheckIn | doctor_choice.ChooseDoctor)
    assert state.session is not None, "only who is known is asked"
    visits = tuple(
        _left(visit, refused.doctor) if visit.ticket_id == refused.ticket_id else visit
        for visit in state.session.visits
    )
    known = replace(state.session, visits=visits)
    return replace(state, session=known, screen=ChooseDoctor(ticket_id=refused.ticket_id))


def _left(visit: Visit, gone: str | None) -> Visit:
    assert visit.doctor_choice is not None, "who was asked had a choice"
    left = [one for one in visit.doctor_choice.doctors if one.doctor != gone]
    return with_fields(visit, doctor_choice=with_fields(visit.doctor_choice, doctors=left))


def _ask(state: State, chosen: str | None) -> Step:
    if not isinstance(state.screen, ChooseDoctor) or state.session is None:
        return state, ()
    session_id, ticket_id = state.session.session_id, state.screen.ticket_id
    visit = visit_of(state, ticket_id)
    if visit is not None and visit.can_check_in:
        check_in = CheckIn(session_id=session_id, ticket_id=ticket_id, doctor=chosen)
        return ask(state, check_in, Intent.CHECK_IN)
    body = doctor_choice.ChooseDoctor(session_id=session_id, ticket_id=ticket_id, doctor=chosen)
    return ask(state, body, Intent.PLACE)
