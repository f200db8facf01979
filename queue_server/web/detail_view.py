"""One ticket in full: why it stands where it stands, and everything that happened to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from queue_server.journal.journal import JournaledEntry
from queue_server.records.records import Patient
from queue_server.rules.commands import AskForDoctor, CallTicket, Command
from queue_server.rules.decide import COMMANDS
from queue_server.rules.events import Entry, Event
from queue_server.rules.moving import ACTS
from queue_server.rules.queue import Queue
from queue_server.rules.reason import Reason, explain
from queue_server.rules.terms import PatientId, TicketId
from queue_server.rules.ticket import LISTED, Ticket
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.web.queue_view import shared_names
from queue_server.web.ticket_view import TicketView, can_happen, ticket_view
from queue_server.web.users import Users

ID_NUMBER_SHOWN = 4
"""So many characters of an identity number's end are shown: enough to compare with a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Who it is, as far as somebody who speaks to him needs it."""

    masked_name: str
    sex: str
    age: int
    id_number_end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act that concerned the ticket."""

    at: str
    """Local time of day, `08:41:05`."""
    by: str
    """A user's display name, or the name of the device or rule."""
    do: str
    what_zh: str
    what_en: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStep:
    """The last act on the ticket that can be taken back."""

    entry: int
    what_zh: str
    what_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailView:
    """Everything the page shows of one ticket."""

    ticket: TicketView
    person: PersonView | None
    reason_zh: str
    reason_en: str
    acts: list[str]
    """What the state table lets happen to it now."""
    last_step: LastStep | None
    history: list[HistoryLine]
    """The latest first."""
    entry_count: int


def detail_view(
    setup: Setup, now: Now, ticket: Ticket, written: Iterable[JournaledEntry], users: Users
) -> DetailView:
    """Return `ticket` in full; `written` are the journal's entries about it."""
    queue = now.day.queues[ticket.queue]
    shared = shared_names(setup, now, setup.queues[ticket.queue].area)
    shares = any(ticket.id in one.tickets for one in shared)
    zh, en = "", ""
    if ticket.reason is not None:
        overtaken = queue.overtaken_count(ticket) if ticket.state in LISTED else 0
        zh, en = explain(ticket.reason, overtaken)
    return DetailView(
        ticket=ticket_view(now, ticket, setup.policies[ticket.queue], shares),
        person=person_view(now, ticket.patient),
        reason_zh=zh,
        reason_en=en,
        acts=[
            name
            for name, kind in COMMANDS.items()
            if can_happen(kind, ticket) and _is_of(kind, ticket.queue in setup.area_queues)
        ],
        last_step=_last_step(queue, ticket.id),
        history=history(written, ticket.id, users)[::-1],
        entry_count=now.day.entry_count,
    )


def _is_of(command: type[Command], is_area_queue: bool) -> bool:
    """Tell whether it can be asked in an area queue, or in a doctor's."""
    if is_area_queue:
        return command is not CallTicket
    return command is not AskForDoctor


def person_view(now: Now, patient_id: PatientId | None) -> PersonView | None:
    """Return who it is; None when the records do not know."""
    patient = now.patients.get(patient_id) if patient_id else None
    if patient is None:
        return None
    return PersonView(
        masked_name=now.masked_names[patient.patient_id],
        sex=patient.sex,
        age=age_on(patient, now.day_on),
        id_number_end=(patient.id_number or "")[-ID_NUMBER_SHOWN:],
    )


def age_on(patient: Patient, day: date) -> int:
    """Return the full years of life on `day`."""
    had_birthday = (day.month, day.day) >= (patient.birth_on.month, patient.birth_on.day)
    return day.year - patient.birth_on.year - (not had_birthday)


def history(written: Iterable[JournaledEntry], ticket: TicketId, users: Users) -> list[HistoryLine]:
    """Return what happened to `ticket`, the earliest first."""
    names = {user.by: user.display_name for user in users.values()}
    return [_line(line, ticket, names) for line in written]


def _line(written: JournaledEntry, ticket: TicketId, names: Mapping[str, str]) -> HistoryLine:
    entry = written.entry
    what_zh, what_en = _what(entry, ticket)
    reason = reason_of(entry, ticket)
    zh, en = explain(reason) if reason is not None else ("", "")
    return HistoryLine(
        at=f"{written.written_at:%H:%M:%S}",
        by=names.get(entry.by, entry.by),
        do=entry.do,
        what_zh=what_zh,
        what_en=what_en,
        reason_zh=zh,
        reason_en=en,
    )


def _what(entry: Entry, ticket: TicketId) -> tuple[str, str]:
    """Return what the act meant for `ticket`, which may be another one's call."""
    mine = [type(event).__name__ for event in _events_of(entry, ticket)]
    if entry.do == "undo":
        return "撤销", "undo"
    if mine == ["StoodBy"]:
        return "通知准备", "told to get ready"
    if "Finished" in mine:
        return ACTS["finish"]
    return ACTS[entry.do]


def reason_of(entry: Entry, ticket: TicketId) -> Reason | None:
    """Return why what happened to `ticket` happened; None where nothing is to be said."""
    for event in _events_of(entry, ticket):
        placing = getattr(event, "placing", None)
        reason = placing.reason if placing is not None else getattr(event, "reason", None)
        if isinstance(reason, Reason):
            return reason
    return None


def _events_of(entry: Entry, ticket: TicketId) -> list[Event]:
    return [event for event in entry.events if getattr(event, "ticket", None) == ticket]


def _last_step(queue: Queue, ticket: TicketId) -> LastStep | None:
    for step in reversed(queue.history):
        if ticket in step.tickets:
            what_zh, what_en = ACTS[step.do]
            return LastStep(entry=step.entry, what_zh=what_zh, what_en=what_en)
    return None
