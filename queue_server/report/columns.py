"""The tables of the report's database: each column with its type and what it means.

The same words stand in the database itself, in the table `column_descriptions`.
"""

from typing import Final

Columns = dict[str, tuple[type, str, str]]
"""By column: type, meaning in Chinese, meaning in English."""

_DAY: Final = (str, "门诊日，如 2026-11-26", "clinic day, such as 2026-11-26")
_VISIT: Final = (str, "所属就诊", "the visit it belongs to")
_SECOND_ZH: Final = "，从门诊日零点起的秒数"
_SECOND_EN: Final = ", in seconds since midnight of the clinic day"


def _second(zh: str, en: str) -> tuple[type, str, str]:
    return int, zh + _SECOND_ZH, en + _SECOND_EN


_FIGURES: Final[Columns] = {
    "booked": (int, "预约号数", "tickets from appointments"),
    "arrivals": (int, "首次签到人数", "first check-ins"),
    "walk_ins": (int, "现场号数", "tickets without an appointment"),
    "transferred_in": (int, "由其他队列转入", "tickets that came from other queues"),
    "transferred_out": (int, "转往其他队列", "tickets that left for other queues"),
    "cancelled": (int, "已取消", "given back"),
    "no_shows": (int, "爽约：预约而未到", "booked and never came"),
    "expected": (int, "尚未到（当天未结束时）", "not there yet, while the day runs"),
    "done": (int, "已诊结", "visits that are over"),
    "open": (int, "未诊结", "visits of those who came and are not done"),
    "waits": (int, "首次候诊次数（已被叫号）", "first waits that ended with a call"),
    "wait_mean_s": (float, "首次候诊平均秒数", "mean of the first waits, in seconds"),
    "wait_p50_s": (int, "首次候诊中位秒数", "half of the first waits are not longer, in seconds"),
    "wait_p90_s": (int, "首次候诊第 90 百分位秒数", "nine of ten are not longer, in seconds"),
    "wait_longest_s": (int, "最长首次候诊秒数", "the longest first wait, in seconds"),
    "waits_with_results": (int, "回诊候诊次数", "second waits, of those back with results"),
    "wait_with_results_mean_s": (float, "回诊候诊平均秒数", "their mean, in seconds"),
    "wait_with_results_p90_s": (int, "回诊候诊第 90 百分位秒数", "their P90, in seconds"),
    "services": (int, "接诊次数（已结束）", "consultations that have ended"),
    "service_mean_s": (float, "接诊平均秒数", "their mean, in seconds"),
    "service_p50_s": (int, "接诊中位秒数", "their median, in seconds"),
    "service_p90_s": (int, "接诊第 90 百分位秒数", "their P90, in seconds"),
    "missed_calls": (int, "过号次数", "calls that were missed"),
    "returned": (int, "回诊次数", "times that somebody came back with results"),
    "calls": (int, "叫号次数（含复呼）", "calls, recalls among them"),
    "called_visits": (int, "被叫号的就诊数", "visits that were called"),
    "moves_by_hand": (int, "人工调整次数", "moves by hand"),
    "overtaken_visits": (int, "被规则插队的就诊数", "visits that a rule let others in before"),
    "overtaken_times": (int, "被规则插队的总次数", "how often that happened"),
    "overtaken_most": (str, "被插队最多的号码", "the number that it happened to most often"),
    "overtaken_most_times": (int, "该号码被插队的次数", "how often to that one"),
    "overtaken_by_emergency_times": (int, "被急诊插队的次数", "how often emergencies passed"),
}

