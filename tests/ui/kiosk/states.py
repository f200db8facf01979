"""Every screen in its most demanding form: long names, long reasons, full lists."""

from dataclasses import replace
from typing import Any, Final

from msgspec.structs import replace as struct_replace

from hardware.page_errors import PagesLate, PagesNotTakenBack
from kiosk.flow.events import PrintFailure
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import (
    PrintingReports,
    ProofPad,
    ReportFailure,
    Reports,
    ReportsPrinted,
)
from kiosk.flow.slip_facts import Provisional, SlipFacts
from kiosk.flow.state import (
    Arrived,
    ArrivedOffline,
    Asked,
    ChooseDoctor,
    HelpState,
    Identify,
    IdNumberPad,
    MyPlace,
    Next,
    Offered,
    OneVisit,
    PrintState,
    Refusal,
    Screen,
    Session,
    State,
    Trouble,
    Visits,
    Waiting,
)
from queue_server.contract.doctor_choice import DoctorChoice, DoctorThere
from queue_server.contract.messages import FindPlace, Visit
from queue_server.contract.offers import ColleagueOffer
from queue_server.contract.report_messages import ListedReport
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import (
    QueueStatus,
    RefusalCode,
    ReportKind,
    ReportState,
    TicketState,
)
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    MASKED_NAME,
    SLIP_CODE,
    place,
    visit,
    waiting_visit,
)

LONG_NAMES: Final = {
    "clinic_zh": "神经内科头痛与眩晕专病联合门诊（第二门诊部）",
    "clinic_en": "Department of Neurology, Headache Clinic",
    "doctor_title_zh": "副主任医师",
    "doctor_title_en": "Associate Chief Physician",
}
LONG_REASON: Final = {
    "reason_zh": "您原来约在 09:00-09:30，晚到后按规则排在 09:30-10:00 时段之后；"
    "前面插入了 1 位带结果回来的病人，每两位普通病人之间最多插入一位。",
    "reason_en": "You were booked for 09:00-09:30 and came late, so by the rules you stand behind "
    "the slot 09:30-10:00. One patient who came back with results was let in before you, at most "
    "one for every two.",
}
LONG_WAITING: Final = waiting_visit(
    **LONG_NAMES, place=place(**LONG_REASON, ahead_count=12, ahead_at_most=15)
)
OFFER: Final = ColleagueOffer(
    doctor_zh="古丽娜尔·阿不都热合曼",
    doctor_en="Dr. Alexandria Montgomery-Whitfield",
    doctor_title_zh="副主任医师",
    doctor_title_en="Associate Chief Physician",
    room_zh="202 诊室",
    room_en="Room 202",
    before_min=95,
    after_min=40,
)
ASKED: Final = struct_replace(LONG_WAITING, offer=OFFER)
DOCTORS: Final = [
    DoctorThere(
        doctor=f"doctor-{number}",
        doctor_zh="古丽娜尔·阿不都热合曼" if number == 1 else "顾清和",
        doctor_en="Dr. Alexandria Montgomery-Whitfield" if number == 1 else "Dr. Gu Qinghe",
        doctor_title_zh="副主任医师",
        doctor_title_en="Associate Chief Physician",
        room_zh=f"20{number} 诊室",
        room_en=f"Room 20{number}",
        waiting_count=number * 7,
    )
    for number in range(6)
]
CHOOSES: Final = visit(**LONG_NAMES, doctor_choice=DoctorChoice(doctors=DOCTORS))
CHOOSES_ANEW: Final = struct_replace(
    LONG_WAITING,
    doctor_choice=DoctorChoice(
        doctors=DOCTORS,
        gone_zh="古丽娜尔·阿不都热合曼",
        gone_en="Dr. Alexandria Montgomery-Whitfield",
    ),
)
SIX_VISITS: Final = (
    visit(),
    visit(
        ticket_id="not-yet",
        **LONG_NAMES,
        can_check_in=False,
        hint_zh="签到从 08:30 开始，请到时候再来。",
        hint_en="Check-in opens at 08:30. Please come back then.",
    ),
    waiting_visit(ticket_id="waits"),
    visit(ticket_id="tomorrow", is_today=False, day_on="2026-11-22", can_check_in=False),
    visit(ticket_id="missed", state=TicketState.MISSED),
    visit(ticket_id="walk-in", **LONG_NAMES, slot_text=""),
)
NO_PAPER: Final = PrintFailure(
    sentence_zh="打印纸已用完，请工作人员更换纸卷。",
    sentence_en="The printer is out of paper. Please ask staff to put in a new roll.",
    may_have_printed=False,
)


PROVISIONAL: Final = Provisional(
    number="K01-003", slip_code="hk:offline:4f0e6c1d9b7a4e58a1c3d2f5e6b7a809", checked_in_at=AT
)


def report(report_id: str, **changes: Any) -> ListedReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "kind": ReportKind.LABORATORY,
        "title_zh": "生化全项",
        "title_en": "Biochemistry, full panel",
        "day_on": "2026-11-21",
        "state": ReportState.FINAL,
        "ready_in_min": None,
        "printed_count": 0,
        "can_print": True,
    }
    return ListedReport(**values | changes)


