"""What the service knows of devices, and what it tells them to do."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from queue_server.contract import topics
from queue_server.contract.device_messages import DeviceStatus, Heard, Screenshot
from queue_server.contract.topics import SERVER
from queue_server.rules.terms import AreaId, DeviceAct, DeviceId
from queue_server.service.facts import DeviceCommanded
from queue_server.service.queue_service import QueueService
from queue_server.service.writer import COMMAND_LIFE_S
from tests.integration.service.served_site import (
    WAIT_S,
    Device,
    Listener,
    ServedSite,
    wait_until_now,
)

AREA_A = AreaId("area-a")
pytestmark = pytest.mark.broker


def test_devices_are_known_by_their_last_word(kiosk: Device, served: ServedSite) -> None:
    tv = DeviceId("tv-1")
    kiosk.tell(topics.status(served.site, tv), DeviceStatus(is_up=True, paper="low"), retain=True)
    wait_until_now(served.service, lambda service: tv in service.now.devices)
    assert served.service.now.devices[tv].status.paper == "low"

    served.restart()
    wait_until_now(served.service, lambda service: tv in service.now.devices)
    assert served.service.now.devices[tv].status.is_up


def test_a_call_that_a_board_has_spoken_is_known(kiosk: Device, served: ServedSite) -> None:
    tv = DeviceId("tv-1")
    heard = Heard(sequence=3, area=AREA_A, heard_at=served.clock(), was_spoken=False, why_not="x")

    kiosk.tell(topics.heard(served.site, tv), heard)

    wait_until_now(served.service, lambda service: tv in service.now.devices)
    assert served.service.now.devices[tv].heard == (heard,)


def test_a_command_is_journaled_and_goes_out_once_with_its_expiry(
    served: ServedSite, listen: Callable[..., Listener]
) -> None:
    tv = DeviceId("tv-1")
    topic = topics.command(served.site, tv)
    device = listen(served, topic)

    served.service.note(
        DeviceCommanded(device=tv, do=DeviceAct.RELOAD, by="administrator:qin"),
        by="administrator:qin",
    ).result(WAIT_S)

    told = device.wait_for(topic, lambda told: told["do"] == "reload")
    expires_at = served.clock() + timedelta(seconds=COMMAND_LIFE_S)
    assert datetime.fromisoformat(told["expires_at"]) == expires_at
    served.restart()
    [command] = served.service.now.device_commands
    assert (command.device, command.do, command.by) == (tv, "reload", "administrator:qin")
    later = listen(served, topics.PREFIX + f"/{served.site}/#")
    later.wait_for(topics.status(served.site, SERVER), lambda told: told["is_up"])
    assert later.texts(topic) == []


def test_the_last_screenshot_of_a_device_is_kept_in_memory_only(
    kiosk: Device, served: ServedSite
) -> None:
    tv = DeviceId("tv-1")
    for jpeg in (b"\xff\xd8first", b"\xff\xd8second"):
        kiosk.tell(
            topics.screenshot(served.site, tv), Screenshot(taken_at=served.clock(), jpeg=jpeg)
        )

    def is_there(service: QueueService) -> bool:
        state = service.now.devices.get(tv)
        taken = state.screenshot if state else None
        return taken is not None and taken.jpeg.endswith(b"second")

    wait_until_now(served.service, is_there)
    served.restart()
    assert tv not in served.service.now.devices
