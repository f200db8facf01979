"""Who has to be told what, outside the hospital. Pure functions.

Nothing is remembered of a stop: who is owed a message follows from the queues as they are, and
from what each patient was told last. So each is told once, also after a restart, and a message
that no longer holds is never sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from queue_server.rules.terms import PatientId, QueueId, QueueStatus, TicketId
from queue_server.rules.ticket import STILL_TO_COME
from queue_server.service.message_facts import MessageKind
from queue_server.service.now import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that a patient has to get."""

    message_id: str
    """The same whenever it is asked for, until it was sent: the message service sends it once."""
    queue: QueueId
    ticket: TicketId
    patient: PatientId
    kind: MessageKind


def owed_messages(now: Now) -> Iterator[Owed]:
    """Yield what patients have to be told."""
    for queue in now.day.queues.values():
        is_stopped = queue.status is QueueStatus.STOPPED
        if not is_stopped and not now.told:
            continue
        for ticket in queue.tickets.values():
            if ticket.patient is None or ticket.state not in STILL_TO_COME:
                continue
            told = now.told.get(ticket.id)
            was_told_of_stop = told is not None and told.kind == MessageKind.STOPPED
            if is_stopped == was_told_of_stop:
                continue
            if not is_stopped and told is not None and not told.is_reached:
                # He does not know of the stop, as far as we know.
                continue
            number = 1 if told is None else told.count + 1
            yield Owed(
                message_id=f"{now.day_on:%Y%m%d}:{ticket.id}:{number}",
                queue=queue.id,
                ticket=ticket.id,
                patient=ticket.patient,
                kind=MessageKind.STOPPED if is_stopped else MessageKind.RESUMED,
            )
