"""The form of a rehearsal file: a parsed TOML table becomes a `Rehearsal`, or many problems."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from queue_server.rules.decide import COMMANDS
from queue_server.rules.policy import Policy, PolicyError, parse_policy
from queue_server.rules.reason import LEVELS
from queue_server.rules.rehearsal import Rehearsal, Step, opening
from queue_server.rules.rehearsal_table import (
    RehearsalTable,
    is_table,
    is_text,
    is_word,
    is_words,
    listed,
    one_of,
)
from queue_server.rules.team import Member, Team
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
    }
)
_OF_A_DOCTOR: Final = ("join_team", "leave_team", "come_to_patient", "end_turn", "end_for_team")
"""What a doctor of an MDT clinic's team says of himself."""
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
    top = RehearsalTable(table, "", problems)
    policy = _policy(top.optional("policy", is_table, "a table [policy]", {}), problems)
    queues: dict[QueueId, list[Ticket]] = {}
    teams: dict[QueueId, Team] = {}
    for queue in top.tables("queue"):
        queue_id = QueueId(queue.required("id", is_word, 'a name like "cardiology-1"', ""))
        if queue_id in queues:
            queue.problem("id", f"{queue_id!r} stands here twice, each queue may stand once")
        queues[queue_id] = [_ticket(row, queue_id, policy) for row in queue.tables("ticket")]
        team = _team(queue)
        if team is not None:
            teams[queue_id] = team
        queue.nothing_else()
        _check_tickets(queue, queues[queue_id])
    if not queues:
        problems.append("queue: nothing found, expected at least one [[queue]]")
    steps = tuple(_step(row, queues, teams) for row in top.tables("step"))
    top.nothing_else()
    if problems:
        raise RehearsalError(problems)
    return Rehearsal(policy=policy, day=opening(queues, policy), teams=teams, steps=steps)


def _policy(table: Mapping[str, object], problems: list[str]) -> Policy:
    try:
        return parse_policy(table)
    except PolicyError as error:
        problems += [f"policy.{problem}" for problem in error.problems]
        return Policy()


def _team(queue: RehearsalTable) -> Team | None:
    """Return the doctors of an MDT clinic, each named by a word; None of any other queue."""
    expected = 'names of different doctors, like ["endocrinology", "orthopaedics"]'
    names = queue.optional("team", is_words, expected, [])
    quorum = queue.optional("quorum", is_words, expected, names)
    lead = queue.optional("lead", is_word, "the name of a doctor", names[0] if names else "")
    for key, written in (("quorum", quorum), ("lead", [lead] if lead else [])):
        for name in written:
            if name not in names:
                queue.problem(key, f"{name!r} is not in the team, expected {listed(names)}")
    if not names:
        return None
    return Team(
        members=tuple(Member(id=QueueId(name), zh=name, en=name) for name in names),
        quorum=frozenset(map(QueueId, quorum)),
        lead=QueueId(lead),
    )


def _ticket(row: RehearsalTable, queue: QueueId, policy: Policy) -> Ticket:
    number = row.required("number", is_word, 'a text like "14" or "A014"', "?")
    slot_text = row.optional("slot", _is_slot, 'a text like "09:00-09:30"', "")
    kind = row.optional("kind", one_of(_KINDS), listed(_KINDS), "ordinary")
    rank = row.optional("rank", one_of(_RANKS), listed(_RANKS), "")
    state = row.optional("state", one_of(_STATES), listed(_STATES), "booked")
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


def _check_tickets(queue: RehearsalTable, tickets: Sequence[Ticket]) -> None:
    numbers = [ticket.number for ticket in tickets]
    for number in dict.fromkeys(numbers):
        if numbers.count(number) > 1:
            queue.problem("ticket", f"number {number!r} stands here twice")
    in_room = [ticket.number for ticket in tickets if ticket.state in IN_ROOM]
    if len(in_room) > 1:
        queue.problem("ticket", f"{', '.join(in_room)} are in the room, expected at most one")


def _step(
    row: RehearsalTable, queues: Mapping[QueueId, object], teams: Mapping[QueueId, Team]
) -> Step:
    at_text = row.required("at", _is_time, 'a time like "09:05"', "00:00")
    do = row.required("do", one_of(STEPS), listed(STEPS), "pause")
    ids = listed(tuple(queues))
    queue = row.optional("queue", one_of(tuple(queues)), ids, "")
    if not queue and do != "undo":
        if len(queues) == 1:
            [queue] = queues
        else:
            row.problem("queue", f"is missing, expected {ids}")
    read = row.required if do in _NEEDS_TICKET else row.optional
    ticket = read("ticket", is_word, 'the number of a ticket, like "14"', "")
    more = _read_more(row, do, queues, teams.get(QueueId(queue)))
    row.nothing_else()
    return Step(
        at_text=at_text,
        at_s=_second(at_text),
        do=do,
        queue=QueueId(queue) if queue else None,
        ticket=ticket,
        **more,
    )


def _read_more(
    row: RehearsalTable, do: str, queues: Mapping[QueueId, object], team: Team | None
) -> dict[str, Any]:
    """Return what a step of this kind says besides, by the names of the fields of `Step`."""
    known, ids = one_of(tuple(queues)), listed(tuple(queues))
    more: dict[str, Any] = {"why": row.optional("reason", is_text, "a text", "")}
    if do == "grant_priority":
        more["rank"] = row.required("rank", is_word, listed(_RANKS), "")
    if do == "grade":
        more["level"] = row.required("level", _is_level, "a level from 1 to 4", 1)
    if do == "cross_call":
        more["from_queue"] = row.required("from", known, ids, "")
    if do == "transfer":
        more["to_queue"] = row.required("to", known, ids, "")
    if do in _OF_A_DOCTOR:
        more["doctor"] = _doctor(row, team)
    if do == "move":
        more["before"] = row.optional("before", is_word, "the number of a ticket", "")
        more["after"] = row.optional("after", is_word, "the number of a ticket", "")
        if bool(more["before"]) == bool(more["after"]):
            row.problem("before", "exactly one of before and after has to be given")
    return more


def _doctor(row: RehearsalTable, team: Team | None) -> str:
    """Return who of the clinic's team says something of himself."""
    if team is None:
        row.problem("queue", "has no team, expected an MDT clinic: a [[queue]] with `team`")
        row.optional("doctor", is_word, "the name of a doctor", "")
        return ""
    names = [member.id for member in team.members]
    name: str = row.required("doctor", one_of(names), listed(names), "")
    return name


def _is_time(found: object) -> bool:
    return isinstance(found, str) and bool(re.fullmatch(r"([01]\d|2\d):[0-5]\d(:[0-5]\d)?", found))


def _is_slot(found: object) -> bool:
    if not isinstance(found, str):
        return False
    start, dash, end = found.partition("-")
    return dash == "-" and _is_time(start) and _is_time(end) and _second(start) < _second(end)


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
