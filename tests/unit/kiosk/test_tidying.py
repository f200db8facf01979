"""When the kiosk collects its garbage: while nobody stands there."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.tidying import AT_LAST, tidy_between_patients

WITHIN_S = 30
YOUNG_LOOKS = 20
"""Many more than Python lets pass of itself before it looks at everything."""


@contextmanager
def collections_of_everything() -> Iterator[list[int]]:
    made: list[int] = []

    def note(phase: str, info: dict[str, Any]) -> None:
        if phase == "stop" and info["generation"] == 2:
            made.append(info["collected"])

    gc.callbacks.append(note)
    try:
        yield made
    finally:
        gc.callbacks.remove(note)


async def tidying(is_free: Callable[[], bool], meanwhile: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.create_task(tidy_between_patients(is_free, begins_after_s=0, look_every_s=0.001))
    try:
        async with asyncio.timeout(WITHIN_S):
            await until(lambda: gc.get_threshold()[2] == AT_LAST)
            await meanwhile()
    finally:
        task.cancel()


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - the collector has no event for it
        await asyncio.sleep(0.001)


def work_for_a_patient() -> None:
    """Let the collector look at what is young so often that Python would look at everything."""
    for _ in range(YOUNG_LOOKS):
        gc.collect(1)


def test_nobody_at_the_kiosk_waits_until_everything_is_collected() -> None:
    looks = 0

    def is_free() -> bool:
        nonlocal looks
        looks += 1
        return False

    async def meanwhile() -> None:
        with collections_of_everything() as made:
            work_for_a_patient()
            await until(lambda: looks >= 5)
            assert made == []

    asyncio.run(tidying(is_free, meanwhile))


def test_it_is_collected_once_as_soon_as_the_patient_has_gone() -> None:
    is_there = True

    async def meanwhile() -> None:
        nonlocal is_there
        with collections_of_everything() as made:
            work_for_a_patient()
            is_there = False
            await until(lambda: made != [])
            assert gc.get_count()[2] == 0

    asyncio.run(tidying(lambda: not is_there, meanwhile))


def test_the_collector_is_as_it_was_when_the_kiosk_has_ended() -> None:
    before = gc.get_threshold()

    async def meanwhile() -> None:
        assert gc.get_threshold() != before

    asyncio.run(tidying(lambda: True, meanwhile))

    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
