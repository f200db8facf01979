"""What one visit was: when he came, how long he waited, how often he was called, who moved him.

A visit is known by its queue and its number; no name and no patient stands here. All times are
seconds of the clinic day.
"""

from enum import StrEnum

import msgspec

from queue_server.rules.terms import DaySecond, QueueId, Slot, TicketKind, TicketState


class WaitSince(StrEnum):
    """What a wait began with."""

    CHECK_IN = "check_in"
    """He came for the first time."""
    TRANSFER = "transfer"
    """He came from another queue, where his wait had no end."""
    RESULTS = "results"
    """He is back with results: a second wait, a line of its own."""
    MISSED = "missed"
    """He is back in the list after a call that he missed; no first wait either."""


FIRST_WAITS = frozenset({WaitSince.CHECK_IN, WaitSince.TRANSFER})
"""Those that are meant by "the wait" of a visit."""


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """From a check-in (or what stands for one) to the first call after it.

    A time on hold, or while the queue was paused, is part of it: the patient has waited.
    """

    since: WaitSince
    began_s: DaySecond
    called_s: DaySecond | None
    """None: he was not called; he waits still, or has left."""

    @property
    def wait_s(self) -> int | None:
        """How long it was; None: it has no end."""
        return None if self.called_s is None else self.called_s - self.began_s


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call into the room, the first or one more."""

    called_s: DaySecond
    by: str
    is_recall: bool


class Consultation(msgspec.Struct, frozen=True, kw_only=True):
    """One time with the doctor, from the call on: whoever comes back with results has two.

    A call that he missed is none.
    """

    called_s: DaySecond
    started_s: DaySecond | None
    """None: nobody pressed start."""
    ended_s: DaySecond | None
    """Finished, sent for results, or, once it had started, sent to another queue."""

    @property
    def service_s(self) -> int | None:
        """From start to end; from the call to the end where nobody pressed start."""
        if self.ended_s is None:
            return None
        return self.ended_s - (self.called_s if self.started_s is None else self.started_s)


class HandMove(msgspec.Struct, frozen=True, kw_only=True):
    """A person has put him somewhere else in the list."""

    moved_s: DaySecond
    by: str
    reason: str
    """The key of one of the station's common reasons; empty for a person's own words.

    Own words may hold a name: only the audit list has them.
    """


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket of one queue on one clinic day."""

    queue: QueueId
    number: str
    kind: TicketKind
    """`ordinary`, `priority` or `emergency`: to have missed or come back is told elsewhere."""
    slot: Slot | None
    was_booked: bool
    """From an appointment; otherwise a walk-in, or from another queue."""
    came_from: QueueId | None
    """The queue that sent him here."""
    went_to: QueueId | None
    """The queue that he was sent to."""
    arrived_s: DaySecond | None
    """His first check-in; None: never, or in the queue he came from."""
    waits: tuple[Wait, ...]
    calls: tuple[Call, ...]
    consultations: tuple[Consultation, ...]
    missed: tuple[DaySecond, ...]
    """Each time he was called and did not come."""
    returned: tuple[DaySecond, ...]
    """Each time he came back with results."""
    moves: tuple[HandMove, ...]
    overtaken_count: int
    """How often a rule let another one in before him while he stood in the list."""
    overtaken_by_emergency_count: int
    state: TicketState
    is_no_show: bool
    """Booked and never came. Whoever gave his number back (cancelled) is none.

    While the day runs: only from the end of his slot on, and only until he comes.
    """

    @property
    def finished_s(self) -> DaySecond | None:
        """When the last consultation ended, if the visit is over."""
        ends = [one.ended_s for one in self.consultations if one.ended_s is not None]
        return ends[-1] if ends and self.state is TicketState.DONE else None

    @property
    def is_expected(self) -> bool:
        """Whether he is booked, not there yet, and may still come."""
        return self.state is TicketState.BOOKED and not self.is_no_show
