"""What follows from a command: the events of one entry, or a refusal that changes nothing.

`decide` looks at the day, the policy and the time it is given, and at nothing else.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.absence import (
    attend,
    confirm_stop,
    reopen,
    report_absence,
    returned,
    stop,
    withdraw_stop,
)
from queue_server.rules.area_queue import AreaQueues
from queue_server.rules.arrivals import (
    add_walk_in,
    ask_for_doctor,
    cancel_check_in,
    check_in,
    grade,
    grant_priority,
    resume,
    transfer,
)
from queue_server.rules.calling import call_next, call_ticket, cross_call, miss, recall
from queue_server.rules.day_in_work import DayInWork, QueueInWork
from queue_server.rules.desk import Situation, of_ticket, require
from queue_server.rules.listed import is_protected
from queue_server.rules.mdt import (
    come_to_patient,
    end_for_team,
    end_turn,
    join_team,
    leave_team,
    require_team,
)
from queue_server.rules.moving import move, undo
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.rooms import take_room
from queue_server.rules.spreading import answer_offer, offer_colleague, spread
from queue_server.rules.team import Teams
from queue_server.rules.terms import DaySecond, QueueId, QueueStatus, RefusalCode, TicketState
from queue_server.rules.ticket import Ticket
from queue_server.rules.triage import next_assignment, touched


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A command with who asks it and when."""

    command: asked.Command
    at_s: DaySecond
    by: str


def decide(
    day: Day,
    act: Act,
    policies: Mapping[QueueId, Policy],
    area_queues: AreaQueues = MappingProxyType({}),
    teams: Teams = MappingProxyType({}),
) -> happened.Entry:
    """Return the entry that `act` leads to.

    Raises:
        Refused: it can't be done; the day stays as it is.
    """
    entry, _ = decide_and_apply(day, act, policies, area_queues, teams)
    return entry


def decide_and_apply(
    day: Day,
    act: Act,
    policies: Mapping[QueueId, Policy],
    area_queues: AreaQueues = MappingProxyType({}),
    teams: Teams = MappingProxyType({}),
) -> tuple[happened.Entry, Day]:
    """Return the entry that `act` leads to, and the day after it: applied once, not twice.

    Raises:
        Refused: it can't be done; the day stays as it is.
    """
    events = require_possible(day, act, policies, area_queues, teams)
    entry = happened.Entry(
        number=day.entry_count + 1,
        at_s=act.at_s,
        by=act.by,
        do=_NAMES[type(act.command)],
        events=tuple(events),
    )
    work = DayInWork(day)
    work.add(entry, entry.events)
    for area_queue in touched(area_queues, entry):
        while assigned := next_assignment(area_queue, work.look_at, policies):
            entry = replace(entry, events=(*entry.events, *assigned))
            work.add(entry, assigned)
    stood_by = _standby(work, entry, policies)
    if stood_by:
        entry = replace(entry, events=(*entry.events, *stood_by))
        work.add(entry, stood_by)
    work.end(entry)
    return entry, work.day()


def require_possible(
    day: Day,
    act: Act,
    policies: Mapping[QueueId, Policy],
    area_queues: AreaQueues = MappingProxyType({}),
    teams: Teams = MappingProxyType({}),
) -> list[happened.Event]:
    """Return the events that `act` itself leads to; what follows from them is left out.

    Raises:
        Refused: it can't be done.
    """
    command = act.command
    if command.queue not in day.queues:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=command.queue)
    if command.queue in area_queues and isinstance(command, _IN_A_ROOM):
        raise Refused(RefusalCode.NO_ROOM)
    situation = Situation(
        day=day,
        policies=policies,
        now_s=act.at_s,
        by=act.by,
        area_queues=area_queues,
        teams=teams,
    )
    require_team(situation, command)
    events = _DECISIONS[type(command)](situation, command)
    if any(isinstance(event, happened.Called | happened.ServiceStarted) for event in events):
        # Whoever calls is there.
        return [*returned(situation.queue(command)), *events]
    return events


_IN_A_ROOM: Final = (asked.CallNext, asked.CallTicket, asked.CrossCall)


def _standby(
    work: DayInWork, entry: happened.Entry, policies: Mapping[QueueId, Policy]
) -> list[happened.Event]:
    """Return that the next ones of each changed queue are told to get ready."""
    return [
        happened.StoodBy(queue=queue_id, ticket=ticket.id)
        for queue_id in dict.fromkeys(event.queue for event in entry.events)
        for ticket in _next_ones(work.queue(queue_id), policies[queue_id])
        if ticket.state is TicketState.WAITING
    ]


def _next_ones(queue: QueueInWork, policy: Policy) -> list[Ticket]:
    """Return who is to be ready: the first ones, and an emergency before one who is already."""
    if queue.standing.status is QueueStatus.STOPPED:
        return []
    first: list[Ticket] = []
    ready_count = policy.standby_count
    for ticket_id in queue.order:
        ticket = queue.tickets[ticket_id]
        # Nobody else stands before one who is ready already.
        if len(first) >= policy.standby_count and not is_protected(ticket):
            break
        first.append(ticket)
        if ticket.state is TicketState.STANDBY:
            ready_count = max(ready_count, len(first))
    return first[:ready_count]


