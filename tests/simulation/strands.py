"""Work that blocks, in the one loop: each piece is a greenlet, which lets virtual time pass.

Cashier and payment desk run in threads of their own, and wait there for gateways. Here they run as
they are: where a thread would wait, its strand is left, and taken up again by a timer.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from random import Random
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from queue_server.service.jobs import firm_future
from tests.simulation.disk import Crash
from tests.simulation.world import World

BEGINS_WITHIN_S = 0.02


class Strands(Executor):
    """Runs strands until the process dies.

    Args:
        world: whose loop.
        chance: how long it takes until a strand begins.
        hangs_until_s: until when the process stands still.
        dies: told of a crash that happened in a strand.
    """

    def __init__(
        self,
        world: World,
        chance: Random,
        *,
        hangs_until_s: Callable[[], float],
        dies: Callable[[], None],
    ) -> None:
        self._loop = world.loop
        self._world = world
        self._chance = chance
        self._hangs_until_s = hangs_until_s
        self._dies = dies
        self._alive: dict[int, greenlet] = {}
        self._is_closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call `fn` in a strand of its own, soon."""
        future: Future[Any] = firm_future()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except Crash:
                self._dies()
            except Exception as error:  # noqa: BLE001  # a thread of the product would log it
                self._world.fail(error)
            finally:
                self._alive.pop(id(strand), None)

        strand = greenlet(work)
        self._alive[id(strand)] = strand
        self._resume_in(strand, self._chance.uniform(0.0, BEGINS_WITHIN_S))
        return future

    def pause(self, seconds: float) -> None:
        """Let time pass for the strand that asks; others go on meanwhile."""
        strand = getcurrent()
        self._resume_in(strand, seconds)
        assert strand.parent is not None, "only a strand may wait"
        strand.parent.switch()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let none of them go on: the process is gone."""
        self._is_closed = True
        for strand in list(self._alive.values()):
            if strand:
                strand.throw(GreenletExit)
        self._alive.clear()

    def _resume_in(self, strand: greenlet, seconds: float) -> None:
        self._loop.call_later(seconds, self._resume, strand)

    def _resume(self, strand: greenlet) -> None:
        if self._is_closed:
            return
        hangs_s = self._hangs_until_s() - self._loop.time()
        if hangs_s > 0:
            self._resume_in(strand, hangs_s)
            return
        strand.parent = getcurrent()
        strand.switch()
