"""The audit list: who was shown full names, and who did what, on any clinic day.

Read from the journal, which nobody can change; each method may block.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from queue_server.journal.journal import JournaledEntry, Selection
from queue_server.records.records import RecordsUnavailable
from queue_server.rules.decide import COMMANDS
from queue_server.rules.events import TicketIssued, TransferredIn
from queue_server.rules.masking import mask
from queue_server.rules.terms import PatientId, QueueId, TicketId
from queue_server.service.audit_facts import NamesSeen, SignedIn, SignedOut, SlipPrintedAgain
from queue_server.service.facts import HelpAnswered, NoticesSet
from queue_server.service.policy_facts import PolicyCancelled, PolicySaved
from queue_server.service.queue_service import QueueService
from queue_server.web.audit_line import AuditLine, Names, audit_line
from queue_server.web.bodies import AuditAsked
from queue_server.web.users import Users

LINES_PER_PAGE: Final = 50
_LINES_AT_ONCE: Final = 2000
_TICKETS_MAX: Final = 1_000_000
_MASKED_KEPT_MAX: Final = 20_000
_DAYS_KEPT: Final = 3
_SEEN: Final = NamesSeen.__name__
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "names": frozenset({_SEEN}),
    "sign_in": frozenset({SignedIn.__name__, SignedOut.__name__}),
    "acts": frozenset(
        {
            *COMMANDS,
            *(
                one.__name__
                for one in (
                    HelpAnswered,
                    NoticesSet,
                    SlipPrintedAgain,
                    PolicySaved,
                    PolicyCancelled,
                )
            ),
        }
    ),
}
"""What may be asked for, as the journal names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditUser:
    """Somebody whose rows may be asked for."""

    name: str
    role: str
    display_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page of the audit list, the latest row first."""

    day_on: str
    days: list[str]
    """The clinic days of the journal, the latest first."""
    users: list[AuditUser]
    lines: list[AuditLine]
    next_before: int | None
    """What the next page is asked for with; None: this is the last one."""


class AuditList:
    """Reads the list. Used from any thread.

    Args:
        service: whose journal and records.
        users: what people are called.
    """

    def __init__(self, service: QueueService, users: Users) -> None:
        self._service = service
        self._users = users
        self._patients: dict[date, Mapping[TicketId, PatientId | None]] = {}
        self._masked: dict[PatientId, str] = {}
        self._days: list[date] = []

    def page(self, asked: AuditAsked, day_on: date) -> AuditPage:
        """Return the page that is asked for."""
        lines = self._lines(asked, day_on, asked.before, LINES_PER_PAGE + 1)
        has_more = len(lines) > LINES_PER_PAGE
        lines = lines[:LINES_PER_PAGE]
        return AuditPage(
            day_on=day_on.isoformat(),
            days=[day.isoformat() for day in self._days_until(self._service.now.day_on)],
            users=[
                AuditUser(name=user.name, role=user.role, display_name=user.display_name)
                for user in self._users.values()
            ],
            lines=lines,
            next_before=lines[-1].row if has_more else None,
        )

    def _days_until(self, running: date) -> list[date]:
        """Return the clinic days of the journal; a long one is asked once a day."""
        if not self._days or self._days[0] != running:
            self._days = sorted({running, *self._service.days()}, reverse=True)
        return self._days

    def everything(self, asked: AuditAsked, day_on: date) -> Iterator[AuditLine]:
        """Yield all rows that are asked for, the latest first."""
        before: int | None = None
        while lines := self._lines(asked, day_on, before, _LINES_AT_ONCE):
            yield from lines
            before = lines[-1].row

    def _lines(
        self, asked: AuditAsked, day_on: date, before: int | None, count_max: int
    ) -> list[AuditLine]:
        patients = self._patients_of(day_on)
        selection = self._selection(asked, day_on, patients, before, count_max)
        names = Names(
            setup=self._service.setup,
            users=self._users,
            patients=patients,
            masked_name=self._masked_name,
        )
        return [audit_line(row, names) for row in self._service.rows(selection)]

    def _selection(
        self,
        asked: AuditAsked,
        day_on: date,
        patients: Mapping[TicketId, PatientId | None],
        before: int | None,
        count_max: int,
    ) -> Selection:
        texts, places = self._about(asked.about.strip(), patients)
        return Selection(
            day_on=day_on,
            by=asked.who.strip(),
            is_by_person=asked.what != "devices",
            kinds=_KINDS.get(asked.what, frozenset()),
            texts=texts,
            texts_of_kind=(_SEEN, places),
            before=before,
            count_max=count_max,
        )

    def _about(
        self, about: str, patients: Mapping[TicketId, PatientId | None]
    ) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return what rows about a number or a patient hold.

        First his tickets and himself; then the areas and queues whose names somebody was shown
        all at once, his among them.
        """
        if not about:
            return (), frozenset()
        tickets = [
            ticket
            for ticket, patient in patients.items()
            if about in (patient, ticket) or ticket.partition(":")[2].casefold() == about.casefold()
        ]
        whose = {patients[ticket] for ticket in tickets} - {None}
        queues = {QueueId(ticket.partition(":")[0]) for ticket in tickets}
        known = self._service.setup.queues
        areas = {known[queue].area for queue in queues if queue in known}
        return tuple(map(str, (about, *tickets, *sorted(map(str, whose))))), frozenset(
            map(str, areas | queues)
        )

    def _patients_of(self, day_on: date) -> Mapping[TicketId, PatientId | None]:
        """Return whose the tickets of a day are."""
        now = self._service.now
        if day_on == now.day_on:
            return {
                ticket.id: ticket.patient
                for queue in now.day.queues.values()
                for ticket in queue.tickets.values()
            }
        if day_on not in self._patients:
            made = self._service.rows(
                Selection(
                    day_on=day_on,
                    texts=(TicketIssued.__name__, TransferredIn.__name__),
                    count_max=_TICKETS_MAX,
                )
            )
            self._patients[day_on] = {
                event.ticket: event.patient
                for row in made
                if isinstance(row.written, JournaledEntry)
                for event in row.written.entry.events
                if isinstance(event, TicketIssued | TransferredIn)
            }
            for former in sorted(self._patients)[:-_DAYS_KEPT]:
                if former != day_on:
                    del self._patients[former]
        return self._patients[day_on]

    def _masked_name(self, patient_id: PatientId) -> str:
        """Return how a patient is called on boards; empty while the records can't be asked."""
        known = self._service.now.masked_names.get(patient_id) or self._masked.get(patient_id)
        if known is not None:
            return known
        try:
            patient = self._service.records.patient(patient_id)
        except RecordsUnavailable:
            return ""
        masked = mask(patient.full_name.reveal()) if patient is not None else ""
        if len(self._masked) >= _MASKED_KEPT_MAX:
            self._masked.clear()
        self._masked[patient_id] = masked
        return masked
