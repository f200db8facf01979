"""`POST /api/queues/{queue}/room`: the doctor says which room he sits in today."""

from typing import Annotated

from fastapi import APIRouter, Depends

from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, RefusalCode, RoomId
from queue_server.web.access import require_queue
from queue_server.web.act_routes import Done, done
from queue_server.web.bodies import RoomAct
from queue_server.web.desk import Desk
from queue_server.web.users import User


def make_router(desk: Desk) -> APIRouter:
    """Return the route by which a doctor takes a room of his area."""
    router = APIRouter(prefix="/api/queues/{queue}", tags=["acts"])
    doctor = Depends(desk.access.doctor)

    @router.post("/room", summary=asked.TakeRoom.__doc__)
    async def room(queue: str, body: RoomAct, user: Annotated[User, doctor]) -> Done:
        setup, room = desk.service.setup, RoomId(body.room)
        own, usual = setup.queues[require_queue(user, queue)], setup.usual_queue(room)
        if usual is None or usual.area != own.area:
            raise Refused(RefusalCode.NOT_ALLOWED)
        return await done(
            desk,
            user,
            asked.TakeRoom,
            queue,
            body,
            room=room,
            usual_queue=QueueId(usual.id),
            own_usual_room=own.room,
        )

    return router
