"""What a patient is shown of a visit: where he stands, why, and what to do next."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from queue_server.contract.messages import PROVISIONAL_SLIP_PREFIX, Place, Visit
from queue_server.contract.offers import ColleagueOffer
from queue_server.records.records import Appointment
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, require_possible
from queue_server.rules.numbering import ticket_number
from queue_server.rules.queue import goes_on_as
from queue_server.rules.reason import explain
from queue_server.rules.refusals import Refused
from queue_server.rules.spreading import holds
from queue_server.rules.terms import (
    DaySecond,
    PatientId,
    QueueId,
    RefusalCode,
    TicketId,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket, ticket_id
from queue_server.service.absence_view import told_absence
from queue_server.service.doctors_there import choice_of, is_there
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.site import QueueSetup

OTHER_DAYS_VISITS_MAX: Final = 10
_CHECK_IN_STATES = (TicketState.BOOKED, TicketState.MISSED, TicketState.AWAY_FOR_RESULTS)


def visits_of(
    setup: Setup,
    now: Now,
    now_s: DaySecond,
    patient: PatientId,
    other_days: Sequence[Appointment],
) -> list[Visit]:
    """Return the patient's visits: those of today by slot, then the nearest of other days."""
    today = [
        ticket
        for queue in now.day.queues.values()
        for ticket in queue.tickets.values()
        if ticket.patient == patient and ticket.state is not TicketState.TRANSFERRED
    ]
    today.sort(key=lambda ticket: (ticket.slot.start_s if ticket.slot else 0, ticket.number))
    shown = [visit_of(setup, now, now_s, ticket) for ticket in today]
    others = [
        other
        for other in other_days
        # The hospital's records may know queues that this site has not.
        if other.day_on != now.day_on and other.queue_id in setup.queues
    ]
    # Those to come first, then those that are over.
    others.sort(key=lambda one: (one.day_on < now.day_on, abs(one.day_on - now.day_on)))
    return shown + [_visit_of_other_day(setup, one) for one in others[:OTHER_DAYS_VISITS_MAX]]


def visit_of(setup: Setup, now: Now, now_s: DaySecond, ticket: Ticket) -> Visit:
    """Return one of today's tickets as kiosk and slip show it."""
    hint_zh, hint_en = "", ""
    can_check_in = ticket.state in _CHECK_IN_STATES
    if can_check_in:
        command = asked.CheckIn(queue=ticket.queue, ticket=ticket.id)
        try:
            act = Act(command=command, at_s=now_s, by="view")
            require_possible(now.day, act, setup.policies, setup.area_queues, setup.teams)
        except Refused as refused:
            can_check_in = False
            hint_zh, hint_en = refused.message_zh, refused.message_en
    return Visit(
        ticket_id=ticket.id,
        queue=ticket.queue,
        slip_code=slip_code(now.day_on, ticket),
        number=ticket.number,
        state=ticket.state,
        day_on=now.day_on.isoformat(),
        is_today=True,
        slot_text=str(ticket.slot) if ticket.slot else "",
        can_check_in=can_check_in,
        hint_zh=hint_zh,
        hint_en=hint_en,
        place=place_of(setup, now, ticket),
        absence=told_absence(now.day.queues[ticket.queue].absence),
        offer=_offer_of(setup, now, now_s, ticket),
        doctor_choice=choice_of(setup, now, ticket, can_check_in=can_check_in),
        doctors_come=ticket.queue in setup.teams,
        **_where(setup, setup.seated(now.day, ticket.queue)),
    )


def _offer_of(setup: Setup, now: Now, now_s: DaySecond, ticket: Ticket) -> ColleagueOffer | None:
    """Return what the patient is asked, as long as it holds."""
    if ticket.offered is None:
        return None
    found = holds(now.day, ticket, ticket.offered, setup.policies, now_s)
    if found is None:
        return None
    colleague = setup.seated(now.day, ticket.offered)
    return ColleagueOffer(
        doctor_zh=colleague.doctor_zh,
        doctor_en=colleague.doctor_en,
        doctor_title_zh=colleague.doctor_title_zh,
        doctor_title_en=colleague.doctor_title_en,
        room_zh=colleague.room_zh,
        room_en=colleague.room_en,
        before_min=found.before_min,
        after_min=found.after_min,
    )


