"""What the writer's inbox takes. One job is one thing to decide, in the order of arrival."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.device_messages import DeviceStatus, Heard, Screenshot
from queue_server.contract.inpatient import InpatientReply, InpatientRequest
from queue_server.contract.insurance import (
    CancelInsurance,
    InsuranceCancelled,
    InsuranceSettled,
    SettleInsurance,
)
from queue_server.contract.messages import Request
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    NoteNoted,
    Owed,
    Pay,
    Payment,
    TellNote,
)
from queue_server.contract.report_messages import PayCopies
from queue_server.journal.journal import JournaledFact
from queue_server.records.records import Appointment, Patient
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceId, PatientId, RequestId
from queue_server.service.facts import AnyFact
from queue_server.service.identification import Found
from queue_server.service.receipt_lookup import FoundReceipts
from queue_server.service.report_lookup import FoundReports

MoneyQuestion = (
    FindOwed
    | Pay
    | FollowPayment
    | CancelPayment
    | TellNote
    | Defer
    | SettleInsurance
    | PayCopies
    | CancelInsurance
    | InpatientRequest
)
"""What the payment desk is asked."""
MoneyAnswer = (
    Owed | Payment | NoteNoted | Deferred | InsuranceSettled | InsuranceCancelled | InpatientReply
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A device's request. `found` is what the records have answered to it, where they are asked."""

    device: DeviceId
    request: Request
    delivery: int
    found: Found | FoundReports | FoundReceipts | Refused | None = None
    told: MoneyAnswer | Refused | None = None
    """The payment desk's answer to a request about money."""
    arrived_s: float = 0.0
    """When it came in, by a clock that only goes forward."""

    @property
    def kept_as(self) -> RequestId:
        """The id under which its answer is kept."""
        # Two devices may count alike; neither may get what was told to the other's patient.
        return RequestId(f"{self.device}/{self.request.request_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A payload that is no request; `request_id` is empty where none can be read."""

    device: DeviceId
    request_id: str
    detail: str
    delivery: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """Somebody at a browser asks for something."""

    command: Command
    by: str
    request_id: RequestId
    answer: "Future[Entry]"
    patient: Patient | None = None
    """Whom it is about, where he may not be among those expected today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Somebody at a browser tells a fact."""

    fact: AnyFact
    by: str
    answer: "Future[None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Facts to be written as they are: those about money, which change no queue."""

    facts: Sequence[JournaledFact]
    answer: "Future[None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoaded:
    """The records of a clinic day have been read."""

    day_on: date
    appointments: Sequence[Appointment]
    patients: Mapping[PatientId, Patient]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSaid:
    """A device's presence, a display's word that it has spoken a call, or a screenshot."""

    device: DeviceId
    said: DeviceStatus | Heard | Screenshot
    is_retained: bool = False
    """Whether the broker had kept it for whoever comes; it may have been said long ago."""


@dataclass(frozen=True, slots=True)
class LineIsUp:
    """The broker is there (again): everything retained has to be published anew."""


@dataclass(frozen=True, slots=True)
class StopService:
    """Finish what is in the inbox before this, then end."""


def firm_future() -> "Future[T]":
    """Return a future that can't be cancelled: whoever asked may leave, it is done all the same."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()
    return future


Job = Asked | Unreadable | Acted | Noted | Kept | DayLoaded | DeviceSaid | LineIsUp | StopService
