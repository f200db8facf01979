"""Screens that tell of a doctor who is late, away or stopped, in their most demanding form."""

from typing import Final

from msgspec.structs import replace as struct_replace

from kiosk.flow.slip_facts import SlipFacts
from kiosk.flow.state import Arrived, MyPlace, OneVisit, PrintState, State, Visits
from queue_server.contract.absence import Absence, AbsentDoctor
from queue_server.rules.terms import AbsenceKind, QueueStatus, TicketState
from tests.ui.kiosk.states import (
    LONG_NAMES,
    LONG_WAITING,
    NO_PAPER,
    OFFER,
    SIX_VISITS,
    session,
    state,
)
from tests.unit.kiosk.hospital_for_tests import MASKED_NAME, place, visit, waiting_visit

LEFT: Final = Absence(
    kind=AbsenceKind.LEFT,
    cause_zh="临时工作安排",
    cause_en="called to other duties",
    returns_text="10:30",
)
STOPPED: Final = Absence(
    kind=AbsenceKind.STOPPED, cause_zh="设备检修", cause_en="device under repair"
)
ABSENT_VISITS: Final = (
    visit(absence=LEFT),
    visit(
        ticket_id="stopped",
        **LONG_NAMES,
        can_check_in=False,
        hint_zh="今日停诊，暂时不能签到。",
        hint_en="The clinic is stopped today.",
        absence=STOPPED,
    ),
)
ABSENT_DOCTORS: Final = tuple(
    AbsentDoctor(
        queue="cardiology-1",
        clinic_zh=clinic_zh,
        clinic_en=clinic_en,
        doctor_zh=OFFER.doctor_zh,
        doctor_en=OFFER.doctor_en,
        absence=absence,
    )
    for clinic_zh, clinic_en, absence in (
        ("心血管内科", "Cardiology", LEFT),
        ("皮肤科", "Dermatology", STOPPED),
        (LONG_NAMES["clinic_zh"], LONG_NAMES["clinic_en"], LEFT),
        ("眼科", "Ophthalmology", LEFT),
    )
)
VISIT_OF_LEFT: Final = visit(ticket_id="left", **LONG_NAMES, absence=LEFT)
STOPPED_AT_ONCE: Final = waiting_visit(
    **LONG_NAMES,
    absence=STOPPED,
    place=place(ahead_count=12, ahead_at_most=15, queue_status=QueueStatus.STOPPED),
)
"""Told on a screen that stood there already: reason and bound of his place are there, too."""

ABSENCE_STATES: Final[dict[str, State]] = {
    "home-absent": state(absent=ABSENT_DOCTORS),
    "place-left": state(MyPlace(visit=struct_replace(LONG_WAITING, absence=LEFT))),
    "arrived-left": state(
        Arrived(
            facts=SlipFacts(
                visit=struct_replace(LONG_WAITING, absence=LEFT), masked_name=MASKED_NAME
            )
        ),
        session=session(*SIX_VISITS),
        printing=PrintState.PRINTED,
    ),
    "arrived-left-without-slip": state(
        Arrived(
            facts=SlipFacts(
                visit=struct_replace(LONG_WAITING, absence=LEFT), masked_name=MASKED_NAME
            )
        ),
        session=session(*SIX_VISITS),
        printing=PrintState.FAILED,
        print_failure=NO_PAPER,
    ),
    "visits-absent": state(Visits(), session=session(*ABSENT_VISITS)),
    "one-visit-stopped": state(OneVisit(ticket_id="stopped"), session=session(*ABSENT_VISITS)),
    "one-visit-left": state(OneVisit(ticket_id="left"), session=session(VISIT_OF_LEFT)),
    "place-stopped": state(MyPlace(visit=STOPPED_AT_ONCE)),
    "arrived-stopped": state(
        Arrived(facts=SlipFacts(visit=STOPPED_AT_ONCE, masked_name=MASKED_NAME)),
        session=session(*SIX_VISITS),
        printing=PrintState.PRINTED,
    ),
    "place-missed-left": state(
        MyPlace(
            visit=waiting_visit(
                state=TicketState.MISSED,
                place=place(state=TicketState.MISSED),
                can_check_in=True,
                absence=LEFT,
            )
        )
    ),
}