_PRINTED_ZH, _PRINTED_EN = SENTENCES[RefusalCode.REPORT_PRINTED_ALREADY]
SIX_REPORTS: Final = (
    report("final-1"),
    report(
        "final-2",
        title_zh="甲状腺功能与抗体联合检测（化学发光法，加急）",
        title_en="Thyroid function and antibodies (urgent)",
    ),
    report(
        "being-made",
        kind=ReportKind.IMAGING,
        title_zh="胸部正位 X 线",
        title_en="Chest X-ray",
        state=ReportState.IN_PROGRESS,
        ready_in_min=40,
        can_print=False,
        hint_zh="正在出具，大约还需 40 分钟。",
        hint_en="Being produced, about 40 minutes more.",
    ),
    report(
        "printed",
        printed_count=1,
        can_print=False,
        hint_zh=_PRINTED_ZH,
        hint_en=_PRINTED_EN,
    ),
    report(
        "ordered",
        title_zh="腹部超声",
        title_en="Abdominal ultrasound",
        state=ReportState.ORDERED,
        can_print=False,
        hint_zh="尚未检查，请先按导诊单做检查。",
        hint_en="Not examined yet: please go to the examination first.",
    ),
    report("final-3", title_zh="十二导联心电图", title_en="12-lead electrocardiogram"),
)


def reports_state(screen: Screen, *, is_by_card: bool = False) -> State:
    return state(screen, session=replace(session(), is_by_card=is_by_card))


def session(*visits: Visit) -> Session:
    return Session(session_id="session-1", masked_name=MASKED_NAME, visits=visits)


def state(screen: Screen | None = None, **changes: object) -> State:
    values: dict[str, object] = {"language": "zh", "is_line_up": True, "time_text": "08:05"}
    if screen is not None:
        values["screen"] = screen
    return State(**values | changes)  # type: ignore[arg-type]


def alone(screen: Screen | None = None, **changes: object) -> State:
    """A kiosk without its server, which may check in by the virtual card."""
    return state(screen, is_line_up=False, may_check_in_offline=True, **changes)


def place_in(ticket_state: TicketState, **changes: object) -> State:
    found = waiting_visit(state=ticket_state, place=place(state=ticket_state), **changes)
    return state(MyPlace(visit=found))


def refusal(code: str, following: Next, *, zh: str = "", en: str = "") -> State:
    return state(
        Refusal(code=code, next=following, intent=Intent.CHECK_IN, message_zh=zh, message_en=en)
    )


