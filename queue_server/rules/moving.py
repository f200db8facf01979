"""Decisions of a person: a move by hand, and taking an act back."""

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.desk import (
    Situation,
    is_in_another_room,
    of_ticket,
    require,
    require_seen,
)
from queue_server.rules.listed import Listed, others, protected_count
from queue_server.rules.placement import key_at
from queue_server.rules.queue import STATUS_ACTS, Before, Day, Queue, restored_order
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode, TicketId, TicketKind, TicketState
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket

ACTS = {
    "issue": ("建立号票", "ticket issued"),
    "add_walk_in": ("加号", "walk-in added"),
    "check_in": ("签到", "check-in"),
    "call_next": ("叫下一个", "call next"),
    "cancel_check_in": ("取消签到", "check-in cancelled"),
    "call": ("呼叫", "call"),
    "cross_call": ("交叉叫号", "cross-call"),
    "recall": ("复呼", "recall"),
    "start": ("开始就诊", "start"),
    "finish": ("诊结", "finish"),
    "miss": ("过号", "missed"),
    "away_for_results": ("去检查", "away for results"),
    "results_ready": ("结果已出", "results ready"),
    "grant_priority": ("优先", "priority"),
    "grade": ("急诊分级", "emergency level"),
    "ask_for_doctor": ("指定医生", "doctor asked for"),
    "write_note": ("给医生留言", "note for the doctor"),
    "move": ("调整顺序", "move"),
    "transfer": ("转诊", "transfer"),
    "spread": ("分流到同科医生", "sent to a colleague"),
    "offer_colleague": ("询问是否换医生", "asked whether to change doctors"),
    "answer_offer": ("患者答复是否换医生", "the patient's answer"),
    "hold": ("暂挂", "hold"),
    "resume": ("结束暂挂", "resume"),
    "cancel": ("取消", "cancel"),
    "pause": ("暂停叫号", "pause"),
    "reopen": ("恢复叫号", "reopen"),
    "stop": ("停诊", "stop"),
    "confirm_stop": ("确认停诊", "confirm the stop"),
    "withdraw_stop": ("撤回停诊申请", "withdraw the stop"),
    "absence": ("迟到、离岗或暂停", "late, left or paused"),
    "take_room": ("选择诊室", "room chosen"),
    "attend": ("医生到岗", "doctor is there"),
    "join_team": ("到多学科门诊", "came to the MDT clinic"),
    "leave_team": ("离开多学科门诊", "left the MDT clinic"),
    "come_to_patient": ("来看患者", "came to the patient"),
    "end_turn": ("看完患者", "done with the patient"),
    "end_for_team": ("牵头医生结束会诊", "visit ended by the lead"),
}
"""What an act is called when it is told of, in Chinese and in English."""


