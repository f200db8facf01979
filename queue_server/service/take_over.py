"""A check-in that a kiosk accepted while the server was away: what becomes of it, and why not.

The patient was told that he is checked in. Either he is, as of then, or a nurse is told what is in
the way and what to do: nothing is dropped in silence. Pure functions.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from queue_server.contract.messages import CLOCK_SKEW_S, TakeOver
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, PatientId, RefusalCode, TicketState
from queue_server.rules.ticket import Ticket
from queue_server.service.clinic_day import clinic_day
from queue_server.service.now import Now
from queue_server.service.setup import Setup


class Conflict(StrEnum):
    """Why an offline check-in could not be taken over."""

    ALREADY_CHECKED_IN = "already_checked_in"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    VOID = "void"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"
    CLINIC_STOPPED = "clinic_stopped"
    NO_VISIT = "no_visit"
    CARD_UNKNOWN = "card_unknown"
    CARD_USED = "card_used"
    WRONG_TIME = "wrong_time"
    OTHER_DAY = "other_day"
    NOT_ALLOWED = "not_allowed"


HAS_A_PLACE: Final = frozenset({Conflict.ALREADY_CHECKED_IN, Conflict.FINISHED})
"""The provisional slip of such a patient finds his real place all the same."""

_OF_REFUSAL: Final[Mapping[RefusalCode, Conflict]] = {
    RefusalCode.ALREADY_CHECKED_IN: Conflict.ALREADY_CHECKED_IN,
    RefusalCode.TOO_LATE: Conflict.TOO_LATE,
    RefusalCode.TOO_EARLY: Conflict.TOO_EARLY,
    RefusalCode.CLINIC_STOPPED: Conflict.CLINIC_STOPPED,
}
_OF_STATE: Final[Mapping[TicketState, Conflict]] = {
    TicketState.DONE: Conflict.FINISHED,
    TicketState.CANCELLED: Conflict.CANCELLED,
    TicketState.EXPIRED: Conflict.VOID,
    TicketState.ON_HOLD: Conflict.ALREADY_CHECKED_IN,
}
_MOST_TELLING_FIRST: Final = tuple(Conflict)


class NotTakenOver(Exception):
    """It can't be taken over; `tickets` are those it would have been for."""

    def __init__(self, why: Conflict, tickets: tuple[Ticket, ...] = ()) -> None:
        super().__init__(why.value)
        self.why = why
        self.tickets = tickets


def why_card_is_refused(code: RefusalCode) -> Conflict:
    """Return what it means that the card was refused as of the time of the check-in."""
    return Conflict.WRONG_TIME if code is RefusalCode.CARD_EXPIRED else Conflict.CARD_UNKNOWN


def require_believable(setup: Setup, now: Now, at: datetime, body: TakeOver) -> None:
    """Refuse what no kiosk of this site can have accepted on the running clinic day.

    Raises:
        NotTakenOver: the site does not allow it, or the time can't be right.
    """
    if not setup.site.offline_check_in:
        raise NotTakenOver(Conflict.NOT_ALLOWED)
    if body.checked_in_at > at + timedelta(seconds=CLOCK_SKEW_S):
        raise NotTakenOver(Conflict.WRONG_TIME)
    if clinic_day(setup.site, body.checked_in_at) != now.day_on:
        raise NotTakenOver(Conflict.OTHER_DAY)


def tickets_to_check_in(
    setup: Setup, now: Now, patient: PatientId, at_s: DaySecond
) -> tuple[Ticket, ...]:
    """Return the patient's tickets whose check-in was open at `at_s`, by slot.

    Raises:
        NotTakenOver: there is none, with the most telling reason.
    """
    tickets = _tickets_of(now, patient)
    why_not = {ticket.id: _why_not(setup, now, ticket, at_s) for ticket in tickets}
    open_ones = tuple(ticket for ticket in tickets if why_not[ticket.id] is None)
    if open_ones:
        return open_ones
    reasons = {why for why in why_not.values() if why is not None}
    why = min(reasons, key=_MOST_TELLING_FIRST.index, default=Conflict.NO_VISIT)
    raise NotTakenOver(why, tuple(one for one in tickets if why_not[one.id] is why))


def _tickets_of(now: Now, patient: PatientId) -> list[Ticket]:
    tickets = [
        ticket
        for queue in now.day.queues.values()
        for ticket in queue.tickets.values()
        if ticket.patient == patient and ticket.state is not TicketState.TRANSFERRED
    ]
    return sorted(tickets, key=lambda one: (one.slot.start_s if one.slot else 0, one.id))


def _why_not(setup: Setup, now: Now, ticket: Ticket, at_s: DaySecond) -> Conflict | None:
    if max(ticket.checked_in_s or 0, ticket.called_s or 0) > at_s:
        # Since then somebody else has checked him in, and what he is now is the later truth.
        return _OF_STATE.get(ticket.state, Conflict.ALREADY_CHECKED_IN)
    command = asked.CheckIn(queue=ticket.queue, ticket=ticket.id)
    try:
        decide(now.day, Act(command=command, at_s=at_s, by="view"), setup.policies)
    except Refused as refused:
        return _OF_REFUSAL.get(refused.code) or _OF_STATE[ticket.state]
    return None
