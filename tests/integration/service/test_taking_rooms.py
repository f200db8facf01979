"""A doctor sits in another room today: doors, area board, calls and kiosks know it at once."""

from collections.abc import Callable

from queue_server.contract import topics
from queue_server.rules import commands as asked
from queue_server.rules.terms import AreaId, QueueId, RoomId
from tests.integration.service.known_hospital import ON_TIME
from tests.integration.service.served_site import Device, Listener, ServedSite

SHEN, GU = QueueId("cardiology-1"), QueueId("respiratory-1")
TAKE = asked.TakeRoom(
    queue=SHEN,
    room=RoomId("room-203"),
    usual_queue=GU,
    own_usual_room=RoomId("room-201"),
)


def test_doors_calls_and_kiosks_tell_the_room_in_which_he_sits(
    kiosk: Device, served: ServedSite, listen: Callable[..., Listener]
) -> None:
    own, other = (topics.room_board(served.site, RoomId(room)) for room in ("room-203", "room-201"))
    area, call = (
        topics.area_board(served.site, AreaId("area-a")),
        topics.call(served.site, AreaId("area-a")),
    )
    screen = listen(served, own, other, area, call)

    served.act(TAKE)

    screen.wait_for(own, lambda board: board["room"]["doctor_zh"] == "沈怀仁")
    screen.wait_for(other, lambda board: board["room"]["doctor_zh"] == "顾清和")
    screen.wait_for(area, lambda board: board["rooms"][0]["room_zh"] == "203 诊室")
    assert kiosk.check_in(ON_TIME).visit.room_zh == "203 诊室"
    served.act(asked.CallNext(queue=SHEN))
    made = screen.wait_for(call, lambda one: one["sequence"] == 1)
    assert made["room"] == "room-203"
    assert "203" in made["spoken_zh"]
    screen.wait_for(own, lambda board: board["room"]["in_room"])


def test_the_room_outlives_a_restart(kiosk: Device, served: ServedSite) -> None:
    served.act(TAKE)

    served.restart()

    assert kiosk.identify(ON_TIME).visits[0].room_zh == "203 诊室"
