"""The devices page's API: what it shows, and what it sends to devices."""

from queue_server.service.facts import AlarmBegan
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import HospitalDay
from tests.integration.web.many_devices import fill, jpeg


async def test_a_screenshot_is_a_picture_and_nothing_else(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    fill(day)
    client = await signed_in("zheng")

    answer = await client.get("/api/devices/kiosk-01/screenshot")
    assert answer.content == jpeg()
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    none = await client.get("/api/devices/kiosk-02/screenshot")
    assert none.json()["code"] == "NOT_FOUND"


async def test_a_device_without_a_line_is_asked_nothing_and_the_sentence_says_why(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    fill(day)
    client = await signed_in("zheng")

    for device in ("door-03", "nobody-knows-it"):
        refused = (await client.post(f"/api/devices/{device}/reload", json={})).json()
        assert refused["code"] == "DEVICE_AWAY"
        assert "Check its power" in refused["message_en"]

    assert day.service.now.device_commands == ()


async def test_only_an_area_board_can_be_silenced(day: HospitalDay, signed_in: SignedIn) -> None:
    fill(day)
    client = await signed_in("zheng")

    wrong = await client.post("/api/devices/kiosk-01/silence", json={})
    right = await client.post("/api/devices/area-a-board/silence", json={})

    assert wrong.json()["code"] == "BAD_REQUEST"
    assert right.status_code == 200
    assert [one.do for one in day.service.now.device_commands] == ["silence"]


async def test_a_device_that_is_expected_and_was_never_heard_is_shown(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.expect("kiosk-77", kind="kiosk")
    client = await signed_in("zheng")

    [device] = (await client.get("/api/devices/view")).json()["devices"]

    assert (device["device"], device["kind"], device["line"]) == ("kiosk-77", "kiosk", "missing")


async def test_an_alarm_that_another_version_has_journaled_breaks_nothing(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    for code in ("NO_LONGER_A_RULE", "PAPER_OUT"):
        day.service.note(AlarmBegan(code=code, about="kiosk-01", parts={}), by="watch").result(5)

    view = (await (await signed_in("zheng")).get("/api/devices/view")).json()

    assert [alarm["code"] for alarm in view["alarms"]] == ["PAPER_OUT"]
