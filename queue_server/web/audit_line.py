"""A row of the journal as the audit list shows it: with masked names only. Pure functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from queue_server.journal.journal import JournaledEntry, JournaledFact, Row
from queue_server.rules.events import (
    AbsenceBegan,
    Entry,
    MemberJoined,
    MemberLeft,
    RoomTaken,
    StoodBy,
    StopAsked,
    TicketEvent,
)
from queue_server.rules.moving import ACTS
from queue_server.rules.reason import explain
from queue_server.rules.terms import AreaId, PatientId, QueueId, TicketId
from queue_server.service.absence_view import CAUSES
from queue_server.service.message_facts import MessageKind
from queue_server.service.setup import Setup
from queue_server.web.detail_view import reason_of
from queue_server.web.users import Users

Words = tuple[str, str]
"""Chinese and English."""

_NO_WORDS: Final[Words] = ("", "")
FACT_WORDS: Final[Mapping[str, Words]] = {
    "SignedIn": ("登录", "signed in"),
    "SignedOut": ("退出", "signed out"),
    "AuditRead": ("查看本记录", "read this list"),
    "SlipPrintedAgain": ("补打小票", "printed a slip again"),
    "HelpCalled": ("请求帮助", "called for help"),
    "HelpAnswered": ("应答求助", "answered a call for help"),
    "NoticesSet": ("发布候诊区通知", "notices for an area"),
    "ProofGiven": ("患者验证身份", "a patient gave a second factor"),
    "ReportsShown": ("患者查看报告列表", "a patient saw the list of his reports"),
    "ReportReleased": ("授权打印报告", "a report was released for printing"),
    "ReportFetched": ("自助机取得文件", "a kiosk fetched a document"),
    "ReportPrinted": ("报告打印结果", "a report was printed, or not"),
    "ReceiptsShown": ("患者查看票据列表", "a patient saw the list of his receipts"),
    "CopiesAsked": ("患者缴费补打报告", "a patient pays for printing reports again"),
    "DayBillShown": ("患者查看住院一日清单", "a patient saw the bill of a day in the hospital"),
    "SettlementShown": ("患者查看出院结算预览", "a patient saw what leaving would come to"),
    "ReceiptReleased": ("授权打印票据", "a receipt was released for printing"),
    "ReceiptPrinted": ("票据打印结果", "a receipt was printed, or not"),
    "Identified": ("患者确认身份", "a patient identified himself"),
    "TakenOver": ("接收离线签到", "an offline check-in was taken over"),
    "NotTakenOver": ("离线签到未能接收", "an offline check-in did not fit"),
    "ConflictSettled": ("处理离线签到", "settled an offline check-in"),
    "PolicySaved": ("保存规则版本", "saved a version of the rules"),
    "PolicyCancelled": ("取消规则版本", "cancelled a version of the rules"),
    "PolicyTookEffect": ("规则版本生效", "a version of the rules took effect"),
    "PoliciesCarried": ("规则版本转入新的一天", "versions of the rules came into the day"),
    "DeviceCommanded": ("控制设备", "controlled a device"),
    "PatientTold": ("通知患者", "a message for a patient"),
    "AlarmBegan": ("警报开始", "an alarm began"),
    "AlarmEnded": ("警报结束", "an alarm ended"),
}
_ABOUT_ONE_PATIENT: Final = frozenset(
    {
        "Identified",
        "ProofGiven",
        "ReportsShown",
        "ReportReleased",
        "ReportPrinted",
        "ReceiptsShown",
        "CopiesAsked",
        "DayBillShown",
        "SettlementShown",
        "ReceiptReleased",
        "ReceiptPrinted",
        "PatientTold",
    }
)
_SEEN: Final[Mapping[str, Words]] = {
    "station": (
        "打开护士站（所辖诊区全部姓名）",
        "opened the nurse station: all names of its areas",
    ),
    "console": (
        "打开叫号台（本队列全部姓名）",
        "opened the doctor console: all names of its queue",
    ),
    "ticket": ("查看号票详情", "looked at a ticket"),
    "search": ("查找", "searched"),
    "desk": ("导诊台查看全名", "information desk: saw a full name"),
}
_QUERIES: Final[Mapping[str, Words]] = {
    "name": ("按姓名", "by name"),
    "number": ("按号码", "by number"),
    "id_number": ("按身份证号", "by ID number"),
    "id_number_end": ("按身份证尾号", "by the end of an ID number"),
}
_MESSAGES: Final[Mapping[MessageKind, Words]] = {
    MessageKind.STOPPED: ("停诊", "no clinic"),
    MessageKind.RESUMED: ("恢复开诊", "the clinic takes place after all"),
}
_EXPORTED: Final[Words] = ("导出本记录", "exported this list")
_FOUND_NOBODY: Final[Words] = ("没有找到", "found nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A ticket or a patient that a row is about."""

    number: str
    """Empty of a patient without a ticket."""
    clinic_zh: str
    clinic_en: str
    masked_name: str
    """Empty where the records don't know, or can't be asked."""
    patient_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One row: who did or saw what, when, and about whom."""

    row: int
    """Its place in the journal."""
    at: str
    """Local time of day, `08:41:05`."""
    by: str
    """As the journal has it: `nurse:li`, `kiosk-01`."""
    name: str
    """What the user is called; empty of a device, and of who is no user any more."""
    is_about_names: bool
    """Somebody was shown full names."""
    what_zh: str
    what_en: str
    about: list[About]
    detail_zh: str
    detail_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rows are told with."""

    setup: Setup
    users: Users
    patients: Mapping[TicketId, PatientId | None]
    """Whose a ticket of the day is."""
    masked_name: Callable[[PatientId], str]


