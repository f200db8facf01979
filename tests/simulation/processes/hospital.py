"""The hospital of a run: the demo site, with as many patients as the minutes need."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from queue_server.records.demo_hospital import DEMO_SITE_FILE, write_demo_hospital
from queue_server.records.id_number import check_digit
from queue_server.records.records import Appointment, AppointmentId, Patient, Sex
from queue_server.records.virtual_card import CardIssuer, load_or_make_key
from queue_server.rules.terms import (
    AreaId,
    CardId,
    DaySecond,
    FullName,
    PatientId,
    PriorityRank,
    QueueId,
    Slot,
    TicketKind,
)
from queue_server.service.setup import Setup, make_setup
from queue_server.site import load_site

OPENS_AT_H: Final = 9
SLOT_S: Final = 1800
PASSWORD: Final = "一朝看尽长安花 7"
NURSES: Final = ("li", "zhao")
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈"
_GIVEN_NAMES: Final = "伟芳娜敏静强磊军洋勇艳杰娟涛"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessHospital:
    """What is known before the day begins."""

    setup: Setup
    site_file: Path
    users_file: Path
    day_on: date
    opens_at: datetime
    patients: tuple[Patient, ...]
    issuer: CardIssuer

    def card(self, patient: Patient, now: datetime, token_id: str) -> str:
        """Return the code that stands on a patient's phone."""
        return self.issuer.issue(_card_id(patient), now, token_id)


def make_hospital(
    folder: Path, data: Path, *, patient_count: int, now: datetime, chance: Random
) -> ProcessHospital:
    """Write users into `folder` and records into `data`, for a day that opens at nine."""
    site = load_site(DEMO_SITE_FILE)
    opens_at = now.astimezone(ZoneInfo(site.timezone)).replace(
        hour=OPENS_AT_H, minute=5, second=0, microsecond=0
    )
    patients = [_patient(number, chance) for number in range(patient_count)]
    # The doctors of an MDT clinic sign in at their own queues, and nobody books it.
    queues = [queue.id for queue in site.queues if queue.id not in site.teams]
    write_demo_hospital(
        data / "records.sqlite",
        patients=patients,
        card_ids={one.patient_id: _card_id(one) for one in patients},
        appointments=list(_appointments(patients, queues, opens_at.date(), chance)),
    )
    users_file = folder / "users.toml"
    users_file.write_text(_users([area.id for area in site.areas], queues), encoding="utf-8")
    return ProcessHospital(
        setup=make_setup(site),
        site_file=DEMO_SITE_FILE,
        users_file=users_file,
        day_on=opens_at.date(),
        opens_at=opens_at,
        patients=tuple(patients),
        issuer=CardIssuer(load_or_make_key(data / "card-key.json"), site.id),
    )


def clock_offset(hospital: ProcessHospital, now: datetime) -> timedelta:
    """Return how far the hospital's clock is ahead when the day opens `now`."""
    return timedelta(seconds=round((hospital.opens_at - now).total_seconds()))


def _patient(number: int, chance: Random) -> Patient:
    name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN_NAMES, k=chance.choice([1, 2])))
    digits = f"110101{1940 + number // 1000:04d}0101{number % 1000:03d}"
    return Patient(
        patient_id=PatientId(f"p-{number}"),
        full_name=FullName(name),
        sex=Sex.FEMALE,
        birth_on=date(1990, 1, 1),
        id_number=digits + check_digit(digits),
    )


def _card_id(patient: Patient) -> CardId:
    return CardId(f"card-{patient.patient_id}")


def _appointments(
    patients: list[Patient], queues: list[QueueId], day_on: date, chance: Random
) -> Iterator[Appointment]:
    numbers = dict.fromkeys(queues, 0)
    for index, patient in enumerate(patients):
        queue = queues[index % len(queues)]
        numbers[queue] += 1
        # Some are late, most are in time.
        start_s = OPENS_AT_H * 3600 + SLOT_S * chance.choice([-1, 0, 0, 0, 1])
        is_entitled = chance.random() < 0.1
        yield Appointment(
            appointment_id=AppointmentId(f"{queue}-{numbers[queue]}"),
            patient_id=patient.patient_id,
            queue_id=queue,
            day_on=day_on,
            slot=Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + SLOT_S)),
            number=numbers[queue],
            kind=TicketKind.PRIORITY if is_entitled else TicketKind.ORDINARY,
            rank=PriorityRank.AGED_80 if is_entitled else None,
        )


def _users(areas: list[AreaId], queues: list[QueueId]) -> str:
    # A cheap hash: everybody signs in again after each death of the server.
    password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    named_areas = ", ".join(f'"{area}"' for area in areas)
    users = [f'name = "{name}"\nrole = "nurse"\nareas = [{named_areas}]\n' for name in NURSES] + [
        f'name = "{queue}"\nrole = "doctor"\nqueue = "{queue}"\n' for queue in queues
    ]
    return "\n".join(
        f'[[user]]\n{user}display_name = "白雪"\npassword_hash = "{password_hash}"\n'
        for user in users
    )
