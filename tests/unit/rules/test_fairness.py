"""Bounds of section 8 of the calling rules: how often one is passed, how long a return waits."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules import commands as asked
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Every, Policy
from queue_server.rules.queue import Day
from queue_server.rules.refusals import Refused
from queue_server.rules.rehearsal import opening
from queue_server.rules.terms import DaySecond, QueueId, Slot, TicketId, TicketState
from queue_server.rules.ticket import Ticket, ticket_id

QUEUE = QueueId("cardiology-1")
NINE_S = 9 * 3600
SLOT = Slot(start_s=DaySecond(NINE_S), end_s=DaySecond(NINE_S + 1800))
ORDINARY, RETURNED, MISSED = range(1, 41), range(101, 131), range(201, 231)
UNBOUNDED = Policy(overtaken_max=1000, returned_dynamic=False)

ACTS = st.lists(st.sampled_from("oooorrrmmccc"), max_size=70)
"""`o`: the next ordinary patient checks in, `r`: a return, `m`: a missed one; `c`: call next."""


class Clinic:
    """One queue in which ordinary patients come in the order of their numbers."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.day: Day = opening(
            {
                QUEUE: [
                    *(_ticket(number, TicketState.BOOKED) for number in ORDINARY),
                    *(_ticket(number, TicketState.AWAY_FOR_RESULTS) for number in RETURNED),
                    *(_ticket(number, TicketState.MISSED) for number in MISSED),
                ]
            },
            policy,
        )
        self.coming = {"o": iter(ORDINARY), "r": iter(RETURNED), "m": iter(MISSED)}
        self.ordinary_ahead: dict[TicketId, int] = {}

    def act(self, letter: str) -> int | None:
        """Do one act; return the number it was about, None if nothing could be done."""
        if letter == "c":
            called = self.listed()[0] if self.listed() else None
            return called if self.ask(asked.CallNext(queue=QUEUE)) else None
        number = next(self.coming[letter], None)
        if number is None:
            return None
        ticket = ticket_id(QUEUE, str(number))
        self.ordinary_ahead[ticket] = sum(number in ORDINARY for number in self.listed())
        self.ask(asked.CheckIn(queue=QUEUE, ticket=ticket))
        return number

    def ask(self, command: asked.Command) -> bool:
        act = Act(command=command, at_s=DaySecond(NINE_S), by="kiosk-01")
        try:
            entry = decide(self.day, act, {QUEUE: self.policy})
        except Refused:
            return False
        self.day = apply(self.day, entry)
        return True

    def listed(self) -> list[int]:
        return [int(ticket.number) for ticket in self.day.queues[QUEUE].listed()]

    def passed(self) -> list[tuple[int, int]]:
        """Return for each ordinary patient how many were ahead, and how often he was passed."""
        queue = self.day.queues[QUEUE]
        tickets = queue.tickets
        return [
            (ahead, queue.overtaken_count(tickets[ticket]))
            for ticket, ahead in self.ordinary_ahead.items()
            if int(tickets[ticket].number) in ORDINARY
        ]


def _ticket(number: int, state: TicketState) -> Ticket:
    return Ticket(
        id=ticket_id(QUEUE, str(number)), queue=QUEUE, number=str(number), slot=SLOT, state=state
    )


@given(ACTS, st.integers(min_value=1, max_value=4), st.integers(min_value=0, max_value=2))
def test_one_in_n_passes_an_ordinary_patient_at_most_once_for_every_n_ahead_and_once_more(
    acts: list[str], every: int, standby_count: int
) -> None:
    clinic = Clinic(replace(UNBOUNDED, returned_rule=Every(every), standby_count=standby_count))

    for letter in acts:
        clinic.act(letter if letter != "m" else "r")

    for ahead, passed in clinic.passed():
        assert passed <= ahead // every + 1


@given(ACTS, st.integers(min_value=0, max_value=2))
def test_the_cycle_of_two_returns_and_missed_passes_at_most_twice_as_often(
    acts: list[str], standby_count: int
) -> None:
    policy = replace(
        UNBOUNDED, returned_rule=Every(2), missed_rule=Every(2), standby_count=standby_count
    )
    clinic = Clinic(policy)

    for letter in acts:
        clinic.act(letter)

    for ahead, passed in clinic.passed():
        assert passed <= 2 * (ahead // 2 + 1)


@given(ACTS, st.integers(min_value=0, max_value=2))
def test_the_dynamic_ratio_passes_at_most_once_for_each_one_ahead_and_once_more(
    acts: list[str], standby_count: int
) -> None:
    clinic = Clinic(replace(UNBOUNDED, returned_dynamic=True, standby_count=standby_count))

    for letter in acts:
        clinic.act(letter if letter != "m" else "r")

    for ahead, passed in clinic.passed():
        assert passed <= ahead + 1


@given(ACTS, st.integers(min_value=1, max_value=4), st.integers(min_value=0, max_value=2))
def test_while_a_return_waits_one_is_called_within_n_calls_and_one(
    acts: list[str], every: int, standby_count: int
) -> None:
    clinic = Clinic(replace(UNBOUNDED, returned_rule=Every(every), standby_count=standby_count))
    calls_without = 0

    for letter in [*acts, *("c" * 100)]:
        is_waiting = any(number in RETURNED for number in clinic.listed())
        about = clinic.act(letter if letter != "m" else "o")
        if letter == "c" and is_waiting and about not in RETURNED:
            calls_without += 1
            # Those who were told to get ready before it came are not passed.
            assert calls_without <= max(every, standby_count)
        elif letter == "c":
            calls_without = 0


@given(st.permutations(ORDINARY[:12]), ACTS, st.integers(min_value=0, max_value=2))
def test_ordinary_patients_stand_by_number_but_for_those_who_were_held_back(
    numbers: list[int], acts: list[str], standby_count: int
) -> None:
    clinic = Clinic(replace(UNBOUNDED, standby_count=standby_count))
    clinic.coming["o"] = iter(numbers)

    for letter in acts:
        clinic.act(letter)
        listed = clinic.day.queues[QUEUE].listed()
        ordinary = [ticket for ticket in listed if int(ticket.number) in ORDINARY]
        for index, ticket in enumerate(ordinary):
            assert ticket.reason is not None
            if not ticket.reason.held_back_by:
                assert all(other.own_key < ticket.own_key for other in ordinary[:index])


@given(ACTS, st.integers(min_value=0, max_value=3), st.sampled_from(["next", Every(1)]))
def test_nobody_is_passed_more_often_than_the_policy_bounds(
    acts: list[str], overtaken_max: int, rule: object
) -> None:
    bounded = replace(UNBOUNDED, overtaken_max=overtaken_max, standby_count=0)
    clinic = Clinic(replace(bounded, returned_rule=rule))  # type: ignore[arg-type]

    for letter in acts:
        clinic.act(letter)

    assert all(passed <= overtaken_max for _, passed in clinic.passed())
