"""The nurse station's API beside the acts: its live view, search, help calls, notices."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse

from queue_server.contract.boards import Notice
from queue_server.service.audit_facts import NamesSeen, Shown
from queue_server.service.facts import HelpAnswered, NoticesSet
from queue_server.service.now import Now
from queue_server.web.access import require_area
from queue_server.web.bodies import NoFields, NoticeLines, Search
from queue_server.web.desk import Desk, is_wanted, watched_by
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.live import STREAM
from queue_server.web.search import Found, find, find_patient, found_names
from queue_server.web.station_view import StationView, station_view
from queue_server.web.users import User


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the nurse station."""
    router = APIRouter(prefix="/api/station", tags=["nurse station"])
    nurse = Depends(desk.access.nurse)

    def seen(user: User) -> NamesSeen:
        return NamesSeen(where=Shown.STATION, areas=user.areas)

    def view(user: User, now: Now, at: datetime) -> StationView:
        return station_view(desk.service.setup, now, user, at, desk.own_acts.last(now, user.by))

    @router.get("/view", response_model=StationView)
    async def station(request: Request, user: Annotated[User, nurse]) -> JsonAnswer:
        """Return all queues of the nurse's areas, once."""
        await desk.begin_page(request, user, seen(user))
        return JsonAnswer(view(user, desk.service.now, desk.service.clock()))

    @router.get("/stream", response_class=StreamingResponse, responses=STREAM)
    async def stream(request: Request, user: Annotated[User, nurse]) -> StreamingResponse:
        """Send the view now and after each change, as server-sent events."""
        await desk.begin_page(request, user, seen(user))
        token, day_on = desk.access.token(request), desk.service.now.day_on
        return desk.live.stream(
            lambda now, at: view(user, now, at),
            watched=lambda now: (
                *watched_by(desk, user, now),
                now.help_calls,
                now.conflicts,
                now.notices,
            ),
            is_wanted=lambda: is_wanted(desk, token, day_on),
        )

    @router.post("/search", response_model=Found)
    async def search(body: Search, user: Annotated[User, nurse]) -> JsonAnswer:
        """Find today's tickets, or a patient by his whole ID number."""
        now = desk.service.now
        found = find(desk.service.setup, now, body.query, sorted(user.queues))
        if not found.tickets:
            patient = await asyncio.to_thread(find_patient, desk.service.records, body.query, now)
            found = found.with_patient(patient)
        await desk.note(user, found_names(now, found, body.query))
        return JsonAnswer(found)

    @router.post("/help/{help_id}/answer")
    async def answer_help(help_id: str, _body: NoFields, user: Annotated[User, nurse]) -> NoFields:
        """Say that one goes to the kiosk that has called for help."""
        if any(call.help_id == help_id for call in desk.service.now.help_calls):
            await desk.note(user, HelpAnswered(help_id=help_id))
        return NoFields()

    @router.put("/areas/{area}/notices")
    async def set_notices(area: str, body: NoticeLines, user: Annotated[User, nurse]) -> NoFields:
        """Replace what a waiting area is being told."""
        lines = tuple(
            Notice(text_zh=line.text_zh.strip(), text_en=line.text_en.strip())
            for line in body.notices
            if line.text_zh.strip() or line.text_en.strip()
        )
        await desk.note(user, NoticesSet(area=require_area(user, area), notices=lines))
        return NoFields()

    return router
