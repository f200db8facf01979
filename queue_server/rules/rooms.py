"""Which room a doctor sits in today, where that is not his usual one.

Rooms are exchanged, so that each has exactly one doctor: whoever's it would have been gets the
other's. Nobody who is there today is sent out of his room.
"""

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.desk import Situation
from queue_server.rules.queue import Day, Queue
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueStatus, RefusalCode, RoomId


def take_room(situation: Situation, command: asked.TakeRoom) -> list[happened.Event]:
    """Let the doctor sit in a room; who has it gets the one that he leaves."""
    queue = situation.queue(command)
    if not situation.teams.keys().isdisjoint((command.queue, command.usual_queue)):
        # The patients of an MDT clinic have been told which room it is.
        raise Refused(RefusalCode.ROOM_TAKEN)
    left = queue.standing.room or command.own_usual_room
    if left == command.room:
        raise Refused(RefusalCode.ROOM_IS_OWN)
    holder = _holder(situation.day, command)
    if holder.is_attended and holder.status is not QueueStatus.STOPPED:
        raise Refused(RefusalCode.ROOM_TAKEN)
    for one in (queue, holder):
        if one.in_room is not None:
            raise Refused(RefusalCode.ROOM_BUSY, number=one.tickets[one.in_room].number)
    return [
        _taken(queue, command.room, ReasonCode.ROOM_TAKEN),
        _taken(holder, left, ReasonCode.ROOM_GIVEN_UP),
    ]


def _holder(day: Day, command: asked.TakeRoom) -> Queue:
    """Return whose room it is now."""
    for queue in day.queues.values():
        if queue.standing.room == command.room:
            return queue
    return day.queues[command.usual_queue]


def _taken(queue: Queue, room: RoomId, code: ReasonCode) -> happened.RoomTaken:
    return happened.RoomTaken(queue=queue.id, room=room, reason=Reason(code))
