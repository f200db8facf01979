"""Who appears in the tour: twelve patients of the demo hospital, found by what each will meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Appointment, Patient
from queue_server.rules.numbering import ticket_number
from queue_server.rules.terms import QueueId, TicketKind
from queue_server.rules.ticket import ticket_id
from queue_server.site import Site

HOUR_S: Final = 3600
MAIN_QUEUE: Final = QueueId("cardiology-1")
COLLEAGUE: Final = QueueId("cardiology-2")
SECOND_DOCTOR: Final = QueueId("endocrinology-1")
THIRD_DOCTOR: Final = QueueId("orthopaedics-1")
STOPPED_QUEUE: Final = QueueId("dermatology-1")
MDT_CLINIC: Final = QueueId("diabetes-mdt")
AREA_QUEUE: Final = QueueId("respiratory")
DOCTORS: Final = (QueueId("respiratory-1"), QueueId("respiratory-2"))
"""Behind it."""
CROWD_COUNT: Final = 7
"""More than its doctors' queues hold: some wait for a doctor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A patient of the tour, with his visits of today."""

    patient: Patient
    visits: Sequence[Appointment]
    site: Site

    @property
    def ticket(self) -> str:
        """The id of his first ticket of today."""
        visit = self.visits[0]
        every = (*self.site.queues, *(one.queue for one in self.site.area_queues))
        prefix = next(queue.prefix for queue in every if queue.id == visit.queue_id)
        return ticket_id(visit.queue_id, ticket_number(prefix, visit.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The parts of the morning."""

    on_time: Sequence[Actor]
    """Five of one doctor, all booked for the running slot or the next."""
    late: Actor
    too_early: Actor
    too_late: Actor
    two_visits: Actor
    other_day: Actor
    stopped: Actor
    without_card: Actor
    of_area_queue: Sequence[Actor]
    """Booked at a clinic, not at a doctor."""
    of_team: Actor
    """Booked at an MDT clinic, and later with its lead."""


def find_cast(records: Records, site: Site, day: date) -> Cast:
    """Choose the patients; the clocks stand at five past nine."""
    actors = [
        Actor(
            patient=patient,
            visits=[
                visit
                for visit in records.appointments_of(patient.patient_id)
                if visit.day_on == day
            ],
            site=site,
        )
        for patient in records.patients()
        if patient.id_number is not None
    ]
    taken: list[Actor] = []

    def take(fits: Callable[[Actor], bool]) -> Actor:
        actor = next(actor for actor in actors if actor not in taken and fits(actor))
        taken.append(actor)
        return actor

    def at(hour: float, queue: QueueId | None = None) -> Callable[[Actor], bool]:
        return lambda actor: _is_only_visit(actor, hour, queue)

    return Cast(
        on_time=[take(at(hour, MAIN_QUEUE)) for hour in (9, 9, 9.5, 9.5, 9.5)],
        late=take(at(8.5, MAIN_QUEUE)),
        too_early=take(at(10.5)),
        too_late=take(at(8)),
        two_visits=take(lambda actor: len(actor.visits) > 1),
        other_day=take(lambda actor: not actor.visits),
        stopped=take(at(9, STOPPED_QUEUE)),
        without_card=take(at(9.5, COLLEAGUE)),
        of_area_queue=[
            take(lambda actor: any(at(hour, AREA_QUEUE)(actor) for hour in (9, 9.5)))
            for _ in range(CROWD_COUNT)
        ],
        of_team=take(_is_of_team),
    )


def _is_only_visit(actor: Actor, hour: float, queue: QueueId | None) -> bool:
    if len(actor.visits) != 1:
        return False
    [visit] = actor.visits
    return (
        visit.slot is not None
        and visit.slot.start_s == hour * HOUR_S
        and visit.kind is TicketKind.ORDINARY
        and (queue is None or visit.queue_id == queue)
    )


def _is_of_team(actor: Actor) -> bool:
    """Tell whether he comes to the MDT clinic first, soon enough to check in now."""
    first = next(iter(actor.visits), None)
    if first is None or first.slot is None or first.queue_id != MDT_CLINIC:
        return False
    return first.slot.start_s <= 9.5 * HOUR_S
