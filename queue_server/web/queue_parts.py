"""What the live pages show of the queues at one moment, each part made once for all pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from queue_server.rules.terms import AreaId, DaySecond, QueueId, QueueStatus, TicketId
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.web.queue_view import (
    ColleagueView,
    QueueName,
    QueueView,
    SharedName,
    colleague_view,
    queue_name,
    queue_view,
    shared_names,
)
from queue_server.web.ready_views import ReadyViews
from queue_server.web.spread_view import ProposalView, proposal_views

PROPOSALS_LIFE_S: Final = 30
"""Proposals tell minutes: they are made anew when a queue changes, else twice a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueParts:
    """The parts of pages that show the day as `now` tells it."""

    ready: ReadyViews
    setup: Setup
    now: Now
    _queues: dict[QueueId, QueueView] = field(default_factory=dict)
    _shared: dict[AreaId, Mapping[QueueId, frozenset[TicketId]]] = field(default_factory=dict)

    def queue(self, queue: QueueId) -> QueueView:
        """Return one doctor's queue, or an area's."""
        if queue not in self._queues:
            shared = self._shared_ids(queue)
            self._queues[queue] = self.ready.part(
                ("queue", queue),
                self._made_of(queue, shared),
                lambda: queue_view(self.setup, self.now, queue, shared),
            )
        return self._queues[queue]

    def colleague(self, queue: QueueId) -> ColleagueView:
        """Return a doctor's queue as his colleagues see it."""
        shared = self._shared_ids(queue)
        return self.ready.part(
            ("colleague", queue),
            self._made_of(queue, shared),
            lambda: colleague_view(self.setup, self.now, queue, shared),
        )

    def all_queues(self) -> list[QueueName]:
        """Return what all queues are called, and where their doctors sit today."""
        queues = self.setup.all_queues()
        day = self.now.day
        return self.ready.part(
            ("all queues",),
            (self.setup, *(day.queues[one.id].standing.room for one in queues)),
            lambda: [queue_name(self.setup.seated(day, one.id)) for one in queues],
        )

    def shared_names(self, areas: Collection[AreaId]) -> list[SharedName]:
        """Return whose masked names can't be told apart in an area."""
        return [one for area in areas for one in self._shared_names(area)]

    def proposals(self, areas: Collection[AreaId], now_s: DaySecond) -> list[ProposalView]:
        """Return who would wait less at a colleague."""
        return [one for area in areas for one in self._proposals(area, now_s)]

    def _made_of(self, queue: QueueId, shared: frozenset[TicketId]) -> tuple[object, ...]:
        state = self.now.day.queues[queue]
        # Only of a stopped clinic is told who knows of it.
        told = self.now.told if state.status is QueueStatus.STOPPED else None
        return (self.setup, state, self.now.patients, shared, told)

    def _states(self, area: AreaId) -> list[object]:
        return [self.now.day.queues[one.id] for one in self.setup.all_queues_of(area)]

    def _shared_names(self, area: AreaId) -> list[SharedName]:
        return self.ready.part(
            ("shared names", area),
            (self.setup, self.now.masked_names, *self._states(area)),
            lambda: shared_names(self.setup, self.now, area),
        )

    def _shared_ids(self, queue: QueueId) -> frozenset[TicketId]:
        area = self.setup.queues[queue].area
        if area not in self._shared:
            names = self._shared_names(area)
            self._shared[area] = self.ready.part(
                ("shared ids", area), (names,), lambda: _by_queue(names)
            )
        return self._shared[area].get(queue, frozenset())

    def _proposals(self, area: AreaId, now_s: DaySecond) -> list[ProposalView]:
        return self.ready.part(
            ("proposals", area),
            (self.setup, self.now.patients, now_s // PROPOSALS_LIFE_S, *self._states(area)),
            lambda: proposal_views(self.setup, self.now, area, now_s),
        )


def _by_queue(names: Collection[SharedName]) -> Mapping[QueueId, frozenset[TicketId]]:
    found: dict[QueueId, set[TicketId]] = {}
    for one in names:
        for ticket in one.tickets:
            found.setdefault(QueueId(ticket.partition(":")[0]), set()).add(ticket)
    return {queue: frozenset(tickets) for queue, tickets in found.items()}
