"""What is told of a doctor who is late, has left or is stopped, and how that ends."""

from collections.abc import Mapping

import pytest

from queue_server.rules import commands as asked
from queue_server.rules.absence import is_overdue
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    DaySecond,
    QueueId,
    QueueStatus,
    RefusalCode,
    Slot,
    TicketId,
)

QUEUE = QueueId("paediatrics-1")
EIGHT = 8 * 3600
SLOT = Slot(start_s=DaySecond(EIGHT), end_s=DaySecond(EIGHT + 1800))
TICKET = TicketId("paediatrics-1:A001")
OF_A_KEY_DEPARTMENT = Policy(stop_needs_approval=True)


class Clinic:
    """One queue with one booked patient, and the commands it is given."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policies: Mapping[QueueId, Policy] = {QUEUE: policy or Policy()}
        self.day: Day = open_day([QUEUE])
        self.at_s = EIGHT - 600
        self.does(asked.IssueTicket(queue=QUEUE, ticket=TICKET, number="A001", slot=SLOT))

    @property
    def queue(self) -> Queue:
        return self.day.queues[QUEUE]

    def does(self, command: asked.Command, by: str = "doctor:wang") -> None:
        act = Act(command=command, at_s=DaySecond(self.at_s), by=by)
        _, self.day = decide_and_apply(self.day, act, self.policies)

    def refuses(self, command: asked.Command, by: str = "doctor:wang") -> RefusalCode:
        before = self.day
        with pytest.raises(Refused) as caught:
            self.does(command, by)
        assert self.day is before
        return caught.value.code

    def is_stopped(self) -> bool:
        return self.queue.status is QueueStatus.STOPPED

    def is_overdue(self, at_s: int) -> bool:
        return is_overdue(self.queue, self.policies[QUEUE], DaySecond(at_s))


def late(**parts: object) -> asked.ReportAbsence:
    return asked.ReportAbsence(queue=QUEUE, kind=AbsenceKind.LATE, **parts)  # type: ignore[arg-type]


def stop(approval: str = "") -> asked.Stop:
    return asked.Stop(queue=QUEUE, cause=AbsenceCause.RESCUE, approval=approval)


def test_an_absence_says_what_why_since_when_and_until_when() -> None:
    clinic = Clinic()

    clinic.does(late(cause=AbsenceCause.SURGERY, returns_s=DaySecond(EIGHT + 1800)))

    absence = clinic.queue.absence
    assert absence is not None
    assert (absence.kind, absence.cause) == (AbsenceKind.LATE, AbsenceCause.SURGERY)
    assert (absence.since_s, absence.returns_s) == (EIGHT - 600, EIGHT + 1800)


def test_who_is_late_or_has_left_can_be_checked_in_for() -> None:
    clinic = Clinic()
    clinic.does(late())

    clinic.does(asked.CheckIn(queue=QUEUE, ticket=TICKET), by="kiosk-01")

    assert clinic.queue.status is QueueStatus.OPEN
    assert clinic.queue.order == (TICKET,)


@pytest.mark.parametrize("kind", [AbsenceKind.LATE, AbsenceKind.LEFT, AbsenceKind.PAUSED])
def test_it_ends_by_itself_when_he_calls(kind: AbsenceKind) -> None:
    clinic = Clinic()
    clinic.does(asked.CheckIn(queue=QUEUE, ticket=TICKET), by="kiosk-01")
    clinic.does(asked.ReportAbsence(queue=QUEUE, kind=kind))

    clinic.does(asked.CallNext(queue=QUEUE))

    assert clinic.queue.absence is None


def test_it_ends_by_itself_when_he_signs_in() -> None:
    clinic = Clinic()
    clinic.does(late())

    clinic.does(asked.Attend(queue=QUEUE))

    assert clinic.queue.absence is None


def test_signing_in_ends_no_stop() -> None:
    clinic = Clinic()
    clinic.does(stop())

    clinic.does(asked.Attend(queue=QUEUE))

    assert clinic.queue.status is QueueStatus.STOPPED
    assert clinic.queue.absence is not None


def test_reopening_ends_a_stop_and_what_is_told_of_it() -> None:
    clinic = Clinic()
    clinic.does(stop())

    clinic.does(asked.Reopen(queue=QUEUE))

    assert (clinic.queue.status, clinic.queue.absence) == (QueueStatus.OPEN, None)


def test_a_stop_may_be_given_another_return_while_it_lasts() -> None:
    clinic = Clinic()
    clinic.does(stop())

    clinic.does(asked.Stop(queue=QUEUE, returns_s=DaySecond(EIGHT + 3600)))

    assert clinic.queue.absence is not None
    assert clinic.queue.absence.returns_s == EIGHT + 3600


def test_nobody_comes_back_in_the_past() -> None:
    clinic = Clinic()

    code = clinic.refuses(late(returns_s=DaySecond(EIGHT - 700)))

    assert code is RefusalCode.RETURN_IN_THE_PAST


def test_a_key_department_is_not_stopped_without_an_approval() -> None:
    assert Clinic(OF_A_KEY_DEPARTMENT).refuses(stop(" ")) is RefusalCode.APPROVAL_MISSING


def test_a_key_department_goes_on_until_a_second_person_confirms() -> None:
    clinic = Clinic(OF_A_KEY_DEPARTMENT)
    clinic.does(stop("2026-17"), by="doctor:wang")
    assert not clinic.is_stopped()

    code = clinic.refuses(asked.ConfirmStop(queue=QUEUE), by="doctor:wang")
    assert code is RefusalCode.SECOND_PERSON_MISSING
    clinic.does(asked.ConfirmStop(queue=QUEUE), by="head_nurse:li")

    assert clinic.is_stopped()
    assert clinic.queue.absence is not None
    assert clinic.queue.absence.approval == "2026-17"
    assert clinic.queue.absence.cause is AbsenceCause.RESCUE
    assert clinic.queue.standing.asked_stop is None


def test_a_stop_that_was_withdrawn_can_not_be_confirmed() -> None:
    clinic = Clinic(OF_A_KEY_DEPARTMENT)
    clinic.does(stop("2026-17"))
    clinic.does(asked.WithdrawStop(queue=QUEUE), by="nurse:li")

    code = clinic.refuses(asked.ConfirmStop(queue=QUEUE), by="nurse:li")

    assert code is RefusalCode.NO_STOP_ASKED


def test_taking_a_stop_back_brings_the_former_absence_back() -> None:
    clinic = Clinic()
    clinic.does(late(cause=AbsenceCause.SURGERY))
    before = clinic.queue.standing
    clinic.does(stop())

    clinic.does(asked.Undo(queue=QUEUE))

    assert clinic.queue.standing == before


def test_a_clinic_whose_first_slot_has_begun_without_its_doctor_is_overdue() -> None:
    clinic = Clinic()

    assert not clinic.is_overdue(EIGHT - 1)
    assert clinic.is_overdue(EIGHT)


def test_a_doctor_who_has_signed_in_or_called_is_not_overdue() -> None:
    signed_in, called = Clinic(), Clinic()
    signed_in.does(asked.Attend(queue=QUEUE))
    called.does(asked.CheckIn(queue=QUEUE, ticket=TICKET), by="kiosk-01")
    called.does(asked.CallNext(queue=QUEUE))

    assert not signed_in.is_overdue(EIGHT + 60)
    assert not called.is_overdue(EIGHT + 60)


def test_what_is_told_of_a_doctor_already_is_not_told_again() -> None:
    left, stopped = Clinic(), Clinic()
    left.does(asked.ReportAbsence(queue=QUEUE, kind=AbsenceKind.LEFT))
    stopped.does(stop())

    assert not left.is_overdue(EIGHT + 60)
    assert not stopped.is_overdue(EIGHT + 60)


def test_the_policy_says_how_long_a_doctor_may_be_awaited() -> None:
    patient, never = (
        Clinic(Policy(doctor_late_after_min=10)),
        Clinic(Policy(doctor_late_after_min=None)),
    )

    assert not patient.is_overdue(EIGHT + 599)
    assert patient.is_overdue(EIGHT + 600)
    assert not never.is_overdue(EIGHT + 36_000)
