"""The demo hospital: records in one SQLite file, made from a seed."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random  # noqa: TID251 - with a seed, so that the same demo comes back
from typing import Any, Final

from sqlite_utils import Database

from assets import FOLDER
from queue_server.records.demo_agreements import make_agreements, write_agreements
from queue_server.records.demo_charges import make_sheets
from queue_server.records.demo_counter import write_sheets
from queue_server.records.demo_patients import load_demo_data, make_patients
from queue_server.records.demo_report_shelf import write_reports
from queue_server.records.demo_reports import make_reports
from queue_server.records.demo_schedule import book_teams, booked_queues, make_appointments
from queue_server.records.demo_stays import make_stays
from queue_server.records.demo_wards import write_stays
from queue_server.records.records import (
    Appointment,
    AppointmentId,
    Patient,
    RecordsUnavailable,
    Sex,
)
from queue_server.records.reports import Report
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import (
    CardId,
    DaySecond,
    FullName,
    PatientId,
    PriorityRank,
    QueueId,
    Slot,
    TicketKind,
)
from queue_server.site import load_site

DEMO_SITE_FILE: Final = FOLDER / "demo" / "site.toml"
_PATIENTS: Final = (
    "SELECT patient_id, full_name, sex, birth_on, id_number, phone_number FROM patient"
)
_APPOINTMENTS: Final = (
    "SELECT appointment_id, patient_id, queue_id, day_on, start_s, end_s, number, kind, rank"
    " FROM appointment"
)
# A day has many rows: looked up here, a member costs a tenth of what its class takes to find it.
_SEXES: Final = {one.value: one for one in Sex}
_KINDS: Final = {one.value: one for one in TicketKind}
_RANKS: Final = {one.value: one for one in PriorityRank}


class DemoHospital:
    """The port `Records` over a file that `make_demo_hospital` or `write_demo_hospital` wrote.

    Each call opens the file for itself, so it may be called from any thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def appointments_on(self, day: date) -> Sequence[Appointment]:
        """Return the appointments of a clinic day, by queue and number."""
        return self._appointments("day_on = ?", day.isoformat(), "queue_id, number")

    def appointments_of(self, patient_id: PatientId) -> Sequence[Appointment]:
        """Return a patient's appointments of all days, the earliest first."""
        # SQLite sorts NULL first; a ticket without a time comes last in its day.
        return self._appointments(
            "patient_id = ?", patient_id, "day_on, start_s is null, start_s, queue_id"
        )

    def patients_on(self, day: date) -> Sequence[Patient]:
        """Return the patients who have an appointment on a clinic day."""
        where = "patient_id IN (SELECT patient_id FROM appointment WHERE day_on = ?)"
        return self._patients(f"WHERE {where}", day.isoformat())

    def patient(self, patient_id: PatientId) -> Patient | None:
        """Return a patient."""
        return self._patient("patient_id = ?", patient_id)

    def patient_by_id_number(self, id_number: str) -> Patient | None:
        """Return whoever has this identity number; a final `x` may be small."""
        return self._patient("id_number = ?", id_number.strip().upper())

    def patient_by_card_id(self, card_id: CardId) -> Patient | None:
        """Return whose virtual card it is."""
        return self._patient("card_id = ?", card_id)

    def patient_by_chip_card(self, number: str) -> Patient | None:
        """Return whose chip card has this number."""
        return self._patient("chip_card = ?", number)

    def chip_card_of(self, patient_id: PatientId) -> str | None:
        """Return the number on a patient's chip card; None if he has none."""
        with self._opened() as database:
            rows = list(database.table("patient").rows_where("patient_id = ?", [patient_id]))
        return rows[0]["chip_card"] if rows else None

    def card_id_of(self, patient_id: PatientId) -> CardId | None:
        """Return the id of a patient's virtual card."""
        with self._opened() as database:
            rows = list(database.table("patient").rows_where("patient_id = ?", [patient_id]))
        return CardId(rows[0]["card_id"]) if rows else None

    def patients(self) -> Sequence[Patient]:
        """Return all patients: the demo's phone page lists them to choose from."""
        return self._patients("ORDER BY patient_id")

    def _patient(self, where: str, value: str) -> Patient | None:
        found = self._patients(f"WHERE {where}", value)
        return found[0] if found else None

    def _patients(self, which: str, *values: str) -> list[Patient]:
        with self._opened() as database:
            return [_patient(row) for row in database.conn.execute(f"{_PATIENTS} {which}", values)]

    def _appointments(self, where: str, value: str, order: str) -> Sequence[Appointment]:
        with self._opened() as database:
            sql = f"{_APPOINTMENTS} WHERE {where} ORDER BY {order}"
            return [_appointment(row) for row in database.conn.execute(sql, [value])]

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        try:
            connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
            with Database(connection, execute_plugins=False) as database:
                # sqlite-utils finds nothing, instead of an error, in a table that is not there.
                if not database.table("patient").exists():
                    raise RecordsUnavailable(f"{self._path} holds no demo hospital")
                yield database
        except sqlite3.Error as error:
            raise RecordsUnavailable(f"the demo hospital in {self._path}: {error}") from error


