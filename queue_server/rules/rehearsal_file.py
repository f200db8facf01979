"""The form of a rehearsal file: a parsed TOML table becomes a `Rehearsal`, or many problems."""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from queue_server.rules.decide import COMMANDS
from queue_server.rules.policy import Policy, PolicyError, parse_policy, written
from queue_server.rules.reason import LEVELS
from queue_server.rules.rehearsal import Rehearsal, Step, opening
from queue_server.rules.terms import (
    DaySecond,
    PriorityRank,
    QueueId,
    Slot,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, Key, Ticket, number_order, ticket_id

_NOT_REHEARSED: Final = frozenset(
    {
        *("issue", "add_walk_in", "write_note", "ask_for_doctor"),
        *("spread", "offer_colleague", "answer_offer"),
        *("confirm_stop", "withdraw_stop", "absence", "attend", "take_room"),
        *("join_team", "leave_team", "come_to_patient", "end_turn", "end_for_team"),
    }
)
STEPS: Final = tuple(name for name in COMMANDS if name not in _NOT_REHEARSED)
_STATES: Final = ("booked", "waiting", "called", "in_service", "missed", "away_for_results", "done")
_KINDS: Final = tuple(kind.value for kind in TicketKind)
_RANKS: Final = tuple(rank.value for rank in PriorityRank)
_BACK: Final = (TicketKind.RETURNED, TicketKind.MISSED)
_NEEDS_TICKET: Final = frozenset(
    {
        "check_in",
        "cancel_check_in",
        "call",
        "cross_call",
        "results_ready",
        "grant_priority",
        "grade",
        "move",
        "transfer",
        "resume",
        "cancel",
    }
)


class RehearsalError(ValueError):
    """The file can't be played; `problems` lists each with its key and what was expected."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def parse_rehearsal(table: Mapping[str, object]) -> Rehearsal:
    """Read a parsed file.

    Raises:
        RehearsalError: with every problem found.
    """
    problems: list[str] = []
    top = _Table(table, "", problems)
    policy = _policy(top.optional("policy", _is_table, "a table [policy]", {}), problems)
    queues: dict[QueueId, list[Ticket]] = {}
    for queue in top.tables("queue"):
        queue_id = QueueId(queue.required("id", _is_word, 'a name like "cardiology-1"', ""))
        if queue_id in queues:
            queue.problem("id", f"{queue_id!r} stands here twice, each queue may stand once")
        queues[queue_id] = [_ticket(row, queue_id, policy) for row in queue.tables("ticket")]
        queue.nothing_else()
        _check_tickets(queue, queues[queue_id])
    if not queues:
        problems.append("queue: nothing found, expected at least one [[queue]]")
    steps = tuple(_step(row, queues) for row in top.tables("step"))
    top.nothing_else()
    if problems:
        raise RehearsalError(problems)
    return Rehearsal(policy=policy, day=opening(queues, policy), steps=steps)


def _policy(table: Mapping[str, object], problems: list[str]) -> Policy:
    try:
        return parse_policy(table)
    except PolicyError as error:
        problems += [f"policy.{problem}" for problem in error.problems]
        return Policy()


def _ticket(row: "_Table", queue: QueueId, policy: Policy) -> Ticket:
    number = row.required("number", _is_word, 'a text like "14" or "A014"', "?")
    slot_text = row.optional("slot", _is_slot, 'a text like "09:00-09:30"', "")
    kind = row.optional("kind", _one_of(_KINDS), _listed(_KINDS), "ordinary")
    rank = row.optional("rank", _one_of(_RANKS), _listed(_RANKS), "")
    state = row.optional("state", _one_of(_STATES), _listed(_STATES), "booked")
    row.nothing_else()
    if kind in _BACK and state != "waiting":
        row.problem("kind", f"is {kind!r}, which only a waiting ticket can be")
    slot = _slot(slot_text)
    kind = TicketKind(kind)
    return Ticket(
        id=ticket_id(queue, number),
        queue=queue,
        number=number,
        slot=slot,
        kind=kind,
        rank=PriorityRank(rank) if rank else _last_rank(kind, policy),
        state=TicketState(state),
        own_key=() if state == "booked" else _own_key(number, slot, kind, policy),
        is_walk_in=slot is None and kind is TicketKind.ORDINARY,
        missed_count=1 if state == "missed" or kind is TicketKind.MISSED else 0,
    )


def _last_rank(kind: TicketKind, policy: Policy) -> PriorityRank | None:
    return policy.priority_ranks[-1] if kind is TicketKind.PRIORITY else None


def _own_key(number: str, slot: Slot | None, kind: TicketKind, policy: Policy) -> Key:
    is_by_slot = policy.base_order == "slot_then_number"
    if slot is None or kind is not TicketKind.ORDINARY or not is_by_slot:
        return (0,)
    return (slot.start_s, number_order(number))


def _check_tickets(queue: "_Table", tickets: Sequence[Ticket]) -> None:
    numbers = [ticket.number for ticket in tickets]
    for number in dict.fromkeys(numbers):
        if numbers.count(number) > 1:
            queue.problem("ticket", f"number {number!r} stands here twice")
    in_room = [ticket.number for ticket in tickets if ticket.state in IN_ROOM]
    if len(in_room) > 1:
        queue.problem("ticket", f"{', '.join(in_room)} are in the room, expected at most one")


def _step(row: "_Table", queues: Mapping[QueueId, object]) -> Step:
    at_text = row.required("at", _is_time, 'a time like "09:05"', "00:00")
    do = row.required("do", _one_of(STEPS), _listed(STEPS), "pause")
    known = _one_of(tuple(queues))
    ids = _listed(tuple(queues))
    queue = row.optional("queue", known, ids, "")
    if not queue and do != "undo":
        if len(queues) == 1:
            [queue] = queues
        else:
            row.problem("queue", f"is missing, expected {ids}")
    read = row.required if do in _NEEDS_TICKET else row.optional
    ticket = read("ticket", _is_word, 'the number of a ticket, like "14"', "")
    reads: dict[str, Any] = {}
    if do == "grant_priority":
        reads["rank"] = row.required("rank", _is_word, _listed(_RANKS), "")
    if do == "grade":
        reads["level"] = row.required("level", _is_level, "a level from 1 to 4", 1)
    if do == "cross_call":
        reads["from_queue"] = row.required("from", known, ids, "")
    if do == "transfer":
        reads["to_queue"] = row.required("to", known, ids, "")
    if do == "move":
        reads["before"] = row.optional("before", _is_word, "the number of a ticket", "")
        reads["after"] = row.optional("after", _is_word, "the number of a ticket", "")
        reads["why"] = row.optional("reason", _is_text, "a text", "")
        if bool(reads["before"]) == bool(reads["after"]):
            row.problem("before", "exactly one of before and after has to be given")
    else:
        row.optional("reason", _is_text, "a text", "")
    row.nothing_else()
    return Step(
        at_text=at_text,
        at_s=_second(at_text),
        do=do,
        queue=QueueId(queue) if queue else None,
        ticket=ticket,
        **reads,
    )


class _Table:
    """One table of the file: reads its keys, and notes what is wrong."""

    def __init__(self, table: Mapping[str, object], where: str, problems: list[str]) -> None:
        self._table = table
        self._where = where
        self._problems = problems
        self._known: list[str] = []

    def problem(self, key: str, text: str) -> None:
        self._problems.append(f"{self._where}{key}: {text}")

    def required(
        self, key: str, fits: Callable[[object], bool], expected: str, otherwise: Any
    ) -> Any:
        if key not in self._table:
            self._known.append(key)
            self.problem(key, f"is missing, expected {expected}")
            return otherwise
        return self.optional(key, fits, expected, otherwise)

    def optional(
        self, key: str, fits: Callable[[object], bool], expected: str, otherwise: Any
    ) -> Any:
        self._known.append(key)
        if key not in self._table:
            return otherwise
        found = self._table[key]
        if fits(found):
            return found
        self.problem(key, f"is {written(found)}, expected {expected}")
        return otherwise

    def tables(self, key: str) -> list["_Table"]:
        rows = self.optional(key, _is_rows, f"tables [[{self._where}{key}]]", [])
        return [
            _Table(row, f"{self._where}{key}[{count}].", self._problems)
            for count, row in enumerate(rows, start=1)
        ]

    def nothing_else(self) -> None:
        for key in self._table:
            if key not in self._known:
                nearest = get_close_matches(key, self._known, n=1, cutoff=0)[0]
                self.problem(key, f"there is no such key; the nearest is {nearest}")


def _is_table(found: object) -> bool:
    return isinstance(found, Mapping)


def _is_rows(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(row, Mapping) for row in found)


def _is_text(found: object) -> bool:
    return isinstance(found, str)


def _is_word(found: object) -> bool:
    return isinstance(found, str) and found != ""


def _is_time(found: object) -> bool:
    return isinstance(found, str) and bool(re.fullmatch(r"([01]\d|2\d):[0-5]\d(:[0-5]\d)?", found))


def _is_slot(found: object) -> bool:
    if not isinstance(found, str):
        return False
    start, dash, end = found.partition("-")
    return dash == "-" and _is_time(start) and _is_time(end) and _second(start) < _second(end)


def _one_of(words: Sequence[str]) -> Callable[[object], bool]:
    return lambda found: isinstance(found, str) and found in words


def _listed(words: Sequence[str]) -> str:
    return "one of " + ", ".join(words)


def _second(text: str) -> DaySecond:
    hours, minutes, seconds = [int(part) for part in f"{text}:00".split(":")[:3]]
    return DaySecond(hours * 3600 + minutes * 60 + seconds)


def _slot(text: str) -> Slot | None:
    if not text:
        return None
    start, _, end = text.partition("-")
    return Slot(start_s=_second(start), end_s=_second(end))


def _is_level(found: object) -> bool:
    return type(found) is int and found in LEVELS
