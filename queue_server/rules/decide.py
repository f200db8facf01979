"""What follows from a command: the events of one entry, or a refusal that changes nothing.

`decide` looks at the day, the policy and the time it is given, and at nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.arrivals import add_walk_in, check_in, grant_priority, resume, transfer
from queue_server.rules.calling import call_next, call_ticket, miss, recall
from queue_server.rules.desk import Situation, of_ticket, require
from queue_server.rules.moving import move, undo
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, apply
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, QueueId, QueueStatus, RefusalCode, TicketState
from queue_server.rules.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A command with who asks it and when."""

    command: asked.Command
    at_s: DaySecond
    by: str


def decide(day: Day, act: Act, policies: Mapping[QueueId, Policy]) -> happened.Entry:
    """Return the entry that `act` leads to.

    Raises:
        Refused: it can't be done; the day stays as it is.
    """
    command = act.command
    if command.queue not in day.queues:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=command.queue)
    situation = Situation(day=day, policies=policies, now_s=act.at_s)
    events = _DECISIONS[type(command)](situation, command)
    entry = happened.Entry(
        number=day.entry_count + 1,
        at_s=act.at_s,
        by=act.by,
        do=_NAMES[type(command)],
        events=tuple(events),
    )
    return _with_standby(day, entry, policies)


def _with_standby(
    day: Day, entry: happened.Entry, policies: Mapping[QueueId, Policy]
) -> happened.Entry:
    """Add that the next ones of each changed queue are told to get ready."""
    after = apply(day, entry)
    stood_by = [
        happened.StoodBy(queue=queue, ticket=ticket.id)
        for queue in dict.fromkeys(event.queue for event in entry.events)
        if after.queues[queue].status is not QueueStatus.STOPPED
        for ticket in _next_ones(after.queues[queue], policies[queue])
        if ticket.state is TicketState.WAITING
    ]
    return happened.Entry(
        number=entry.number,
        at_s=entry.at_s,
        by=entry.by,
        do=entry.do,
        events=(*entry.events, *stood_by),
    )


def _next_ones(queue: Queue, policy: Policy) -> tuple[Ticket, ...]:
    """Return who is to be ready: the first ones, and an emergency before one who is already."""
    listed = queue.listed()
    ready = [index for index, one in enumerate(listed) if one.state is TicketState.STANDBY]
    return listed[: max(policy.standby_count, *(index + 1 for index in ready), 0)]


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


def _status(
    status: QueueStatus, code: ReasonCode
) -> Callable[[Situation, Any], list[happened.Event]]:
    def decision(_situation: Situation, command: asked.Command) -> list[happened.Event]:
        return [happened.StatusChanged(queue=command.queue, status=status, reason=Reason(code))]

    return decision


_DECISIONS: Final[
    Mapping[type[asked.Command], Callable[[Situation, Any], list[happened.Event]]]
] = {
    asked.IssueTicket: _issue,
    asked.AddWalkIn: add_walk_in,
    asked.CheckIn: check_in,
    asked.CallNext: call_next,
    asked.CallTicket: call_ticket,
    asked.Recall: recall,
    asked.Start: _plain(happened.ServiceStarted, ReasonCode.STARTED),
    asked.Finish: _plain(happened.Finished, ReasonCode.FINISHED),
    asked.Miss: miss,
    asked.SendForResults: _plain(happened.SentForResults, ReasonCode.SENT_FOR_RESULTS),
    asked.NoteResultsReady: _plain(happened.ResultsReady, ReasonCode.RESULTS_READY),
    asked.GrantPriority: grant_priority,
    asked.Move: move,
    asked.Transfer: transfer,
    asked.Hold: _plain(happened.Held, ReasonCode.HELD),
    asked.Resume: resume,
    asked.Cancel: _plain(happened.Cancelled, ReasonCode.CANCELLED),
    asked.Pause: _status(QueueStatus.PAUSED, ReasonCode.PAUSED),
    asked.Reopen: _status(QueueStatus.OPEN, ReasonCode.REOPENED),
    asked.Stop: _status(QueueStatus.STOPPED, ReasonCode.STOPPED),
    asked.Undo: undo,
}

_NAMES: Final[Mapping[type[asked.Command], str]] = {
    asked.IssueTicket: "issue",
    asked.AddWalkIn: "add_walk_in",
    asked.CheckIn: "check_in",
    asked.CallNext: "call_next",
    asked.CallTicket: "call",
    asked.Recall: "recall",
    asked.Start: "start",
    asked.Finish: "finish",
    asked.Miss: "miss",
    asked.SendForResults: "away_for_results",
    asked.NoteResultsReady: "results_ready",
    asked.GrantPriority: "grant_priority",
    asked.Move: "move",
    asked.Transfer: "transfer",
    asked.Hold: "hold",
    asked.Resume: "resume",
    asked.Cancel: "cancel",
    asked.Pause: "pause",
    asked.Reopen: "reopen",
    asked.Stop: "stop",
    asked.Undo: "undo",
}

COMMANDS: Final[Mapping[str, type[asked.Command]]] = {name: kind for kind, name in _NAMES.items()}
"""Commands by the name they have in rehearsals, in the journal and in the HTTP API."""

assert set(_DECISIONS) == set(_NAMES)