def audit_line(row: Row, names: Names) -> AuditLine:
    """Return what the audit list shows of `row`."""
    if isinstance(row.written, JournaledEntry):
        return _entry_line(row.number, row.written, names)
    return _fact_line(row.number, row.written, names)


def _entry_line(number: int, written: JournaledEntry, names: Names) -> AuditLine:
    entry = written.entry
    tickets = _tickets_of(entry)
    words = ("撤销", "undo") if entry.do == "undo" else ACTS.get(entry.do, (entry.do, entry.do))
    detail = _NO_WORDS
    if tickets:
        reason = reason_of(entry, tickets[0])
        detail = explain(reason) if reason is not None else _NO_WORDS
    elif entry.events:
        detail = _queue_act_words(entry, names)
    return _line(number, written, entry.by, words, names, tickets=tickets, detail=detail)


def _fact_line(number: int, written: JournaledFact, names: Names) -> AuditLine:
    body = written.body
    if written.name == "NamesSeen":
        return _seen_line(number, written, names)
    words = FACT_WORDS.get(written.name, (written.name, written.name))
    if written.name == "AuditRead" and body["is_export"]:
        words = _EXPORTED
    is_about_one = written.name in _ABOUT_ONE_PATIENT
    patients = [PatientId(str(body["patient"]))] if is_about_one else []
    tickets = [TicketId(str(body["ticket"]))] if written.name == "SlipPrintedAgain" else []
    detail = _detail(written.name, body, names)
    return _line(
        number,
        written,
        written.by,
        words,
        names,
        tickets=tickets,
        patients=patients,
        detail=detail,
    )


def _detail(  # noqa: C901, PLR0911, PLR0912 - a line a fact
    name: str, body: Mapping[str, object], names: Names
) -> Words:
    """Return what there is to say of a fact beside what it is."""
    match name:
        case "SignedIn":
            return (str(body["address"]),) * 2
        case "AuditRead":
            return (str(body["day_on"]),) * 2
        case "NoticesSet":
            return _area_words(str(body["area"]), names)
        case "TakenOver" | "NotTakenOver":
            return (f"{body['device']}: {body['number']}",) * 2
        case "HelpCalled":
            return (str(body["device"]),) * 2
        case "PolicySaved":
            return _version_words(body)
        case "PolicyCancelled" | "PolicyTookEffect":
            return f"第 {body['number']} 版", f"version {body['number']}"
        case "DeviceCommanded":
            return (f"{body['device']}: {body['do']}",) * 2
        case "AlarmBegan" | "AlarmEnded":
            return (f"{body['code']} {body['about']}".strip(),) * 2
        case "ProofGiven":
            return ("正确", "right") if body["was_right"] else ("错误", "wrong")
        case "PatientTold":
            return _message_words(body)
        case "ReportPrinted" | "ReceiptPrinted":
            return (str(body["outcome"]),) * 2
        case _:
            return _NO_WORDS


def _message_words(body: Mapping[str, object]) -> Words:
    zh, en = _MESSAGES[MessageKind(str(body["kind"]))]
    return (zh, en) if body["is_reached"] else (f"{zh}（未送达）", f"{en} (not reached)")


def _version_words(body: Mapping[str, object]) -> Words:
    """Return which version it was, from when on, and why."""
    at = str(body["effective_at"])[:16].replace("T", " ")
    return (
        f"第 {body['number']} 版，{at} 起：{body['reason']}",
        f"version {body['number']}, from {at}: {body['reason']}",
    )


