"""Slows down whoever guesses passwords or codes. Kept in memory, bounded, gone with a restart."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

KEPT_MAX: Final = 10_000
FORGOTTEN_AFTER: Final = timedelta(hours=1)
"""A failure counts no longer when nothing has failed for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failures:
    count: int
    last_at: datetime


class Throttle:
    """After `free_count` failures of a key, each further try has to wait for `pause`.

    Used from the web loop only.
    """

    def __init__(self, now: Callable[[], datetime], *, free_count: int, pause: timedelta) -> None:
        self._now = now
        self._free_count = free_count
        self._pause = pause
        self._failures: OrderedDict[Hashable, _Failures] = OrderedDict()

    def wait_s(self, key: Hashable) -> int:
        """Return how many seconds have to pass before the next try; 0: none."""
        failures = self._of(key)
        if failures.count < self._free_count:
            return 0
        left = failures.last_at + self._pause - self._now()
        return max(0, int(left.total_seconds() + 0.999))

    def failed(self, key: Hashable) -> None:
        """Note a failure."""
        count = self._of(key).count + 1
        self._failures[key] = _Failures(count=count, last_at=self._now())
        self._failures.move_to_end(key)
        while len(self._failures) > KEPT_MAX:
            self._failures.popitem(last=False)

    def forgive(self, key: Hashable) -> None:
        """Take the last failure back."""
        failures = self._of(key)
        if failures.count > 1:
            self._failures[key] = _Failures(count=failures.count - 1, last_at=failures.last_at)
        else:
            self.forget(key)

    def forget(self, key: Hashable) -> None:
        """Begin anew with a key."""
        self._failures.pop(key, None)

    def _of(self, key: Hashable) -> _Failures:
        failures = self._failures.get(key)
        if failures is None or failures.last_at + FORGOTTEN_AFTER <= self._now():
            return _Failures(count=0, last_at=self._now())
        return failures


class SignInThrottle:
    """Counts tries to sign in, in three ways.

    A name together with where it was typed: nobody locks a nurse out from another machine.
    An address whatever the name: one password tried on everybody. The codes of a name from
    anywhere: six digits are few, and only who knows the password gets so far.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._of_name = Throttle(now, free_count=5, pause=timedelta(seconds=30))
        self._of_address = Throttle(now, free_count=20, pause=timedelta(seconds=30))
        self._of_codes = Throttle(now, free_count=5, pause=timedelta(minutes=5))

    def wait_s(self, name: str, address: str) -> int:
        """Return how many seconds have to pass before the next password; 0: none."""
        return max(self._of_name.wait_s((name, address)), self._of_address.wait_s(address))

    def began(self, name: str, address: str) -> None:
        """Count a try before its password is checked: tries at the same time count as well."""
        self._of_name.failed((name, address))
        self._of_address.failed(address)

    def knew_password(self, name: str, address: str) -> None:
        """The password was right."""
        self._of_name.forget((name, address))
        self._of_address.forgive(address)

    def code_wait_s(self, name: str) -> int:
        """Return how many seconds have to pass before the next code; 0: none."""
        return self._of_codes.wait_s(name)

    def code_failed(self, name: str) -> None:
        """Note a wrong code."""
        self._of_codes.failed(name)

    def code_was_right(self, name: str) -> None:
        """Forget the wrong ones."""
        self._of_codes.forget(name)