def place_of(setup: Setup, now: Now, ticket: Ticket) -> Place | None:
    """Return where a ticket stands; None before its first check-in."""
    if ticket.state is TicketState.BOOKED:
        return None
    queue = now.day.queues[ticket.queue]
    ahead, overtaken = 0, 0
    if ticket.state in LISTED:
        ahead = queue.order.index(ticket.id)
        overtaken = queue.overtaken[ahead]
        ahead += _waiting_at_doctor(setup, now, ticket)
    may_come = 0
    if ticket.state is TicketState.WAITING:
        bound = setup.policies[ticket.queue].overtaken_max
        may_come = max(0, bound - overtaken)
    zh, en = "", ""
    if ticket.reason is not None:
        zh, en = explain(ticket.reason, overtaken)
    room = setup.seated(now.day, ticket.queue)
    is_in_room = ticket.state in IN_ROOM
    return Place(
        number=ticket.number,
        state=ticket.state,
        ahead_count=ahead,
        ahead_at_most=ahead + may_come,
        reason_zh=zh,
        reason_en=en,
        queue_status=queue.status,
        called_room_zh=room.room_zh if is_in_room else "",
        called_room_en=room.room_en if is_in_room else "",
    )


def _waiting_at_doctor(setup: Setup, now: Now, ticket: Ticket) -> int:
    """Return who is before a patient of an area queue beyond it: where he goes, some wait already.

    That is the doctor he has asked for, else whoever has the fewest.
    """
    area_queue = setup.area_queues.get(ticket.queue)
    if area_queue is None:
        return 0
    there = [one for one in area_queue.doctors if is_there(now.day, one)]
    doctors = there if ticket.wanted is None else [ticket.wanted]
    return min((len(now.day.queues[one].order) for one in doctors), default=0)


def slip_code(day_on: date, ticket: Ticket) -> str:
    """Return the text of the QR on a ticket's slip; it names a place in a queue and nobody."""
    return _slip_code(day_on, ticket.id)


def _slip_code(day_on: date, ticket: str) -> str:
    return f"hk:{day_on.isoformat().replace('-', '')}:{ticket}"


def ticket_of_slip(now: Now, code: str) -> Ticket:
    """Return the ticket whose slip says `code`.

    Raises:
        Refused: SLIP_UNKNOWN; of a provisional one PROVISIONAL_PENDING or PROVISIONAL_REFUSED.
    """
    if code.startswith(PROVISIONAL_SLIP_PREFIX):
        return _ticket_of_provisional_slip(now, code)
    named = TicketId(code.removeprefix(_slip_code(now.day_on, "")))
    queue = now.day.queues.get(QueueId(named.partition(":")[0]))
    ticket = queue.tickets.get(named) if queue is not None else None
    if ticket is None or slip_code(now.day_on, ticket) != code:
        raise Refused(RefusalCode.SLIP_UNKNOWN)
    # Whoever was sent on, by triage or by a doctor, is found by the slip that he holds.
    return goes_on_as(now.day, ticket)


def _ticket_of_provisional_slip(now: Now, code: str) -> Ticket:
    if code not in now.provisional:
        raise Refused(RefusalCode.PROVISIONAL_PENDING)
    tickets = [
        goes_on_as(now.day, queue.tickets[ticket])
        for ticket in now.provisional[code]
        for queue in now.day.queues.values()
        if ticket in queue.tickets
    ]
    if not tickets:
        raise Refused(RefusalCode.PROVISIONAL_REFUSED)
    # Of several visits the next one: those before it are over by and by.
    return next((one for one in tickets if one.state is not TicketState.DONE), tickets[-1])


def _visit_of_other_day(setup: Setup, appointment: Appointment) -> Visit:
    queue = setup.queues[appointment.queue_id]
    number = ticket_number(queue.prefix, appointment.number)
    day_on = appointment.day_on.isoformat()
    slot_text = str(appointment.slot) if appointment.slot else ""
    wrong_day = Refused(RefusalCode.WRONG_DAY, day=day_on, slot=slot_text)
    return Visit(
        ticket_id=f"{ticket_id(queue.id, number)}@{day_on}",
        queue=queue.id,
        slip_code="",
        number=number,
        state=TicketState.BOOKED,
        day_on=day_on,
        is_today=False,
        slot_text=slot_text,
        can_check_in=False,
        hint_zh=wrong_day.message_zh,
        hint_en=wrong_day.message_en,
        **_where(setup, queue),
    )


def _where(setup: Setup, queue: QueueSetup) -> dict[str, Any]:
    area = setup.areas[queue.area]
    return {
        "clinic_zh": queue.clinic_zh,
        "clinic_en": queue.clinic_en,
        "doctor_zh": queue.doctor_zh,
        "doctor_en": queue.doctor_en,
        "doctor_title_zh": queue.doctor_title_zh,
        "doctor_title_en": queue.doctor_title_en,
        "area_zh": area.name_zh,
        "area_en": area.name_en,
        "floor_zh": area.floor_zh,
        "floor_en": area.floor_en,
        "room_zh": queue.room_zh,
        "room_en": queue.room_en,
    }
