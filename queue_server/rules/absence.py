"""Decisions about a doctor who is late, has left, pauses or is stopped, and about his return.

Patients are told the neutral cause and the expected return, nothing else. In key departments a
stop needs the number of an approval and a second person.
"""

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.desk import Situation
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Queue
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import AbsenceKind, DaySecond, QueueStatus, RefusalCode, clock_text

_MINUTE_S = 60
_REASONS = {
    AbsenceKind.LATE: ReasonCode.ABSENT_LATE,
    AbsenceKind.LEFT: ReasonCode.ABSENT_LEFT,
    AbsenceKind.PAUSED: ReasonCode.ABSENT_PAUSED,
}


def stop(situation: Situation, command: asked.Stop) -> list[happened.Event]:
    """Stop the clinic; where that needs approval, ask for it."""
    queue = situation.queue(command)
    _require_future(situation, command.returns_s)
    if queue.status is QueueStatus.STOPPED:
        # Stopped already: cause and expected return are new, the approval stays.
        approval = queue.absence.approval if queue.absence else ""
        return [_stopped_absence(command, approval)]
    if not situation.policy(command).stop_needs_approval:
        return _stopped(command, command.approval)
    approval = command.approval.strip()
    if not approval:
        raise Refused(RefusalCode.APPROVAL_MISSING)
    return [
        happened.StopAsked(
            queue=queue.id,
            cause=command.cause,
            returns_s=command.returns_s,
            approval=approval,
            reason=Reason(ReasonCode.STOP_ASKED, {"approval": approval}),
        )
    ]


def confirm_stop(situation: Situation, command: asked.ConfirmStop) -> list[happened.Event]:
    """Stop the clinic as somebody else has asked."""
    asked_stop = situation.queue(command).standing.asked_stop
    if asked_stop is None:
        raise Refused(RefusalCode.NO_STOP_ASKED)
    if asked_stop.by == situation.by:
        raise Refused(RefusalCode.SECOND_PERSON_MISSING)
    stop_command = asked.Stop(
        queue=command.queue, cause=asked_stop.cause, returns_s=asked_stop.returns_s
    )
    return _stopped(stop_command, asked_stop.approval)


def withdraw_stop(situation: Situation, command: asked.WithdrawStop) -> list[happened.Event]:
    """Let the stop that was asked for not take place."""
    if situation.queue(command).standing.asked_stop is None:
        raise Refused(RefusalCode.NO_STOP_ASKED)
    reason = Reason(ReasonCode.STOP_WITHDRAWN)
    return [happened.StopWithdrawn(queue=command.queue, reason=reason)]


def report_absence(situation: Situation, command: asked.ReportAbsence) -> list[happened.Event]:
    """Tell that the doctor is late, has left or pauses."""
    assert command.kind is not AbsenceKind.STOPPED, "that is asked for by Stop"
    if situation.queue(command).status is QueueStatus.STOPPED:
        raise Refused(RefusalCode.QUEUE_STOPPED)
    _require_future(situation, command.returns_s)
    return [
        happened.AbsenceBegan(
            queue=command.queue,
            kind=command.kind,
            cause=command.cause,
            returns_s=command.returns_s,
            reason=Reason(_REASONS[command.kind], _told(command.returns_s)),
        )
    ]


def attend(situation: Situation, command: asked.Attend) -> list[happened.Event]:
    """Note that the doctor is there; that ends it if he was late, had left or paused."""
    queue = situation.queue(command)
    if not may_attend(queue):
        raise Refused(RefusalCode.NOT_ABSENT)
    there = happened.Attended(queue=queue.id, reason=Reason(ReasonCode.ATTENDED))
    return [there, *returned(queue)]


def reopen(situation: Situation, command: asked.Reopen) -> list[happened.Event]:
    """Let the queue move again; that ends a stop."""
    queue = situation.queue(command)
    reason = Reason(ReasonCode.REOPENED)
    opened = happened.StatusChanged(queue=queue.id, status=QueueStatus.OPEN, reason=reason)
    if queue.absence is None or queue.absence.kind is not AbsenceKind.STOPPED:
        return [opened]
    return [opened, happened.AbsenceEnded(queue=queue.id, reason=reason)]


def returned(queue: Queue) -> list[happened.Event]:
    """Return that the doctor is back, if he was late, had left or paused."""
    if queue.absence is None or queue.absence.kind is AbsenceKind.STOPPED:
        return []
    return [happened.AbsenceEnded(queue=queue.id, reason=Reason(ReasonCode.ATTENDED))]


def may_attend(queue: Queue) -> bool:
    """Tell whether it is news that the doctor is there."""
    return not queue.is_attended or bool(returned(queue))


def is_overdue(queue: Queue, policy: Policy, now_s: DaySecond) -> bool:
    """Tell whether the clinic should have begun, and nobody has seen its doctor yet."""
    grace_min = policy.doctor_late_after_min
    if queue.is_attended or queue.begins_s is None or grace_min is None:
        return False
    if queue.absence is not None or queue.status is not QueueStatus.OPEN:
        return False
    return now_s >= queue.begins_s + grace_min * _MINUTE_S


def _stopped(command: asked.Stop, approval: str) -> list[happened.Event]:
    reason = Reason(ReasonCode.STOPPED)
    changed = happened.StatusChanged(queue=command.queue, status=QueueStatus.STOPPED, reason=reason)
    return [_stopped_absence(command, approval), changed]


def _stopped_absence(command: asked.Stop, approval: str) -> happened.AbsenceBegan:
    return happened.AbsenceBegan(
        queue=command.queue,
        kind=AbsenceKind.STOPPED,
        cause=command.cause,
        returns_s=command.returns_s,
        approval=approval,
        reason=Reason(ReasonCode.ABSENT_STOPPED, _told(command.returns_s)),
    )


def _require_future(situation: Situation, returns_s: DaySecond | None) -> None:
    if returns_s is not None and returns_s <= situation.now_s:
        raise Refused(RefusalCode.RETURN_IN_THE_PAST, time=clock_text(returns_s))


def _told(returns_s: DaySecond | None) -> dict[str, str | int]:
    return {"time": clock_text(returns_s) if returns_s is not None else "–"}
