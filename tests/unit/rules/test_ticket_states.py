"""The table of states is the only way a ticket changes: whatever is not in it is refused."""

from typing import Any

import pytest
from msgspec.structs import fields

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import STATES, Refused
from queue_server.rules.terms import (
    DaySecond,
    PriorityRank,
    QueueId,
    RefusalCode,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, TRANSITIONS, Ticket, ticket_id

HERE, THERE = QueueId("cardiology-1"), QueueId("cardiology-2")
TICKET, OTHER = ticket_id(HERE, "14"), ticket_id(HERE, "15")
NINE = DaySecond(9 * 3600)
ENDED = {TicketState.DONE, TicketState.TRANSFERRED, TicketState.CANCELLED, TicketState.EXPIRED}

MAKE_A_TICKET = (happened.TicketIssued, happened.TransferredIn)
EVENT_KINDS: list[type[happened.TicketEvent]] = [
    kind
    for kind in vars(happened).values()
    if isinstance(kind, type)
    and issubclass(kind, happened.TicketEvent)
    and kind not in (happened.TicketEvent, *MAKE_A_TICKET)
]

COMMANDS: dict[type[happened.TicketEvent], asked.TicketCommand] = {
    happened.CheckedIn: asked.CheckIn(queue=HERE, ticket=TICKET),
    happened.Called: asked.CallTicket(queue=HERE, ticket=TICKET),
    happened.Recalled: asked.Recall(queue=HERE, ticket=TICKET),
    happened.ServiceStarted: asked.Start(queue=HERE, ticket=TICKET),
    happened.Finished: asked.Finish(queue=HERE, ticket=TICKET),
    happened.Missed: asked.Miss(queue=HERE, ticket=TICKET),
    happened.SentForResults: asked.SendForResults(queue=HERE, ticket=TICKET),
    happened.ResultsReady: asked.NoteResultsReady(queue=HERE, ticket=TICKET),
    happened.PriorityGranted: asked.GrantPriority(queue=HERE, ticket=TICKET, rank="aged_80"),
    happened.Graded: asked.Grade(queue=HERE, ticket=TICKET, level=2),
    happened.DoctorAsked: asked.AskForDoctor(queue=HERE, ticket=TICKET, doctor=None),
    happened.NoteWritten: asked.WriteNote(queue=HERE, ticket=TICKET, note="hears badly"),
    happened.CheckInCancelled: asked.CancelCheckIn(queue=HERE, ticket=TICKET),
    happened.Moved: asked.Move(queue=HERE, ticket=TICKET, after=OTHER, why="feels worse"),
    happened.TransferredOut: asked.Transfer(queue=HERE, ticket=TICKET, to_queue=THERE),
    happened.Held: asked.Hold(queue=HERE, ticket=TICKET),
    happened.Resumed: asked.Resume(queue=HERE, ticket=TICKET),
    happened.Cancelled: asked.Cancel(queue=HERE, ticket=TICKET),
}
"""What a person asks that leads to the event; the others follow from something else."""


def day_with(state: TicketState) -> Day:
    """Return a day on which ticket 14 is in `state`, and 15 waits."""
    ticket = Ticket(id=TICKET, queue=HERE, number="14", state=state)
    other = Ticket(id=OTHER, queue=HERE, number="15", state=TicketState.WAITING)
    listed = (TICKET, OTHER) if state in LISTED else (OTHER,)
    queue = Queue(
        id=HERE,
        tickets={TICKET: ticket, OTHER: other},
        order=listed,
        overtaken=(0,) * len(listed),
        overtaken_by_emergency=(0,) * len(listed),
        in_room=TICKET if state in IN_ROOM else None,
    )
    return Day(queues={HERE: queue, THERE: Queue(id=THERE)})


def made(kind: type[happened.TicketEvent]) -> happened.TicketEvent:
    reason = Reason(ReasonCode.EMERGENCY)
    values: dict[str, Any] = {
        "queue": HERE,
        "ticket": TICKET,
        "placing": happened.Placing(index=0, key=(0,), reason=reason),
        "kind": TicketKind.ORDINARY,
        "own_key": (0,),
        "is_walk_in": False,
        "rank": PriorityRank.AGED_80,
        "to_queue": THERE,
        "member": THERE,
        "reason": reason,
        "level": 2,
        "doctor": THERE,
        "note": "hears badly",
    }
    if kind in (happened.PriorityGranted, happened.Graded):
        values["placing"] = None
    names = {field.name for field in fields(kind)}
    assert all(field.name in values or not field.required for field in fields(kind))
    return kind(**{name: value for name, value in values.items() if name in names})


PAIRS = [(state, kind) for state in TicketState for kind in EVENT_KINDS]
NAMES = [f"{state}-{kind.__name__}" for state, kind in PAIRS]


@pytest.mark.parametrize(("state", "kind"), PAIRS, ids=NAMES)
def test_an_event_changes_the_state_as_the_table_says_or_stops_the_process(
    state: TicketState, kind: type[happened.TicketEvent]
) -> None:
    day = day_with(state)
    entry = happened.Entry(number=1, at_s=NINE, by="nurse:li", do="act", events=(made(kind),))

    if kind in TRANSITIONS[state]:
        after = apply(day, entry).queues[HERE].tickets[TICKET]
        assert after.state is TRANSITIONS[state][kind]
        assert after.changed_entry == 1
    else:
        with pytest.raises(AssertionError):
            apply(day, entry)


ASKED = [(state, kind) for state, kind in PAIRS if kind in COMMANDS]


@pytest.mark.parametrize(
    ("state", "kind"), ASKED, ids=[f"{state}-{kind.__name__}" for state, kind in ASKED]
)
def test_what_the_table_does_not_allow_is_refused_in_words(
    state: TicketState, kind: type[happened.TicketEvent]
) -> None:
    day = day_with(state)
    policies = {HERE: Policy(), THERE: Policy()}
    act = Act(command=COMMANDS[kind], at_s=NINE, by="nurse:li")

    if kind in TRANSITIONS[state]:
        entry = decide(day, act, policies)
        assert kind in {type(event) for event in entry.events}
        apply(day, entry)
    else:
        with pytest.raises(Refused) as refused:
            decide(day, act, policies)
        checked_in = kind is happened.CheckedIn and state in LISTED | IN_ROOM
        wanted = RefusalCode.ALREADY_CHECKED_IN if checked_in else RefusalCode.WRONG_STATE
        assert refused.value.code is wanted
        assert "14" in refused.value.message_zh
        assert "14" in refused.value.message_en


def test_every_state_has_a_row_and_a_name_and_every_event_stands_in_the_table() -> None:
    assert set(TRANSITIONS) == set(TicketState)
    assert set(STATES) == {state.value for state in TicketState}
    assert {kind for row in TRANSITIONS.values() for kind in row} == set(EVENT_KINDS)


def test_nothing_happens_any_more_to_a_ticket_that_has_ended() -> None:
    assert {state for state, row in TRANSITIONS.items() if not row} == ENDED


def test_every_state_can_be_reached_and_every_one_can_end() -> None:
    reached = {TicketState.BOOKED}
    for _ in TicketState:
        reached |= {to for state in reached for to in TRANSITIONS[state].values()}
    assert reached == set(TicketState)

    ending = set(ENDED)
    for _ in TicketState:
        ending |= {state for state, row in TRANSITIONS.items() if ending & set(row.values())}
    assert ending == set(TicketState)
