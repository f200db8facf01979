"""The information desk's API: its live view, the search, help calls, a slip again, a full name.

It changes nothing of a queue: who stands at the desk moves nobody and cancels nothing.
"""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from queue_server.records.id_number import is_id_number
from queue_server.rules.refusals import STATES, Refused
from queue_server.rules.terms import QueueId, RefusalCode, TicketId
from queue_server.rules.ticket import Ticket
from queue_server.service.audit_facts import NamesSeen, Shown, SlipPrintedAgain
from queue_server.service.facts import HelpAnswered
from queue_server.service.now import Now
from queue_server.service.visit_view import slip_code
from queue_server.web.access import require_queue
from queue_server.web.bodies import NoFields, OneTicket, Search
from queue_server.web.desk import Desk, is_wanted
from queue_server.web.information_desk_view import (
    FoundVisits,
    InformationView,
    found_person,
    found_visits,
    has_slip,
    information_view,
)
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.live import STREAM
from queue_server.web.phone_view import qr_svg
from queue_server.web.search import fitting, search_seen
from queue_server.web.ticket_view import full_name
from queue_server.web.users import Role, User


class Name(BaseModel):
    """The full name of a ticket's patient; empty when the records do not know him."""

    full_name: str


class SlipCode(BaseModel):
    """The QR code of a slip, as SVG."""

    svg: str


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the information desk."""
    router = APIRouter(prefix="/api/desk", tags=["information desk"])
    clerk = Depends(desk.access.one_of(frozenset({Role.DESK})))

    def view(user: User, now: Now, at: datetime) -> InformationView:
        return information_view(desk.service.setup, now, user, at)

    @router.get("/view", response_model=InformationView)
    async def information(user: Annotated[User, clerk]) -> JsonAnswer:
        """Return the clinics and the open calls for help, once."""
        return JsonAnswer(view(user, desk.service.now, desk.service.clock()))

    @router.get("/stream", response_class=StreamingResponse, responses=STREAM)
    async def stream(request: Request, user: Annotated[User, clerk]) -> StreamingResponse:
        """Send the view now and after each change, as server-sent events."""
        token, day_on = desk.access.token(request), desk.service.now.day_on
        return desk.live.stream(
            lambda now, at: view(user, now, at),
            watched=lambda now: (now.day_on, now.day, now.help_calls),
            is_wanted=lambda: is_wanted(desk, token, day_on),
        )

    @router.post("/search")
    async def search(request: Request, body: Search, user: Annotated[User, clerk]) -> JsonAnswer:
        """Find today's visits by number, name or ID number, and where each patient has to go."""
        now, at = desk.service.now, desk.service.clock()
        setup = desk.service.setup
        tickets, is_cut = fitting(now, body.query, sorted(user.queues))
        # A page that asks the same again, to be up to date, is written down once.
        await desk.audit(request, user, search_seen(tickets, body.query))
        if not tickets and is_id_number(body.query.strip()):
            found = await asyncio.to_thread(_person, desk, body.query, now, at)
            if found is not None:
                return JsonAnswer(found)
        return JsonAnswer(found_visits(setup, now, tickets, at, is_cut=is_cut))

    _add_acts(router, desk)
    return router


def _add_acts(router: APIRouter, desk: Desk) -> None:
    clerk = Depends(desk.access.one_of(frozenset({Role.DESK})))

    @router.post("/help/{help_id}/answer")
    async def answer_help(help_id: str, _body: NoFields, user: Annotated[User, clerk]) -> NoFields:
        """Say that one goes to the kiosk that has called for help."""
        if any(call.help_id == help_id for call in desk.service.now.help_calls):
            await desk.note(user, HelpAnswered(help_id=help_id))
        return NoFields()

    @router.post("/name")
    async def name(body: OneTicket, user: Annotated[User, clerk]) -> Name:
        """Tell a patient's full name; that it was told is in the audit list before."""
        ticket = _ticket(desk, user, body)
        patients = (ticket.patient,) if ticket.patient else ()
        seen = NamesSeen(where=Shown.DESK, tickets=(ticket.id,), patients=patients)
        await desk.note(user, seen)
        return Name(full_name=full_name(desk.service.now, ticket))

    @router.post("/slip")
    async def slip(body: OneTicket, user: Annotated[User, clerk]) -> SlipCode:
        """Give the QR code of a slip that is printed again."""
        ticket = _ticket(desk, user, body)
        if not has_slip(ticket):
            zh, en = STATES[ticket.state]
            raise Refused(RefusalCode.WRONG_STATE, number=ticket.number, state_zh=zh, state_en=en)
        await desk.note(user, SlipPrintedAgain(ticket=ticket.id))
        return SlipCode(svg=qr_svg(slip_code(desk.service.now.day_on, ticket)))


def _person(desk: Desk, query: str, now: Now, at: datetime) -> FoundVisits | None:
    """Return whom the records know under a whole ID number. May block."""
    patient = desk.service.records.patient_by_id_number(query.strip())
    if patient is None:
        return None
    appointments = desk.service.records.appointments_of(patient.patient_id)
    return found_person(desk.service.setup, now, patient, appointments, at)


def _ticket(desk: Desk, user: User, body: OneTicket) -> Ticket:
    """Return one of today's tickets of the user's areas."""
    queue = require_queue(user, body.ticket.partition(":")[0])
    ticket = desk.service.now.day.queues[QueueId(queue)].tickets.get(TicketId(body.ticket))
    if ticket is None:
        raise Refused(RefusalCode.UNKNOWN_TICKET, number=body.ticket.partition(":")[2])
    return ticket
