"""The boards and calls of an area, made from the running day: numbers and masked names only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from queue_server.contract.boards import (
    BOARD_CALLS_MAX,
    BOARD_MISSED_MAX,
    BOARD_WAITING_MAX,
    AreaBoard,
    BoardAreaQueue,
    BoardRoom,
    Call,
    Notices,
    RoomBoard,
    ShownTicket,
)
from queue_server.rules.listed import is_protected
from queue_server.rules.policy_text import rule_text
from queue_server.rules.queue import Queue
from queue_server.rules.spoken_text import spoken_call
from queue_server.rules.terms import AreaId, QueueId, TicketState
from queue_server.rules.ticket import Ticket
from queue_server.service.absence_view import told_absence
from queue_server.service.now import CallMade, Now
from queue_server.service.setup import Setup
from queue_server.service.team_view import team_shown
from queue_server.site import QueueSetup

CALL_FRESH_S: Final = 120
"""How long after a call a screen may still show and speak it; one announcement takes 25 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomShown:
    """What all boards show of a room: it changes with its queue only."""

    room: BoardRoom
    last_calls: list[Call]


def room_shown(setup: Setup, now: Now, queue: QueueSetup) -> RoomShown:
    """Return what boards show of the room of `queue`."""
    return RoomShown(
        room=_board_room(setup, now, setup.seated(now.day, queue.id)),
        last_calls=_last_calls(setup, now, queue.area, of=queue.id),
    )


RoomsShown = Callable[[Setup, Now, QueueSetup], RoomShown]
"""`room_shown`, or what remembers it."""


def area_board(
    setup: Setup, now: Now, area: AreaId, at: datetime, shown: RoomsShown = room_shown
) -> AreaBoard:
    """Return the board of a waiting area."""
    place = setup.areas[area]
    queues = setup.queues_of(area)
    text = rule_text(setup.policies[queues[0].id]) if queues else None
    return AreaBoard(
        revision=now.change_count,
        published_at=at,
        day_on=now.day_on.isoformat(),
        hospital_zh=setup.site.name_zh,
        hospital_en=setup.site.name_en,
        area=area,
        area_zh=place.name_zh,
        area_en=place.name_en,
        rooms=[shown(setup, now, queue).room for queue in queues],
        last_calls=_last_calls(setup, now, area),
        rule_text_zh=list(text.zh) if text else [],
        rule_text_en=list(text.en) if text else [],
        area_queues=[
            _board_area_queue(setup, now, one.queue)
            for one in setup.site.area_queues
            if one.queue.area == area
        ],
        layout=place.board.layout,
    )


def room_board(
    setup: Setup, now: Now, queue: QueueSetup, at: datetime, shown: RoomsShown = room_shown
) -> RoomBoard:
    """Return the board at a consulting-room door."""
    place = setup.areas[queue.area]
    of_room = shown(setup, now, queue)
    return RoomBoard(
        revision=now.change_count,
        published_at=at,
        day_on=now.day_on.isoformat(),
        hospital_zh=setup.site.name_zh,
        hospital_en=setup.site.name_en,
        area=queue.area,
        area_zh=place.name_zh,
        area_en=place.name_en,
        room=of_room.room,
        last_calls=of_room.last_calls,
        layout=place.board.layout,
    )


def call_message(setup: Setup, now: Now, made: CallMade) -> Call:
    """Return a call as displays show and speak it."""
    queue = setup.seated(now.day, made.queue)
    ticket = now.day.queues[made.queue].tickets[made.ticket]
    masked_name = _masked_name(setup, now, queue, ticket)
    spoken = spoken_call(
        number=ticket.number,
        masked_name=masked_name,
        room_zh=queue.room_zh,
        room_en=queue.room_en,
    )
    return Call(
        sequence=made.sequence,
        called_at=made.called_at,
        fresh_until=made.called_at + timedelta(seconds=CALL_FRESH_S),
        area=queue.area,
        room=queue.room,
        room_zh=queue.room_zh,
        room_en=queue.room_en,
        number=ticket.number,
        masked_name=masked_name,
        spoken_name_zh=spoken.name_zh,
        spoken_zh=spoken.zh,
        spoken_en=spoken.en,
        is_recall=made.is_recall,
    )


