"""An asyncio loop whose time is virtual: when nothing is ready it jumps to the next timer."""

import asyncio
import selectors


class NothingLeft(Exception):
    """Nobody waits for a moment that could come: the simulation would stand still for ever."""


class _JumpingSelector(selectors.SelectSelector):
    """Looks at no socket; instead of waiting it lets virtual time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingLeft
        self.now_s += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs hours in milliseconds, and the same way each time: nothing outside has a say."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self._jumping.now_s

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Do nothing: nothing runs in another thread, and no thread is waited for."""
