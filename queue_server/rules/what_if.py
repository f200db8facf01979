"""A real day, played once more under other policies: who would have been called when.

What belongs to people stays as it was: when each of them came, whether he came in when he was
called, whether he was sent to an examination and how long he was away; and at which moments each
doctor was free for the next one. What policies decide is decided anew: who that next one is.
What was taken back is left out, and so is what the other policies refuse.

Under the policies of the day itself the day comes out as it was; a test holds this down.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import msgspec

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.area_queue import AreaQueues
from queue_server.rules.decide import COMMANDS, Act, decide_and_apply
from queue_server.rules.events import Entry
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, QueueId, RefusalCode, TicketId, TicketKind

BY: Final = "what-if"
_CALLS: Final = frozenset({"call_next", "call", "cross_call"})
_ENDS: Final = frozenset({"finish", "miss", "away_for_results"})
_ENDS_OF_TEAM: Final = frozenset({"end_turn", "end_for_team"})
"""Acts at an MDT clinic, of which the last one ends the visit. Its team comes when it came."""
_RETURNS: Final = frozenset({"check_in", "results_ready"})
_NO_MATTER: Final = frozenset(
    {
        *("start", "recall", "write_note", "undo", "offer_colleague", "take_room"),
        *("join_team", "leave_team", "come_to_patient"),
    }
)
"""What changes nobody's turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One patient's first turn: when he came, when he was called, and when he would have been."""

    ticket: TicketId
    number: str
    kind: TicketKind
    """What he was when he came."""
    arrived_s: DaySecond
    called_s: DaySecond | None
    """None: he was not called."""
    would_be_called_s: DaySecond | None


def play_again(
    entries: Sequence[Entry],
    queues: Iterable[QueueId],
    policies: Mapping[QueueId, Policy],
    area_queues: AreaQueues = MappingProxyType({}),
) -> Sequence[Entry]:
    """Return the entries of the day as it would have been.

    Args:
        entries: the day as it was, in the order of their numbers.
        queues: those of the day.
        policies: those to play it under, for every queue.
        area_queues: how area queues lead to doctors.
    """
    course = _Course.of(_without_undone(entries))
    # Who approved what has been decided on the day itself.
    policies = {
        queue: replace(policy, stop_needs_approval=False) for queue, policy in policies.items()
    }
    return _Again(course, open_day(queues), policies, area_queues).play()


def turns(entries: Sequence[Entry], played: Sequence[Entry]) -> Sequence[Turn]:
    """Return the first turn of each patient who came, in the order they came.

    Args:
        entries: the day as it was.
        played: what `play_again` made of it.
    """
    was, would = _first_calls(_without_undone(entries)), _first_calls(played)
    return [
        Turn(
            ticket=ticket,
            number=ticket.partition(":")[2],
            kind=checked_in.kind,
            arrived_s=at_s,
            called_s=was.get(ticket),
            would_be_called_s=would.get(ticket),
        )
        for ticket, (at_s, checked_in) in _first_check_ins(_without_undone(entries)).items()
    ]


@dataclass(slots=True, kw_only=True)
class _Course:
    """What people did, apart from whose turn it was."""

    moments: list[tuple[DaySecond, int, Entry]] = field(default_factory=list)
    """What happens at its own time."""
    ends: dict[TicketId, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    """How each stay of a patient in the room ended."""
    returns: dict[TicketId, deque[list[tuple[DaySecond, Entry]]]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    """After each stay: what he did when he had gone, and how many seconds after."""

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "_Course":
        """Return the course of a day."""
        course = cls()
        left_s: dict[TicketId, DaySecond] = {}
        for entry in entries:
            if entry.do not in _NO_MATTER:
                course._add(entry, left_s)
        return course

    def _add(self, entry: Entry, left_s: dict[TicketId, DaySecond]) -> None:
        if entry.do in _ENDS_OF_TEAM:
            if not any(isinstance(event, happened.Finished) for event in entry.events):
                return
            entry = msgspec.structs.replace(entry, do="finish")
        first = entry.events[0]
        ticket = first.ticket if isinstance(first, happened.TicketEvent) else None
        if entry.do in _RETURNS and ticket in left_s:
            self.returns[ticket][-1].append((DaySecond(entry.at_s - left_s[ticket]), entry))
            return
        self.moments.append((entry.at_s, entry.number, entry))
        if entry.do in _ENDS and ticket is not None:
            self._end(ticket, entry.do)
            left_s[ticket] = entry.at_s
        elif entry.do in _CALLS:
            for event in entry.events:
                if isinstance(event, happened.Finished):
                    self._end(event.ticket, "finish")

    def _end(self, ticket: TicketId, how: str) -> None:
        self.ends[ticket].append(how)
        self.returns[ticket].append([])


class _Again:
    """Plays a course."""

    def __init__(
        self,
        course: _Course,
        day: Day,
        policies: Mapping[QueueId, Policy],
        area_queues: AreaQueues,
    ) -> None:
        self._course = course
        self._day = day
        self._policies = policies
        self._area_queues = area_queues
        self._agenda = list(course.moments)
        self._played: list[Entry] = []
        self._free_doctors: dict[QueueId, None] = {}
        """Those who found nobody waiting: they call as soon as somebody comes."""

    def play(self) -> Sequence[Entry]:
        """Return the entries of the day as it would have been."""
        heapq.heapify(self._agenda)
        while self._agenda:
            at_s, _, entry = heapq.heappop(self._agenda)
            if entry.do in _CALLS:
                self._call(entry, at_s)
            elif entry.do in _ENDS:
                self._free_room(entry.events[0].queue, at_s)
            else:
                self._ask(_command(entry, self._day), at_s)
                for queue in list(self._free_doctors):
                    self._call_next(queue, at_s)
        return self._played

    def _call(self, entry: Entry, at_s: DaySecond) -> None:
        queue = next(event.queue for event in entry.events if isinstance(event, happened.Called))
        self._free_room(queue, at_s)
        if entry.do == "call_next" or self._ask(_command(entry, self._day), at_s) is not None:
            self._call_next(queue, at_s)

    def _call_next(self, queue: QueueId, at_s: DaySecond) -> None:
        self._free_doctors.pop(queue, None)
        if self._day.queues[queue].in_room is not None:
            return
        if self._ask(asked.CallNext(queue=queue), at_s) in _NOBODY:
            self._free_doctors[queue] = None

    def _free_room(self, queue: QueueId, at_s: DaySecond) -> None:
        """Whoever is in the room leaves it as he did on the day itself."""
        ticket = self._day.queues[queue].in_room
        if ticket is None:
            return
        ends, returns = self._course.ends[ticket], self._course.returns[ticket]
        how = ends.popleft() if ends else "finish"
        self._ask(COMMANDS[how](queue=queue, ticket=ticket), at_s)  # type: ignore[call-arg] # all of `_ENDS` are about a ticket
        for after_s, entry in returns.popleft() if returns else ():
            heapq.heappush(self._agenda, (DaySecond(at_s + after_s), entry.number, entry))

    def _ask(self, command: asked.Command | None, at_s: DaySecond) -> RefusalCode | None:
        """Do it; return why it was refused, or None."""
        if command is None:
            return None
        try:
            entry, self._day = decide_and_apply(
                self._day,
                Act(command=command, at_s=at_s, by=BY),
                self._policies,
                self._area_queues,
            )
        except Refused as refused:
            return refused.code
        self._played.append(entry)
        return None


_NOBODY: Final = frozenset({RefusalCode.QUEUE_EMPTY, RefusalCode.PATIENT_ELSEWHERE})


def _command(entry: Entry, day: Day) -> asked.Command | None:  # noqa: C901, PLR0911, PLR0912
    """Return what was asked, to be asked again; None: it can't be asked any more."""
    event = entry.events[0]
    match entry.do, event:
        case "issue", happened.TicketIssued():
            return asked.IssueTicket(
                queue=event.queue,
                ticket=event.ticket,
                number=event.number,
                slot=event.slot,
                kind=event.kind,
                rank=event.rank,
                patient=event.patient,
            )
        case "add_walk_in", happened.TicketIssued():
            return asked.AddWalkIn(
                queue=event.queue,
                prefix=event.number.rstrip("0123456789"),
                kind=event.kind,
                rank=event.rank,
                patient=event.patient,
                level=event.level,
                is_extra=event.is_extra,
            )
        case "call", _:
            called = next(one for one in entry.events if isinstance(one, happened.Called))
            return asked.CallTicket(queue=called.queue, ticket=called.ticket)
        case "cross_call", _:
            out = next(one for one in entry.events if isinstance(one, happened.TransferredOut))
            return asked.CrossCall(queue=out.to_queue, ticket=out.ticket, from_queue=out.queue)
        case "grant_priority", happened.PriorityGranted():
            return asked.GrantPriority(queue=event.queue, ticket=event.ticket, rank=event.rank)
        case "grade", happened.Graded():
            return asked.Grade(queue=event.queue, ticket=event.ticket, level=event.level)
        case "ask_for_doctor", happened.DoctorAsked():
            return asked.AskForDoctor(queue=event.queue, ticket=event.ticket, doctor=event.doctor)
        case "transfer" | "spread" | "answer_offer", happened.TransferredOut():
            return asked.Transfer(queue=event.queue, ticket=event.ticket, to_queue=event.to_queue)
        case "answer_offer", _:
            return None
        case "move", happened.Moved():
            return _move(event, day)
        case do, happened.TicketEvent() if issubclass(kind := COMMANDS[do], asked.TicketCommand):
            return kind(queue=event.queue, ticket=event.ticket)
        case "stop" | "confirm_stop", happened.AbsenceBegan():
            return asked.Stop(queue=event.queue)
        case "pause" | "reopen" as do, _:
            return COMMANDS[do](queue=event.queue)
        case _:
            return None


