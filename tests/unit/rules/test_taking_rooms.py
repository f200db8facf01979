"""A doctor says which room he sits in today: each room has exactly one doctor."""

import pytest

from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, QueueId, RefusalCode, RoomId

SHEN, LU, GU = QueueId("cardiology-1"), QueueId("cardiology-2"), QueueId("respiratory-1")
USUAL = {SHEN: RoomId("room-201"), LU: RoomId("room-202"), GU: RoomId("room-203")}
POLICIES = dict.fromkeys(USUAL, Policy())


def takes(queue: QueueId, room: str) -> asked.TakeRoom:
    usual = next(one for one, its in USUAL.items() if its == room)
    return asked.TakeRoom(
        queue=queue, room=RoomId(room), usual_queue=usual, own_usual_room=USUAL[queue]
    )


def played(*commands: asked.Command, day: Day | None = None) -> Day:
    day = day or open_day(POLICIES)
    for command in commands:
        act = Act(command=command, at_s=DaySecond(8 * 3600), by="doctor:lu")
        _, day = decide_and_apply(day, act, POLICIES)
    return day


def refused(day: Day, command: asked.Command) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        played(command, day=day)
    return caught.value.code


def rooms(day: Day) -> dict[QueueId, str]:
    return {queue: day.queues[queue].standing.room or usual for queue, usual in USUAL.items()}


def test_who_takes_a_room_gives_his_own_to_whoever_had_it() -> None:
    day = played(takes(LU, "room-203"))

    assert rooms(day) == {SHEN: "room-201", LU: "room-203", GU: "room-202"}


def test_a_room_in_which_a_doctor_is_today_is_not_taken_from_him() -> None:
    day = played(asked.Attend(queue=GU))

    assert refused(day, takes(LU, "room-203")) is RefusalCode.ROOM_TAKEN
    assert rooms(played(asked.Stop(queue=GU), takes(LU, "room-203"), day=day))[LU] == "room-203"


def test_nobody_changes_rooms_while_a_patient_is_on_his_way() -> None:
    walk_in = asked.AddWalkIn(queue=LU, prefix="B")
    day = played(walk_in, asked.CallNext(queue=LU))

    assert refused(day, takes(LU, "room-203")) is RefusalCode.ROOM_BUSY


def test_the_room_in_which_he_sits_is_not_taken_again() -> None:
    assert refused(played(), takes(LU, "room-202")) is RefusalCode.ROOM_IS_OWN
    assert refused(played(takes(LU, "room-203")), takes(LU, "room-203")) is RefusalCode.ROOM_IS_OWN


def test_he_may_go_back_and_go_on_to_a_third_one() -> None:
    day = played(takes(LU, "room-203"), takes(LU, "room-201"))

    assert rooms(day) == {SHEN: "room-203", LU: "room-201", GU: "room-202"}
    assert rooms(played(takes(LU, "room-202"), day=day))[LU] == "room-202"


def test_a_change_can_be_undone_until_somebody_else_has_changed() -> None:
    day = played(takes(LU, "room-203"))
    undo = asked.Undo(queue=LU, entry=day.entry_count)

    assert rooms(played(undo, day=day)) == USUAL
    changed = played(takes(GU, "room-201"), day=day)
    assert refused(changed, undo) is RefusalCode.NOTHING_TO_UNDO


def test_a_stop_that_is_undone_leaves_the_room_as_it_is() -> None:
    day = played(asked.Pause(queue=LU))
    undo = asked.Undo(queue=LU, entry=day.entry_count)

    assert rooms(played(takes(LU, "room-203"), undo, day=day))[LU] == "room-203"