def _issue(situation: Situation, command: asked.IssueTicket) -> list[happened.Event]:
    if command.ticket in situation.queue(command).tickets:
        raise Refused(RefusalCode.NUMBER_TAKEN, number=command.number)
    return [
        happened.TicketIssued(
            queue=command.queue,
            ticket=command.ticket,
            number=command.number,
            slot=command.slot,
            kind=command.kind,
            rank=command.rank,
            patient=command.patient,
        )
    ]


def _write_note(situation: Situation, command: asked.WriteNote) -> list[happened.Event]:
    ticket = of_ticket(situation, command)
    require(ticket, happened.NoteWritten)
    note = command.note.strip()
    reason = Reason(ReasonCode.NOTE_WRITTEN, {"note": note})
    if not note:
        reason = Reason(ReasonCode.NOTE_REMOVED)
    return [happened.NoteWritten(queue=command.queue, ticket=ticket.id, note=note, reason=reason)]


def _plain(
    event: type[happened.TicketEvent], code: ReasonCode
) -> Callable[[Situation, Any], list[happened.Event]]:
    """Return the decision for a command that only moves one ticket along the state table."""

    def decision(situation: Situation, command: asked.TicketCommand) -> list[happened.Event]:
        ticket = of_ticket(situation, command)
        require(ticket, event)
        reason = Reason(code, {"number": ticket.number})
        made: Any = event
        return [made(queue=command.queue, ticket=ticket.id, reason=reason)]

    return decision


def _pause(_situation: Situation, command: asked.Pause) -> list[happened.Event]:
    reason = Reason(ReasonCode.PAUSED)
    return [happened.StatusChanged(queue=command.queue, status=QueueStatus.PAUSED, reason=reason)]


_DECISIONS: Final[
    Mapping[type[asked.Command], Callable[[Situation, Any], list[happened.Event]]]
] = {
    asked.IssueTicket: _issue,
    asked.AddWalkIn: add_walk_in,
    asked.CheckIn: check_in,
    asked.CancelCheckIn: cancel_check_in,
    asked.CallNext: call_next,
    asked.CallTicket: call_ticket,
    asked.CrossCall: cross_call,
    asked.Recall: recall,
    asked.Start: _plain(happened.ServiceStarted, ReasonCode.STARTED),
    asked.Finish: _plain(happened.Finished, ReasonCode.FINISHED),
    asked.Miss: miss,
    asked.SendForResults: _plain(happened.SentForResults, ReasonCode.SENT_FOR_RESULTS),
    asked.NoteResultsReady: _plain(happened.ResultsReady, ReasonCode.RESULTS_READY),
    asked.GrantPriority: grant_priority,
    asked.Grade: grade,
    asked.AskForDoctor: ask_for_doctor,
    asked.WriteNote: _write_note,
    asked.Move: move,
    asked.Transfer: transfer,
    asked.Spread: spread,
    asked.OfferColleague: offer_colleague,
    asked.AnswerOffer: answer_offer,
    asked.Hold: _plain(happened.Held, ReasonCode.HELD),
    asked.Resume: resume,
    asked.Cancel: _plain(happened.Cancelled, ReasonCode.CANCELLED),
    asked.Pause: _pause,
    asked.Reopen: reopen,
    asked.Stop: stop,
    asked.ConfirmStop: confirm_stop,
    asked.WithdrawStop: withdraw_stop,
    asked.ReportAbsence: report_absence,
    asked.Attend: attend,
    asked.TakeRoom: take_room,
    asked.JoinTeam: join_team,
    asked.LeaveTeam: leave_team,
    asked.ComeToPatient: come_to_patient,
    asked.EndTurn: end_turn,
    asked.EndForTeam: end_for_team,
    asked.Undo: undo,
}

_NAMES: Final[Mapping[type[asked.Command], str]] = {
    asked.IssueTicket: "issue",
    asked.AddWalkIn: "add_walk_in",
    asked.CheckIn: "check_in",
    asked.CallNext: "call_next",
    asked.CallTicket: "call",
    asked.CancelCheckIn: "cancel_check_in",
    asked.CrossCall: "cross_call",
    asked.Recall: "recall",
    asked.Start: "start",
    asked.Finish: "finish",
    asked.Miss: "miss",
    asked.SendForResults: "away_for_results",
    asked.NoteResultsReady: "results_ready",
    asked.GrantPriority: "grant_priority",
    asked.Grade: "grade",
    asked.AskForDoctor: "ask_for_doctor",
    asked.WriteNote: "write_note",
    asked.Move: "move",
    asked.Transfer: "transfer",
    asked.Spread: "spread",
    asked.OfferColleague: "offer_colleague",
    asked.AnswerOffer: "answer_offer",
    asked.Hold: "hold",
    asked.Resume: "resume",
    asked.Cancel: "cancel",
    asked.Pause: "pause",
    asked.Reopen: "reopen",
    asked.Stop: "stop",
    asked.ConfirmStop: "confirm_stop",
    asked.WithdrawStop: "withdraw_stop",
    asked.ReportAbsence: "absence",
    asked.Attend: "attend",
    asked.TakeRoom: "take_room",
    asked.JoinTeam: "join_team",
    asked.LeaveTeam: "leave_team",
    asked.ComeToPatient: "come_to_patient",
    asked.EndTurn: "end_turn",
    asked.EndForTeam: "end_for_team",
    asked.Undo: "undo",
}

COMMANDS: Final[Mapping[str, type[asked.Command]]] = {name: kind for kind, name in _NAMES.items()}
"""Commands by the name they have in rehearsals, in the journal and in the HTTP API."""

assert set(_DECISIONS) == set(_NAMES)
