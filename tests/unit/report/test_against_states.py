"""Any morning: what the report reads from events is what one sees who compares states.

The slow computation knows no event. It looks at each ticket before and after each act, notes what
has changed, and strikes out the notes of acts that were taken back.
"""

import contextlib
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_server.report.day_book import DayBook
from queue_server.report.figures import figures, half_hours, spread, wait_bins
from queue_server.report.visit import FIRST_WAITS, Visit, WaitSince
from queue_server.report.visits import visits
from queue_server.rules import commands as asked
from queue_server.rules.day_in_work import apply
from queue_server.rules.events import Undone
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Queue, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import PriorityRank, QueueId, TicketId, TicketState
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket
from tests.unit.report.played_morning import EYES, HEART, PREFIX, REASONS, PlayedMorning
from tests.unit.rules.policies import POLICIES

PICK = st.integers(min_value=0, max_value=1000)
ACTS = st.lists(st.tuples(PICK, PICK, PICK, st.integers(0, 900)), max_size=70)
SEARCH = settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def commands(queue: Queue, pick: int) -> list[asked.Command]:
    """Everything that may be asked about a queue, likely acts several times."""
    other = EYES if queue.id == HEART else HEART
    tickets = list(queue.tickets)
    about: list[asked.Command] = [
        asked.AddWalkIn(queue=queue.id, prefix=PREFIX[queue.id]),
        asked.CallNext(queue=queue.id),
        asked.CallNext(queue=queue.id),
        asked.Undo(queue=queue.id),
    ]
    if queue.in_room is not None:
        kinds = (asked.Recall, asked.Start, asked.Finish, asked.Miss, asked.SendForResults)
        about += [kind(queue=queue.id, ticket=queue.in_room) for kind in kinds * 2]
        about.append(asked.Transfer(queue=queue.id, ticket=queue.in_room, to_queue=other))
    if tickets:
        ticket, beside = tickets[pick % len(tickets)], tickets[pick // 7 % len(tickets)]
        kinds_of_any = (asked.CheckIn, asked.CheckIn, asked.CallTicket, asked.Hold, asked.Resume)
        about += [kind(queue=queue.id, ticket=ticket) for kind in (*kinds_of_any, asked.Cancel)]
        about += [
            asked.Move(queue=queue.id, ticket=ticket, before=beside, why="行动不便"),
            asked.Transfer(queue=queue.id, ticket=ticket, to_queue=other),
            asked.GrantPriority(queue=queue.id, ticket=ticket, rank=PriorityRank.PREGNANT),
        ]
    return about


def play(policies: list[Policy], acts: list[tuple[int, int, int, int]]) -> PlayedMorning:
    played = PlayedMorning(policies=dict(zip((HEART, EYES), policies, strict=True)))
    played.book(HEART, 1, 2, 3, 4)
    played.book(EYES, 1, 2, slot="08:30")
    at_s = 7 * 3600 + 1800
    for which, queue_pick, ticket_pick, passed_s in acts:
        at_s += passed_s
        queue = played.day.queues[(HEART, EYES)[queue_pick % 2]]
        possible = commands(queue, ticket_pick)
        with contextlib.suppress(Refused):
            played.at(at_s, possible[which % len(possible)])
    return played


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """How an act changed a ticket."""

    entry: int
    at_s: int
    do: str
    before: Ticket | None
    after: Ticket

    @property
    def is_called(self) -> bool:
        before = 0 if self.before is None else self.before.called_count
        return self.after.called_count > before and self.do != "recall"

    @property
    def begins_a_wait(self) -> WaitSince | None:
        if self.after.state not in LISTED:
            return None
        if self.before is None:
            return WaitSince.TRANSFER if self.do == "transfer" else WaitSince.CHECK_IN
        return {
            TicketState.BOOKED: WaitSince.CHECK_IN,
            TicketState.MISSED: WaitSince.MISSED,
            TicketState.CALLED: WaitSince.MISSED if self.do == "miss" else None,
            TicketState.AWAY_FOR_RESULTS: WaitSince.RESULTS,
            # Sent to another doctor, and from there back.
            TicketState.TRANSFERRED: WaitSince.TRANSFER,
        }.get(self.before.state)


def notes_of(played: PlayedMorning) -> dict[TicketId, list[Note]]:
    """What one sees who compares the day before and after each act."""
    day, notes = open_day([HEART, EYES]), list[Note]()
    for entry in played.entries:
        former, day = day, apply(day, entry)
        undone = {event.entry for event in entry.events if isinstance(event, Undone)}
        if undone:
            notes = [note for note in notes if note.entry not in undone]
            continue
        for queue in (HEART, EYES):
            for ticket in day.queues[queue].tickets.values():
                before = former.queues[queue].tickets.get(ticket.id)
                if before is not ticket and before != ticket:
                    notes.append(
                        Note(
                            entry=entry.number,
                            at_s=entry.at_s,
                            do=entry.do,
                            before=before,
                            after=ticket,
                        )
                    )
    known = [ticket for queue in day.queues.values() for ticket in queue.tickets]
    return {one: [note for note in notes if note.after.id == one] for one in known}


def seen_waits(notes: list[Note]) -> list[tuple[WaitSince, int, int | None]]:
    found: list[tuple[WaitSince, int, int | None]] = []
    for note in notes:
        if note.begins_a_wait is not None:
            found.append((note.begins_a_wait, note.at_s, None))
        elif note.is_called and found and found[-1][2] is None:
            found[-1] = (*found[-1][:2], note.at_s)
    return found


def seen_services(notes: list[Note]) -> list[int]:
    """Go back from each end to its start, or to its call if there was no start."""
    found = []
    for index, note in enumerate(notes):
        was = None if note.before is None else note.before.state
        ends = note.after.state in (TicketState.DONE, TicketState.AWAY_FOR_RESULTS)
        is_sent_on = was is TicketState.IN_SERVICE and note.after.state is TicketState.TRANSFERRED
        if was in IN_ROOM and (ends or is_sent_on):
            earlier = list(reversed(notes[:index]))
            begins = [
                one.at_s
                for one in earlier
                if (one.do == "start" if was is TicketState.IN_SERVICE else one.is_called)
            ]
            found.append(note.at_s - begins[0])
    return found


@SEARCH
@given(policies=st.lists(POLICIES, min_size=2, max_size=2), acts=ACTS)
def test_any_morning_is_told_as_one_sees_it(
    policies: list[Policy], acts: list[tuple[int, int, int, int]]
) -> None:
    played = play(policies, acts)
    notes = notes_of(played)
    told = {(one.queue, one.number): one for one in played.visits()}

    assert set(told) == {ticket_key(ticket) for ticket in notes}
    for ticket, its in notes.items():
        visit = told[ticket_key(ticket)]
        queue = played.day.queues[visit.queue]
        assert [(w.since, w.began_s, w.called_s) for w in visit.waits] == seen_waits(its)
        services = [time.service_s for time in visit.consultations if time.service_s is not None]
        assert services == seen_services(its)
        assert len(visit.calls) == queue.tickets[ticket].called_count
        assert len(visit.missed) == queue.tickets[ticket].missed_count
        assert len(visit.moves) == sum(note.do == "move" for note in its)
        assert visit.overtaken_count == queue.overtaken_count(queue.tickets[ticket])
        assert visit.state is queue.tickets[ticket].state
        never_came = not any(note.after.state in LISTED for note in its)
        is_no_show = never_came and visit.state in (TicketState.BOOKED, TicketState.EXPIRED)
        assert visit.is_no_show == is_no_show
    check_figures(played.visits())


def check_figures(told: list[Visit]) -> None:
    counted = figures(told)
    assert counted.arrivals == len([one for one in told if one.arrived_s is not None])
    ends = counted.done + counted.open + counted.no_shows + counted.expected
    assert ends + counted.cancelled + counted.transferred_out + void(told) == len(told)
    assert sum(one.arrivals for one in half_hours(told)) == counted.arrivals
    assert sum(one.count for one in wait_bins(told)) == counted.waits.count
    first = [w for one in told for w in one.waits if w.since in FIRST_WAITS]
    assert counted.waits.count == len([w for w in first if w.called_s is not None])


def void(told: list[Visit]) -> int:
    """Those whose number expired after they had come."""
    return sum(one.state is TicketState.EXPIRED and not one.is_no_show for one in told)


def ticket_key(ticket: TicketId) -> tuple[QueueId, str]:
    queue, _, number = ticket.partition(":")
    return QueueId(queue), number


@SEARCH
@given(
    policies=st.lists(POLICIES, min_size=2, max_size=2),
    acts=ACTS,
    cut=st.integers(min_value=0, max_value=80),
)
def test_entries_taken_in_by_and_by_tell_the_same_as_all_at_once(
    policies: list[Policy], acts: list[tuple[int, int, int, int]], cut: int
) -> None:
    played = play(policies, acts)
    by_and_by = DayBook()
    by_and_by.add(played.entries[:cut])
    list(by_and_by.stories())
    by_and_by.add(played.entries[cut:])

    told = visits(by_and_by.stories(), REASONS, None)
    in_one_order = sorted(told, key=lambda one: (one.queue, one.number))
    assert in_one_order == sorted(played.visits(), key=lambda one: (one.queue, one.number))


@SEARCH
@given(st.lists(st.integers(min_value=0, max_value=20_000), min_size=1))
def test_a_percentile_is_the_least_wait_that_so_many_are_not_longer_than(waits: list[int]) -> None:
    told = spread(waits)

    for percent, found in ((50, told.p50_s), (90, told.p90_s)):
        enough = [
            one for one in waits if 100 * sum(w <= one for w in waits) >= percent * len(waits)
        ]
        assert found == min(enough)
    assert told.longest_s == max(waits)
    assert told.mean_s == sum(waits) / len(waits)
