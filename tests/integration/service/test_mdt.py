"""An MDT clinic over the wire: its door board follows each doctor, and the kiosk lets him stay."""

from collections.abc import Callable

from queue_server.contract import topics
from queue_server.rules import commands as asked
from queue_server.rules.terms import AreaId, QueueId, RoomId, TicketId
from tests.integration.service.served_site import Listener, ServedSite

CLINIC = QueueId("diabetes-mdt")
OUYANG, HAN = QueueId("endocrinology-1"), QueueId("orthopaedics-1")
M001 = TicketId(f"{CLINIC}:M001")


def states(board: dict[str, object]) -> list[str]:
    room = board["room"]
    assert isinstance(room, dict)
    return [one["state"] for one in room["team"]]


def test_the_door_shows_who_is_there_and_a_restart_forgets_nobody(
    served: ServedSite, listen: Callable[..., Listener]
) -> None:
    door = topics.room_board(served.site, RoomId("room-305"))
    call = topics.call(served.site, AreaId("area-b"))
    screen = listen(served, door, call)
    screen.wait_for(door, lambda board: states(board) == ["absent"] * 3)

    served.act(asked.AddWalkIn(queue=CLINIC, prefix="M"))
    served.act(asked.JoinTeam(queue=CLINIC, member=OUYANG))
    served.act(asked.JoinTeam(queue=CLINIC, member=HAN))
    screen.wait_for(door, lambda board: states(board) == ["present", "present", "absent"])
    served.act(asked.CallNext(queue=CLINIC))
    assert screen.wait_for(call, lambda one: one["number"] == "M001")["room"] == "room-305"
    served.act(asked.ComeToPatient(queue=CLINIC, ticket=M001, member=HAN))
    screen.wait_for(door, lambda board: states(board) == ["present", "with_patient", "absent"])

    served.restart()

    served.act(asked.EndTurn(queue=CLINIC, ticket=M001, member=HAN))
    later = listen(served, door)
    later.wait_for(door, lambda board: states(board) == ["present", "done", "absent"])
