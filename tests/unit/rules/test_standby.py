"""Who is told to get ready: what a board shows first is what is called first."""

from queue_server.rules import commands as asked
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Policy
from queue_server.rules.queue import open_day
from queue_server.rules.terms import DaySecond, QueueId, TicketKind, TicketState

HEART = QueueId("cardiology-1")


def test_an_emergency_before_one_who_stands_by_stands_by_too() -> None:
    policies = {HEART: Policy(standby_count=1)}
    day = open_day(policies)
    for kind in (TicketKind.ORDINARY, TicketKind.EMERGENCY, TicketKind.EMERGENCY):
        command = asked.AddWalkIn(queue=HEART, prefix="A", kind=kind)
        day = apply(day, decide(day, Act(command=command, at_s=DaySecond(0), by="li"), policies))

    listed = [(ticket.number, ticket.state) for ticket in day.queues[HEART].listed()]

    assert listed == [
        ("A002", TicketState.STANDBY),
        ("A003", TicketState.STANDBY),
        ("A001", TicketState.STANDBY),
    ]
