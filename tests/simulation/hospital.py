"""The hospital of a simulated morning: rooms, patients, appointments and its own records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from joserfc.jwk import OKPKey

from hardware.code_kind import is_resident_id
from queue_server.records.records import (
    Appointment,
    AppointmentId,
    Patient,
    RecordsUnavailable,
    Sex,
)
from queue_server.rules.area_queue import AreaQueue
from queue_server.rules.terms import (
    AreaId,
    CardId,
    DaySecond,
    FullName,
    PatientId,
    PriorityRank,
    QueueId,
    RoomId,
    SiteId,
    Slot,
    TicketKind,
)
from queue_server.service.setup import Setup, make_setup
from queue_server.site import Area, AreaQueueSetup, QueueSetup, Site
from tests.simulation.world import MORNING

DAY_ON: Final = date(2026, 11, 23)
HOUR_S: Final = 3600
OPENS_S: Final = 8 * HOUR_S
SLOT_S: Final = 60
SLOT_COUNT: Final = 4
# Made for this simulation, and of no use elsewhere: with a new key each time no seed would replay.
CARD_KEY: Final = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
)
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈"
_GIVEN_NAMES: Final = "伟芳娜敏静强磊军洋勇艳杰娟涛"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """Everything that is known before the morning begins."""

    setup: Setup
    patients: Mapping[PatientId, Patient]
    appointments: Sequence[Appointment]

    def card_id(self, patient: PatientId) -> CardId:
        """Return the id of a patient's virtual card."""
        return CardId(f"card-{patient}")

    def visits(self, patient: PatientId) -> list[Appointment]:
        """Return the appointments of a patient."""
        return [one for one in self.appointments if one.patient_id == patient]


def make_hospital(chance: Random) -> Hospital:
    """Return two or three queues in two areas, and 14 to 24 patients."""
    site = _site(chance)
    patients = [_patient(number, chance) for number in range(chance.randrange(14, 25))]
    appointments: list[Appointment] = []
    queues = [queue.id for queue in (*site.queues, *(one.queue for one in site.area_queues))]
    numbers = dict.fromkeys(queues, 0)
    for patient in patients:
        visit_count = 2 if chance.random() < 0.2 else 1
        for queue in chance.sample(queues, visit_count):
            numbers[queue] += 1
            appointments.append(_appointment(patient, queue, numbers[queue], chance))
    return Hospital(
        setup=make_setup(site),
        patients={patient.patient_id: patient for patient in patients},
        appointments=appointments,
    )


def _site(chance: Random) -> Site:
    queue_count = chance.choice([2, 3])
    return Site(
        id=SiteId("simulated"),
        name_zh="模拟医院",
        name_en="Simulated Hospital",
        areas=(_area("area-a"), _area("area-b")),
        queues=tuple(_queue(number) for number in range(queue_count)),
        # Where there are three, two of them have an area queue before them.
        area_queues=(_area_queue(chance),) if queue_count == 3 else (),
        policy=_policy(chance),
        offline_check_in=chance.random() < 0.85,
    )


def _policy(chance: Random) -> dict[str, object]:
    return {
        "base_order": chance.choice(["slot_then_number", "check_in_time"]),
        "check_in_opens_min": chance.choice([30, "any"]),
        "late_rule": chance.choice(["end_of_next_slot", "end_of_queue", "as_walk_in"]),
        "late_refused_after_min": chance.choice([30, "never"]),
        "returned_rule": chance.choice([{"every": 2}, "next", "end_of_queue"]),
        "missed_rule": chance.choice([{"places": 2}, "end_of_queue", {"every": 2}]),
        "missed_auto_times": chance.choice([0, 1]),
        "priority_rule": chance.choice([{"every": 2}, "front"]),
        "standby_count": chance.choice([0, 1, 2]),
        "finish_on_next": chance.random() < 0.7,
        "overtaken_max": chance.choice([1, 4, 12]),
    }


def _area(area: str) -> Area:
    return Area(id=AreaId(area), name_zh=area, name_en=area, floor_zh="2 层", floor_en="Floor 2")


