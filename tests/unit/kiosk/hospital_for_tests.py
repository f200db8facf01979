"""Messages of a small hospital, as its server would send them."""

from datetime import datetime
from typing import Any

from queue_server.contract.messages import CheckedIn, Identified, Place, PlaceFound, Visit
from queue_server.rules.terms import QueueStatus, TicketState

AT = datetime.fromisoformat("2026-11-21T08:05:00+08:00")
CARD = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJjYXJkLTEifQ"
    ".c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl"
)
SLIP_CODE = "hk:a16-secret"
ID_NUMBER = "11010519491231002X"
MASKED_NAME = "欧阳**"


def place(**changes: Any) -> Place:
    """A patient who waits with three before him."""
    values: dict[str, Any] = {
        "number": "A16",
        "state": TicketState.WAITING,
        "ahead_count": 3,
        "ahead_at_most": 5,
        "reason_zh": "您按预约时段 09:00-09:30 和号码 16 排队。",
        "reason_en": "You stand by your slot 09:00-09:30 and your number 16.",
        "queue_status": QueueStatus.OPEN,
    }
    return Place(**values | changes)


def visit(**changes: Any) -> Visit:
    """A visit that can be checked in."""
    values: dict[str, Any] = {
        "ticket_id": "cardiology-1:16",
        "queue": "cardiology-1",
        "slip_code": SLIP_CODE,
        "number": "A16",
        "state": TicketState.BOOKED,
        "day_on": "2026-11-21",
        "is_today": True,
        "slot_text": "09:00-09:30",
        "clinic_zh": "心血管内科",
        "clinic_en": "Cardiology",
        "doctor_zh": "沈怀仁",
        "doctor_en": "Dr. Shen Huairen",
        "doctor_title_zh": "主任医师",
        "doctor_title_en": "Chief Physician",
        "area_zh": "A 候诊区",
        "area_en": "Waiting Area A",
        "floor_zh": "2 层",
        "floor_en": "Floor 2",
        "room_zh": "201 诊室",
        "room_en": "Room 201",
        "can_check_in": True,
    }
    return Visit(**values | changes)


def waiting_visit(**changes: Any) -> Visit:
    """A visit that is checked in."""
    values = {"state": TicketState.WAITING, "can_check_in": False, "place": place()}
    return visit(**values | changes)


def identified(*visits: Visit) -> Identified:
    """The answer to a good card."""
    return Identified(session_id="session-1", masked_name=MASKED_NAME, visits=list(visits))


def checked_in(**changes: Any) -> CheckedIn:
    """The answer to a check-in."""
    values: dict[str, Any] = {
        "masked_name": MASKED_NAME,
        "visit": waiting_visit(),
        "checked_in_at": AT,
        "rule_text_zh": ["按预约时段和号码叫号。", "过号后重新签到，排在两位之后。"],
        "rule_text_en": ["Called by slot and number.", "After a missed call: behind two others."],
    }
    return CheckedIn(**values | changes)


def place_found(found: Visit | None = None) -> PlaceFound:
    """The answer to a slip."""
    return PlaceFound(visit=found or waiting_visit())
