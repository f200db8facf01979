"""Who is signed in, and how often signing in has failed: kept in memory, gone with a restart."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from queue_server.web.users import User

SESSION_LIFE: Final = timedelta(hours=12)
"""One shift with a margin."""
SESSIONS_MAX: Final = 1000
FAILURES_BEFORE_PAUSE: Final = 5
PAUSE: Final = timedelta(seconds=30)
FAILURES_KEPT_MAX: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in; the token is in his cookie and nowhere else."""

    user: User
    ends_at: datetime


class Sessions:
    """Who is signed in. Used from the web loop only.

    Args:
        now: gives the present instant.
        new_token: gives a text that can't be guessed.
    """

    def __init__(self, *, now: Callable[[], datetime], new_token: Callable[[], str]) -> None:
        self._now = now
        self._new_token = new_token
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def open(self, user: User) -> str:
        """Sign `user` in; return the token of his cookie."""
        token = self._new_token()
        self._sessions[token] = Session(user=user, ends_at=self._now() + SESSION_LIFE)
        while len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        return token

    def user(self, token: str) -> User | None:
        """Return who has the token; nobody when it is unknown or its time is over."""
        session = self._sessions.get(token)
        if session is None:
            return None
        if session.ends_at <= self._now():
            del self._sessions[token]
            return None
        return session.user

    @property
    def count(self) -> int:
        """How many are signed in; those whose time is over count until they are asked for."""
        return len(self._sessions)

    def close(self, token: str) -> None:
        """Sign whoever has the token out."""
        self._sessions.pop(token, None)


class Throttle:
    """Slows down whoever guesses passwords: after five wrong ones he waits half a minute.

    Counted for a name together with where it was typed, so that nobody can lock a nurse out
    from another machine.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: OrderedDict[tuple[str, str], tuple[int, datetime]] = OrderedDict()

    def wait_s(self, name: str, address: str) -> int:
        """Return how many seconds have to pass before the next try; 0: none."""
        count, last_at = self._failures.get((name, address), (0, self._now()))
        if count < FAILURES_BEFORE_PAUSE:
            return 0
        return max(0, int((last_at + PAUSE - self._now()).total_seconds() + 0.999))

    def failed(self, name: str, address: str) -> None:
        """Note a wrong password."""
        count, _ = self._failures.pop((name, address), (0, self._now()))
        self._failures[(name, address)] = (count + 1, self._now())
        while len(self._failures) > FAILURES_KEPT_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the wrong ones."""
        self._failures.pop((name, address), None)
