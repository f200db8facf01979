import asyncio

from display.heard_outbox import KEPT_MAX, HeardOutbox
from queue_server.contract.device_messages import Heard
from tests.unit.display.samples import NOW


def heard(sequence: int) -> Heard:
    return Heard(sequence=sequence, area="area-a", heard_at=NOW, was_spoken=True)


async def test_acknowledgements_wait_for_the_line_and_keep_their_order() -> None:
    sent: list[int] = []

    async def publish(one: Heard) -> None:
        await asyncio.sleep(0)
        sent.append(one.sequence)

    outbox = HeardOutbox(publish)
    outbox.put(heard(1))
    outbox.put(heard(2))
    await asyncio.sleep(0)
    assert sent == []

    outbox.line_changed(True)
    outbox.put(heard(3))
    for _ in range(10):
        await asyncio.sleep(0)

    assert sent == [1, 2, 3]


async def test_a_long_absence_keeps_the_latest() -> None:
    sent: list[int] = []

    async def publish(one: Heard) -> None:
        sent.append(one.sequence)

    outbox = HeardOutbox(publish)
    for sequence in range(KEPT_MAX + 10):
        outbox.put(heard(sequence))
    outbox.line_changed(True)
    await asyncio.sleep(0)

    assert sent == list(range(10, KEPT_MAX + 10))