def move(situation: Situation, command: asked.Move) -> list[happened.Event]:
    """Put a ticket directly before or after another one of the list, for a reason."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.Moved)
    if not command.why.strip():
        raise Refused(RefusalCode.REASON_MISSING)
    queue = situation.queue(command)
    listed = others(queue, ticket)
    index = _index_beside(queue, listed, command)
    if index < protected_count(listed) and ticket.kind is not TicketKind.EMERGENCY:
        raise Refused(RefusalCode.STANDBY_PROTECTED, number=listed[index].number)
    reason = Reason(
        ReasonCode.MOVED,
        {"why": command.why.strip()},
        behind=listed[index - 1].number if index else "",
    )
    placing = happened.Placing(
        index=index, key=key_at(listed, index, ticket), reason=reason, let_in_by="person"
    )
    return [happened.Moved(queue=queue.id, ticket=ticket.id, placing=placing)]


def _index_beside(queue: Queue, listed: Listed, command: asked.Move) -> int:
    """Return the index in `listed`, which is without the ticket, beside the one that is named."""
    if (command.before is None) == (command.after is None):
        detail = "before 和 after 必须且只能给出一个 / exactly one of before and after"
        raise Refused(RefusalCode.BAD_REQUEST, detail=detail)
    beside = command.before or command.after
    assert beside is not None
    found = queue.tickets.get(beside)
    if found is None or found.state not in LISTED or beside == command.ticket:
        raise Refused(RefusalCode.UNKNOWN_TICKET, number=_number(beside))
    require_seen(found, command)
    return listed.index_of(beside) + (command.after is not None)


def undo(situation: Situation, command: asked.Undo) -> list[happened.Event]:
    """Take back an entry, in every queue it changed, if its tickets are unchanged since."""
    step = _step(situation.queue(command), command)
    if step is None:
        raise Refused(RefusalCode.NOTHING_TO_UNDO)
    what_zh, what_en = ACTS[step.do]
    reason = Reason(ReasonCode.UNDONE, {"what_zh": what_zh, "what_en": what_en})
    parts = _parts(situation.day, step.entry)
    for queue, before in parts:
        if step.do == "take_room" and queue.in_room is not None:
            raise Refused(RefusalCode.ROOM_BUSY, number=queue.tickets[queue.in_room].number)
        _require_unchanged(queue, before)
        _require_room(situation.day, queue, before)
        _require_nobody_passed(queue, before)
    return [
        happened.Undone(queue=queue.id, entry=before.entry, reason=reason)
        for queue, before in parts
    ]


def _step(queue: Queue, command: asked.Undo) -> Before | None:
    for step in reversed(queue.history):
        if command.entry is not None and step.entry != command.entry:
            continue
        if command.ticket is not None and command.ticket not in step.tickets:
            continue
        return step
    return None


def _parts(day: Day, entry: int) -> list[tuple[Queue, Before]]:
    return [
        (queue, step)
        for queue in day.queues.values()
        for step in queue.history
        if step.entry == entry
    ]


def _require_unchanged(queue: Queue, before: Before) -> None:
    """Refuse if anything that `before` would bring back has been changed by a later act."""
    for later in queue.history:
        if later.entry <= before.entry:
            continue
        if later.do in STATUS_ACTS and before.do in STATUS_ACTS:
            raise Refused(RefusalCode.NOTHING_TO_UNDO)
        if later.do == before.do == "take_room":
            # Whoever has chosen since then would find two in his room.
            raise Refused(RefusalCode.NOTHING_TO_UNDO)
        for ticket in before.tickets:
            if ticket in later.tickets:
                raise Refused(RefusalCode.CHANGED_SINCE, number=_number(ticket))


def _require_room(day: Day, queue: Queue, before: Before) -> None:
    """Refuse if the one who would be back in the room finds it taken, or is in another one."""
    for ticket in before.tickets.values():
        if ticket is None or ticket.state not in IN_ROOM:
            continue
        if queue.in_room is not None and queue.in_room not in before.tickets:
            raise Refused(RefusalCode.CHANGED_SINCE, number=_number(queue.in_room))
        if is_in_another_room(day, ticket):
            raise Refused(RefusalCode.PATIENT_ELSEWHERE, number=ticket.number)


def _require_nobody_passed(queue: Queue, before: Before) -> None:
    """Refuse if somebody who was told to get ready would be passed, or stand behind others."""
    restored = restored_order(queue.order, before)
    tickets = {**queue.tickets, **before.tickets}
    is_first = True
    for index, ticket_id in enumerate(restored):
        ticket = tickets[ticket_id]
        assert ticket is not None, ticket_id
        is_standby = ticket.state is TicketState.STANDBY
        if is_standby and (not is_first or _is_passed(queue, before, ticket, restored[:index])):
            raise Refused(RefusalCode.CHANGED_SINCE, number=ticket.number)
        is_first = is_first and (is_standby or ticket.kind is TicketKind.EMERGENCY)


def _is_passed(queue: Queue, before: Before, ticket: Ticket, ahead: list[TicketId]) -> bool:
    """Tell whether an undo would let somebody pass one who was told to get ready since then."""
    if ticket.id in before.tickets or ticket.changed_entry <= before.entry:
        return False
    return not set(queue.order[: queue.order.index(ticket.id)]).issuperset(ahead)


def _number(ticket: TicketId) -> str:
    return ticket.partition(":")[2]
