"""What happens with reports, and is journaled: proofs, who was shown what, printings."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import structs

from queue_server.contract.messages import SESSION_LIFE_S
from queue_server.records.reports import ReportId
from queue_server.rules.terms import DeviceId, PatientId, PrintOutcome
from queue_server.service.now import Now
from queue_server.service.report_state import Release, ReleasedReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofGiven:
    """A patient has given a second factor; what he gave is not kept."""

    session_id: str
    device: DeviceId
    patient: PatientId
    was_right: bool

    def change(self, now: Now, written_at: datetime) -> Now:
        """Let the session see reports, or count the wrong try."""
        desk = now.report_desk
        if not self.was_right:
            wrong_at = (*desk.wrong_proofs.get(self.patient, ()), written_at)
            wrong = {**desk.wrong_proofs, self.patient: wrong_at}
            return structs.replace(now, report_desk=replace(desk, wrong_proofs=wrong))
        right = {who: when for who, when in desk.wrong_proofs.items() if who != self.patient}
        now = structs.replace(now, report_desk=replace(desk, wrong_proofs=right))
        return _prolonged(now, self.session_id, written_at, is_proven=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsShown:
    """A patient was shown the list of his reports."""

    session_id: str
    device: DeviceId
    patient: PatientId

    def change(self, now: Now, written_at: datetime) -> Now:
        """Return the day as it is."""
        del written_at
        return now


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReleased:
    """A kiosk may fetch a report of the patient in front of it."""

    release_id: str
    session_id: str
    device: DeviceId
    patient: PatientId
    report_id: ReportId
    token_digest: str
    expires_at: datetime
    printing_number: int = 0

    def change(self, now: Now, written_at: datetime) -> Now:
        """Keep the release; the patient goes on."""
        return _released(now, self, self.report_id, written_at, self.printing_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFetched:
    """The kiosk has fetched it; nobody can a second time."""

    release_id: str

    def change(self, now: Now, written_at: datetime) -> Now:
        """Close the release."""
        del written_at
        release = now.report_desk.releases[self.release_id]
        return _with_release(now, self.release_id, replace(release, is_fetched=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPrinted:
    """The kiosk has said what became of it."""

    release_id: str
    device: DeviceId
    patient: PatientId
    report_id: ReportId
    outcome: PrintOutcome

    def change(self, now: Now, written_at: datetime) -> Now:
        """Count what has come out."""
        del written_at
        release = now.report_desk.releases[self.release_id]
        now = _with_release(now, self.release_id, replace(release, is_told=True))
        if self.outcome is not PrintOutcome.PRINTED:
            return now
        desk = now.report_desk
        # The hospital's systems, which know of other days, may not have heard of this one.
        count = max(desk.printed.get(self.report_id, 0) + 1, release.printing_number)
        printed = {**desk.printed, self.report_id: count}
        return structs.replace(now, report_desk=replace(desk, printed=printed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A patient was shown something of his own, and goes on."""

    session_id: str
    device: DeviceId
    patient: PatientId

    def change(self, now: Now, written_at: datetime) -> Now:
        """Let the patient go on."""
        return _prolonged(now, self.session_id, written_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptsShown(_Shown):
    """A patient was shown the list of his receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesAsked(_Shown):
    """A patient begins to pay for further copies of reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBillShown(_Shown):
    """A patient was shown what a day in the hospital cost him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementShown(_Shown):
    """A patient was shown what leaving would come to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptReleased:
    """A kiosk may fetch a receipt of the patient in front of it."""

    release_id: str
    session_id: str
    device: DeviceId
    patient: PatientId
    receipt: ReleasedReceipt
    token_digest: str
    expires_at: datetime

    def change(self, now: Now, written_at: datetime) -> Now:
        """Keep the release; the patient goes on."""
        return _released(now, self, self.receipt, written_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPrinted:
    """The kiosk has said what became of a receipt."""

    release_id: str
    device: DeviceId
    patient: PatientId
    number: str
    outcome: PrintOutcome

    def change(self, now: Now, written_at: datetime) -> Now:
        """Know whether there is one on paper."""
        del written_at
        release = now.report_desk.releases[self.release_id]
        has_failed = self.outcome is PrintOutcome.FAILED
        told = replace(release, is_told=True, has_failed=has_failed)
        return _with_release(now, self.release_id, told)


AnyReportFact = (
    ReceiptsShown
    | ReceiptReleased
    | ReceiptPrinted
    | CopiesAsked
    | DayBillShown
    | SettlementShown
    | ProofGiven
    | ReportsShown
    | ReportReleased
    | ReportFetched
    | ReportPrinted
)


def _released(
    now: Now,
    fact: ReportReleased | ReceiptReleased,
    document: ReportId | ReleasedReceipt,
    written_at: datetime,
    printing_number: int = 0,
) -> Now:
    release = Release(
        device=fact.device,
        patient=fact.patient,
        document=document,
        token_digest=fact.token_digest,
        expires_at=fact.expires_at,
        printing_number=printing_number,
    )
    released = _with_release(now, fact.release_id, release)
    return _prolonged(released, fact.session_id, written_at)


def _with_release(now: Now, release_id: str, release: Release) -> Now:
    desk = now.report_desk
    releases = {**desk.releases, release_id: release}
    return structs.replace(now, report_desk=replace(desk, releases=releases))


def _prolonged(now: Now, session_id: str, at: datetime, *, is_proven: bool | None = None) -> Now:
    """Begin the life of a session anew; it goes to the end, where those stand that end last."""
    sessions = dict(now.sessions)
    session = sessions.pop(session_id)
    sessions[session_id] = replace(
        session,
        ends_at=at + timedelta(seconds=SESSION_LIFE_S),
        is_proven=session.is_proven if is_proven is None else is_proven,
    )
    return structs.replace(now, sessions=sessions)
