"""The port of a code scanner."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol


class ScannerState(StrEnum):
    """How a scanner is."""

    STOPPED = "stopped"
    READY = "ready"
    UNREACHABLE = "unreachable"
    """Unplugged, or held by another program. The driver goes on trying to reach it."""


class Scanner(Protocol):
    """Delivers the codes that people hold in front of it.

    Both callbacks come **from the scanner's own thread** and must return at once: put what they
    bring into a bounded queue, or hand it over with `Clock.schedule_once`. A code may be anything,
    a payment code included (see `hardware.code_kind`): it must never be logged.
    """

    def start(
        self,
        on_code: Callable[[str], None],
        on_state: Callable[[ScannerState], None] | None = None,
    ) -> None:
        """Begin to deliver codes, each without its end mark.

        When it returns, `state` says whether the scanner is there; if not, it is looked for again
        and again. `on_state` is told of every change after that.
        """
        ...

    def stop(self) -> None:
        """Stop; when it returns, no callback is called any more. May be called twice."""
        ...

    @property
    def state(self) -> ScannerState:
        """How the scanner is now."""
        ...
