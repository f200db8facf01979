"""The devices page's API: its live view, a device's history and screenshot, commands."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceAct, DeviceId, RefusalCode
from queue_server.service.facts import DeviceCommanded
from queue_server.service.now import Now
from queue_server.watch.figures import ExpectedDevice
from queue_server.web.bodies import NoFields
from queue_server.web.desk import Desk
from queue_server.web.device_view import DevicesView, HistoryLine, devices_view, history
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.live import STREAM
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.users import User

OF_AREA_BOARDS: Final = frozenset({DeviceAct.SILENCE, DeviceAct.SPEAK})


def make_router(desk: Desk, expected: Callable[[], Mapping[DeviceId, ExpectedDevice]]) -> APIRouter:
    """Return the routes of the devices page."""
    router = APIRouter(prefix="/api/devices", tags=["devices"])
    administrator = Depends(desk.access.administrator)

    def view(now: Now, at: datetime) -> DevicesView:
        return devices_view(desk.service.setup, now, at, expected())

    @router.get("/view", response_model=DevicesView)
    async def devices(_user: Annotated[User, administrator]) -> JsonAnswer:
        """Return every device and the active alarms, once."""
        return JsonAnswer(view(desk.service.now, desk.service.clock()))

    @router.get("/stream", response_class=StreamingResponse, responses=STREAM)
    async def stream(request: Request, _user: Annotated[User, administrator]) -> StreamingResponse:
        """Send the view now and after each change, as server-sent events."""
        token = desk.access.token(request)
        return desk.live.stream(
            view,
            watched=lambda now: (now.devices, now.alarms, now.device_commands),
            is_wanted=lambda: desk.sessions.user(token) is not None,
        )

    @router.get("/{device}/history", response_model=list[HistoryLine])
    async def lines(device: str, _user: Annotated[User, administrator]) -> JsonAnswer:
        """Return what has happened with a device, the latest first."""
        return JsonAnswer(history(desk.service.now, DeviceId(device), desk.service.clock()))

    @router.get("/{device}/screenshot", response_class=Response)
    async def screenshot(device: str, _user: Annotated[User, administrator]) -> Response:
        """Return the last picture of a device's window; everything personal on it is covered."""
        state = desk.service.now.devices.get(DeviceId(device))
        if state is None or state.screenshot is None:
            raise Problem(ProblemCode.NOT_FOUND)
        return Response(state.screenshot.jpeg, media_type="image/jpeg")

    @router.post("/{device}/{act}")
    async def command(
        device: str, act: DeviceAct, _body: NoFields, user: Annotated[User, administrator]
    ) -> NoFields:
        """Ask a device to do something, now or never."""
        state = desk.service.now.devices.get(DeviceId(device))
        if state is None or not state.status.is_up:
            raise Problem(ProblemCode.DEVICE_AWAY)
        if act in OF_AREA_BOARDS and state.status.kind != "area-board":
            raise Refused(RefusalCode.BAD_REQUEST, detail=f"{act}: area-board")
        await desk.note(user, DeviceCommanded(device=DeviceId(device), do=act, by=user.by))
        return NoFields()

    return router