TABLES: Final[dict[str, Columns]] = {
    "days": {
        "day_on": _DAY,
        "as_of_s": _second("生成时刻；空为全天", "made at; empty: the day was over"),
        "entry_count": (int, "当天日志条目数", "entries in the journal of the day"),
    },
    "areas": {
        "area": (str, "诊区代码", "id of the waiting area"),
        "name_zh": (str, "中文名", "its Chinese name"),
        "name_en": (str, "英文名", "its English name"),
    },
    "queues": {
        "queue": (str, "队列代码", "id of the doctor's queue"),
        "area": (str, "所在诊区；未提供配置文件时为空", "its area; empty without a site file"),
        "room_zh": (str, "诊室", "its room, in Chinese"),
        "room_en": (str, "诊室（英文）", "its room"),
        "clinic_zh": (str, "科室", "the clinic, in Chinese"),
        "clinic_en": (str, "科室（英文）", "the clinic"),
        "doctor_zh": (str, "医生", "the doctor, in Chinese"),
        "doctor_en": (str, "医生（英文）", "the doctor"),
    },
    "visits": {
        "visit": (str, "就诊：门诊日/队列:号码", "the visit: day/queue:number"),
        "day_on": _DAY,
        "queue": (str, "队列", "the queue"),
        "number": (str, "号码", "the ticket's number"),
        "kind": (str, "ordinary 普通, priority 优先, emergency 危急", "kind of ticket"),
        "state": (str, "最后状态", "last state"),
        "was_booked": (int, "1 为预约", "1: from an appointment"),
        "is_no_show": (int, "1 为爽约", "1: booked and never came"),
        "came_from": (str, "由哪个队列转来", "the queue that sent him here"),
        "went_to": (str, "转往哪个队列", "the queue that he was sent to"),
        "slot_start_s": _second("时段开始", "slot begins"),
        "slot_end_s": _second("时段结束", "slot ends"),
        "arrived_s": _second("首次签到", "first check-in"),
        "first_called_s": _second("首次叫号", "first call"),
        "first_started_s": _second("首次开始就诊", "first start with the doctor"),
        "finished_s": _second("诊结", "finished"),
        "first_wait_s": (int, "首次候诊秒数", "first wait, in seconds"),
        "call_count": (int, "叫号次数（含复呼）", "calls, recalls among them"),
        "missed_count": (int, "过号次数", "missed calls"),
        "returned_count": (int, "回诊次数", "times back with results"),
        "move_count": (int, "人工调整次数", "moves by hand"),
        "overtaken_count": (int, "被规则插队次数", "times that a rule let another in before"),
        "overtaken_by_emergency_count": (int, "被急诊插队次数", "times passed by emergencies"),
    },
    "waits": {
        "wait": (str, "候诊", "the wait: visit#n"),
        "visit": _VISIT,
        "since": (
            str,
            "开始于 check_in 签到, transfer 转入, results 回诊, missed 过号",
            "what it began with",
        ),
        "began_s": _second("开始", "began"),
        "called_s": _second("叫号；空为未叫到", "called; empty: not called"),
        "wait_s": (int, "候诊秒数", "how long it was, in seconds"),
    },
    "calls": {
        "call": (str, "叫号", "the call: visit#n"),
        "visit": _VISIT,
        "called_s": _second("叫号", "called"),
        "by": (str, "操作账号，如 doctor:shen", "who called, as an account"),
        "is_recall": (int, "1 为复呼", "1: a recall"),
    },
    "consultations": {
        "consultation": (str, "接诊", "the time with the doctor: visit#n"),
        "visit": _VISIT,
        "called_s": _second("叫号", "called"),
        "started_s": _second("开始；空为未点开始", "started; empty: nobody pressed start"),
        "ended_s": _second("结束", "ended"),
        "service_s": (int, "接诊秒数：自开始，未点开始则自叫号", "its length, in seconds"),
    },
    "moves": {
        "move": (str, "人工调整", "the move by hand: visit#n"),
        "visit": _VISIT,
        "moved_s": _second("调整", "moved"),
        "by": (str, "操作账号", "who did it, as an account"),
        "reason_zh": (str, "常用理由；自填的理由只在操作记录中", "reason, in Chinese"),
        "reason_en": (str, "理由（英文）", "a common reason; own words are in the audit list only"),
    },
    "absences": {
        "absence": (str, "医生状态：门诊日/队列#n", "the absence of a doctor: day/queue#n"),
        "day_on": _DAY,
        "queue": (str, "队列", "the queue"),
        "kind": (str, "late 迟到, left 离岗, paused 暂停叫号, stopped 停诊", "kind of absence"),
        "cause": (str, "原因；可为空", "cause; may be empty"),
        "began_s": _second("开始", "began"),
        "ended_s": _second("结束；空为未结束", "ended; empty: it lasts"),
        "lasted_s": (int, "持续秒数", "how long it was, in seconds"),
        "returns_s": _second("公布的预计返回", "the return that was announced"),
        "approval": (str, "停诊批准编号", "number of the approval of a stop"),
        "by": (str, "操作账号；rule 为自动", "who said so, as an account; rule: by itself"),
    },
    "queue_figures": {
        "day_on": _DAY,
        "queue": (str, "队列", "the queue"),
        **_FIGURES,
    },
    "area_figures": {"day_on": _DAY, "area": (str, "诊区", "the area"), **_FIGURES},
    "site_figures": {"day_on": _DAY, **_FIGURES},
}
"""Units stand last in a column's name: `_s` are seconds."""