def notices_message(now: Now, area: AreaId, at: datetime) -> Notices:
    """Return the notices of an area."""
    return Notices(published_at=at, notices=list(now.notices.get(area, ())))


def shown_ticket(setup: Setup, now: Now, queue: QueueSetup, ticket: Ticket) -> ShownTicket:
    """Return a ticket as everybody may see it."""
    return ShownTicket(
        number=ticket.number,
        masked_name=_masked_name(setup, now, queue, ticket),
        kind=ticket.kind,
        state=ticket.state,
    )


def has_ticket(now: Now, made: CallMade) -> bool:
    """Tell whether the called ticket is still there: an undone walk-in is gone with its call."""
    return made.ticket in now.day.queues[made.queue].tickets


def _last_calls(setup: Setup, now: Now, area: AreaId, of: QueueId | None = None) -> list[Call]:
    made = (
        one
        for one in reversed(now.calls.get(area, ()))
        if (of is None or one.queue == of) and has_ticket(now, one)
    )
    return [call_message(setup, now, one) for one in islice(made, BOARD_CALLS_MAX)][::-1]


def _board_room(setup: Setup, now: Now, seat: QueueSetup) -> BoardRoom:
    queue = now.day.queues[seat.id]
    standby, waiting = _first_ones(queue)
    waiting_count = len(queue.order) - len(standby)
    missed = _missed(now, seat.id)
    in_room = queue.tickets[queue.in_room] if queue.in_room else None
    return BoardRoom(
        room=seat.room,
        room_zh=seat.room_zh,
        room_en=seat.room_en,
        clinic_zh=seat.clinic_zh,
        clinic_en=seat.clinic_en,
        doctor_zh=seat.doctor_zh,
        doctor_en=seat.doctor_en,
        doctor_title_zh=seat.doctor_title_zh,
        doctor_title_en=seat.doctor_title_en,
        status=queue.status,
        in_room=shown_ticket(setup, now, seat, in_room) if in_room else None,
        standby=[shown_ticket(setup, now, seat, ticket) for ticket in standby],
        waiting=[shown_ticket(setup, now, seat, ticket) for ticket in waiting],
        waiting_more_count=waiting_count - len(waiting),
        missed=[shown_ticket(setup, now, seat, ticket) for ticket in missed[:BOARD_MISSED_MAX]],
        missed_more_count=max(0, len(missed) - BOARD_MISSED_MAX),
        absence=told_absence(queue.absence),
        team=team_shown(setup, now, seat.id),
    )


def _board_area_queue(setup: Setup, now: Now, clinic: QueueSetup) -> BoardAreaQueue:
    queue = now.day.queues[clinic.id]
    listed = queue.order[:BOARD_WAITING_MAX]
    return BoardAreaQueue(
        queue=clinic.id,
        clinic_zh="" if clinic.is_sensitive else clinic.clinic_zh,
        clinic_en="" if clinic.is_sensitive else clinic.clinic_en,
        status=queue.status,
        waiting=[shown_ticket(setup, now, clinic, queue.tickets[one]) for one in listed],
        waiting_more_count=len(queue.order) - len(listed),
    )


def _first_ones(queue: Queue) -> tuple[list[Ticket], list[Ticket]]:
    """Return all who stand by, and the first of those who wait: no more of the list is looked at.

    Only emergencies stand before one who stands by.
    """
    standby: list[Ticket] = []
    waiting: list[Ticket] = []
    for ticket_id in queue.order:
        ticket = queue.tickets[ticket_id]
        if ticket.state is TicketState.STANDBY:
            standby.append(ticket)
        elif len(waiting) < BOARD_WAITING_MAX:
            waiting.append(ticket)
        elif not is_protected(ticket):
            break
    return standby, waiting


def _missed(now: Now, queue: QueueId) -> list[Ticket]:
    """Return those whose call was missed and who have to check in again, the latest first."""
    tickets = now.day.queues[queue].tickets.values()
    missed = [ticket for ticket in tickets if ticket.state is TicketState.MISSED]
    return sorted(missed, key=lambda ticket: -ticket.changed_entry)


def _masked_name(setup: Setup, now: Now, queue: QueueSetup, ticket: Ticket) -> str:
    is_number_only = queue.is_sensitive or setup.areas[queue.area].board.number_only
    if is_number_only or ticket.patient is None:
        return ""
    return now.masked_names.get(ticket.patient, "")
