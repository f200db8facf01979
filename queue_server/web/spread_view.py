"""Who would wait less at a colleague, as the nurse station shows it. Pure functions."""

from dataclasses import dataclass

from queue_server.rules.spreading import proposals
from queue_server.rules.terms import AreaId, DaySecond, QueueId, TicketId
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.web.ticket_view import full_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """One patient, where he waits, where he would wait less, and both waits in minutes."""

    ticket: TicketId
    number: str
    full_name: str
    queue: QueueId
    to_queue: QueueId
    before_min: int | None
    """Null: nobody knows when his doctor goes on."""
    after_min: int
    is_asked: bool
    """Whether he has been asked, and has not answered yet."""


def proposal_views(setup: Setup, now: Now, area: AreaId, now_s: DaySecond) -> list[ProposalView]:
    """Return the proposals of an area."""
    views: list[ProposalView] = []
    for one in proposals(now.day, setup.stand_ins(area), setup.policies, now_s):
        ticket = now.day.queues[one.queue].tickets[one.ticket]
        views.append(
            ProposalView(
                ticket=one.ticket,
                number=ticket.number,
                full_name=full_name(now, ticket),
                queue=one.queue,
                to_queue=one.to_queue,
                before_min=one.before_min,
                after_min=one.after_min,
                is_asked=ticket.offered is not None,
            )
        )
    return views
