"""What a message says. No name stands in it, and no more than a door board tells everybody."""

from datetime import date

from queue_server.messages.owed import Owed
from queue_server.service.absence_view import told_absence
from queue_server.service.message_facts import MessageKind
from queue_server.service.now import Now
from queue_server.service.setup import Setup


def message_text(setup: Setup, now: Now, owed: Owed) -> tuple[str, str]:
    """Return a message in Chinese and English."""
    queue, area = setup.queues[owed.queue], setup.areas[setup.queues[owed.queue].area]
    number = owed.ticket.partition(":")[2]
    day_zh, day_en = _day(now.day_on)
    clinic_zh = f"{day_zh} {' '.join(filter(None, (queue.clinic_zh, queue.doctor_zh)))}"
    clinic_en = f"{', '.join(filter(None, (queue.clinic_en, queue.doctor_en)))}, {day_en}"
    told = told_absence(now.day.queues[owed.queue].absence)
    cause_zh, cause_en = ("", "") if told is None else (told.cause_zh, told.cause_en)
    if owed.kind is MessageKind.RESUMED:
        zh = f"{clinic_zh}门诊已恢复。您的号码 {number} 仍然有效，请按原时间就诊。"
        en = (
            f"{clinic_en}: the clinic takes place after all. Your number {number} still counts;"
            " please come at your time."
        )
    else:
        why_zh, why_en = (f"（{cause_zh}）", f" ({cause_en})") if cause_zh else ("", "")
        zh = (
            f"{clinic_zh}门诊停诊{why_zh}。您的号码：{number}。"
            f"请到{area.name_zh}护士站改约或退费，敬请谅解。"
        )
        en = (
            f"{clinic_en}: no clinic{why_en}. Your number: {number}. Please see the nurses at"
            f" {area.name_en} to book again or for a refund. We are sorry."
        )
    return f"【{setup.site.name_zh}】{zh}", f"{setup.site.name_en}: {en}"


def _day(day_on: date) -> tuple[str, str]:
    return f"{day_on.month}月{day_on.day}日", f"{day_on.day} {day_on:%B}"
