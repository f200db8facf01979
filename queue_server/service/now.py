"""The state of the running day: the queues, and what happened beside them.

A `Now` is frozen: any thread may read the one it has. It follows from the records of the
day and the journal alone, so a restart gives the same one again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from queue_server.contract.boards import Notice
from queue_server.journal.journal import JournaledEntry
from queue_server.records.records import Patient
from queue_server.rules.day_in_work import DayInWork, apply
from queue_server.rules.events import Called, Recalled
from queue_server.rules.masking import mask
from queue_server.rules.queue import Day, open_day
from queue_server.rules.terms import AreaId, DeviceAct, DeviceId, PatientId, QueueId, TicketId
from queue_server.service.device_state import Devices
from queue_server.service.policy_book import PolicyBook
from queue_server.service.report_state import ReportDesk
from queue_server.service.setup import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMade:
    """A call of the past: the `sequence`-th of its area on this clinic day."""

    sequence: int
    called_at: datetime
    queue: QueueId
    ticket: TicketId
    is_recall: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCall:
    """Somebody pressed the help key of a kiosk, and nobody has gone there yet."""

    help_id: str
    device: DeviceId
    screen: str
    called_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflict:
    """An offline check-in that could not be taken over, and that no nurse has settled yet."""

    conflict_id: str
    device: DeviceId
    number: str
    """The provisional one."""
    checked_in_at: datetime
    why: str
    patient: PatientId | None
    tickets: tuple[TicketId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A patient has identified himself at a device, which acts for him until `ends_at`."""

    device: DeviceId
    patient: PatientId
    ends_at: datetime
    is_by_card: bool = False
    """Whether he was identified by his virtual card."""
    is_proven: bool = False
    """Whether he has given a second factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCommand:
    """Somebody has asked a device to do something."""

    device: DeviceId
    do: DeviceAct
    by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveAlarm:
    """An alarm that has begun: its rule, what it is about, and the parts of its sentence."""

    code: str
    about: str
    """The id of a device or an area; empty if it is about the server."""
    parts: Mapping[str, str]
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the patient of a ticket was told last by a message."""

    kind: str
    """A `MessageKind`."""
    is_reached: bool
    """Whether the message service has taken it."""
    count: int
    """How many there have been about this ticket."""


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the service knows of the running clinic day."""

    day_on: date
    day: Day
    patients: Mapping[PatientId, Patient]
    masked_names: Mapping[PatientId, str]
    change_count: int = 0
    """Entries and facts of the day so far: the revision of its boards."""
    calls: Mapping[AreaId, tuple[CallMade, ...]] = msgspec.field(default_factory=dict)
    """The day's calls of each area, oldest first."""
    help_calls: tuple[HelpCall, ...] = ()
    conflicts: tuple[OpenConflict, ...] = ()
    provisional: Mapping[str, tuple[TicketId, ...]] = msgspec.field(default_factory=dict)
    """By the code of a provisional slip: the tickets it stands for, none if it was refused."""
    notices: Mapping[AreaId, tuple[Notice, ...]] = msgspec.field(default_factory=dict)
    sessions: Mapping[str, Session] = msgspec.field(default_factory=dict)
    devices: Devices = msgspec.field(default_factory=dict)
    """What each device said last; not journaled."""
    device_commands: tuple[DeviceCommand, ...] = ()
    """What was asked of devices today, oldest first."""
    policy_book: PolicyBook = msgspec.field(default_factory=PolicyBook)
    """The versions of the policies."""
    report_desk: ReportDesk = msgspec.field(default_factory=ReportDesk)
    alarms: tuple[ActiveAlarm, ...] = ()
    """Those that have begun and not ended, in the order in which they began."""
    told: Mapping[TicketId, Told] = msgspec.field(default_factory=dict)
    """Whose patients were sent a message today."""


def open_now(setup: Setup, day_on: date, patients: Mapping[PatientId, Patient]) -> Now:
    """Return the day before anything has happened."""
    return Now(
        day_on=day_on,
        day=open_day(setup.queues),
        patients=patients,
        masked_names={
            patient_id: mask(patient.full_name.reveal()) for patient_id, patient in patients.items()
        },
    )


def with_entry(setup: Setup, now: Now, written: JournaledEntry) -> Now:
    """Return the state after an entry."""
    return with_decided(setup, now, written, apply(now.day, written.entry))


def with_decided(setup: Setup, now: Now, written: JournaledEntry, day: Day) -> Now:
    """Return the state after an entry that makes the queues those of `day`."""
    calls = now.calls
    for event in written.entry.events:
        if isinstance(event, Called | Recalled):
            area = setup.queues[event.queue].area
            made = calls.get(area, ())
            calls = {**calls, area: (*made, call_made(event, written.written_at, len(made)))}
    return replace(now, day=day, calls=calls, change_count=now.change_count + 1)


def with_entries(setup: Setup, now: Now, entries: Iterable[JournaledEntry]) -> Now:
    """Return the state after many entries: for a restart, nothing is copied for each of them."""
    work = DayInWork(now.day)
    calls = {area: list(made) for area, made in now.calls.items()}
    count = now.change_count
    for written in entries:
        work.apply(written.entry)
        count += 1
        for event in written.entry.events:
            if isinstance(event, Called | Recalled):
                made = calls.setdefault(setup.queues[event.queue].area, [])
                made.append(call_made(event, written.written_at, len(made)))
    return replace(
        now,
        day=work.day(),
        calls={area: tuple(made) for area, made in calls.items()},
        change_count=count,
    )


def call_made(event: Called | Recalled, called_at: datetime, earlier_count: int) -> CallMade:
    """Return the call of an area that follows `earlier_count` others of the day."""
    return CallMade(
        sequence=earlier_count + 1,
        called_at=called_at,
        queue=event.queue,
        ticket=event.ticket,
        is_recall=isinstance(event, Recalled),
    )


def with_patients(now: Now, patients: Mapping[PatientId, Patient]) -> Now:
    """Return the state with patients who were not among those of the day."""
    masked = {who: mask(patient.full_name.reveal()) for who, patient in patients.items()}
    return replace(
        now,
        patients={**now.patients, **patients},
        masked_names={**now.masked_names, **masked},
    )
