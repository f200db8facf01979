"""What a kiosk's patient says of the doctor he wants: with the check-in, or when his is gone."""

from queue_server.contract.doctor_choice import ChooseDoctor
from queue_server.contract.messages import PlaceFound
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, require_possible
from queue_server.rules.queue import goes_on_as
from queue_server.rules.terms import QueueId
from queue_server.rules.ticket import Ticket
from queue_server.service.doctors_there import require_there
from queue_server.service.draft import Draft
from queue_server.service.jobs import Asked


def ask_with_check_in(draft: Draft, job: Asked, ticket: Ticket, doctor: QueueId) -> None:
    """Note whom the patient wants, before his check-in lets him go to anybody.

    Raises:
        Refused: he can't check in now, or DOCTOR_NOT_THERE; nothing is noted.
    """
    check_in = asked.CheckIn(queue=ticket.queue, ticket=ticket.id)
    act = Act(command=check_in, at_s=draft.at_s, by=job.device)
    require_possible(draft.now.day, act, draft.setup.policies, draft.setup.area_queues)
    _ask_for_doctor(draft, job, ticket, doctor)


def doctor_chosen(draft: Draft, job: Asked, chosen: ChooseDoctor) -> PlaceFound:
    """Note whom he wants instead; whoever has gone over to a doctor meanwhile has one.

    Raises:
        Refused: it is not his ticket, or DOCTOR_NOT_THERE.
    """
    patient = draft.session_of(job, chosen.session_id).patient
    ticket = goes_on_as(draft.now.day, draft.own_ticket(patient, chosen.ticket_id))
    if ticket.queue in draft.setup.area_queues and ticket.wanted != chosen.doctor:
        doctor = QueueId(chosen.doctor) if chosen.doctor is not None else None
        _ask_for_doctor(draft, job, ticket, doctor)
        ticket = goes_on_as(draft.now.day, draft.now.day.queues[ticket.queue].tickets[ticket.id])
    return PlaceFound(visit=draft.visit(ticket))


def _ask_for_doctor(draft: Draft, job: Asked, ticket: Ticket, doctor: QueueId | None) -> None:
    if doctor is not None:
        require_there(draft.setup, draft.now, ticket, doctor)
    command = asked.AskForDoctor(queue=ticket.queue, ticket=ticket.id, doctor=doctor)
    draft.act(command, by=job.device)