def _seen_line(number: int, written: JournaledFact, names: Names) -> AuditLine:
    body = written.body
    where = str(body["where"])
    tickets = [TicketId(one) for one in _texts(body, "tickets")]
    patients = [PatientId(one) for one in _texts(body, "patients")]
    places = [_area_words(area, names) for area in _texts(body, "areas")]
    places += [_queue_words(QueueId(queue), names) for queue in _texts(body, "queues")]
    if where == "search":
        places = [_QUERIES[str(body["query"])]]
        if not tickets and not patients:
            places.append(_FOUND_NOBODY)
    detail = ("、".join(zh for zh, _ in places), ", ".join(en for _, en in places))
    return _line(
        number,
        written,
        written.by,
        _SEEN[where],
        names,
        tickets=tickets,
        patients=patients,
        detail=detail,
    )


def _line(  # noqa: PLR0913  # the parts of one row
    number: int,
    written: JournaledEntry | JournaledFact,
    by: str,
    words: Words,
    names: Names,
    *,
    tickets: list[TicketId] | None = None,
    patients: list[PatientId] | None = None,
    detail: Words = _NO_WORDS,
) -> AuditLine:
    role, _, name = by.rpartition(":")
    user = names.users.get(name) if role else None
    about = [_about_ticket(ticket, names) for ticket in tickets or ()]
    told = {one.patient_id for one in about}
    about += [_about_patient(one, names) for one in patients or () if one not in told]
    return AuditLine(
        row=number,
        at=f"{written.written_at:%H:%M:%S}",
        by=by,
        name=user.display_name if user is not None else "",
        is_about_names=isinstance(written, JournaledFact) and written.name == "NamesSeen",
        what_zh=words[0],
        what_en=words[1],
        about=about,
        detail_zh=detail[0],
        detail_en=detail[1],
    )


def _tickets_of(entry: Entry) -> list[TicketId]:
    """Return whom an act was about: first those it was done to, then who got ready by it."""
    events = [event for event in entry.events if isinstance(event, TicketEvent)]
    events.sort(key=lambda event: isinstance(event, StoodBy))
    return list(dict.fromkeys(event.ticket for event in events))


def _about_ticket(ticket: TicketId, names: Names) -> About:
    queue, _, number = ticket.partition(":")
    patient = names.patients.get(ticket)
    setup = names.setup.queues.get(QueueId(queue))
    return About(
        number=number,
        clinic_zh=setup.clinic_zh if setup else queue,
        clinic_en=setup.clinic_en if setup else queue,
        masked_name=names.masked_name(patient) if patient else "",
        patient_id=patient or "",
    )


def _about_patient(patient: PatientId, names: Names) -> About:
    return About(
        number="",
        clinic_zh="",
        clinic_en="",
        masked_name=names.masked_name(patient),
        patient_id=patient,
    )


def _area_words(area: str, names: Names) -> Words:
    setup = names.setup.areas.get(AreaId(area))
    return (setup.name_zh, setup.name_en) if setup else (area, area)


def _queue_words(queue: QueueId, names: Names) -> Words:
    setup = names.setup.queues.get(queue)
    if setup is None:
        return queue, queue
    return f"{setup.clinic_zh} {setup.doctor_zh}", f"{setup.clinic_en}, {setup.doctor_en}"


def _queue_act_words(entry: Entry, names: Names) -> Words:
    """Return whose queue it was, and what was told of an absence, a stop or a team's doctor."""
    zh, en = _queue_words(entry.events[0].queue, names)
    parts_zh, parts_en = [zh], [en]
    for event in entry.events:
        if isinstance(event, RoomTaken):
            seat = names.setup.usual_queue(event.room)
            whose_zh, whose_en = _queue_words(event.queue, names)
            room_zh, room_en = (seat.room_zh, seat.room_en) if seat else (event.room, event.room)
            parts_zh.append(f"{whose_zh}：{room_zh}")
            parts_en.append(f"{whose_en}: {room_en}")
        if isinstance(event, MemberJoined | MemberLeft):
            told_zh, told_en = explain(event.reason)
            parts_zh.append(told_zh)
            parts_en.append(told_en)
        if isinstance(event, AbsenceBegan | StopAsked):
            told_zh, told_en = explain(event.reason)
            cause_zh, cause_en = CAUSES[event.cause] if event.cause is not None else _NO_WORDS
            parts_zh += [told_zh, cause_zh, event.approval]
            parts_en += [told_en, cause_en, event.approval]
    return " ".join(filter(None, parts_zh)), " ".join(filter(None, parts_en))


def _texts(body: Mapping[str, object], key: str) -> list[str]:
    found = body.get(key, [])
    assert isinstance(found, list)
    return [str(one) for one in found]
