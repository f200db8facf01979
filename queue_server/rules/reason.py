"""Why something happened, in one sentence, in Chinese and in English.

A reason is kept as a code and its parts, so that an event of the past can be told in any
language. `RefusalCode` sentences stand in `refusals.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from queue_server.rules.team_texts import REASONS
from queue_server.rules.terms import quick


@quick
class ReasonCode(StrEnum):
    """Each a sentence of `SENTENCES`."""

    ON_TIME = "on_time"
    BY_CHECK_IN_TIME = "by_check_in_time"
    WALK_IN = "walk_in"
    WALK_IN_AFTER_BOOKED = "walk_in_after_booked"
    WALK_IN_RATIO = "walk_in_ratio"
    LATE_END_OF_SLOT = "late_end_of_slot"
    LATE_END_OF_QUEUE = "late_end_of_queue"
    LATE_AS_WALK_IN = "late_as_walk_in"
    LATE_PLACES = "late_places"
    RETURNED_RATIO = "returned_ratio"
    RETURNED_DYNAMIC = "returned_dynamic"
    RETURNED_NEXT = "returned_next"
    RETURNED_END_OF_SLOT = "returned_end_of_slot"
    RETURNED_END_OF_QUEUE = "returned_end_of_queue"
    MISSED_PLACES = "missed_places"
    MISSED_RATIO = "missed_ratio"
    MISSED_END_OF_SLOT = "missed_end_of_slot"
    MISSED_END_OF_HALF_DAY = "missed_end_of_half_day"
    MISSED_END_OF_QUEUE = "missed_end_of_queue"
    PRIORITY_RATIO = "priority_ratio"
    PRIORITY_FRONT = "priority_front"
    PRIORITY_NOTED = "priority_noted"
    PRIORITY_KEEPS_PLACE = "priority_keeps_place"
    EMERGENCY = "emergency"
    EMERGENCY_LEVEL = "emergency_level"
    GRADED = "graded"
    CHECK_IN_CANCELLED = "check_in_cancelled"
    NOTE_WRITTEN = "note_written"
    NOTE_REMOVED = "note_removed"
    MOVED = "moved"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    SPREAD = "spread"
    SPREAD_AGREED = "spread_agreed"
    COLLEAGUE_OFFERED = "colleague_offered"
    OFFER_DECLINED = "offer_declined"
    ASSIGNED = "assigned"
    ASSIGNED_AS_ASKED = "assigned_as_asked"
    DOCTOR_ASKED = "doctor_asked"
    ANY_DOCTOR = "any_doctor"
    CALLED_NEXT = "called_next"
    CALLED_CHOSEN = "called_chosen"
    CALLED_CHOSEN_FOR = "called_chosen_for"
    CROSS_CALLED = "cross_called"
    CROSS_CALLED_FOR = "cross_called_for"
    RECALLED = "recalled"
    STARTED = "started"
    FINISHED = "finished"
    MISSED_MUST_CHECK_IN = "missed_must_check_in"
    MISSED_LIMIT = "missed_limit"
    SENT_FOR_RESULTS = "sent_for_results"
    RESULTS_READY = "results_ready"
    HELD = "held"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    REOPENED = "reopened"
    STOPPED = "stopped"
    STOP_ASKED = "stop_asked"
    STOP_WITHDRAWN = "stop_withdrawn"
    ABSENT_LATE = "absent_late"
    ABSENT_LEFT = "absent_left"
    ABSENT_PAUSED = "absent_paused"
    ABSENT_STOPPED = "absent_stopped"
    ATTENDED = "attended"
    ROOM_TAKEN = "room_taken"
    ROOM_GIVEN_UP = "room_given_up"
    MEMBER_JOINED = "member_joined"
    MEMBER_LEFT = "member_left"
    MEMBER_CAME = "member_came"
    TURN_ENDED = "turn_ended"
    TEAM_DONE = "team_done"
    ENDED_BY_LEAD = "ended_by_lead"
    UNDONE = "undone"
    STANDS_AS_WRITTEN = "stands_as_written"


class Reason(msgspec.Struct, frozen=True):
    """A code and the parts of its sentence.

    `behind` is the number of the ticket it stands behind, empty at the front.
    `held_back_by` says that the rule alone would have put it further forward:
    `standby` (nobody passes who was told to get ready) or `bound` (`overtaken_max`).
    """

    code: ReasonCode
    parts: Mapping[str, str | int] = msgspec.field(default_factory=dict)
    behind: str = ""
    held_back_by: str = ""


SENTENCES: Final[Mapping[ReasonCode, tuple[str, str]]] = {
    **{ReasonCode(code): sentence for code, sentence in REASONS.items()},
    ReasonCode.ON_TIME: (
        "预约 {slot}，按时签到，按预约时段和号序排队",
        "Booked for {slot} and on time: placed by slot and number",
    ),
    ReasonCode.BY_CHECK_IN_TIME: (
        "本诊室按签到先后排队，签到时间 {time}",
        "This room goes by the time of check-in: {time}",
    ),
    ReasonCode.WALK_IN: (
        "未预约，按签到时间 {time} 排队",
        "Without an appointment: placed by the time of check-in, {time}",
    ),
    ReasonCode.WALK_IN_AFTER_BOOKED: (
        "未预约，排在预约患者之后",
        "Without an appointment: placed after those who have booked",
    ),
    ReasonCode.WALK_IN_RATIO: (
        "未预约，每 {every} 位预约患者之后安排 1 位",
        "Without an appointment: one after every {every} who have booked",
    ),
    ReasonCode.LATE_END_OF_SLOT: (
        "预约 {slot}，签到迟到，排在 {end} 之前时段的患者之后",
        "Booked for {slot} but late: placed behind the slot that ends at {end}",
    ),
    ReasonCode.LATE_END_OF_QUEUE: (
        "预约 {slot}，签到迟到，排在队尾",
        "Booked for {slot} but late: placed at the end of the queue",
    ),
    ReasonCode.LATE_AS_WALK_IN: (
        "预约 {slot}，签到迟到，与未预约患者同样安排",
        "Booked for {slot} but late: placed like somebody without an appointment",
    ),
    ReasonCode.LATE_PLACES: (
        "预约 {slot}，签到迟到，比原位置推后 {places} 位",
        "Booked for {slot} but late: {places} places behind where he would have stood",
    ),
    ReasonCode.RETURNED_RATIO: (
        "检查后回诊，每 {every} 位普通患者之后安排 1 位回诊",
        "Back with results: one after every {every} ordinary patients",
    ),
    ReasonCode.RETURNED_DYNAMIC: (
        "检查后回诊，回诊人数多于普通患者，普通与回诊 1 比 1 安排",
        "Back with results: more are back than wait for the first time, so they alternate",
    ),
    ReasonCode.RETURNED_NEXT: (
        "检查后回诊，安排为下一位",
        "Back with results: placed next",
    ),
    ReasonCode.RETURNED_END_OF_SLOT: (
        "检查后回诊，排在当前时段（至 {end}）末尾",
        "Back with results: placed at the end of the running slot, {end}",
    ),
    ReasonCode.RETURNED_END_OF_QUEUE: (
        "检查后回诊，排在队尾",
        "Back with results: placed at the end of the queue",
    ),
    ReasonCode.MISSED_PLACES: (
        "过号，推后 {places} 位",
        "Call missed: {places} places further back",
    ),
    ReasonCode.MISSED_RATIO: (
        "过号，每 {every} 位普通患者之后安排 1 位过号患者",
        "Call missed: one after every {every} ordinary patients",
    ),
    ReasonCode.MISSED_END_OF_SLOT: (
        "过号，排在当前时段（至 {end}）末尾",
        "Call missed: placed at the end of the running slot, {end}",
    ),
    ReasonCode.MISSED_END_OF_HALF_DAY: (
        "过号，排在本半天末尾",
        "Call missed: placed at the end of the half day",
    ),
    ReasonCode.MISSED_END_OF_QUEUE: (
        "过号，排在队尾",
        "Call missed: placed at the end of the queue",
    ),
    ReasonCode.PRIORITY_RATIO: (
        "优先（{rank_zh}），每 {every} 位普通患者之后安排 1 位",
        "Priority ({rank_en}): one after every {every} ordinary patients",
    ),
    ReasonCode.PRIORITY_FRONT: (
        "优先（{rank_zh}），排在预备患者之后",
        "Priority ({rank_en}): placed right behind those who stand by",
    ),
    ReasonCode.PRIORITY_NOTED: (
        "已登记优先（{rank_zh}），签到后生效",
        "Priority ({rank_en}) is noted and counts from the check-in",
    ),
    ReasonCode.PRIORITY_KEEPS_PLACE: (
        "优先（{rank_zh}），原位置更靠前，保持不变",
        "Priority ({rank_en}): the present place is better and is kept",
    ),
    ReasonCode.EMERGENCY: (
        "急危患者，优先救治",
        "Emergency: treated first",
    ),
    ReasonCode.EMERGENCY_LEVEL: (
        "急诊 {level} 级，按级别排队，同级按时间先后",
        "Emergency level {level}: placed by level, within a level by time",
    ),
    ReasonCode.GRADED: (
        "已分级为急诊 {level} 级，签到后生效",
        "Graded as emergency level {level}, which counts from the check-in",
    ),
    ReasonCode.CHECK_IN_CANCELLED: (
        "{number} 号取消签到",
        "The check-in of {number} is cancelled",
    ),
    ReasonCode.NOTE_WRITTEN: (
        "给医生留言：{note}",
        "A note for the doctor: {note}",
    ),
    ReasonCode.NOTE_REMOVED: (
        "撤下给医生的留言",
        "The note for the doctor is taken away",
    ),
    ReasonCode.MOVED: (
        "护士调整：{why}",
        "Moved by the nurse: {why}",
    ),
    ReasonCode.RESUMED: (
        "暂挂结束，回到原来的顺序",
        "No longer on hold: back in the former order",
    ),
    ReasonCode.TRANSFERRED: (
        "转诊而来，按原来的顺序排队",
        "Transferred: placed by the former order",
    ),
    ReasonCode.SPREAD: (
        "为缩短等候，转到同科同级医生，预计等候由 {before} 分钟变为 {after} 分钟，按原来的顺序排队",
        (
            "Sent to a colleague to wait less: about {after} minutes instead of {before},"
            " placed by the former order"
        ),
    ),
    ReasonCode.SPREAD_AGREED: (
        "本人同意转到同科同级医生，预计等候由 {before} 分钟变为 {after} 分钟，按原来的顺序排队",
        (
            "Has agreed to see a colleague: about {after} minutes instead of {before},"
            " placed by the former order"
        ),
    ),
    ReasonCode.COLLEAGUE_OFFERED: (
        "询问 {number} 号是否换同科同级医生，预计等候由 {before} 分钟变为 {after} 分钟",
        "{number} is asked whether to see a colleague: about {after} minutes instead of {before}",
    ),
    ReasonCode.OFFER_DECLINED: (
        "{number} 号仍由原来的医生接诊",
        "{number} stays with the former doctor",
    ),
    ReasonCode.ASSIGNED: (
        "诊区按顺序分配到本诊室，排在队尾",
        "Assigned to this room in turn: placed at its end",
    ),
    ReasonCode.ASSIGNED_AS_ASKED: (
        "按您指定的医生分配到本诊室，排在队尾",
        "Assigned to the doctor who was asked for: placed at the end",
    ),
    ReasonCode.DOCTOR_ASKED: (
        "{number} 号指定医生",
        "{number} asks for a certain doctor",
    ),
    ReasonCode.ANY_DOCTOR: (
        "{number} 号不指定医生",
        "{number} waits for any doctor",
    ),
    ReasonCode.CALLED_NEXT: ("{number} 号排在最前，现在就诊", "{number} was first and is called"),
    ReasonCode.CALLED_CHOSEN: ("医生选择呼叫 {number} 号", "{number} was chosen by the doctor"),
    ReasonCode.CALLED_CHOSEN_FOR: (
        "医生选择呼叫 {number} 号：{why}",
        "{number} was chosen by the doctor: {why}",
    ),
    ReasonCode.CROSS_CALLED: (
        "{number} 号由另一位医生接诊",
        "{number} is seen by a colleague",
    ),
    ReasonCode.CROSS_CALLED_FOR: (
        "{number} 号由另一位医生接诊：{why}",
        "{number} is seen by a colleague: {why}",
    ),
    ReasonCode.RECALLED: ("再次呼叫 {number} 号", "{number} is called again"),
    ReasonCode.STARTED: ("{number} 号开始就诊", "{number} is in service"),
    ReasonCode.FINISHED: ("{number} 号就诊结束", "{number} is done"),
    ReasonCode.MISSED_MUST_CHECK_IN: (
        "{number} 号第 {times} 次过号，需重新签到",
        "{number} missed call no. {times} and has to check in again",
    ),
    ReasonCode.MISSED_LIMIT: (
        "{number} 号第 {times} 次过号，本号作废",
        "{number} missed call no. {times}: the number is void",
    ),
    ReasonCode.SENT_FOR_RESULTS: (
        "{number} 号去做检查，取得结果后请回诊签到",
        "{number} is away for results and checks in again with them",
    ),
    ReasonCode.RESULTS_READY: (
        "{number} 号结果已出，请回诊签到",
        "The results of {number} are ready: please check in again",
    ),
    ReasonCode.HELD: ("{number} 号暂挂", "{number} is on hold"),
    ReasonCode.CANCELLED: ("{number} 号已取消", "{number} is cancelled"),
    ReasonCode.PAUSED: ("暂停叫号", "Calling is paused"),
    ReasonCode.REOPENED: ("恢复叫号", "Calling goes on"),
    ReasonCode.STOPPED: ("今日停诊", "The clinic is stopped today"),
    ReasonCode.STOP_ASKED: (
        "申请停诊，批准编号 {approval}，待另一人确认",
        "A stop was asked for, approval {approval}; a second person has to confirm it",
    ),
    ReasonCode.STOP_WITHDRAWN: ("停诊申请已撤回", "The stop that was asked for was withdrawn"),
    ReasonCode.ABSENT_LATE: (
        "医生迟到，预计到岗：{time}",
        "The doctor is late, expected at {time}",
    ),
    ReasonCode.ABSENT_LEFT: (
        "医生暂时离岗，预计返回：{time}",
        "The doctor has left for a while, expected back at {time}",
    ),
    ReasonCode.ABSENT_PAUSED: (
        "医生暂停叫号，预计恢复：{time}",
        "The doctor pauses, expected to go on at {time}",
    ),
    ReasonCode.ABSENT_STOPPED: (
        "停诊，预计恢复：{time}",
        "The clinic is stopped, expected to go on at {time}",
    ),
    ReasonCode.ATTENDED: ("医生已到岗", "The doctor is there"),
    ReasonCode.ROOM_TAKEN: ("医生今日在另一诊室出诊", "The doctor sits in another room today"),
    ReasonCode.ROOM_GIVEN_UP: (
        "原诊室今日由同事使用",
        "A colleague sits in the usual room today",
    ),
    ReasonCode.UNDONE: ("已撤销：{what_zh}", "Undone: {what_en}"),
    ReasonCode.STANDS_AS_WRITTEN: ("排队顺序在开始时已定", "The order stood so at the beginning"),
}

RANKS: Final[Mapping[str, tuple[str, str]]] = {
    "military": ("军人", "military"),
    "aged_80": ("80 岁以上老人", "aged 80 or over"),
    "disabled": ("残疾人", "disabled"),
    "pregnant": ("孕妇", "pregnant"),
}

LEVELS: Final[Mapping[int, tuple[str, str]]] = {
    1: ("濒危", "life in danger"),
    2: ("危重", "critical"),
    3: ("急症", "urgent"),
    4: ("非急症", "not urgent"),
}
"""The levels of an emergency, the most urgent first."""

_PROOF = ("，已核验{proof}", ", proof seen: {proof}")
_BEHIND = ("，排在 {behind} 号之后", ", behind {behind}")
_HELD_BACK: Final = {
    "standby": ("（不越过已通知准备的患者）", " (nobody passes those who were told to get ready)"),
    "bound": (
        "（前面的患者已达到被插队上限）",
        " (the one before has been passed as often as the rules allow)",
    ),
}


def explain(reason: Reason, overtaken_count: int = 0) -> tuple[str, str]:
    """Return the sentence of `reason` in Chinese and in English.

    `overtaken_count` tells how many the rules have let in before the ticket since.
    """
    zh, en = (sentence.format(**reason.parts) for sentence in SENTENCES[reason.code])
    if reason.parts.get("proof"):
        zh += _PROOF[0].format(**reason.parts)
        en += _PROOF[1].format(**reason.parts)
    if reason.behind:
        zh += _BEHIND[0].format(behind=reason.behind)
        en += _BEHIND[1].format(behind=reason.behind)
    if reason.held_back_by:
        more_zh, more_en = _HELD_BACK[reason.held_back_by]
        zh, en = zh + more_zh, en + more_en
    if overtaken_count:
        zh += f"；此后有 {overtaken_count} 位按规则排到前面"
        en += f"; {overtaken_count} came in before since then, by the rules"
    return f"{zh}。", f"{en}."