def make_demo_hospital(path: Path, *, day: date, seed: int) -> None:
    """Write 200 patients, their appointments around `day` and what they owe to `path`, anew."""
    chance = Random(seed)  # noqa: S311 - nothing secret in the demo
    data = load_demo_data()
    site = load_site(DEMO_SITE_FILE)
    people = make_patients(data, day, chance)
    appointments = make_appointments(data.schedule, booked_queues(site), people, day, chance)
    patients = [person.patient for person in people]
    sheets = make_sheets(appointments, chance)
    appointments += book_teams(site, appointments, day)
    write_demo_hospital(
        path,
        patients=patients,
        card_ids={person.patient.patient_id: person.card_id for person in people},
        chip_cards={one.patient_id: f"QY{at:06d}" for at, one in enumerate(patients, 1)},
        appointments=appointments,
        sheets=sheets,
        reports=make_reports(patients, day, site.timezone, chance),
    )
    # With a chance of its own: whoever lies there changes nothing for all others.
    stays = make_stays(patients, appointments, day, Random(seed + 1))  # noqa: S311
    with Database(path, execute_plugins=False) as database:
        write_stays(database, stays)
        write_agreements(database, make_agreements(sheets, patients))


def write_demo_hospital(
    path: Path,
    *,
    patients: Sequence[Patient],
    card_ids: Mapping[PatientId, CardId],
    appointments: Sequence[Appointment],
    chip_cards: Mapping[PatientId, str] | None = None,
    sheets: Sequence[Sheet] = (),
    reports: Iterable[Report] = (),
) -> None:
    """Write a hospital to `path`; whatever stood there before is replaced as a whole."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with Database(new, execute_plugins=False) as database:
        _make_tables(database)
        with database.atomic():
            database.table("patient").insert_all(
                {
                    **_patient_row(patient, card_ids[patient.patient_id]),
                    "chip_card": (chip_cards or {}).get(patient.patient_id),
                }
                for patient in patients
            )
            database.table("appointment").insert_all(map(_appointment_row, appointments))
            write_sheets(database, sheets)
            write_reports(database, reports)
    new.replace(path)


def _make_tables(database: Database) -> None:
    database.create_table(
        "patient",
        {
            "patient_id": str,
            "full_name": str,
            "sex": str,
            "birth_on": str,
            "id_number": str,
            "phone_number": str,
            "card_id": str,
            "chip_card": str,
        },
        pk="patient_id",
        not_null={"full_name", "sex", "birth_on", "card_id"},
        strict=True,
    )
    database.table("patient").create_index(["id_number"], unique=True)
    database.table("patient").create_index(["card_id"], unique=True)
    database.table("patient").create_index(["chip_card"], unique=True)
    database.create_table(
        "appointment",
        {
            "appointment_id": str,
            "patient_id": str,
            "queue_id": str,
            "day_on": str,
            "start_s": int,
            "end_s": int,
            "number": int,
            "kind": str,
            "rank": str,
        },
        pk="appointment_id",
        foreign_keys=[("patient_id", "patient")],
        not_null={"patient_id", "queue_id", "day_on", "number", "kind"},
        strict=True,
    )
    database.table("appointment").create_index(["day_on", "queue_id", "number"], unique=True)
    database.table("appointment").create_index(["patient_id"])


def _patient_row(patient: Patient, card_id: CardId) -> dict[str, Any]:
    return {
        "patient_id": patient.patient_id,
        "full_name": patient.full_name.reveal(),
        "sex": patient.sex.value,
        "birth_on": patient.birth_on.isoformat(),
        "id_number": patient.id_number,
        "phone_number": patient.phone_number,
        "card_id": card_id,
    }


def _patient(row: tuple[Any, ...]) -> Patient:
    patient_id, full_name, sex, birth_on, id_number, phone_number = row
    return Patient(
        patient_id=PatientId(patient_id),
        full_name=FullName(full_name),
        sex=_SEXES[sex],
        birth_on=date.fromisoformat(birth_on),
        id_number=id_number,
        phone_number=phone_number,
    )


def _appointment_row(appointment: Appointment) -> dict[str, Any]:
    slot = appointment.slot
    return {
        "appointment_id": appointment.appointment_id,
        "patient_id": appointment.patient_id,
        "queue_id": appointment.queue_id,
        "day_on": appointment.day_on.isoformat(),
        "start_s": slot.start_s if slot else None,
        "end_s": slot.end_s if slot else None,
        "number": appointment.number,
        "kind": appointment.kind.value,
        "rank": appointment.rank.value if appointment.rank else None,
    }


def _appointment(row: tuple[Any, ...]) -> Appointment:
    appointment_id, patient_id, queue_id, day_on, start_s, end_s, number, kind, rank = row
    slot = None
    if start_s is not None:
        slot = Slot(start_s=DaySecond(start_s), end_s=DaySecond(end_s))
    return Appointment(
        appointment_id=AppointmentId(appointment_id),
        patient_id=PatientId(patient_id),
        queue_id=QueueId(queue_id),
        day_on=date.fromisoformat(day_on),
        slot=slot,
        number=number,
        kind=_KINDS[kind],
        rank=_RANKS[rank] if rank else None,
    )
