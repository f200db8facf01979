"""Speaks the calls of one area through one loudspeaker, one announcement at a time.

An announcement is: chime, Chinese, English; a pause; the same once more. While it is young,
the view lays the call over the board. Each call is acknowledged to the server: spoken, or why
not.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from display.call_queue import CallQueue
from display.header import SoundState
from hardware.errors import HardwareError
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.reading import chinese, english, load_dictionary
from queue_server.contract.boards import AreaBoard, Call
from queue_server.contract.device_messages import Heard

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How an announcement goes in time."""

    rounds: int = 2
    pause_s: float = 3.0
    shown_s: float = 9.0
    """How long a call lies over the board; the next one waits at least so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Current:
    call: Call
    started_at: datetime


class Announcer:
    """Takes calls and boards in, speaks what is fresh.

    Args:
        loudspeaker: None: calls are shown and acknowledged as not spoken.
        now: gives the present instant.
        sleep: waits so many seconds.
        acknowledge: carries a `Heard` to the server.
        digit_one: how the digit 1 is said in a ticket number, `yi1` or `yao1`.
    """

    def __init__(
        self,
        loudspeaker: Loudspeaker | None,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        acknowledge: Callable[[Heard], None],
        pace: Pace,
        digit_one: str = "yi1",
    ) -> None:
        self._loudspeaker = loudspeaker
        self._now = now
        self._sleep = sleep
        self._acknowledge = acknowledge
        self._pace = pace
        self._digit_one = digit_one
        self._queue = CallQueue()
        self._came = asyncio.Event()
        self._current: _Current | None = None
        self._fault: HardwareError | None = None
        self._is_silent = False
        self.on_change: Callable[[], None] = lambda: None
        """Called when another call is to be shown, or the sound came or went."""

    @property
    def sound(self) -> SoundState:
        """What the people in front of the board should know of the loudspeaker."""
        return SoundState(has_fault=self._fault is not None, is_silent=self._is_silent)

    def shown(self, now: datetime) -> Call | None:
        """Return the call that lies over the board at `now`."""
        current = self._current
        if current is None or now >= current.call.fresh_until:
            return None
        ends_at = current.started_at + timedelta(seconds=self._pace.shown_s)
        return current.call if now < ends_at else None

    def offer(self, call: Call) -> None:
        """Take in a call that has just come."""
        if self._queue.add(call, self._now()):
            self._came.set()

    def look_at(self, board: AreaBoard) -> None:
        """Find on a board the calls that were missed on the line."""
        if self._queue.look_at(board, self._now()):
            self._came.set()

    def be_silent(self, is_silent: bool) -> None:
        """Stop speaking, or begin again; an announcement under way is finished."""
        self._is_silent = is_silent
        self.on_change()

    async def run(self) -> None:
        """Speak for ever; a missing loudspeaker is found before the first call."""
        if self._loudspeaker is not None:
            load_dictionary()
            try:
                await self._loudspeaker.check()
            except HardwareError as error:
                self._sound_is(error)
        while True:
            await self._came.wait()
            self._came.clear()
            while await self._next():
                pass

    async def _next(self) -> bool:
        call, stale = self._queue.take(self._now())
        for late in stale:
            log.warning("call %d went stale before it could be spoken", late.sequence)
            self._tell(late, "stale")
        if call is None:
            return False
        self._current = _Current(call=call, started_at=self._now())
        self.on_change()
        self._tell(call, await self._announce(call))
        shown_until = self._current.started_at + timedelta(seconds=self._pace.shown_s)
        left_s = (shown_until - self._now()).total_seconds()
        # A clock that was set back meanwhile must not silence the loudspeaker.
        await self._sleep(min(max(0.0, left_s), self._pace.shown_s))
        self._current = None
        self.on_change()
        return True

    async def _announce(self, call: Call) -> str:
        """Speak a call; return why it was not spoken, empty when it was."""
        if self._loudspeaker is None:
            return "no loudspeaker is set up"
        if self._is_silent:
            return "silenced"
        try:
            for done in range(self._pace.rounds):
                began_at = self._now()
                await self._say(self._loudspeaker, call)
                if done + 1 < self._pace.rounds and not await self._may_repeat(call, began_at):
                    break
        except HardwareError as error:
            self._sound_is(error)
            return error.code
        self._sound_is(None)
        return ""

    async def _say(self, loudspeaker: Loudspeaker, call: Call) -> None:
        readings = [
            chinese(call.spoken_zh, name=call.spoken_name_zh, one=self._digit_one),
            english(call.spoken_en),
        ]
        await loudspeaker.say(readings, name=f"{call.sequence}-{call.number}", with_chime=True)

    async def _may_repeat(self, call: Call, began_at: datetime) -> bool:
        """Wait out the pause; a call is not repeated when that would silence another one."""
        pause = timedelta(seconds=self._pace.pause_s)
        round_time = self._now() - began_at
        if self._queue.would_starve(self._now() + pause + round_time):
            return False
        await self._sleep(self._pace.pause_s)
        return self._now() < call.fresh_until and not self._queue.is_over(call)

    def _tell(self, call: Call, why_not: str) -> None:
        self._acknowledge(
            Heard(
                sequence=call.sequence,
                area=call.area,
                heard_at=self._now(),
                was_spoken=not why_not,
                why_not=why_not[:200],
            )
        )

    def _sound_is(self, fault: HardwareError | None) -> None:
        if (fault is None) == (self._fault is None):
            return
        self._fault = fault
        if fault:
            log.error("%s (%s)", fault.sentence_en, fault)
        else:
            log.info("the loudspeaker can be heard again")
        self.on_change()
