"""Which call is spoken next: in the order of their sequence, each once, never a stale one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from queue_server.contract.boards import AreaBoard, Call, ShownTicket

REMEMBERED: Final = timedelta(hours=1)
"""How long after it went stale a call is still known; repeats come within seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    day_on: str
    call: Call

    @property
    def order(self) -> tuple[str, int]:
        return self.day_on, self.call.sequence


class CallQueue:
    """The calls that one loudspeaker still has to speak.

    A sequence counts within a clinic day, and a call does not say its day: a sequence that
    comes with another `called_at` is another call.
    """

    def __init__(self) -> None:
        self._pending: list[_Pending] = []
        self._known: dict[tuple[int, datetime], datetime] = {}
        self._day_on = ""
        self._board_at: datetime | None = None
        self._in_room: dict[str, ShownTicket | None] = {}

    def add(self, call: Call, now: datetime) -> bool:
        """Take a call in; False when it is known already. `take` sorts out the stale ones."""
        self._forget_old(now)
        identity = _identity(call)
        if identity in self._known:
            return False
        self._known[identity] = call.fresh_until
        self._pending.append(_Pending(day_on=self._day_on, call=call))
        self._pending.sort(key=lambda pending: pending.order)
        return True

    def look_at(self, board: AreaBoard, now: datetime) -> bool:
        """Take in a board: calls missed on the line, and who has left. True when calls are new."""
        self._learn_day(board)
        self._board_at = board.published_at
        self._in_room = {room.room: room.in_room for room in board.rooms}
        fresh = [call for call in board.last_calls if now < call.fresh_until]
        return [self.add(call, now) for call in fresh].count(True) > 0

    def take(self, now: datetime) -> tuple[Call | None, list[Call]]:
        """Return the next call to speak, and those before it that went stale while they waited."""
        stale: list[Call] = []
        while self._pending:
            call = self._pending.pop(0).call
            if now < call.fresh_until:
                return call, stale
            stale.append(call)
        return None, stale

    def is_over(self, call: Call) -> bool:
        """Tell whether a call need not be repeated: called anew, or no longer in the room."""
        if any(_same_patient(call, pending.call) for pending in self._pending):
            return True
        if self._board_at is None or self._board_at < call.called_at:
            return False
        ticket = self._in_room.get(call.room)
        return call.room in self._in_room and (ticket is None or ticket.number != call.number)

    def would_starve(self, until: datetime) -> bool:
        """Tell whether a waiting call would go stale if the loudspeaker were busy `until` then."""
        return any(pending.call.fresh_until <= until for pending in self._pending)

    def _learn_day(self, board: AreaBoard) -> None:
        """A call that overtook the first board of its day is of that day, too."""
        self._day_on = board.day_on
        of_the_day = {_identity(call) for call in board.last_calls}
        self._pending = [
            _Pending(day_on=board.day_on, call=pending.call)
            if not pending.day_on or _identity(pending.call) in of_the_day
            else pending
            for pending in self._pending
        ]
        self._pending.sort(key=lambda pending: pending.order)

    def _forget_old(self, now: datetime) -> None:
        self._known = {
            identity: fresh_until
            for identity, fresh_until in self._known.items()
            if now < fresh_until + REMEMBERED
        }


def _identity(call: Call) -> tuple[int, datetime]:
    return call.sequence, call.called_at


def _same_patient(one: Call, other: Call) -> bool:
    return (one.room, one.number) == (other.room, other.number)
