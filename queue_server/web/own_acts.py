"""What each user did last, so that Ctrl+Z takes back his own act and nobody else's.

Kept in memory; after a restart it is read from the journal again when he signs in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from queue_server.journal.journal import JournaledEntry
from queue_server.rules.events import Called, Entry, TicketEvent
from queue_server.rules.moving import ACTS
from queue_server.rules.queue import NOT_UNDONE, UNDO_DEPTH
from queue_server.rules.terms import QueueId
from queue_server.service.now import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAct:
    """An act that can be taken back."""

    queue: QueueId
    entry: int
    number: str
    """The ticket's number; empty when it was about the queue."""
    what_zh: str
    what_en: str


class OwnActs:
    """The last acts of each user on the running day. Used from the web loop only."""

    def __init__(self) -> None:
        self._acts: dict[tuple[date, str], list[OwnAct]] = {}

    def add(self, day_on: date, entry: Entry) -> None:
        """Note what somebody did; a second time changes nothing."""
        if entry.do in NOT_UNDONE:
            return
        self._acts = {key: acts for key, acts in self._acts.items() if key[0] == day_on}
        acts = self._acts.setdefault((day_on, entry.by), [])
        if all(act.entry != entry.number for act in acts):
            acts.append(_own_act(entry))
            del acts[:-UNDO_DEPTH]

    def read_again(self, by: str, written: Iterable[JournaledEntry]) -> None:
        """Take over what the journal of the day says of `by`."""
        for line in written:
            if line.entry.by == by:
                self.add(line.day_on, line.entry)

    def last(self, now: Now, by: str) -> OwnAct | None:
        """Return the last act of `by` that has not been taken back."""
        for act in reversed(self._acts.get((now.day_on, by), [])):
            if any(step.entry == act.entry for step in now.day.queues[act.queue].history):
                return act
        return None


def _own_act(entry: Entry) -> OwnAct:
    about = [event for event in entry.events if isinstance(event, TicketEvent)]
    # A call also finishes whoever was in the room, but it is about the one who is called.
    about = [event for event in about if isinstance(event, Called)] or about
    what_zh, what_en = ACTS[entry.do]
    return OwnAct(
        queue=entry.events[0].queue,
        entry=entry.number,
        number=about[0].ticket.partition(":")[2] if about else "",
        what_zh=what_zh,
        what_en=what_en,
    )