KEYS: Final[dict[str, str | tuple[str, ...]]] = {
    "days": "day_on",
    "areas": "area",
    "queues": "queue",
    "visits": "visit",
    "waits": "wait",
    "calls": "call",
    "consultations": "consultation",
    "moves": "move",
    "absences": "absence",
    "queue_figures": ("day_on", "queue"),
    "area_figures": ("day_on", "area"),
    "site_figures": "day_on",
}
OF_A_VISIT: Final = ("waits", "calls", "consultations", "moves")
OF_A_DAY: Final = ("visits", "absences", "queue_figures", "area_figures", "site_figures")
_REFERENCES: Final = {
    "day_on": ("days", "day_on"),
    "area": ("areas", "area"),
    "queue": ("queues", "queue"),
    "came_from": ("queues", "queue"),
    "went_to": ("queues", "queue"),
    "visit": ("visits", "visit"),
}


def foreign_keys(table: str) -> list[tuple[str, str, str]]:
    """Return column, table and column that it leads to, of each reference of `table`."""
    return [
        (column, *leads_to)
        for column, leads_to in _REFERENCES.items()
        if column in TABLES[table] and leads_to[0] != table
    ]


_CLOCK: Final = "printf('%02d:%02d', {0} / 3600, {0} / 60 % 60)"
VIEWS: Final[dict[str, str]] = {
    "visit_list": f"""
        SELECT day_on, number, doctor_zh, doctor_en, clinic_zh, clinic_en, kind, state,
            CASE WHEN arrived_s IS NOT NULL THEN {_CLOCK.format("arrived_s")} END AS arrived,
            CASE WHEN first_called_s IS NOT NULL
                THEN {_CLOCK.format("first_called_s")} END AS first_called,
            round(first_wait_s / 60.0, 1) AS first_wait_min,
            call_count, missed_count, returned_count, move_count, overtaken_count, visit
        FROM visits JOIN queues USING (queue) ORDER BY day_on, visits.queue, number
    """,  # noqa: S608
    "waits_by_doctor": """
        SELECT day_on, doctor_zh, doctor_en, clinic_zh, clinic_en, arrivals, waits,
            round(wait_mean_s / 60.0, 1) AS wait_mean_min,
            round(wait_p50_s / 60.0, 1) AS wait_p50_min,
            round(wait_p90_s / 60.0, 1) AS wait_p90_min,
            round(service_mean_s / 60.0, 1) AS service_mean_min, missed_calls, no_shows
        FROM queue_figures JOIN queues USING (queue) ORDER BY day_on, wait_p90_s DESC
    """,
    "waits_by_half_hour": f"""
        SELECT day_on, {_CLOCK.format("(began_s / 1800 * 1800)")} AS half_hour,
            count(*) AS waits, round(avg(wait_s) / 60.0, 1) AS wait_mean_min,
            round(max(wait_s) / 60.0, 1) AS wait_longest_min
        FROM waits JOIN visits USING (visit)
        WHERE since = 'check_in' AND wait_s IS NOT NULL
        GROUP BY day_on, began_s / 1800 ORDER BY day_on, began_s / 1800
    """,  # noqa: S608
    "absence_list": f"""
        SELECT day_on, doctor_zh, doctor_en, clinic_zh, clinic_en, kind, cause,
            {_CLOCK.format("began_s")} AS began,
            CASE WHEN ended_s IS NOT NULL THEN {_CLOCK.format("ended_s")} END AS ended,
            round(lasted_s / 60.0, 1) AS lasted_min,
            CASE WHEN returns_s IS NOT NULL THEN {_CLOCK.format("returns_s")} END AS expected,
            approval, by
        FROM absences JOIN queues USING (queue) ORDER BY day_on, began_s
    """,  # noqa: S608
    "most_overtaken": """
        SELECT day_on, number, doctor_zh, doctor_en, overtaken_count,
            overtaken_by_emergency_count, visit
        FROM visits JOIN queues USING (queue)
        WHERE overtaken_count + overtaken_by_emergency_count > 0
        ORDER BY day_on, overtaken_count DESC, overtaken_by_emergency_count DESC
    """,
}
"""For people: names beside numbers, clock times and minutes in place of seconds."""
