"""What is told of doctors by the server itself reaches the visits that a patient is looking at."""

from dataclasses import replace
from typing import Final

from msgspec.structs import replace as struct_replace

from kiosk.flow.events import AbsencesTold
from kiosk.flow.state import Arrived, MyPlace, Screen, State
from queue_server.contract.absence import Absence
from queue_server.contract.messages import Visit
from queue_server.rules.terms import AbsenceKind, QueueStatus, TicketState

_CHECKS_IN: Final = frozenset(
    {TicketState.BOOKED, TicketState.MISSED, TicketState.AWAY_FOR_RESULTS}
)


def absences_told(state: State, told: AbsencesTold) -> State:
    """Return the state in which list, visit and place say of each doctor what is true now."""
    session = state.session
    if session is not None:
        session = replace(session, visits=tuple(_told(one, told) for one in session.visits))
    screen = _screen_told(state.screen, told)
    return replace(state, absent=told.doctors, session=session, screen=screen)


def _screen_told(screen: Screen, told: AbsencesTold) -> Screen:
    match screen:
        case MyPlace():
            return replace(screen, visit=_told(screen.visit, told))
        case Arrived():
            facts = screen.facts
            return replace(screen, facts=replace(facts, visit=_told(facts.visit, told)))
        case _:
            return screen


def _told(visit: Visit, told: AbsencesTold) -> Visit:
    # Nobody knows today who will be there on another day.
    if not visit.is_today:
        return visit
    absence = next((one.absence for one in told.doctors if one.queue == visit.queue), None)
    place = visit.place
    if place is not None:
        place = struct_replace(place, queue_status=_status(visit, absence, told))
    return struct_replace(_opened_or_closed(visit, absence), absence=absence, place=place)


def _opened_or_closed(visit: Visit, absence: Absence | None) -> Visit:
    """Return the visit with or without its check-in, where the clinic was stopped or goes on."""
    was_stopped, is_stopped = _is_stop(visit.absence), _is_stop(absence)
    if was_stopped == is_stopped or visit.state not in _CHECKS_IN:
        return visit
    # Whether he is in time the server says when he checks in.
    return struct_replace(visit, can_check_in=not is_stopped, hint_zh="", hint_en="")


def _status(visit: Visit, absence: Absence | None, told: AbsencesTold) -> QueueStatus:
    if _is_stop(absence):
        return QueueStatus.STOPPED
    return QueueStatus.PAUSED if visit.queue in told.paused else QueueStatus.OPEN


def _is_stop(absence: Absence | None) -> bool:
    return absence is not None and absence.kind is AbsenceKind.STOPPED
