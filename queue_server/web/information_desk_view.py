"""What the information desk shows: clinics and their waits, and where a patient has to go.

Names are masked: the desk is asked by whoever stands there. Pure functions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from queue_server.contract.messages import Visit
from queue_server.records.records import Appointment, Patient
from queue_server.rules.masking import mask
from queue_server.rules.queue import Queue
from queue_server.rules.terms import DaySecond, QueueId, TicketState
from queue_server.rules.ticket import LISTED, Ticket
from queue_server.rules.waits import pace
from queue_server.service.clinic_day import day_second
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.service.visit_view import visit_of, visits_of
from queue_server.web.queue_view import AbsenceView, QueueName, absence_view, queue_name
from queue_server.web.station_view import HelpView, help_view
from queue_server.web.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicView:
    """A queue in figures: who waits there is not told."""

    name: QueueName
    area_zh: str
    area_en: str
    floor_zh: str
    floor_en: str
    status: str
    absence: AbsenceView | None
    called: str
    """The number that is in the room; empty if nobody is."""
    waiting_count: int
    wait_min: int | None
    """How long somebody would wait who came now, estimated; None: nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationView:
    """Everything that stands on the desk's screen by itself."""

    day_on: str
    now_s: int
    clinics: list[ClinicView]
    help_calls: list[HelpView]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVisit:
    """A visit that fits, with how long it takes as far as the day has shown."""

    queue: QueueId
    masked_name: str
    """Empty of a walk-in whom the records do not know."""
    visit: Visit
    wait_min: int | None
    """Of one who waits; None of any other, and where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVisits:
    """What a search has found. Somebody who has no visit today is known by his masked name."""

    visits: list[FoundVisit]
    masked_name: str
    """Of whom a whole ID number belongs to; empty if no such number was asked for."""
    other_days: list[Visit]
    is_cut: bool
    """More would fit than are listed."""


def information_view(setup: Setup, now: Now, user: User, at: datetime) -> InformationView:
    """Return what the desk of `user` shows at the instant `at`."""
    now_s = day_second(setup.site, now.day_on, at)
    return InformationView(
        day_on=now.day_on.isoformat(),
        now_s=now_s,
        clinics=[
            _clinic(setup, now, queue.id, now_s)
            for queue in setup.all_queues()
            if queue.id in user.queues
        ],
        help_calls=[help_view(setup, now, call) for call in now.help_calls],
    )


def _clinic(setup: Setup, now: Now, queue_id: QueueId, now_s: DaySecond) -> ClinicView:
    seat, queue = setup.seated(now.day, queue_id), now.day.queues[queue_id]
    area = setup.areas[seat.area]
    return ClinicView(
        name=queue_name(seat),
        area_zh=area.name_zh,
        area_en=area.name_en,
        floor_zh=area.floor_zh,
        floor_en=area.floor_en,
        status=queue.status,
        absence=absence_view(queue.absence),
        called=queue.tickets[queue.in_room].number if queue.in_room is not None else "",
        waiting_count=len(queue.order),
        wait_min=_wait_min(setup, queue, len(queue.order), now_s),
    )


def found_visits(
    setup: Setup, now: Now, tickets: Collection[Ticket], at: datetime, *, is_cut: bool
) -> FoundVisits:
    """Return these tickets as the desk tells of them."""
    now_s = day_second(setup.site, now.day_on, at)
    visits = [_found(setup, now, ticket, now_s) for ticket in tickets]
    return FoundVisits(visits=visits, masked_name="", other_days=[], is_cut=is_cut)


def found_person(
    setup: Setup, now: Now, patient: Patient, appointments: Sequence[Appointment], at: datetime
) -> FoundVisits:
    """Return somebody who has no visit today in the desk's areas, with those of other days."""
    now_s = day_second(setup.site, now.day_on, at)
    visits = visits_of(setup, now, now_s, patient.patient_id, appointments)
    return FoundVisits(
        visits=[],
        masked_name=mask(patient.full_name.reveal()),
        other_days=[visit for visit in visits if not visit.is_today],
        is_cut=False,
    )


def _found(setup: Setup, now: Now, ticket: Ticket, now_s: DaySecond) -> FoundVisit:
    queue = now.day.queues[ticket.queue]
    wait_min = None
    if ticket.state in LISTED:
        wait_min = _wait_min(setup, queue, queue.order.index(ticket.id), now_s)
    masked = now.masked_names.get(ticket.patient, "") if ticket.patient else ""
    return FoundVisit(
        queue=ticket.queue,
        masked_name=masked,
        visit=visit_of(setup, now, now_s, ticket),
        wait_min=wait_min,
    )


def _wait_min(setup: Setup, queue: Queue, ahead_count: int, now_s: DaySecond) -> int | None:
    if queue.id in setup.area_queues:
        # It has no room: how fast it goes depends on the doctors behind it.
        return None
    return pace(queue, setup.policies[queue.id], now_s).told_min(ahead_count)


def has_slip(ticket: Ticket) -> bool:
    """Tell whether the ticket's patient has been given a slip, which can be printed again."""
    return ticket.state not in {TicketState.BOOKED, TicketState.CANCELLED, TicketState.EXPIRED}
