"""One doctor's queue as nurse station and doctor console show it. Pure functions."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from queue_server.rules.queue import Queue
from queue_server.rules.standing import Absence, AskedStop
from queue_server.rules.terms import (
    AbsenceKind,
    AreaId,
    QueueId,
    QueueStatus,
    TicketId,
    TicketState,
    clock_text,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, STILL_TO_COME, Ticket
from queue_server.service.absence_view import CAUSES
from queue_server.service.message_facts import MessageKind
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.site import QueueSetup
from queue_server.web.team_view import TeamView, team_view
from queue_server.web.ticket_view import QueueTickets, TicketView, queue_tickets, ticket_view


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueName:
    """What a queue is called."""

    id: QueueId
    area: AreaId
    room_zh: str
    room_en: str
    clinic_zh: str
    clinic_en: str
    doctor_zh: str
    doctor_en: str
    doctor_title_zh: str
    doctor_title_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceView:
    """Why the doctor sees nobody; of a stop that was only asked for, who asked."""

    kind: str
    cause_zh: str
    cause_en: str
    since_s: int
    returns_text: str
    approval: str
    by: str = ""
    """Who has asked for the stop: `doctor:wang`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """Whose patients know by a message that there is no clinic."""

    reached_count: int
    untold_count: int
    """Those who are still to be told."""
    unreached: list[str]
    """The numbers of those whom somebody has to call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """One doctor's queue."""

    name: QueueName
    status: str
    doctors: list[QueueId]
    """Of an area queue: the queues to which its patients go over; else none."""
    room_cap: int
    is_automatic: bool
    absence: AbsenceView | None
    asked_stop: AbsenceView | None
    """A stop that waits for a second person."""
    stop_needs_approval: bool
    ranks: list[str]
    """The entitled groups of its policy, the first one first."""
    levels: list[int]
    """The levels of emergencies that are seen in the room."""
    recall_after_s: int
    recall_max: int | None
    """How soon and how often a patient may be called again; None: as often as one likes."""
    team: TeamView | None
    """Of an MDT clinic: its doctors; None of any other queue."""
    told: ToldView | None
    """Of a stopped clinic, once somebody was sent a message."""
    tickets: QueueTickets


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueView:
    """Another doctor of the clinic, and who waits for him."""

    name: QueueName
    listed: list[TicketView]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedName:
    """Several people in one area whose masked names are the same."""

    area: AreaId
    masked_name: str
    tickets: list[TicketId]


def queue_name(queue: QueueSetup) -> QueueName:
    """Return what a queue is called."""
    return QueueName(
        id=queue.id,
        area=queue.area,
        room_zh=queue.room_zh,
        room_en=queue.room_en,
        clinic_zh=queue.clinic_zh,
        clinic_en=queue.clinic_en,
        doctor_zh=queue.doctor_zh,
        doctor_en=queue.doctor_en,
        doctor_title_zh=queue.doctor_title_zh,
        doctor_title_en=queue.doctor_title_en,
    )


def queue_view(
    setup: Setup, now: Now, queue_id: QueueId, shared: Collection[TicketId]
) -> QueueView:
    """Return one queue; `shared` are the tickets whose masked name is not theirs alone."""
    policy, queue = setup.policies[queue_id], now.day.queues[queue_id]
    area_queue = setup.area_queues.get(queue_id)
    return QueueView(
        name=queue_name(setup.seated(now.day, queue_id)),
        status=queue.status,
        doctors=list(area_queue.doctors) if area_queue else [],
        room_cap=area_queue.room_cap if area_queue else 0,
        is_automatic=area_queue is not None and area_queue.is_automatic,
        absence=absence_view(queue.absence),
        asked_stop=_asked_stop_view(queue.standing.asked_stop),
        stop_needs_approval=policy.stop_needs_approval,
        ranks=list(policy.priority_ranks),
        levels=list(policy.emergency_levels),
        recall_after_s=policy.recall_after_s,
        recall_max=policy.recall_max,
        team=team_view(setup, now, queue_id),
        told=_told_view(now, queue),
        tickets=queue_tickets(now, queue, policy, shared),
    )


def colleague_view(
    setup: Setup, now: Now, queue_id: QueueId, shared: Collection[TicketId]
) -> ColleagueView:
    """Return one queue as a colleague sees it; `shared` as for `queue_view`."""
    policy = setup.policies[queue_id]
    return ColleagueView(
        name=queue_name(setup.seated(now.day, queue_id)),
        listed=[
            ticket_view(now, ticket, policy, ticket.id in shared)
            for ticket in now.day.queues[queue_id].listed()
        ],
    )


def _told_view(now: Now, queue: Queue) -> ToldView | None:
    if queue.status is not QueueStatus.STOPPED or not now.told:
        return None
    told = {
        ticket.number: now.told.get(ticket.id)
        for ticket in queue.tickets.values()
        if ticket.state in STILL_TO_COME
    }
    of_stop = {
        number: one
        for number, one in told.items()
        if one is not None and one.kind == MessageKind.STOPPED
    }
    if not of_stop:
        return None
    unreached = sorted(number for number, one in of_stop.items() if not one.is_reached)
    return ToldView(
        reached_count=len(of_stop) - len(unreached),
        untold_count=len(told) - len(of_stop),
        unreached=unreached,
    )


def absence_view(absence: Absence | None) -> AbsenceView | None:
    """Return why the doctor sees nobody; None: he is there, as far as is known."""
    if absence is None:
        return None
    zh, en = CAUSES[absence.cause] if absence.cause is not None else ("", "")
    return AbsenceView(
        kind=absence.kind,
        cause_zh=zh,
        cause_en=en,
        since_s=absence.since_s,
        returns_text=clock_text(absence.returns_s) if absence.returns_s is not None else "",
        approval=absence.approval,
    )


def _asked_stop_view(asked: AskedStop | None) -> AbsenceView | None:
    if asked is None:
        return None
    would_be = Absence(
        kind=AbsenceKind.STOPPED,
        cause=asked.cause,
        since_s=asked.asked_s,
        returns_s=asked.returns_s,
        approval=asked.approval,
    )
    view = absence_view(would_be)
    assert view is not None
    return replace(view, by=asked.by)


def shared_names(setup: Setup, now: Now, area: AreaId) -> list[SharedName]:
    """Return whose masked names can't be told apart among those who may be called in an area."""
    groups: dict[str, list[Ticket]] = defaultdict(list)
    for queue in setup.all_queues_of(area):
        for ticket in _present(now.day.queues[queue.id]):
            if ticket.patient is not None and ticket.patient in now.masked_names:
                groups[now.masked_names[ticket.patient]].append(ticket)
    return [
        SharedName(area=area, masked_name=masked, tickets=[ticket.id for ticket in tickets])
        for masked, tickets in groups.items()
        if len({ticket.patient for ticket in tickets}) > 1
    ]


def _present(queue: Queue) -> list[Ticket]:
    """Return those of whom a board or a call may speak."""
    states = LISTED | IN_ROOM | {TicketState.MISSED}
    return [ticket for ticket in queue.tickets.values() if ticket.state in states]
