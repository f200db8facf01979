"""The doctor console's API beside the acts, and one ticket in full for nurse and doctor."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse

from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode, TicketId
from queue_server.service.audit_facts import NamesSeen, Shown
from queue_server.service.now import Now
from queue_server.web.access import require_queue
from queue_server.web.console_view import ConsoleView, console_view
from queue_server.web.desk import Desk, is_wanted, watched_by
from queue_server.web.detail_view import DetailView, detail_view
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.live import STREAM
from queue_server.web.users import STAFF, User


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the doctor console, and of one ticket in full."""
    router = APIRouter(prefix="/api", tags=["doctor console"])
    doctor = Depends(desk.access.doctor)

    def seen(user: User) -> NamesSeen:
        # He is shown who waits for the other doctors of his clinic too.
        colleagues = {
            one.id for queue in user.queues for one in desk.service.setup.colleagues_of(queue)
        }
        return NamesSeen(where=Shown.CONSOLE, queues=tuple(sorted(user.queues | colleagues)))

    def view(user: User, now: Now, at: datetime) -> ConsoleView:
        return console_view(desk.parts(now), user, at, desk.own_acts.last(now, user.by))

    @router.get("/console/view", response_model=ConsoleView)
    async def console(request: Request, user: Annotated[User, doctor]) -> JsonAnswer:
        """Return the doctor's queue, once."""
        await desk.begin_page(request, user, seen(user))
        return JsonAnswer(view(user, desk.service.now, desk.service.clock()))

    @router.get("/console/stream", response_class=StreamingResponse, responses=STREAM)
    async def stream(request: Request, user: Annotated[User, doctor]) -> StreamingResponse:
        """Send the view now and after each change, as server-sent events."""
        await desk.begin_page(request, user, seen(user))
        token, day_on = desk.access.token(request), desk.service.now.day_on
        return desk.live.stream(
            lambda now, at: view(user, now, at),
            watched=lambda now: watched_by(desk, user, now),
            is_wanted=lambda: is_wanted(desk, token, day_on),
            queue_lists=("colleagues",),
        )

    @router.get("/queues/{queue}/tickets/{number}", response_model=DetailView, tags=["acts"])
    async def detail(
        request: Request,
        queue: str,
        number: str,
        user: Annotated[User, Depends(desk.access.one_of(STAFF))],
    ) -> JsonAnswer:
        """Return one ticket: why it stands where it stands, and its history."""
        queue_id = require_queue(user, queue)
        ticket_id = TicketId(f"{queue_id}:{number}")
        written = await asyncio.to_thread(lambda: list(desk.service.entries(ticket=ticket_id)))
        now = desk.service.now
        ticket = now.day.queues[queue_id].tickets.get(ticket_id)
        if ticket is None:
            raise Refused(RefusalCode.UNKNOWN_TICKET, number=number)
        patients = (ticket.patient,) if ticket.patient else ()
        shown = NamesSeen(where=Shown.TICKET, tickets=(ticket.id,), patients=patients)
        await desk.audit(request, user, shown)
        return JsonAnswer(detail_view(desk.service.setup, now, ticket, written, desk.users))

    return router
