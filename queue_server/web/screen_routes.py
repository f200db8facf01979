"""The preview of the screens of a nurse's areas: each draws what it shows, with names covered."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response

from queue_server.rules.terms import DeviceId
from queue_server.watch.figures import ExpectedDevice
from queue_server.web.bodies import NoFields
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.screens_view import ScreenView, screen_views
from queue_server.web.users import User

LOOK_EVERY: Final = timedelta(seconds=4)
"""A screen is asked so often for a picture, however many nurses look at it."""


def make_router(desk: Desk, expected: Callable[[], Mapping[DeviceId, ExpectedDevice]]) -> APIRouter:
    """Return the routes of the preview."""
    router = APIRouter(prefix="/api/station/screens", tags=["nurse station"])
    nurse = Depends(desk.access.nurse)
    asked_at: dict[DeviceId, datetime] = {}

    def screens(user: User) -> list[ScreenView]:
        service = desk.service
        return screen_views(service.setup, service.now, service.clock(), expected(), user.areas)

    @router.post("", response_model=list[ScreenView])
    async def look(_body: NoFields, user: Annotated[User, nurse]) -> JsonAnswer:
        """Return the screens of the nurse's areas, and ask those that are there for a picture."""
        at, found = desk.service.clock(), screens(user)
        for screen in found:
            last_at = asked_at.get(screen.device)
            if screen.line == "up" and (last_at is None or at - last_at >= LOOK_EVERY):
                asked_at[screen.device] = at
                desk.service.ask_for_screenshot(screen.device)
        return JsonAnswer(found)

    @router.get("/{device}/picture", response_class=Response)
    async def picture(device: str, user: Annotated[User, nurse]) -> Response:
        """Return what a screen of the nurse's areas has shown last; every name is covered."""
        is_hers = any(screen.device == device for screen in screens(user))
        state = desk.service.now.devices.get(DeviceId(device)) if is_hers else None
        if state is None or state.screenshot is None:
            raise Problem(ProblemCode.NOT_FOUND)
        return Response(state.screenshot.jpeg, media_type="image/jpeg")

    return router
