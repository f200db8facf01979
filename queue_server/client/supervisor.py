"""What a program tells the service manager that started it: ready, alive, about to stop.

The protocol is sd_notify(3) of systemd: a datagram to the socket that the environment names. It is
ten lines, and the packages that speak it are dead or have to be compiled.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_ALIVE_TIMES_PER_TIMEOUT: Final = 3
"""One word may get lost, and another may come late, before a program is taken for hung."""
_WITHOUT_WATCHDOG_S: Final = 60.0


@dataclass(slots=True)
class Supervisor:
    """The service manager; without one, every word goes nowhere.

    Args:
        environment: where NOTIFY_SOCKET and WATCHDOG_USEC stand, if there is a service manager.
        monotonic: gives seconds that only go forward.
    """

    environment: Mapping[str, str]
    monotonic: Callable[[], float]
    _next_word_s: float = 0.0

    @property
    def alive_every_s(self) -> float:
        """How often `alive` has to be told, so that nobody takes the program for hung."""
        timeout_us = self.environment.get("WATCHDOG_USEC", "")
        if not timeout_us.isdecimal():
            return _WITHOUT_WATCHDOG_S
        return int(timeout_us) / 1_000_000 / _ALIVE_TIMES_PER_TIMEOUT

    def ready(self) -> None:
        """Say that what the program is there for can be had now."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Say that the program's loop turns. May be called at each turn: few words go out."""
        now_s = self.monotonic()
        if now_s >= self._next_word_s:
            self._next_word_s = now_s + self.alive_every_s
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the program ends because it was told to."""
        self._tell("STOPPING=1")

    async def watch_the_loop(self) -> None:
        """Say `alive` for as long as the loop turns in which this runs."""
        while True:
            self.alive()
            await asyncio.sleep(self.alive_every_s)

    def _tell(self, word: str) -> None:
        address = self.environment.get("NOTIFY_SOCKET", "")
        if not address:
            return
        # A name that begins with @ is in the abstract name space, which the kernel writes as \0.
        path = f"\0{address[1:]}" if address.startswith("@") else address
        # A program that can't reach its service manager still does its work.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(word.encode(), path)
