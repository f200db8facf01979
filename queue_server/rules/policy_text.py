"""The rules of a queue, told to patients: what kiosk, board and slip show.

The sentences are made from the policy itself, so text and engine can't disagree. Each key
that changes what a patient meets changes a sentence, in Chinese and in English alike.
"""

from dataclasses import dataclass
from functools import cache

from queue_server.rules.policy import Every, Places, Policy
from queue_server.rules.reason import RANKS

Sentence = tuple[str, str]
"""The same sentence in Chinese and in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """Short sentences, as many in Chinese as in English, each pair of one meaning."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


@cache
def rule_text(policy: Policy) -> RuleText:
    """Return the rules of `policy` as a patient reads them."""
    sentences = [
        _order(policy),
        _check_in(policy),
        _late(policy),
        _walk_in(policy),
        _returned(policy),
        _missed(policy),
        _priority(policy),
        _bound(policy),
        _standby(policy),
    ]
    return RuleText(
        zh=tuple(f"{zh}。" for zh, _ in sentences), en=tuple(f"{en}." for _, en in sentences)
    )


def _order(policy: Policy) -> Sentence:
    if policy.base_order == "check_in_time":
        return "按签到的先后叫号", "Patients are called by the time of check-in"
    return "按预约时段和号序叫号", "Patients are called by booked slot, then by number"


def _check_in(policy: Policy) -> Sentence:
    match policy.check_in_opens_min:
        case None:
            return "就诊当天随时可以签到", "You may check in at any time of the day"
        case 0:
            return (
                "预约时段开始后，请您签到",
                "Please check in once your slot has begun",
            )
        case minutes:
            return (
                f"预约时段开始前 {minutes} 分钟起，请您签到",
                f"Please check in from {minutes} minutes before your slot",
            )


def _late(policy: Policy) -> Sentence:
    after, refused = policy.late_after_min, policy.late_refused_after_min
    if refused is not None and refused <= after:
        from_zh, from_en = _after_slot(refused)
        return (
            f"{from_zh}不能签到，可以退费",
            f"Check-in is closed {from_en}, and you may have a refund",
        )
    from_zh, from_en = _after_slot(after)
    place_zh, place_en = _late_place(policy)
    zh, en = f"{from_zh}签到，{place_zh}", f"If you check in {from_en}, {place_en}"
    if refused is None:
        return f"{zh}；当天都可以签到", f"{en}; you may do so all day"
    return (
        f"{zh}；超过 {refused} 分钟的不能签到，可以退费",
        f"{en}; after more than {refused} minutes check-in is closed, and you may have a refund",
    )


def _after_slot(minutes: int) -> Sentence:
    if minutes == 0:
        return "预约时段结束以后", "after your slot"
    return (
        f"预约时段结束超过 {minutes} 分钟",
        f"more than {minutes} minutes after your slot",
    )


def _late_place(policy: Policy) -> Sentence:
    match policy.late_rule:
        case "end_of_next_slot" if policy.base_order == "check_in_time":
            return "按签到时间排队", "your place goes by the time of check-in"
        case "end_of_next_slot":
            return (
                "您排在下一时段末尾（该时段已过的，排在当前时段末尾）",
                "your place is at the end of the next slot or, if later, of the present one",
            )
        case "end_of_queue":
            return "您排在队尾", "your place is at the end of the queue"
        case "as_walk_in":
            return (
                "您与未预约患者同样排队",
                "your place is that of somebody without an appointment",
            )
        case Places(places):
            return (
                f"您比原位置推后 {places} 位",
                f"your place is {_counted(places, 'place')} further back",
            )


def _walk_in(policy: Policy) -> Sentence:
    match policy.walk_in_rule:
        case "equal":
            return (
                "未预约患者按签到时间与预约患者一起排队",
                "Without an appointment, your place goes by the time of check-in",
            )
        case "after_booked":
            return (
                "未预约患者排在预约患者之后",
                "Without an appointment, your place is after those who have booked",
            )
        case Every(every):
            return (
                f"每 {every} 位普通患者之后安排 1 位未预约患者",
                f"One patient without an appointment comes after every {_others(every)}",
            )