def _queue(number: int) -> QueueSetup:
    return QueueSetup(
        id=QueueId(f"clinic-{number}"),
        area=AreaId("area-b" if number == 2 else "area-a"),
        room=RoomId(f"room-{number}"),
        room_zh=f"{number + 1} 诊室",
        room_en=f"Room {number + 1}",
        clinic_zh="内科",
        clinic_en="Medicine",
        doctor_zh="王医生",
        doctor_en="Dr Wang",
        doctor_title_zh="主任医师",
        doctor_title_en="Chief Physician",
        prefix="ABC"[number],
        is_sensitive=number == 2,
        policy={},
    )


def _area_queue(chance: Random) -> AreaQueueSetup:
    area_queue = QueueId("clinic-all")
    return AreaQueueSetup(
        queue=replace(_queue(0), id=area_queue, room=RoomId(area_queue), prefix="Z"),
        rules=AreaQueue(
            id=area_queue,
            doctors=(QueueId("clinic-0"), QueueId("clinic-1")),
            is_automatic=chance.random() < 0.8,
            spread=chance.choice(["fewest_waiting", "evenly"]),
            room_cap=chance.randrange(1, 5),
        ),
    )


def _patient(number: int, chance: Random) -> Patient:
    name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN_NAMES, k=chance.choice([1, 2])))
    start = f"1101011990{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}{number:03d}"
    id_number = next(start + end for end in "0123456789X" if is_resident_id(start + end))
    return Patient(
        patient_id=PatientId(f"p-{number}"),
        full_name=FullName(name),
        sex=Sex.FEMALE,
        birth_on=date(1990, 1, 1),
        id_number=id_number,
    )


def _appointment(patient: Patient, queue: QueueId, number: int, chance: Random) -> Appointment:
    start_s = OPENS_S + SLOT_S * chance.randrange(SLOT_COUNT)
    is_entitled = chance.random() < 0.1
    return Appointment(
        appointment_id=AppointmentId(f"{queue}-{number}"),
        patient_id=patient.patient_id,
        queue_id=queue,
        day_on=DAY_ON,
        slot=Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + SLOT_S)),
        number=number,
        kind=TicketKind.PRIORITY if is_entitled else TicketKind.ORDINARY,
        rank=PriorityRank.AGED_80 if is_entitled else None,
    )


def seconds_to(slot: Slot) -> float:
    """Return the virtual seconds from the beginning of the simulation to the slot's start."""
    begins_s = (MORNING.hour + 8) % 24 * HOUR_S + MORNING.minute * 60
    return slot.start_s - begins_s


class SimulatedRecords:
    """The port `Records`, in memory, and not always there."""

    def __init__(self, hospital: Hospital, is_away: Callable[[], bool]) -> None:
        self._hospital = hospital
        self._is_away = is_away

    def appointments_on(self, day: date) -> Sequence[Appointment]:
        """Return the appointments of a clinic day."""
        self._require_there()
        return [one for one in self._hospital.appointments if one.day_on == day]

    def appointments_of(self, patient_id: PatientId) -> Sequence[Appointment]:
        """Return a patient's appointments."""
        self._require_there()
        return self._hospital.visits(patient_id)

    def patients_on(self, day: date) -> Sequence[Patient]:
        """Return the patients of a clinic day."""
        patients = self._hospital.patients
        return [patients[one] for one in {one.patient_id: 0 for one in self.appointments_on(day)}]

    def patient(self, patient_id: PatientId) -> Patient | None:
        """Return a patient."""
        self._require_there()
        return self._hospital.patients.get(patient_id)

    def patient_by_id_number(self, id_number: str) -> Patient | None:
        """Return whoever has this identity number."""
        self._require_there()
        patients = self._hospital.patients.values()
        return next((one for one in patients if one.id_number == id_number), None)

    def patient_by_card_id(self, card_id: CardId) -> Patient | None:
        """Return whose virtual card it is."""
        self._require_there()
        patients = self._hospital.patients
        return next((patients[one] for one in patients if f"card-{one}" == card_id), None)

    def patient_by_chip_card(self, number: str) -> Patient | None:
        """Return nobody: this hospital has no chip cards."""
        self._require_there()
        return None

    def card_id_of(self, patient_id: PatientId) -> CardId | None:
        """Return the id of a patient's virtual card."""
        self._require_there()
        return self._hospital.card_id(patient_id)

    def _require_there(self) -> None:
        if self._is_away():
            raise RecordsUnavailable
