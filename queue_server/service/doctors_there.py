"""Which doctor a patient of an area queue may ask for at a kiosk, and what becomes of his wish."""

from queue_server.contract.doctor_choice import DoctorChoice, DoctorThere
from queue_server.rules.queue import Day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, QueueStatus, RefusalCode, TicketKind, TicketState
from queue_server.rules.ticket import LISTED, Ticket
from queue_server.service.now import Now
from queue_server.service.setup import Setup


def choice_of(setup: Setup, now: Now, ticket: Ticket, *, can_check_in: bool) -> DoctorChoice | None:
    """Return whom the patient may ask for; None: nobody asks him."""
    area_queue = setup.area_queues.get(ticket.queue)
    # Nobody's life waits for a choice.
    if area_queue is None or not area_queue.may_ask_for_doctor or _is_emergency(ticket):
        return None
    there = [_told(setup, now, one) for one in area_queue.doctors if is_there(now.day, one)]
    if ticket.state is TicketState.BOOKED:
        return DoctorChoice(doctors=there) if can_check_in and there else None
    if ticket.state not in LISTED or ticket.wanted is None or not _is_gone(now.day, ticket.wanted):
        return None
    gone = setup.queues[ticket.wanted]
    return DoctorChoice(doctors=there, gone_zh=gone.doctor_zh, gone_en=gone.doctor_en)


def require_there(setup: Setup, now: Now, ticket: Ticket, doctor: QueueId) -> None:
    """Refuse a wish for somebody who sees nobody now, or whom nobody may ask for.

    Raises:
        Refused: DOCTOR_NOT_THERE.
    """
    area_queue = setup.area_queues.get(ticket.queue)
    may_ask = area_queue is not None and area_queue.may_ask_for_doctor
    known = area_queue.doctors if area_queue is not None else ()
    if not may_ask or doctor not in known or not is_there(now.day, doctor):
        raise Refused(RefusalCode.DOCTOR_NOT_THERE)


def is_there(day: Day, doctor: QueueId) -> bool:
    """Tell whether a doctor has come, calls, and is not away."""
    queue = day.queues[doctor]
    return queue.is_attended and queue.status is QueueStatus.OPEN and queue.absence is None


def _is_gone(day: Day, doctor: QueueId) -> bool:
    return day.queues[doctor].status is QueueStatus.STOPPED


def _is_emergency(ticket: Ticket) -> bool:
    return ticket.kind is TicketKind.EMERGENCY


def _told(setup: Setup, now: Now, doctor: QueueId) -> DoctorThere:
    queue = setup.seated(now.day, doctor)
    asked_for = sum(
        ticket.wanted == doctor
        for area_queue in setup.area_queues.values()
        if doctor in area_queue.doctors
        for ticket in now.day.queues[area_queue.id].listed()
    )
    return DoctorThere(
        doctor=doctor,
        doctor_zh=queue.doctor_zh,
        doctor_en=queue.doctor_en,
        doctor_title_zh=queue.doctor_title_zh,
        doctor_title_en=queue.doctor_title_en,
        room_zh=queue.room_zh,
        room_en=queue.room_en,
        waiting_count=len(now.day.queues[doctor].order) + asked_for,
    )
