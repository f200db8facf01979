"""When the demo hospital's patients come: appointments of one day and of its neighbours."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random  # noqa: TID251 - only ever handed over, with a seed
from typing import Final

from queue_server.records.demo_patients import DemoPatient, Schedule
from queue_server.records.records import Appointment, AppointmentId
from queue_server.rules.terms import DaySecond, PatientId, QueueId, Slot, TicketKind
from queue_server.site import Site

_SLOT_S: Final = 1800
_MORNING_S: Final = 8 * 3600
_AFTERNOON_S: Final = 13 * 3600 + 1800
_CHILD_BEFORE: Final = 14
_TEAM_MORNING_S: Final = 9 * 3600
_TEAM_SLOTS: Final = 4
_TEAM_OVER_S: Final = 11 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    queue_id: QueueId
    day_on: date
    slot: Slot | None
    number: int


class _Book:
    """The places that are left, and who has which."""

    def __init__(self, places: Sequence[_Place]) -> None:
        self._free = list(places)
        self.taken: list[tuple[_Place, DemoPatient]] = []

    def give(self, person: DemoPatient, queues: Sequence[QueueId]) -> bool:
        """Give the person the first free place in one of the queues that suits him, if any."""
        held = [place for place, holder in self.taken if holder is person]
        for place in self._free:
            if place.queue_id in queues and not any(_clash(place, other) for other in held):
                self._free.remove(place)
                self.taken.append((place, person))
                return True
        return False

    def has_free(self) -> bool:
        """Tell whether places are left."""
        return bool(self._free)


def booked_queues(site: Site) -> list[QueueId]:
    """Return what can be booked: a doctor, or the clinic where doctors share an area queue.

    An MDT clinic is booked for those who see a doctor of its team: `book_teams`.
    """
    clinic_of = {
        doctor: area_queue.rules.id
        for area_queue in site.area_queues
        for doctor in area_queue.rules.doctors
    }
    return list(
        dict.fromkeys(
            clinic_of.get(queue.id, queue.id) for queue in site.queues if queue.id not in site.teams
        )
    )


def make_appointments(
    schedule: Schedule,
    queues: Sequence[QueueId],
    patients: Sequence[DemoPatient],
    day: date,
    chance: Random,
) -> list[Appointment]:
    """Return everybody's appointments, by day, queue and number."""
    adults = [person for person in patients if person.age >= _CHILD_BEFORE]
    wrong_day = chance.sample(adults[len(adults) // 2 :], schedule.wrong_day_count)
    today = _Book(_shuffled(_places(schedule, queues, day, chance), chance))
    # Children first: fewer queues suit them.
    for person in sorted(patients, key=lambda person: person.age >= _CHILD_BEFORE):
        if person not in wrong_day:
            suited = queues if person.age >= _CHILD_BEFORE else schedule.children_queues
            found = today.give(person, suited)
            assert found, "the demo's schedule has fewer places than patients"
    # What is left are second visits.
    for person in chance.sample(adults, len(adults)):
        if person not in wrong_day and today.has_free():
            today.give(person, queues)
    yesterday = _Book(_shuffled(_places(schedule, queues, day - timedelta(days=1), chance), chance))
    tomorrow = _Book(_shuffled(_places(schedule, queues, day + timedelta(days=1), chance), chance))
    for index, person in enumerate(wrong_day):
        (tomorrow if index % 3 else yesterday).give(person, queues)
    taken = yesterday.taken + today.taken + tomorrow.taken
    return sorted(
        (_appointment(place, person) for place, person in taken),
        key=lambda appointment: (appointment.day_on, appointment.queue_id, appointment.number),
    )


def book_teams(site: Site, appointments: Sequence[Appointment], day: date) -> list[Appointment]:
    """Return the bookings of the MDT clinics: one patient each half hour of the morning.

    They are patients of the lead of the team who come to see him on the same day, later.
    """
    return [
        _team_appointment(clinic, patient, day, count)
        for clinic, team in site.teams.items()
        for count, patient in enumerate(_patients_of(team.lead, appointments, day))
    ]


def _patients_of(
    doctor: QueueId, appointments: Sequence[Appointment], day: date
) -> list[PatientId]:
    today = [one for one in appointments if one.day_on == day]
    visits = Counter(one.patient_id for one in today)
    found = [
        one.patient_id
        for one in today
        if one.queue_id == doctor and visits[one.patient_id] == 1
        if one.slot is not None and one.slot.start_s >= _TEAM_OVER_S
    ]
    # Whoever has the highest numbers: the tour's patients are chosen from the lowest on.
    return sorted(found, reverse=True)[:_TEAM_SLOTS]


def _team_appointment(clinic: QueueId, patient: PatientId, day: date, count: int) -> Appointment:
    start_s = DaySecond(_TEAM_MORNING_S + count * _SLOT_S)
    return Appointment(
        appointment_id=AppointmentId(f"{day:%Y%m%d}-{clinic}-{count + 1}"),
        patient_id=patient,
        queue_id=clinic,
        day_on=day,
        slot=Slot(start_s=start_s, end_s=DaySecond(start_s + _SLOT_S)),
        number=count + 1,
        kind=TicketKind.ORDINARY,
        rank=None,
    )


def _places(
    schedule: Schedule, queues: Sequence[QueueId], day: date, chance: Random
) -> Iterator[_Place]:
    for queue_id in queues:
        slots = [
            Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + _SLOT_S))
            for start_s, count in _slot_counts(schedule, chance)
            for _ in range(count)
        ]
        has_extra = queue_id in schedule.extra_ticket_queues
        for number, slot in enumerate([*slots, None] if has_extra else slots, start=1):
            yield _Place(queue_id=queue_id, day_on=day, slot=slot, number=number)


def _slot_counts(schedule: Schedule, chance: Random) -> list[tuple[int, int]]:
    morning = list(schedule.morning)
    # No two doctors' mornings are alike: one place moves to a later slot.
    source = chance.randrange(1, 4)
    morning[source] -= 1
    morning[chance.randrange(source + 1, len(morning))] += 1
    return [
        (first_s + index * _SLOT_S, count)
        for first_s, counts in ((_MORNING_S, morning), (_AFTERNOON_S, schedule.afternoon))
        for index, count in enumerate(counts)
    ]


def _shuffled(places: Iterator[_Place], chance: Random) -> list[_Place]:
    shuffled = list(places)
    chance.shuffle(shuffled)
    return shuffled


def _clash(place: _Place, held: _Place) -> bool:
    return place.queue_id == held.queue_id or (place.slot is not None and place.slot == held.slot)


def _appointment(place: _Place, person: DemoPatient) -> Appointment:
    return Appointment(
        appointment_id=AppointmentId(f"{place.day_on:%Y%m%d}-{place.queue_id}-{place.number}"),
        patient_id=person.patient.patient_id,
        queue_id=place.queue_id,
        day_on=place.day_on,
        slot=place.slot,
        number=place.number,
        kind=TicketKind.PRIORITY if person.rank else TicketKind.ORDINARY,
        rank=person.rank,
    )
