"""One example of each message, for the contract's page and for whoever tests a client."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from queue_server.contract.absence import Absence, Absences, AbsentDoctor
from queue_server.contract.board_layout import BoardLayout
from queue_server.contract.boards import (
    AreaBoard,
    BoardAreaQueue,
    BoardRoom,
    Call,
    Notice,
    Notices,
    RoomBoard,
    ShownTicket,
)
from queue_server.contract.copy_examples import COPY_EXAMPLES
from queue_server.contract.deferral_examples import DEFERRAL_EXAMPLES
from queue_server.contract.device_messages import (
    Command,
    DeviceStatus,
    Heard,
    OfflineRules,
    Screenshot,
)
from queue_server.contract.doctor_choice import ChooseDoctor, DoctorChoice, DoctorThere
from queue_server.contract.inpatient_examples import INPATIENT_EXAMPLES
from queue_server.contract.mdt import TeamDoctor
from queue_server.contract.message import Message
from queue_server.contract.messages import (
    CallHelp,
    CheckedIn,
    CheckIn,
    FindPlace,
    HelpCalled,
    Identified,
    Identify,
    Place,
    PlaceFound,
    Refused,
    Reply,
    ReplyBody,
    Request,
    RequestBody,
    TakenOver,
    TakeOver,
    Visit,
)
from queue_server.contract.offers import AnswerOffer, ColleagueOffer
from queue_server.contract.paying_examples import PAYING_EXAMPLES
from queue_server.contract.report_messages import (
    ListedReport,
    ListReports,
    PrintingNoted,
    PrintReport,
    ProveIdentity,
    Proven,
    ReportReleased,
    TellPrinted,
)
from queue_server.rules.terms import (
    AbsenceKind,
    DeviceAct,
    MemberState,
    PrintOutcome,
    QueueStatus,
    RefusalCode,
    ReportKind,
    ReportState,
    TicketKind,
    TicketState,
)

_SENT: Final = datetime(2026, 11, 23, 8, 5, tzinfo=timezone(timedelta(hours=8)))
_IDENTIFY_ID: Final = "0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01"
_CHECK_IN_ID: Final = "5c1d9e70-23b4-4c0f-8f0a-7e2b6d9c4f02"
_REPLIED: Final = _SENT + timedelta(milliseconds=12)

_DOCTOR: Final = {
    "room_zh": "201 诊室",
    "room_en": "Room 201",
    "clinic_zh": "心血管内科",
    "clinic_en": "Cardiology",
    "doctor_zh": "沈怀仁",
    "doctor_en": "Dr. Shen Huairen",
    "doctor_title_zh": "主任医师",
    "doctor_title_en": "Chief Physician",
}


def _visit(state: TicketState, place: Place | None = None) -> Visit:
    return Visit(
        ticket_id="cardiology-1:A002",
        queue="cardiology-1",
        slip_code="hk:20261123:cardiology-1:A002",
        number="A002",
        state=state,
        day_on="2026-11-23",
        is_today=True,
        doctors_come=False,
        absence=None,
        offer=None,
        doctor_choice=None,
        slot_text="08:00-08:30",
        area_zh="A 候诊区",
        area_en="Waiting Area A",
        floor_zh="2 层",
        floor_en="Floor 2",
        can_check_in=place is None,
        place=place,
        **_DOCTOR,
    )


_PLACE: Final = Place(
    number="A002",
    state=TicketState.WAITING,
    ahead_count=1,
    ahead_at_most=13,
    reason_zh="您按时签到，按预约时段 08:00-08:30 和号序排队。",
    reason_en="Checked in on time: ordered by the slot 08:00-08:30 and the number.",
    queue_status=QueueStatus.OPEN,
)
_ABSENCE: Final = Absence(
    kind=AbsenceKind.LEFT, cause_zh="会诊", cause_en="at a consultation", returns_text="10:30"
)
_ABSENT: Final = AbsentDoctor(
    queue="cardiology-1",
    clinic_zh="心血管内科",
    clinic_en="Cardiology",
    doctor_zh="沈怀仁",
    doctor_en="Dr. Shen Huairen",
    absence=_ABSENCE,
)
_ROOM: Final = BoardRoom(
    room="room-201",
    status=QueueStatus.OPEN,
    absence=_ABSENCE,
    in_room=None,
    standby=[
        ShownTicket(
            number="A001",
            masked_name="张*三",
            kind=TicketKind.ORDINARY,
            state=TicketState.STANDBY,
        )
    ],
    waiting=[
        ShownTicket(
            number="A002",
            masked_name="李*",
            kind=TicketKind.ORDINARY,
            state=TicketState.WAITING,
        )
    ],
    waiting_more_count=0,
    missed=[],
    missed_more_count=0,
    team=[],
    **_DOCTOR,
)
_AREA_QUEUE: Final = BoardAreaQueue(
    queue="respiratory",
    clinic_zh="呼吸与危重症医学科",
    clinic_en="Respiratory Medicine",
    status=QueueStatus.OPEN,
    waiting=[
        ShownTicket(
            number="C004", masked_name="王*", kind=TicketKind.ORDINARY, state=TicketState.WAITING
        )
    ],
    waiting_more_count=0,
)
_LAYOUT: Final = BoardLayout(
    rooms_per_page=6,
    lists=["standby", "waiting", "missed", "last_calls"],
    colours={TicketKind.PRIORITY: "#FFD8A8"},
    news_zh="流感疫苗接种请到 1 层",
    news_en="Flu vaccination: floor 1",
    shows_rules=False,
)
_DOCTOR_THERE: Final = DoctorThere(
    doctor="respiratory-1",
    doctor_zh="顾清和",
    doctor_en="Dr. Gu Qinghe",
    doctor_title_zh="副主任医师",
    doctor_title_en="Associate Chief Physician",
    room_zh="203 诊室",
    room_en="Room 203",
    waiting_count=3,
)
_CALL: Final = Call(
    sequence=7,
    called_at=_SENT,
    fresh_until=_SENT + timedelta(seconds=60),
    area="area-a",
    room="room-201",
    room_zh="201 诊室",
    room_en="Room 201",
    number="A001",
    masked_name="张*三",
    spoken_name_zh="张某三",
    spoken_zh="请A001号张某三，到201 诊室就诊",
    spoken_en="Number A001, please go to Room 201",
    is_recall=False,
)
_REPORT: Final = ListedReport(
    report_id="lab-20261123-0417",
    kind=ReportKind.LABORATORY,
    title_zh="血常规",
    title_en="Complete blood count",
    day_on="2026-11-23",
    state=ReportState.IN_PROGRESS,
    ready_in_min=40,
    printed_count=0,
    can_print=False,
    hint_zh="正在出具，大约还需 40 分钟。",
    hint_en="Being produced, about 40 minutes more.",
)
_RULES: Final[dict[str, Any]] = {
    "rule_text_zh": ["按预约时段和号序叫号。"],
    "rule_text_en": ["Patients are called by slot and number."],
}
_BOARD: Final[dict[str, Any]] = {
    "revision": 214,
    "published_at": _REPLIED,
    "day_on": "2026-11-23",
    "hospital_zh": "北京清榆医院",
    "hospital_en": "Beijing Qingyu Hospital",
    "area": "area-a",
    "area_zh": "A 候诊区",
    "area_en": "Waiting Area A",
    "last_calls": [_CALL],
}


def _request(request_id: str, body: RequestBody) -> Request:
    expires_at = _SENT + timedelta(seconds=8)
    return Request(request_id=request_id, sent_at=_SENT, expires_at=expires_at, body=body)


def _reply(request_id: str, body: ReplyBody) -> Reply:
    return Reply(request_id=request_id, replied_at=_REPLIED, body=body)


EXCHANGE: Final[Mapping[str, Message]] = {
    "The patient has typed his ID number; the device asks who he is.": _request(
        _IDENTIFY_ID, Identify(id_number="110105199001010011")
    ),
    "The server knows him, and his visit.": _reply(
        _IDENTIFY_ID,
        Identified(
            session_id=_IDENTIFY_ID,
            masked_name="李*",
            visits=[_visit(TicketState.BOOKED)],
        ),
    ),
    "He confirms; the device checks him in, with the session and the ticket it was given.": (
        _request(_CHECK_IN_ID, CheckIn(session_id=_IDENTIFY_ID, ticket_id="cardiology-1:A002"))
    ),
    "He is checked in: from here on it is on the server's disk. Print the slip.": _reply(
        _CHECK_IN_ID,
        CheckedIn(
            masked_name="李*",
            visit=_visit(TicketState.WAITING, _PLACE),
            checked_in_at=_REPLIED,
            **_RULES,
        ),
    ),
}
"""A check-in by ID number, from beginning to end: what happens, and the message."""

EXAMPLES: Final[Mapping[type[Message], Message]] = {
    Identify: Identify(card="eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi..."),
    CheckIn: CheckIn(session_id=_IDENTIFY_ID, ticket_id="cardiology-1:A002"),
    FindPlace: FindPlace(slip_code="hk:20261123:cardiology-1:A002"),
    CallHelp: CallHelp(screen="choose-visit"),
    TakeOver: TakeOver(
        card="eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi...",
        checked_in_at=_SENT,
        number="K01-003",
        slip_code="hk:offline:4f0e6c1d9b7a4e58a1c3d2f5e6b7a809",
    ),
    AnswerOffer: AnswerOffer(session_id=_IDENTIFY_ID, ticket_id="cardiology-1:A017", accepts=True),
    ProveIdentity: ProveIdentity(session_id=_IDENTIFY_ID, phone_end="4417"),
    ListReports: ListReports(session_id=_IDENTIFY_ID),
    PrintReport: PrintReport(session_id=_IDENTIFY_ID, report_id="lab-20261123-0416"),
    TellPrinted: TellPrinted(release_id=_CHECK_IN_ID, outcome=PrintOutcome.PRINTED),
    Request: _request(_IDENTIFY_ID, Identify(id_number="110105199001010011")),
    Place: _PLACE,
    ChooseDoctor: ChooseDoctor(
        session_id=_IDENTIFY_ID, ticket_id="respiratory:C004", doctor="respiratory-1"
    ),
    DoctorChoice: DoctorChoice(doctors=[_DOCTOR_THERE]),
    DoctorThere: _DOCTOR_THERE,
    ColleagueOffer: ColleagueOffer(
        doctor_zh="陆书宁",
        doctor_en="Dr. Lu Shuning",
        doctor_title_zh="主任医师",
        doctor_title_en="Chief Physician",
        room_zh="202 诊室",
        room_en="Room 202",
        before_min=40,
        after_min=10,
    ),
    Visit: _visit(TicketState.WAITING, _PLACE),
    Identified: Identified(session_id=_IDENTIFY_ID, masked_name="李*", visits=[]),
    CheckedIn: CheckedIn(
        masked_name="李*",
        visit=_visit(TicketState.WAITING, _PLACE),
        checked_in_at=_REPLIED,
        **_RULES,
    ),
    PlaceFound: PlaceFound(visit=_visit(TicketState.WAITING, _PLACE)),
    HelpCalled: HelpCalled(),
    TakenOver: TakenOver(),
    Proven: Proven(),
    ListedReport: _REPORT,
    ReportReleased: ReportReleased(
        release_id=_CHECK_IN_ID,
        token="Zr0q9nYl5Vt1cQ7uW3xA8bD6eF2gH4iJ0kL9mN8oP7Q",  # noqa: S106 - an example
        expires_at=_REPLIED + timedelta(seconds=120),
    ),
    PrintingNoted: PrintingNoted(),
    **PAYING_EXAMPLES,
    **INPATIENT_EXAMPLES,
    **COPY_EXAMPLES,
    **DEFERRAL_EXAMPLES,
    Refused: Refused(
        code=RefusalCode.ALREADY_CHECKED_IN,
        message_zh="A002 号已经签到，不必再签。请留意叫号。",
        message_en="A002 is checked in already. Please wait for the call.",
    ),
    Reply: _reply(_IDENTIFY_ID, HelpCalled()),
    ShownTicket: _ROOM.standby[0],
    BoardRoom: _ROOM,
    BoardAreaQueue: _AREA_QUEUE,
    BoardLayout: _LAYOUT,
    Absence: _ABSENCE,
    TeamDoctor: TeamDoctor(
        doctor_zh="欧阳静",
        doctor_en="Dr. Ouyang Jing",
        clinic_zh="内分泌科",
        clinic_en="Endocrinology",
        state=MemberState.PRESENT,
        is_required=True,
    ),
    AreaBoard: AreaBoard(
        rooms=[_ROOM], area_queues=[_AREA_QUEUE], layout=_LAYOUT, **_RULES, **_BOARD
    ),
    RoomBoard: RoomBoard(room=_ROOM, **_BOARD),
    Call: _CALL,
    Notice: Notice(text_zh="二楼开水间维修", text_en="No hot water on floor 2 today"),
    Notices: Notices(
        published_at=_REPLIED,
        notices=[Notice(text_zh="二楼开水间维修", text_en="No hot water on floor 2 today")],
    ),
    DeviceStatus: DeviceStatus(
        is_up=True,
        reported_at=_SENT.astimezone(UTC),
        version="1.0",
        kind="area-board",
        shows="area-a",
        started_at=_SENT.astimezone(UTC) - timedelta(hours=2),
        sound="ok",
    ),
    Heard: Heard(sequence=7, area="area-a", heard_at=_SENT + timedelta(seconds=1), was_spoken=True),
    Command: Command(do=DeviceAct.RELOAD, expires_at=_SENT + timedelta(seconds=30)),
    Screenshot: Screenshot(taken_at=_SENT, jpeg=b"\\xff\\xd8\\xff\\xe0"),
    AbsentDoctor: _ABSENT,
    Absences: Absences(published_at=_REPLIED, doctors=[_ABSENT], paused=["cardiology-2"]),
    OfflineRules: OfflineRules(
        published_at=_REPLIED,
        may_check_in=True,
        card_keys=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
        day_rolls_over_s=14400,
    ),
}
"""An example of each message."""