STATES: Final[dict[str, State]] = {
    "home": state(),
    "home-without-line": state(is_line_up=False),
    "home-alone": alone(),
    "identify-alone": alone(Identify(intent=Intent.CHECK_IN)),
    "arrived-offline": alone(ArrivedOffline(provisional=PROVISIONAL), printing=PrintState.PRINTED),
    "arrived-offline-without-slip": alone(
        ArrivedOffline(provisional=PROVISIONAL),
        printing=PrintState.FAILED,
        print_failure=NO_PAPER,
    ),
    "only-card": alone(Refusal(code=Trouble.ONLY_CARD, next=Next.IDENTIFY, intent=Intent.CHECK_IN)),
    "no-outbox": alone(Refusal(code=Trouble.NO_OUTBOX, next=Next.HOME, intent=Intent.CHECK_IN)),
    "card-used-alone": alone(
        Refusal(code=RefusalCode.CARD_USED, next=Next.IDENTIFY, intent=Intent.CHECK_IN)
    ),
    "help-alone": alone(ArrivedOffline(provisional=PROVISIONAL), help=HelpState.NOT_CALLED),
    "place-by-provisional-slip": state(MyPlace(visit=LONG_WAITING, may_print=True)),
    "provisional-pending": refusal(
        RefusalCode.PROVISIONAL_PENDING,
        Next.HOME,
        zh=SENTENCES[RefusalCode.PROVISIONAL_PENDING][0],
        en=SENTENCES[RefusalCode.PROVISIONAL_PENDING][1],
    ),
    "identify": state(Identify(intent=Intent.CHECK_IN)),
    "identify-for-place": state(Identify(intent=Intent.PLACE), is_line_up=False),
    "pad-empty": state(IdNumberPad(intent=Intent.CHECK_IN)),
    "pad-half": state(IdNumberPad(intent=Intent.CHECK_IN, characters="11010519")),
    "pad-wrong": state(
        IdNumberPad(
            intent=Intent.CHECK_IN, characters="110105194912310028", is_wrong=True, is_shown=True
        )
    ),
    "waiting": state(
        Waiting(asked=Asked(ask_number=1, intent=Intent.PLACE, body=FindPlace(slip_code=SLIP_CODE)))
    ),
    "visits": state(Visits(), session=session(*SIX_VISITS)),
    "visits-last-page": state(Visits(page=1), session=session(*SIX_VISITS)),
    "visits-two": state(Visits(), session=session(*SIX_VISITS[:2])),
    "visits-none": state(Visits(), session=session()),
    "one-visit": state(OneVisit(ticket_id=SIX_VISITS[0].ticket_id), session=session(*SIX_VISITS)),
    "one-visit-not-yet": state(OneVisit(ticket_id="not-yet"), session=session(*SIX_VISITS)),
    "arrived": state(
        Arrived(facts=SlipFacts(visit=LONG_WAITING, masked_name=MASKED_NAME)),
        session=session(*SIX_VISITS),
        printing=PrintState.PRINTED,
    ),
    "arrived-printing": state(
        Arrived(facts=SlipFacts(visit=waiting_visit(), masked_name=MASKED_NAME)),
        printing=PrintState.PRINTING,
    ),
    "arrived-without-slip": state(
        Arrived(facts=SlipFacts(visit=LONG_WAITING, masked_name=MASKED_NAME)),
        session=session(*SIX_VISITS),
        printing=PrintState.FAILED,
        print_failure=NO_PAPER,
    ),
    "place": state(MyPlace(visit=LONG_WAITING), session=session(LONG_WAITING)),
    "place-paused": state(
        MyPlace(visit=waiting_visit(place=place(queue_status=QueueStatus.PAUSED)))
    ),
    "offered": state(Offered(ticket_id=ASKED.ticket_id), session=session(ASKED)),
    "offered-at-once": state(
        Offered(ticket_id=ASKED.ticket_id),
        session=session(
            struct_replace(ASKED, offer=struct_replace(OFFER, before_min=None, after_min=0)),
            *SIX_VISITS,
        ),
    ),
    "doctors": state(ChooseDoctor(ticket_id=CHOOSES.ticket_id), session=session(CHOOSES)),
    "doctors-gone": state(
        ChooseDoctor(ticket_id=CHOOSES_ANEW.ticket_id, page=1), session=session(CHOOSES_ANEW)
    ),
    "doctors-one": state(
        ChooseDoctor(ticket_id=CHOOSES.ticket_id),
        session=session(struct_replace(CHOOSES, doctor_choice=DoctorChoice(doctors=DOCTORS[:1]))),
    ),
    "doctor-not-there": refusal(
        RefusalCode.DOCTOR_NOT_THERE,
        Next.CHOOSE_DOCTOR,
        zh=SENTENCES[RefusalCode.DOCTOR_NOT_THERE][0],
        en=SENTENCES[RefusalCode.DOCTOR_NOT_THERE][1],
    ),
    "place-called": place_in(TicketState.CALLED),
    "place-missed": place_in(TicketState.MISSED, can_check_in=True),
    "place-done": place_in(TicketState.DONE),
    "too-early": refusal(
        RefusalCode.TOO_EARLY,
        Next.HOME,
        zh="您约的是 14:00-14:30，13:30 开始签到。",
        en="Your slot is 14:00-14:30. Check-in opens at 13:30.",
    ),
    "card-expired": refusal(
        RefusalCode.CARD_EXPIRED,
        Next.IDENTIFY,
        zh="就诊卡的二维码每 60 秒更新一次，这一张已经过期。",
        en="The code of the card changes every 60 seconds; this one has expired.",
    ),
    "payment-code": refusal(Trouble.PAYMENT_CODE, Next.IDENTIFY),
    "no-line": refusal(Trouble.NO_LINE, Next.ASK_AGAIN),
    "uncertain": refusal(Trouble.CHECK_IN_UNCERTAIN, Next.ASK_AGAIN),
    "help": state(Identify(intent=Intent.PLACE), help=HelpState.NOT_CALLED),
    "help-called": state(help=HelpState.CALLED),
    "help-not-reached": state(help=HelpState.NOT_REACHED, is_line_up=False),
    "inactivity": state(Identify(intent=Intent.PLACE), idle_s=44.0),
    "proof-pad": reports_state(ProofPad(characters="44")),
    "proof-pad-id": reports_state(ProofPad(characters="4417"), is_by_card=True),
    "reports": reports_state(Reports(reports=SIX_REPORTS, left_out=frozenset({"final-2"}))),
    "reports-second-page": reports_state(Reports(reports=SIX_REPORTS, page=1)),
    "reports-none-ready": reports_state(Reports(reports=SIX_REPORTS[2:4])),
    "reports-none": reports_state(Reports(reports=())),
    "reports-printing": reports_state(
        PrintingReports(reports=SIX_REPORTS[:2], index=1, ask_number=1)
    ),
    "reports-printed": reports_state(ReportsPrinted(printed_count=2, left_count=0, failure=None)),
    **{
        f"reports-failed-{error.code}": reports_state(
            ReportsPrinted(
                printed_count=count,
                left_count=1,
                failure=ReportFailure(
                    sentence_zh=error.sentence_zh,
                    sentence_en=error.sentence_en,
                    may_have_printed=is_partly,
                ),
            )
        )
        for error, count, is_partly in (
            (PagesLate, 1, False),
            (PagesNotTakenBack, 0, True),
        )
    },
    "reports-unanswered": reports_state(
        ReportsPrinted(printed_count=0, left_count=2, failure=ReportFailure())
    ),
}
