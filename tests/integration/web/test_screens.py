"""The preview of the screens of a nurse's areas: which, how often they are asked, and for whom."""

import json

import pytest

from queue_server.contract.device_messages import DeviceStatus, Screenshot
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import HospitalDay
from tests.integration.web.many_devices import jpeg, status

LOOK = "/api/station/screens"


@pytest.fixture
def equipped(day: HospitalDay) -> HospitalDay:
    """A board for each of two areas, one at a door, a kiosk."""
    day.device_says("board-a", status(day, "area-board", "area-a"))
    day.device_says("board-c", status(day, "area-board", "area-c"))
    day.device_says("door-201", status(day, "door-board", "room-201"))
    day.device_says("kiosk-01", status(day, "kiosk"))
    return day


def asked(day: HospitalDay) -> list[str]:
    """Which devices were asked for a picture, in this order."""
    return [
        topic.rpartition("/")[2]
        for topic, payload in day.door.published
        if "/command/" in topic and json.loads(payload)["do"] == "screenshot"
    ]


async def test_a_nurse_sees_the_screens_of_her_areas_and_each_is_asked_for_a_picture(
    equipped: HospitalDay, signed_in: SignedIn
) -> None:
    everywhere, of_c = await signed_in("li"), await signed_in("bai")

    screens = (await everywhere.post(LOOK, json={})).json()
    assert [(one["device"], one["place_zh"], one["line"]) for one in screens] == [
        ("board-a", "A 候诊区", "up"),
        ("door-201", "201 诊室", "up"),
        ("board-c", "C 候诊区", "up"),
    ]
    assert [one["device"] for one in (await of_c.post(LOOK, json={})).json()] == ["board-c"]
    assert asked(equipped) == ["board-a", "door-201", "board-c"]


async def test_a_screen_is_asked_every_few_seconds_however_many_look(
    equipped: HospitalDay, signed_in: SignedIn
) -> None:
    nurses = [await signed_in("li"), await signed_in("zhao")]
    for _ in range(3):
        for nurse in nurses:
            await nurse.post(LOOK, json={})
    assert asked(equipped).count("board-a") == 1

    equipped.clock.set(8, 1)
    equipped.device_says("board-a", status(equipped, "area-board", "area-a"))
    await nurses[0].post(LOOK, json={})

    assert asked(equipped).count("board-a") == 2
    # It is no act of hers, and nobody has to read of it.
    assert equipped.service.now.device_commands == ()


async def test_the_picture_is_what_the_screen_has_sent_last_and_only_for_nurses_of_its_area(
    equipped: HospitalDay, signed_in: SignedIn
) -> None:
    sent = Screenshot(taken_at=equipped.clock(), jpeg=jpeg())
    equipped.device_says("board-a", sent)
    equipped.device_says("kiosk-01", sent)
    li, bai = await signed_in("li"), await signed_in("bai")

    [first, *_] = (await li.post(LOOK, json={})).json()
    answer = await li.get(f"{LOOK}/board-a/picture")

    assert first["taken_text"] == "08:00:00"
    assert (answer.content, answer.headers["content-type"]) == (jpeg(), "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"
    for client, device in ((bai, "board-a"), (li, "door-201"), (li, "kiosk-01"), (li, "unknown")):
        assert (await client.get(f"{LOOK}/{device}/picture")).json()["code"] == "NOT_FOUND"


@pytest.mark.parametrize("user", ["shen", "zheng", "qian"])
async def test_nobody_but_a_nurse_has_a_preview(
    equipped: HospitalDay, signed_in: SignedIn, user: str
) -> None:
    client = await signed_in(user)

    assert (await client.post(LOOK, json={})).json()["code"] == "NOT_ALLOWED"
    assert (await client.get(f"{LOOK}/board-a/picture")).json()["code"] == "NOT_ALLOWED"


async def test_a_screen_without_a_line_is_shown_as_such_and_asked_nothing(
    equipped: HospitalDay, signed_in: SignedIn
) -> None:
    equipped.device_says("board-a", DeviceStatus(is_up=False))
    client = await signed_in("li")

    screens = (await client.post(LOOK, json={})).json()

    assert {one["device"]: one["line"] for one in screens}["board-a"] == "down"
    assert "board-a" not in asked(equipped)
