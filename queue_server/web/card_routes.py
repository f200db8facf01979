"""The demo's phone: whoever tries the system picks a patient and holds his card up.

Switched on in the demo only. A real hospital's app shows the card behind its own sign-in.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from queue_server.contract.virtual_card import CARD_LIFE_S
from queue_server.records.records import Patient
from queue_server.records.virtual_card import CardIssuer
from queue_server.rules import commands as asked
from queue_server.rules.masking import mask
from queue_server.rules.queue import goes_on_as
from queue_server.rules.terms import PatientId, QueueId, TicketId, TicketState
from queue_server.rules.ticket import Ticket
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.web.bodies import NoFields, OfferAnswer
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.live import STREAM
from queue_server.web.phone_view import CardCode, PhoneView, phone_view, qr_svg
from queue_server.web.problems import Problem, ProblemCode

RENEW_AFTER_S: Final = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCards:
    """What the demo's phone needs: who there is, and how cards are signed."""

    issuer: CardIssuer
    patients: Callable[[], Sequence[Patient]]
    """May block."""
    new_token_id: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVisit:
    """One of a demo patient's visits of today."""

    number: str
    clinic_zh: str
    clinic_en: str
    slot: str
    state: TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPatient:
    """A patient to pick."""

    patient_id: PatientId
    masked_name: str
    sex: str
    visits: list[DemoVisit]


def make_router(desk: Desk, cards: DemoCards) -> APIRouter:
    """Return the routes of the demo's phone."""
    router = APIRouter(prefix="/api/cards", tags=["demo phone"])
    service = desk.service

    @router.get("", response_model=list[DemoPatient])
    async def patients() -> JsonAnswer:
        """List the demo's patients with their visits of today."""
        everybody = await asyncio.to_thread(cards.patients)
        return JsonAnswer(_demo_patients(service.setup, service.now, everybody))

    @router.get("/{patient}", response_model=CardCode)
    async def card(patient: str) -> JsonAnswer:
        """Return a fresh card as a QR code."""
        patient_id = PatientId(patient)
        card_id = await asyncio.to_thread(service.records.card_id_of, patient_id)
        if card_id is None:
            raise Problem(ProblemCode.NOT_FOUND)
        text = cards.issuer.issue(card_id, service.clock(), cards.new_token_id())
        return JsonAnswer(
            CardCode(svg=qr_svg(text), life_s=CARD_LIFE_S, renew_after_s=RENEW_AFTER_S)
        )

    @router.post("/{patient}/offer")
    async def answer_offer(patient: str, body: OfferAnswer) -> NoFields:
        """Say whether the patient wants to see the doctor he was offered."""
        ticket = _own_ticket(service.now, PatientId(patient), TicketId(body.ticket))
        command = asked.AnswerOffer(queue=ticket.queue, ticket=ticket.id, accepts=body.accepts)
        await desk.act_for_patient(ticket, command, body.request_id)
        return NoFields()

    @router.get("/{patient}/stream", response_class=StreamingResponse, responses=STREAM)
    async def stream(patient: str) -> StreamingResponse:
        """Send where the patient's visits stand, now and after each change."""
        found = await asyncio.to_thread(service.records.patient, PatientId(patient))
        if found is None:
            raise Problem(ProblemCode.NOT_FOUND)

        def view(now: Now, at: datetime) -> PhoneView:
            return phone_view(service.setup, now, found, at)

        return desk.live.stream(view, watched=lambda now: now.day, is_wanted=lambda: True)

    return router


def _own_ticket(now: Now, patient: PatientId, ticket: TicketId) -> Ticket:
    """Return the ticket, or as what it goes on; only its own patient may ask."""
    queue = now.day.queues.get(QueueId(ticket.partition(":")[0]))
    found = queue.tickets.get(ticket) if queue is not None else None
    if found is None or found.patient != patient:
        raise Problem(ProblemCode.NOT_FOUND)
    return goes_on_as(now.day, found)


def _demo_patients(setup: Setup, now: Now, everybody: Sequence[Patient]) -> list[DemoPatient]:
    by_patient: dict[PatientId | None, list[Ticket]] = {}
    for queue in now.day.queues.values():
        for ticket in queue.tickets.values():
            by_patient.setdefault(ticket.patient, []).append(ticket)
    return [
        DemoPatient(
            patient_id=patient.patient_id,
            masked_name=mask(patient.full_name.reveal()),
            sex=patient.sex,
            visits=[
                DemoVisit(
                    number=ticket.number,
                    clinic_zh=setup.queues[ticket.queue].clinic_zh,
                    clinic_en=setup.queues[ticket.queue].clinic_en,
                    slot=str(ticket.slot) if ticket.slot else "",
                    state=ticket.state,
                )
                for ticket in by_patient.get(patient.patient_id, [])
            ],
        )
        for patient in everybody
    ]
