"""The outbox of a kiosk on a disk that fills up, and that keeps of a power cut what disks keep."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import sqlite_utils

from kiosk.offline.outbox import Outbox, OutboxUnusable
from tests.simulation.disk import Crash, Disk, Files
from tests.simulation.world import World


class FaultyOutbox(Outbox):
    """The real outbox; a commit may fail, or the kiosk may lose its power over it."""

    def __init__(self, world: World, disk: Disk) -> None:
        super().__init__(disk.path)
        self._world = world
        self._chance = world.chance(f"outbox-{disk.path.name}-{world.loop.time()}")
        self._disk = disk
        self._left: Files | None = None

    def lose_power(self) -> None:
        """Leave on disk what a power cut leaves, now or in the commit that was under way."""
        if self._database is None:
            return
        left = self._left or self._disk.files()
        self.close()
        self._disk.restore(left)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite_utils.Database]:
        weather = self._world.weather
        if self._chance.random() < weather.full_outbox:
            self._world.count("full outboxes")
            raise OutboxUnusable("the disk is full")
        is_cut = self._chance.random() < weather.torn_outbox
        before = self._disk.files() if is_cut else None
        with super()._transaction() as database:
            yield database
        if before is not None:
            self._world.count("torn outboxes")
            self._left = self._disk.torn(before, self._disk.files())
            raise Crash


class InLoop(Executor):
    """Stands in for the outbox's thread: does everything at once, in the one loop."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call `fn` now."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # as a thread hands it on; a crash it does not
            done.set_exception(error)
        return done
