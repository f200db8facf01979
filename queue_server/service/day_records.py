"""The appointments of a clinic day become tickets: who is expected, read from the records."""

from collections.abc import Mapping, Sequence
from datetime import date

from queue_server.records.records import Appointment, Patient, Records
from queue_server.rules import commands as asked
from queue_server.rules.numbering import ticket_number
from queue_server.rules.terms import PatientId
from queue_server.rules.ticket import ticket_id
from queue_server.service.jobs import DayLoaded
from queue_server.service.now import Now
from queue_server.service.setup import Setup


def load_day(records: Records, day_on: date) -> DayLoaded:
    """Read who is expected on `day_on`. May block.

    Raises:
        RecordsUnavailable: the records can't be asked now.
    """
    appointments = records.appointments_on(day_on)
    patients = {patient.patient_id: patient for patient in records.patients_on(day_on)}
    return DayLoaded(day_on=day_on, appointments=appointments, patients=patients)


def missing_tickets(
    setup: Setup, now: Now, appointments: Sequence[Appointment]
) -> list[asked.IssueTicket]:
    """Return what to issue so that each appointment has its ticket; those it has stay."""
    missing = []
    for one in appointments:
        queue = setup.queues.get(one.queue_id)
        if queue is None:
            continue
        number = ticket_number(queue.prefix, one.number)
        ticket = ticket_id(queue.id, number)
        if ticket not in now.day.queues[queue.id].tickets:
            missing.append(
                asked.IssueTicket(
                    queue=queue.id,
                    ticket=ticket,
                    number=number,
                    slot=one.slot,
                    kind=one.kind,
                    rank=one.rank,
                    patient=one.patient_id,
                )
            )
    return missing


def known_patients(records: Records, now: Now) -> Mapping[PatientId, Patient]:
    """Return those of tickets and conflicts whom no appointment of the day names. May block."""
    found: dict[PatientId, Patient] = {}
    named = [
        *(ticket.patient for queue in now.day.queues.values() for ticket in queue.tickets.values()),
        *(conflict.patient for conflict in now.conflicts),
    ]
    for patient_id in named:
        if patient_id is None or patient_id in now.patients or patient_id in found:
            continue
        patient = records.patient(patient_id)
        if patient is not None:
            found[patient_id] = patient
    return found
