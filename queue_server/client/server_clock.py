"""What time it is at the server, for a device whose own clock may be wrong."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

WORDS_COMPARED: Final = 8
"""So many of the server's last words are compared: the one that was quickest tells best."""


class ServerClock:
    """The server's clock, by its last words; the device's own until there are any.

    It goes on by itself while the server is away.

    Args:
        own: the device's clock.
        running_s: seconds that only go forward, whatever is done to that clock.
    """

    def __init__(self, own: Callable[[], datetime], running_s: Callable[[], float]) -> None:
        self._own = own
        self._running_s = running_s
        self._starts: deque[datetime] = deque(maxlen=WORDS_COMPARED)
        self._started_at: datetime | None = None
        self._is_first = True

    def connected(self) -> None:
        """A connection has come about, on which the first word may have been kept for long."""
        self._is_first = True
        self._starts.clear()

    def heard(self, reported_at: datetime) -> None:
        """Take in the server's word of what time it is, just now or a little before."""
        if self._is_first:
            self._is_first = False
            return
        # Of words that are late the server seems to have started its clock earlier than it did.
        self._starts.append(reported_at - self._running())
        self._started_at = max(self._starts)

    def now(self) -> datetime:
        """Return the present instant, in the time zone of the device's clock."""
        own = self._own()
        if self._started_at is None:
            return own
        return (self._started_at + self._running()).astimezone(own.tzinfo)

    def _running(self) -> timedelta:
        return timedelta(seconds=self._running_s())
