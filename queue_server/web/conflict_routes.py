"""The nurse station's API for offline check-ins that did not fit."""

from typing import Annotated

from fastapi import APIRouter, Depends

from queue_server.service.facts import ConflictSettled
from queue_server.web.bodies import NoFields
from queue_server.web.desk import Desk
from queue_server.web.users import User


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of conflicts, which are shown in the station's view."""
    router = APIRouter(prefix="/api/station/conflicts", tags=["nurse station"])

    @router.post("/{conflict_id}/settle")
    async def settle(
        conflict_id: str, _body: NoFields, user: Annotated[User, Depends(desk.access.nurse)]
    ) -> NoFields:
        """Say that an offline check-in that did not fit has been seen to."""
        if any(one.conflict_id == conflict_id for one in desk.service.now.conflicts):
            await desk.note(user, ConflictSettled(conflict_id=conflict_id))
        return NoFields()

    return router
