"""A hospital made to measure: as many areas, rooms and visits as a figure needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import ascii_uppercase
from typing import Final

from queue_server.records.demo_hospital import write_demo_hospital
from queue_server.records.records import Appointment, AppointmentId, Patient, Sex
from queue_server.rules.numbering import ticket_number
from queue_server.rules.terms import (
    CardId,
    DaySecond,
    FullName,
    PatientId,
    QueueId,
    SiteId,
    Slot,
    TicketId,
    TicketKind,
)
from queue_server.rules.ticket import ticket_id
from queue_server.service.clinic_day import clinic_day
from queue_server.site import Site, load_site
from queue_server.web.users import make_password_hash

SITE: Final = SiteId("bench")
NURSE: Final = "nurse"
PASSWORD: Final = "bench-2026"
OPENS_S: Final = DaySecond(8 * 3600)
SLOT_S: Final = 1800
SLOTS: Final = 8
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN: Final = "明华丽伟芳敏静强磊洋艳勇军杰娟涛超秀霞平"

_SITE: Final = """\
[site]
id = "{site}"
name_zh = "测速医院"
name_en = "Bench Hospital"
[policy]
check_in_opens_min = "any"
late_refused_after_min = "never"
doctor_late_after_min = "never"
"""
_AREA: Final = """\
[[area]]
id = "area-{area}"
name_zh = "{area} 候诊区"
name_en = "Waiting Area {area}"
floor_zh = "{area} 层"
floor_en = "Floor {area}"
"""
_QUEUE: Final = """\
[[queue]]
id = "clinic-{number}"
area = "area-{area}"
room = "room-{number}"
room_zh = "{number} 诊室"
room_en = "Room {number}"
clinic_zh = "心血管内科"
clinic_en = "Cardiology"
doctor_zh = "沈怀仁"
doctor_en = "Dr. Shen Huairen"
doctor_title_zh = "主任医师"
doctor_title_en = "Chief Physician"
prefix = "{prefix}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who comes, and for which ticket."""

    patient: PatientId
    id_number: str
    card: CardId
    queue: QueueId
    number: int
    slot: Slot
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchHospital:
    """The files of a server, and who comes on its day."""

    folder: Path
    site_file: Path
    users_file: Path
    site: Site
    day_on: date
    clock_offset_s: int
    """The server's clock shows 08:00 when the hospital was made."""
    visits: tuple[Visit, ...]
    """Round the queues: the first of each, then the second of each."""

    @property
    def data_folder(self) -> Path:
        """Where the server keeps its own."""
        return self.folder / "data"

    @property
    def journal_file(self) -> Path:
        """The server's journal."""
        return self.data_folder / "journal.sqlite"

    def now(self) -> datetime:
        """Return what the server's clock shows."""
        return datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)


def make_hospital(
    folder: Path, *, area_count: int, room_count: int, visit_count: int
) -> BenchHospital:
    """Write a hospital of `area_count` areas with `room_count` rooms in all (676 at most)."""
    folder.mkdir(parents=True, exist_ok=True)
    site_file, users_file = folder / "site.toml", folder / "users.toml"
    site_file.write_text(_site_text(area_count, room_count), encoding="utf-8")
    site = load_site(site_file)
    users_file.write_text(_users_text(site), encoding="utf-8")
    day_on, offset_s = _opening(site)
    visits = tuple(_visits([queue.id for queue in site.queues], visit_count))
    hospital = BenchHospital(
        folder=folder,
        site_file=site_file,
        users_file=users_file,
        site=site,
        day_on=day_on,
        clock_offset_s=offset_s,
        visits=visits,
    )
    hospital.data_folder.mkdir(exist_ok=True)
    write_demo_hospital(
        hospital.data_folder / "records.sqlite",
        patients=[_patient(number, visit) for number, visit in enumerate(visits)],
        card_ids={visit.patient: visit.card for visit in visits},
        appointments=_appointments(hospital),
    )
    return hospital


def doctor_of(queue: QueueId) -> str:
    """Return the user name of the doctor of `queue`."""
    return f"doctor-{queue.rpartition('-')[2]}"


def _opening(site: Site) -> tuple[date, int]:
    """Return the clinic day and how far its 08:00 is from now, in seconds."""
    now = datetime.now(UTC)
    day_on = clinic_day(site, now)
    opens_at = datetime.combine(day_on, datetime.min.time(), UTC) + timedelta(
        seconds=OPENS_S - 8 * 3600
    )
    return day_on, int((opens_at - now).total_seconds())


def _site_text(area_count: int, room_count: int) -> str:
    areas = [_AREA.format(area=area) for area in range(area_count)]
    queues = [
        _QUEUE.format(number=number, area=number % area_count, prefix=_prefix(number))
        for number in range(room_count)
    ]
    return _SITE.format(site=SITE) + "".join(areas + queues)


def _users_text(site: Site) -> str:
    # One password for all: hashing one takes a tenth of a second.
    hashed = f'display_name = "某"\npassword_hash = "{make_password_hash(PASSWORD)}"\n'
    areas = ", ".join(f'"{area.id}"' for area in site.areas)
    nurse = f'[[user]]\nname = "{NURSE}"\nrole = "nurse"\nareas = [{areas}]\n{hashed}'
    doctors = [
        f'[[user]]\nname = "{doctor_of(queue.id)}"\nrole = "doctor"\nqueue = "{queue.id}"\n{hashed}'
        for queue in site.queues
    ]
    return nurse + "".join(doctors)


def _prefix(queue: int) -> str:
    more, last = divmod(queue, len(ascii_uppercase))
    return (ascii_uppercase[more - 1] if more else "") + ascii_uppercase[last]


def _visits(queues: list[QueueId], count: int) -> Iterator[Visit]:
    in_a_queue = -(-count // len(queues))
    for index in range(count):
        queue = index % len(queues)
        number = index // len(queues) + 1
        start_s = DaySecond(OPENS_S + (number - 1) * SLOTS // in_a_queue * SLOT_S)
        yield Visit(
            patient=PatientId(f"p-{index}"),
            id_number=f"1101011990{index:08d}",
            card=CardId(f"card-{index}"),
            queue=queues[queue],
            number=number,
            slot=Slot(start_s=start_s, end_s=DaySecond(start_s + SLOT_S)),
            ticket=ticket_id(queues[queue], ticket_number(_prefix(queue), number)),
        )


def _patient(number: int, visit: Visit) -> Patient:
    surname = _SURNAMES[number % len(_SURNAMES)]
    given = _GIVEN[number // 20 % len(_GIVEN)] + _GIVEN[number // 400 % len(_GIVEN)]
    return Patient(
        patient_id=visit.patient,
        full_name=FullName(surname + given),
        sex=Sex.FEMALE,
        birth_on=date(1990, 1, 1),
        id_number=visit.id_number,
    )


def _appointments(hospital: BenchHospital) -> list[Appointment]:
    return [
        Appointment(
            appointment_id=AppointmentId(f"a-{index}"),
            patient_id=visit.patient,
            queue_id=visit.queue,
            day_on=hospital.day_on,
            slot=visit.slot,
            number=visit.number,
            kind=TicketKind.ORDINARY,
            rank=None,
        )
        for index, visit in enumerate(hospital.visits)
    ]