def _move(event: happened.Moved, day: Day) -> asked.Command | None:
    """Return that the ticket is put at the same index once more."""
    order = [ticket for ticket in day.queues[event.queue].order if ticket != event.ticket]
    if event.placing.index < len(order):
        before = order[event.placing.index]
        return asked.Move(queue=event.queue, ticket=event.ticket, before=before)
    if order:
        return asked.Move(queue=event.queue, ticket=event.ticket, after=order[-1])
    return None


def _without_undone(entries: Sequence[Entry]) -> Sequence[Entry]:
    undone = {
        event.entry
        for entry in entries
        for event in entry.events
        if isinstance(event, happened.Undone)
    }
    return [entry for entry in entries if entry.number not in undone]


def _first_check_ins(
    entries: Iterable[Entry],
) -> Mapping[TicketId, tuple[DaySecond, happened.CheckedIn]]:
    found: dict[TicketId, tuple[DaySecond, happened.CheckedIn]] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, happened.CheckedIn):
                found.setdefault(event.ticket, (entry.at_s, event))
    return found


def _first_calls(entries: Iterable[Entry]) -> Mapping[TicketId, DaySecond]:
    """Return when each was called first, by the ticket with which he came."""
    found: dict[TicketId, DaySecond] = {}
    came_as: dict[TicketId, TicketId] = {}
    for entry in entries:
        for event in entry.events:
            if isinstance(event, happened.TransferredIn):
                came_as[event.ticket] = came_as.get(event.from_ticket, event.from_ticket)
            elif isinstance(event, happened.Called):
                found.setdefault(came_as.get(event.ticket, event.ticket), entry.at_s)
    return found
