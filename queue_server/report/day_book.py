"""The entries of a clinic day, sorted by ticket, without what was taken back.

An act that a person has undone counts as not having happened: its events are struck out of the
tickets they were about, in the queues where it was undone.
"""

from collections.abc import Iterable, Iterator

import msgspec

from queue_server.report.absences import AbsenceHappening, DoctorAbsence, absences
from queue_server.rules.day_in_work import DayInWork
from queue_server.rules.events import (
    AbsenceBegan,
    AbsenceEnded,
    Entry,
    Event,
    TicketEvent,
    Undone,
)
from queue_server.rules.queue import Day, Queue
from queue_server.rules.terms import DaySecond, QueueId, TicketId
from queue_server.rules.ticket import Ticket, number_order


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to one ticket: when, who did it, and in which act of the journal."""

    entry: int
    at_s: DaySecond
    by: str
    do: str
    event: TicketEvent


class TicketStory(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as it stands now, and all that happened to it, in order."""

    ticket: Ticket
    overtaken_count: int
    overtaken_by_emergency_count: int
    happenings: tuple[Happening, ...]


class DayBook:
    """Takes the entries of one clinic day in, in order and in as many portions as one likes."""

    def __init__(self) -> None:
        self._day = Day()
        self._happenings: dict[TicketId, list[Happening]] = {}
        self._touched: dict[tuple[int, QueueId], list[TicketId]] = {}
        self._absences: dict[QueueId, list[AbsenceHappening]] = {}

    @property
    def entry_count(self) -> int:
        """How many entries it has taken in."""
        return self._day.entry_count

    def add(self, entries: Iterable[Entry]) -> None:
        """Take entries in; the first is the one after the last of the former portion."""
        portion = list(entries)
        # The site may have other queues by now: those of the day are the ones its entries name.
        named = {event.queue: Queue(id=event.queue) for one in portion for event in one.events}
        opened = Day(queues={**named, **self._day.queues}, entry_count=self._day.entry_count)
        work = DayInWork(opened)
        for entry in portion:
            work.apply(entry)
            for event in entry.events:
                self._add(entry, event)
        self._day = work.day()

    def stories(self) -> Iterator[TicketStory]:
        """Yield the story of each ticket, queue by queue, in the order of the numbers."""
        for queue in self._day.queues.values():
            overtaken = dict(zip(queue.order, queue.overtaken, strict=True))
            by_emergency = dict(zip(queue.order, queue.overtaken_by_emergency, strict=True))
            for ticket in sorted(queue.tickets.values(), key=lambda one: number_order(one.number)):
                yield TicketStory(
                    ticket=ticket,
                    overtaken_count=overtaken.get(ticket.id, ticket.overtaken_count),
                    overtaken_by_emergency_count=by_emergency.get(
                        ticket.id, ticket.overtaken_by_emergency_count
                    ),
                    happenings=tuple(self._happenings[ticket.id]),
                )

    def absences(self) -> Iterator[DoctorAbsence]:
        """Yield when doctors were late, away, pausing or stopped, queue by queue."""
        for happenings in self._absences.values():
            yield from absences(happenings)

    def _add(self, entry: Entry, event: Event) -> None:
        if isinstance(event, AbsenceBegan | AbsenceEnded):
            told = AbsenceHappening(entry=entry.number, at_s=entry.at_s, by=entry.by, event=event)
            self._absences.setdefault(event.queue, []).append(told)
        elif isinstance(event, Undone):
            kept = self._absences.get(event.queue, [])
            kept[:] = [one for one in kept if one.entry != event.entry]
            for ticket in self._touched.pop((event.entry, event.queue), ()):
                left = [one for one in self._happenings[ticket] if one.entry != event.entry]
                self._happenings[ticket] = left
        elif isinstance(event, TicketEvent):
            happening = Happening(
                entry=entry.number, at_s=entry.at_s, by=entry.by, do=entry.do, event=event
            )
            self._happenings.setdefault(event.ticket, []).append(happening)
            self._touched.setdefault((entry.number, event.queue), []).append(event.ticket)
