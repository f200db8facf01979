"""The loudspeaker goes on speaking, whatever is done to the machine's clock."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from display.announcer import Announcer, Pace
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.reading import Reading
from queue_server.contract.device_messages import Heard
from tests.unit.display.samples import NOW, call
from tests.unit.display.virtual_time import VirtualTime

SPEAKING_S = 5.0


class _Loudspeaker(Loudspeaker):
    """Takes its time and makes no sound."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time

    async def say(
        self, readings: Sequence[Reading], *, name: str = "", with_chime: bool = False
    ) -> None:
        await self._time.sleep(SPEAKING_S)

    async def check(self) -> None:
        pass


async def test_a_clock_that_is_set_back_does_not_silence_the_loudspeaker() -> None:
    time, heard, error = VirtualTime(NOW), list[Heard](), timedelta()

    def clock() -> datetime:
        return time.now() + error

    announcer = Announcer(
        _Loudspeaker(time), now=clock, sleep=time.sleep, acknowledge=heard.append, pace=Pace()
    )
    running = asyncio.create_task(announcer.run())
    announcer.offer(call(1))
    await time.run_for(SPEAKING_S / 2)
    error = timedelta(minutes=-30)
    await time.run_for(60)

    announcer.offer(call(2))
    await time.run_for(60)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert [(one.sequence, one.was_spoken) for one in heard] == [(1, True), (2, True)]
