"""Who has no doctor yet stands on the area's board; who has one, on that of his door."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from queue_server.contract import topics
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.terms import AreaId, QueueId, RoomId
from queue_server.site import load_site
from tests.integration.service.known_hospital import OF_CLINIC, OF_CLINIC_TOO
from tests.integration.service.served_site import Device, Listener, ServedSite

CLINIC, GU, JI = QueueId("respiratory"), QueueId("respiratory-1"), QueueId("respiratory-2")
AREA = AreaId("area-a")


def numbers(tickets: list[dict[str, Any]]) -> list[str]:
    return [ticket["number"] for ticket in tickets]


def test_an_area_board_shows_who_has_no_doctor_and_a_door_board_who_got_one(
    kiosk: Device, served: ServedSite, listen: Callable[..., Listener]
) -> None:
    area = topics.area_board(served.site, AREA)
    doors = [topics.room_board(served.site, RoomId(f"room-{number}")) for number in (203, 204)]
    screens = listen(served, area, *doors)
    for doctor in (GU, JI):
        for _ in range(2):
            served.act(asked.AddWalkIn(queue=doctor, prefix="W"))
    kiosk.check_in(OF_CLINIC)
    kiosk.check_in(OF_CLINIC_TOO)

    board = screens.wait_for(
        area, lambda one: numbers(one["area_queues"][0]["waiting"]) == ["C001", "C002"]
    )
    [waiting] = board["area_queues"]
    assert waiting["clinic_zh"] == "呼吸与危重症医学科"
    assert [ticket["masked_name"] for ticket in waiting["waiting"]] == ["何*诊", "许*诊"]

    served.act(asked.CallNext(queue=JI))

    screens.wait_for(area, lambda one: numbers(one["area_queues"][0]["waiting"]) == ["C002"])
    door = screens.wait_for(
        doors[1], lambda one: "C001" in numbers([*one["room"]["standby"], *one["room"]["waiting"]])
    )
    assert door["room"]["in_room"]["number"] == "W001"
    assert all(
        "C001" not in numbers([*one["room"]["standby"], *one["room"]["waiting"]])
        for one in screens.texts(doors[0])
    )


def test_a_sensitive_clinic_shows_neither_its_name_nor_anybodys(
    waiting_site: ServedSite,
    listen: Callable[..., Listener],
    device_of: Callable[..., Device],
) -> None:
    [clinic] = load_site(DEMO_SITE_FILE).area_queues
    sensitive = replace(clinic, queue=replace(clinic.queue, is_sensitive=True))
    waiting_site.site_changes = {"area_queues": (sensitive,)}
    waiting_site.start()
    for doctor in (GU, JI):
        waiting_site.act(asked.Pause(queue=doctor))
    area = topics.area_board(waiting_site.site, AREA)
    screen = listen(waiting_site, area)

    device_of(waiting_site).check_in(OF_CLINIC)

    board = screen.wait_for(area, lambda one: one["area_queues"][0]["waiting"])
    [waiting] = board["area_queues"]
    assert (waiting["clinic_zh"], waiting["clinic_en"]) == ("", "")
    assert [ticket["masked_name"] for ticket in waiting["waiting"]] == [""]
