"""Finds who is expected or here today: by name, by number, or by the end of an ID number."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from queue_server.records.id_number import is_id_number
from queue_server.records.records import Patient, Records
from queue_server.rules.terms import PatientId, QueueId, TicketState
from queue_server.rules.ticket import Ticket
from queue_server.service.audit_facts import NamesSeen, Query, Shown
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.web.detail_view import ID_NUMBER_SHOWN, PersonView, age_on, person_view
from queue_server.web.ticket_view import TicketView, ticket_view

FOUND_MAX: Final = 30
_GONE: Final = (TicketState.TRANSFERRED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTicket:
    """One of today's tickets that fits."""

    queue: QueueId
    ticket: TicketView
    person: PersonView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPatient:
    """Somebody whom the records know, without a ticket in the queues that were searched."""

    patient_id: PatientId
    full_name: str
    sex: str
    age: int
    id_number_end: str
    elsewhere: list[QueueId]
    """Queues of other areas in which he has a ticket today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search has found."""

    tickets: list[FoundTicket]
    patients: list[FoundPatient]
    is_cut: bool
    """More would fit than are listed."""

    def with_patient(self, patient: FoundPatient | None) -> "Found":
        """Return what was found and somebody who has no ticket today."""
        return replace(self, patients=[patient] if patient else [])


def find(setup: Setup, now: Now, query: str, queues: Collection[QueueId]) -> Found:
    """Return today's tickets of `queues` that fit `query`. Pure."""
    tickets, is_cut = fitting(now, query, queues)
    found = [_found(setup, now, ticket) for ticket in tickets]
    return Found(tickets=found, patients=[], is_cut=is_cut)


def fitting(now: Now, query: str, queues: Collection[QueueId]) -> tuple[list[Ticket], bool]:
    """Return the first of today's tickets that fit, booked ones first; and whether more would."""
    text = query.strip().casefold()
    found = [
        ticket
        for queue in queues
        for ticket in now.day.queues[queue].tickets.values()
        if text and ticket.state not in _GONE and _fits(now, ticket, text)
    ]
    found.sort(key=lambda ticket: (ticket.state is not TicketState.BOOKED, ticket.number))
    return found[:FOUND_MAX], len(found) > FOUND_MAX


def find_patient(records: Records, query: str, now: Now) -> FoundPatient | None:
    """Return whom the records know under a whole ID number. May block.

    Raises:
        RecordsUnavailable: they can't be asked.
    """
    if not is_id_number(query.strip()):
        return None
    patient = records.patient_by_id_number(query)
    return _found_patient(patient, now) if patient else None


def found_names(now: Now, found: Found, query: str) -> NamesSeen:
    """Return what the audit list keeps of a search: whose names it showed, not what was typed."""
    tickets = [one.ticket.id for one in found.tickets]
    of_tickets = {now.day.queues[one.queue].tickets[one.ticket.id].patient for one in found.tickets}
    patients = {one for one in of_tickets if one} | {one.patient_id for one in found.patients}
    return NamesSeen(
        where=Shown.SEARCH,
        tickets=tuple(tickets),
        patients=tuple(sorted(patients)),
        query=_kind(query.strip()),
    )


def search_seen(tickets: Collection[Ticket], query: str) -> NamesSeen:
    """Return what the audit list keeps of a search whose names were masked."""
    return NamesSeen(
        where=Shown.SEARCH,
        tickets=tuple(ticket.id for ticket in tickets),
        patients=tuple(sorted({ticket.patient for ticket in tickets if ticket.patient})),
        query=_kind(query.strip()),
    )


def _kind(text: str) -> Query:
    if is_id_number(text):
        return Query.ID_NUMBER
    if re.fullmatch(r"[A-Za-z]{0,2}\d{1,3}", text):
        return Query.NUMBER
    if re.fullmatch(r"\d*[\dXx]", text):
        return Query.ID_NUMBER_END
    return Query.NAME


def _found(setup: Setup, now: Now, ticket: Ticket) -> FoundTicket:
    return FoundTicket(
        queue=ticket.queue,
        ticket=ticket_view(now, ticket, setup.policies[ticket.queue], False),
        person=person_view(now, ticket.patient),
    )


def _found_patient(patient: Patient, now: Now) -> FoundPatient:
    return FoundPatient(
        patient_id=patient.patient_id,
        full_name=patient.full_name.reveal(),
        sex=patient.sex,
        age=age_on(patient, now.day_on),
        id_number_end=(patient.id_number or "")[-ID_NUMBER_SHOWN:],
        elsewhere=[
            queue.id
            for queue in now.day.queues.values()
            if any(ticket.patient == patient.patient_id for ticket in queue.tickets.values())
        ],
    )


def _fits(now: Now, ticket: Ticket, text: str) -> bool:
    if text in ticket.number.casefold():
        return True
    patient = now.patients.get(ticket.patient) if ticket.patient else None
    if patient is None:
        return False
    if text in patient.full_name.reveal().casefold():
        return True
    id_number = (patient.id_number or "").casefold()
    return len(text) >= ID_NUMBER_SHOWN and id_number.endswith(text)
