"""Mornings of two queues, played by the real rules: what a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from queue_server.report.day_book import DayBook
from queue_server.report.visit import Visit
from queue_server.report.visits import visits
from queue_server.rules import commands as asked
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.events import Entry
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.terms import DaySecond, QueueId, Slot, TicketId, TicketKind
from queue_server.rules.ticket import ticket_id

HEART = QueueId("heart-1")
EYES = QueueId("eyes-1")
PREFIX = {HEART: "A", EYES: "B"}
REASONS = {"行动不便": "one"}


def second(clock: str) -> DaySecond:
    hours, minutes = clock.split(":")
    return DaySecond(int(hours) * 3600 + int(minutes) * 60)


@dataclass(slots=True, kw_only=True)
class PlayedMorning:
    """Acts go in as `morning.at("08:05", CheckIn(...))`; refusals come out as they are."""

    policies: Mapping[QueueId, Policy] = field(
        default_factory=lambda: {HEART: Policy(), EYES: Policy()}
    )
    day: Day = field(default_factory=lambda: open_day([HEART, EYES]))
    entries: list[Entry] = field(default_factory=list)

    def at(self, clock: str | int, command: asked.Command, by: str = "nurse:li") -> Entry:
        at_s = DaySecond(clock) if isinstance(clock, int) else second(clock)
        entry = decide(self.day, Act(command=command, at_s=at_s, by=by), self.policies)
        self.day = apply(self.day, entry)
        self.entries.append(entry)
        return entry

    def book(
        self, queue: QueueId, *numbers: int, slot: str = "08:00", kind: TicketKind | None = None
    ) -> None:
        start_s = second(slot)
        for number in numbers:
            name = f"{PREFIX[queue]}{number:03d}"
            command = asked.IssueTicket(
                queue=queue,
                ticket=ticket_id(queue, name),
                number=name,
                slot=Slot(start_s=start_s, end_s=DaySecond(start_s + 1800)),
                kind=kind or TicketKind.ORDINARY,
            )
            self.at("07:00", command, by="records")

    def check_in(self, clock: str, *tickets: TicketId) -> None:
        for ticket in tickets:
            command = asked.CheckIn(queue=queue_of(ticket), ticket=ticket)
            self.at(clock, command, by="kiosk-01")

    def visits(self, as_of: str | None = None) -> list[Visit]:
        book = DayBook()
        book.add(self.entries)
        return list(visits(book.stories(), REASONS, None if as_of is None else second(as_of)))


def heart(number: int) -> TicketId:
    return ticket_id(HEART, f"A{number:03d}")


def eyes(number: int) -> TicketId:
    return ticket_id(EYES, f"B{number:03d}")


def queue_of(ticket: TicketId) -> QueueId:
    return QueueId(ticket.partition(":")[0])
