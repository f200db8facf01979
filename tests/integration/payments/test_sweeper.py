"""The sweeper settles what is open, at its pace; the sandbox's callbacks come by themselves."""

import queue
import random
from datetime import timedelta

from fastapi import FastAPI, Request
from starlette.responses import Response

from queue_server.journal.journal import JournalUnusable
from queue_server.payments.sandbox.messenger import HttpMessenger
from queue_server.payments.sandbox.provider import Callback
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import AttemptState, Channel
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.serving import address_of, free_port, served
from tests.integration.payments.world import World


def a_world() -> World:
    world = World(random.Random(3), MemorySteps())
    world.is_calm = True
    world.post()
    return world


def test_a_waiting_payment_is_asked_about_every_three_seconds_and_not_more_often() -> None:
    world = a_world()
    attempt = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    asked = []
    for _ in range(10):
        world.now += timedelta(seconds=1)
        asked += list(world.sweeper.due())

    assert asked == [attempt.id] * 3


def test_what_is_closed_is_looked_at_once_more_after_ten_minutes() -> None:
    world = a_world()
    attempt = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    world.cashier.cancel(attempt.id, by="kiosk-1")

    looks = []
    for _ in range(30):
        world.now += timedelta(minutes=1)
        looks += list(world.sweeper.due())

    assert looks == [attempt.id]


def test_a_running_sweeper_settles_a_payment_of_which_no_callback_came() -> None:
    world = a_world()
    attempt = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    world.now += timedelta(seconds=5)
    calls: queue.SimpleQueue[str] = queue.SimpleQueue()
    world.hospital.heard = calls.put
    sweeper = Sweeper(world.cashier, lambda: world.now, fatal=lambda error: calls.put(str(error)))

    sweeper.start()
    told = calls.get(timeout=60)
    sweeper.stop()

    assert told == attempt.id
    assert world.cashier.attempt(attempt.id).state is AttemptState.FULFILLED


def test_a_journal_that_can_not_be_written_stops_the_process() -> None:
    world = a_world()
    attempt = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    world.now += timedelta(seconds=5)
    fatal: queue.SimpleQueue[Exception] = queue.SimpleQueue()

    def full(*_: object, **__: object) -> None:
        raise JournalUnusable("the disk is full")

    world._store.append = full  # type: ignore[method-assign]
    sweeper = Sweeper(world.cashier, lambda: world.now, fatal=fatal.put)

    sweeper.start()
    error = fatal.get(timeout=60)
    sweeper.stop()

    assert isinstance(error, JournalUnusable)
    assert world.cashier.attempt(attempt.id).state is AttemptState.WAITING


def test_the_sandbox_delivers_a_callback_and_tries_again_when_it_is_not_taken() -> None:
    came: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    answers = iter([Response(status_code=500), Response(b"failure"), Response(b"success")])
    application = FastAPI()

    @application.post("/notice")
    async def notice(request: Request) -> Response:
        came.put(await request.body())
        return next(answers)

    port = free_port()
    messenger = HttpMessenger(again_after_s=(0.0, 0.0))
    with served(application, port):
        url = f"{address_of(port)}/notice"
        messenger.send(Callback(url=url, headers={}, body=b"paid"))
        bodies = [came.get(timeout=60) for _ in range(3)]
        messenger.stop()

    assert bodies == [b"paid"] * 3
