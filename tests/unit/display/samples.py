"""Boards and calls as the server would publish them, for the tests of the display."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assets import translations
from display.texts import Texts
from queue_server.contract.boards import (
    AreaBoard,
    BoardRoom,
    Call,
    Notice,
    Notices,
    RoomBoard,
    ShownTicket,
)
from queue_server.rules.terms import QueueStatus, TicketKind, TicketState

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 9, 42, 0, tzinfo=BEIJING)
DAY = "2026-11-21"
DOCTORS = [
    ("沈怀仁", "Dr. Shen Huairen", "主任医师", "Chief Physician", "心血管内科", "Cardiology"),
    ("陆书宁", "Dr. Lu Shuning", "主治医师", "Attending Physician", "心血管内科", "Cardiology"),
    (
        "顾清和",
        "Dr. Gu Qinghe",
        "副主任医师",
        "Associate Chief Physician",
        "呼吸与危重症医学科",
        "Respiratory and Critical Care Medicine",
    ),
    (
        "欧阳明月",
        "Dr. Ouyang Mingyue",
        "主任医师",
        "Chief Physician",
        "风湿免疫科",
        "Rheumatology and Immunology",
    ),
]
NAMES = ["张*三", "欧阳*", "王*", "单*芳", "麦麦提·***", "J*** S****", "李*华", "赵**", "陈*"]


def texts() -> Texts:
    return Texts(translations.load("display", "zh"), translations.load("display", "en"))


def ticket(
    number: str,
    name: str = "",
    kind: TicketKind = TicketKind.ORDINARY,
    state: TicketState = TicketState.WAITING,
) -> ShownTicket:
    return ShownTicket(number=number, masked_name=name, kind=kind, state=state)


def room(index: int, **changed: Any) -> BoardRoom:
    doctor_zh, doctor_en, title_zh, title_en, clinic_zh, clinic_en = DOCTORS[index % len(DOCTORS)]
    fields: dict[str, Any] = {
        "room": f"room-20{index + 1}",
        "room_zh": f"20{index + 1} 诊室",
        "room_en": f"Room 20{index + 1}",
        "clinic_zh": clinic_zh,
        "clinic_en": clinic_en,
        "doctor_zh": doctor_zh,
        "doctor_en": doctor_en,
        "doctor_title_zh": title_zh,
        "doctor_title_en": title_en,
        "status": QueueStatus.OPEN,
        "in_room": None,
        "standby": [],
        "waiting": [],
        "waiting_more_count": 0,
        "missed": [],
        "missed_more_count": 0,
    }
    return BoardRoom(**{**fields, **changed})


def full_room(index: int, **changed: Any) -> BoardRoom:
    """A room on a busy morning: every list full, every kind there."""
    letter = "ABCDEFGH"[index % 8]
    name = NAMES[index % len(NAMES)]
    kinds = list(TicketKind)
    fields: dict[str, Any] = {
        "in_room": ticket(
            f"{letter}{index + 12:03d}",
            name,
            state=TicketState.CALLED if index % 3 == 1 else TicketState.IN_SERVICE,
        ),
        "standby": [
            ticket(f"{letter}{index + 13:03d}", f"{'刘周吴郑冯卫蒋韩'[index % 8]}*", kinds[1])
        ],
        "waiting": [
            ticket(f"{letter}{index + 14 + place:03d}", "", kinds[place % 5 if place < 5 else 0])
            for place in range(8)
        ],
        "waiting_more_count": 7 + index,
        "missed": [
            ticket(
                f"{letter}{place:03d}", f"{'孙钱朱秦许何'[place]}*{'甲乙丙丁戊己庚辛'[index % 8]}"
            )
            for place in range(2)
        ],
    }
    return room(index, **{**fields, **changed})


def board(rooms: list[BoardRoom], **changed: Any) -> AreaBoard:
    fields: dict[str, Any] = {
        "revision": 7,
        "published_at": NOW - timedelta(minutes=1),
        "day_on": DAY,
        "hospital_zh": "北京清榆医院",
        "hospital_en": "Beijing Qingyu Hospital",
        "area": "area-a",
        "area_zh": "A 候诊区",
        "area_en": "Waiting Area A",
        "rooms": rooms,
        "last_calls": [],
        "rule_text_zh": [
            "检查后返回的患者：每隔 2 位普通患者安排 1 位。",
            "过号的患者排在 2 位候诊患者之后，过号 3 次需重新挂号。",
        ],
        "rule_text_en": [
            "Patients back with results: one after every 2 ordinary patients.",
            "After a missed call you stand behind 2 waiting patients; after 3 the ticket ends.",
        ],
    }
    return AreaBoard(**{**fields, **changed})


def room_board(of: BoardRoom, **changed: Any) -> RoomBoard:
    fields: dict[str, Any] = {
        "revision": 7,
        "published_at": NOW - timedelta(minutes=1),
        "day_on": DAY,
        "hospital_zh": "北京清榆医院",
        "hospital_en": "Beijing Qingyu Hospital",
        "area": "area-a",
        "area_zh": "A 候诊区",
        "area_en": "Waiting Area A",
        "room": of,
        "last_calls": [],
    }
    return RoomBoard(**{**fields, **changed})


def notices(*pairs: tuple[str, str]) -> Notices:
    return Notices(published_at=NOW, notices=[Notice(text_zh=zh, text_en=en) for zh, en in pairs])


def call(sequence: int, **changed: Any) -> Call:
    index = sequence % 8
    number = f"A{sequence:03d}"
    fields: dict[str, Any] = {
        "sequence": sequence,
        "called_at": NOW,
        "fresh_until": NOW + timedelta(seconds=120),
        "area": "area-a",
        "room": f"room-20{index + 1}",
        "room_zh": f"20{index + 1} 诊室",
        "room_en": f"Room 20{index + 1}",
        "number": number,
        "masked_name": "单*",
        "spoken_name_zh": "单某",
        "spoken_zh": f"请{number}号单某到20{index + 1}诊室就诊。",
        "spoken_en": f"Number {number}, please go to Room 20{index + 1}.",
        "is_recall": False,
    }
    return Call(**{**fields, **changed})
