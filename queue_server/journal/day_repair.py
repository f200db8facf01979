"""Replays a clinic day of which entries are lost: what still fits is kept, the rest is left out.

Where something is lost, the day may not know that the room became free, or that a ticket was
called into it. What an event can't have happened without is added before it, so that one lost
entry does not drag every later call of its queue with it.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from queue_server.rules.day_in_work import apply
from queue_server.rules.events import Called, Entry, Event, Finished, TicketEvent
from queue_server.rules.queue import Day, Queue
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.terms import QueueId

_MISFITS: Final = (AssertionError, LookupError, ValueError, TypeError, AttributeError)
"""What applying an entry may raise when one before it is lost."""


def applied(day: Day, entry: Entry) -> Day | None:
    """Return the day after `entry`; None if it does not fit."""
    new = {event.queue for event in entry.events} - day.queues.keys()
    # The journal itself names the queues: a check needs no site file.
    queues = {**day.queues, **{queue: Queue(id=queue) for queue in new}}
    try:
        return apply(replace(day, queues=queues), entry)
    except _MISFITS:
        return None


def fitting(day: Day, entry: Entry) -> Entry:
    """Return `entry` with those of its events that fit `day`, and what they imply."""
    kept = replace(entry, events=())
    for event in entry.events:
        for implied in _implied(day, kept, event):
            longer = replace(kept, events=(*kept.events, *implied, event))
            if applied(day, longer) is not None:
                kept = longer
                break
    return kept


def _implied(day: Day, kept: Entry, event: Event) -> Iterator[tuple[Event, ...]]:
    """Yield what may have come before `event` and is lost, the least first."""
    yield ()
    if not isinstance(event, TicketEvent):
        return
    called = Called(queue=event.queue, ticket=event.ticket, reason=Reason(ReasonCode.CALLED_NEXT))
    finished = _room_made_free(day, kept, event.queue)
    yield finished
    yield (*finished, called)


def _room_made_free(day: Day, kept: Entry, queue: QueueId) -> tuple[Event, ...]:
    now = applied(day, kept)
    in_room = now.queues[queue].in_room if now is not None and queue in now.queues else None
    if in_room is None:
        return ()
    return (Finished(queue=queue, ticket=in_room, reason=Reason(ReasonCode.FINISHED)),)