def _returned(policy: Policy) -> Sentence:
    back_zh, back_en = "检查后回诊，请您再次签到", "With results, please check in again"
    match policy.returned_rule:
        case "next":
            return f"{back_zh}，安排为下一位", f"{back_en}: you are next"
        case "end_of_slot":
            return (
                f"{back_zh}，排在当前时段末尾",
                f"{back_en}: your place is at the end of the present slot",
            )
        case "end_of_queue":
            return (
                f"{back_zh}，排在队尾",
                f"{back_en}: your place is at the end of the queue",
            )
        case Every(every):
            zh = f"{back_zh}，每 {every} 位普通患者之后安排 1 位回诊"
            en = f"{back_en}: one returning patient comes after every {_others(every)}"
            if policy.returned_dynamic and every > 1:
                zh += "；回诊多于普通患者时，改为 1 比 1"
                en += "; they alternate while more return than wait for the first time"
            return zh, en


def _missed(policy: Policy) -> Sentence:
    automatic = min(policy.missed_auto_times, policy.missed_limit - 1)
    ends_zh = f"第 {policy.missed_limit} 次过号，本号作废"
    ends_en = f"call missed no. {policy.missed_limit} ends the number"
    if policy.missed_limit == 1:
        return "过号 1 次，本号作废", "A missed call ends the number"
    place_zh, place_en = _missed_place(policy)
    if automatic == 0:
        return (
            f"过号后请您重新签到，{place_zh}；{ends_zh}",
            f"After a missed call please check in again: {place_en}; {ends_en}",
        )
    zh, en = f"过号后{place_zh}", f"After a missed call {place_en}"
    if automatic < policy.missed_limit - 1:
        zh += f"；第 {automatic + 1} 次起请您重新签到"
        en += f"; from missed call no. {automatic + 1} please check in again"
    return f"{zh}；{ends_zh}", f"{en}; {ends_en}"


def _missed_place(policy: Policy) -> Sentence:
    match policy.missed_rule:
        case Places(places):
            return (
                f"您排在前 {places} 位候诊患者之后",
                f"your place is behind the first {_counted(places, 'patient')} waiting",
            )
        case Every(every):
            return (
                f"每 {every} 位普通患者之后安排 1 位过号患者",
                f"one who missed a call comes after every {_others(every)}",
            )
        case "end_of_slot":
            return "您排在当前时段末尾", "your place is at the end of the present slot"
        case "end_of_half_day":
            return "您排在本半天末尾", "your place is at the end of the half day"
        case "end_of_queue":
            return "您排在队尾", "your place is at the end of the queue"


def _priority(policy: Policy) -> Sentence:
    ranks_zh = "、".join(RANKS[rank][0] for rank in policy.priority_ranks)
    ranks_en = ", ".join(RANKS[rank][1] for rank in policy.priority_ranks)
    order_zh, order_en = ("（按此先后）", " (in this order)") if "、" in ranks_zh else ("", "")
    who_zh = f"{ranks_zh}{order_zh}，请到分诊台出示证件"
    who_en = f"Priority groups: {ranks_en}{order_en}; please show proof at the nurse desk"
    if isinstance(policy.priority_rule, Every):
        every = policy.priority_rule.every
        return (
            f"{who_zh}，每 {every} 位普通患者之后优先安排 1 位",
            f"{who_en}: one comes after every {_others(every)}",
        )
    return (
        f"{who_zh}，优先安排在已通知准备的患者之后",
        f"{who_en}: they come right behind those who were told to get ready",
    )


def _bound(policy: Policy) -> Sentence:
    urgent_zh, urgent_en = "急危患者优先救治", "Emergencies are treated first"
    if policy.overtaken_max == 0:
        return (
            f"{urgent_zh}；此外按规则没有人排到您前面",
            f"{urgent_en}; apart from them the rules let nobody in before you",
        )
    most = policy.overtaken_max
    return (
        f"{urgent_zh}；此外按规则最多有 {most} 位排到您前面",
        f"{urgent_en}; apart from them the rules let at most {most} in before you",
    )


def _standby(policy: Policy) -> Sentence:
    count = policy.standby_count
    if count == 0:
        return "请您留意叫号", "Please watch for your call"
    who_zh, who_en = ("下一位", "The next patient") if count == 1 else _next(count)
    return (
        f"{who_zh}患者会提前收到准备通知，之后不再被超过，请您到诊室附近等候",
        f"{who_en} will be told to get ready and is not passed any more; please wait near the room",
    )


def _next(count: int) -> Sentence:
    return f"接下来的 {count} 位", f"Each of the next {count} patients"


def _others(count: int) -> str:
    return _counted(count, "ordinary patient")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
