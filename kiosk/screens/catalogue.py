"""Which screen shows which view."""

from pathlib import Path

from kiosk.presenter.doctor_views import DoctorsView
from kiosk.presenter.inpatient_views import DepositPadView, StatementView, StayView
from kiosk.presenter.paying_views import BillsView, CashView, ChannelsView, PayingView
from kiosk.presenter.report_views import ProofPadView, ReportsView
from kiosk.presenter.views import (
    HelpView,
    HomeView,
    IdentifyView,
    IdNumberPadView,
    InactivityView,
    OneVisitView,
    PlaceView,
    RefusalView,
    VisitsView,
    WaitingView,
)
from kiosk.screens.bills_screen import BillsScreen
from kiosk.screens.cash_screen import CashScreen
from kiosk.screens.channels_screen import ChannelsScreen
from kiosk.screens.deposit_pad_screen import DepositPadScreen
from kiosk.screens.doctors_screen import DoctorsScreen
from kiosk.screens.help_screen import HelpScreen
from kiosk.screens.home_screen import HomeScreen
from kiosk.screens.id_number_pad_screen import IdNumberPadScreen
from kiosk.screens.identify_screen import IdentifyScreen
from kiosk.screens.inactivity_screen import InactivityScreen
from kiosk.screens.one_visit_screen import OneVisitScreen
from kiosk.screens.paying_screen import PayingScreen
from kiosk.screens.place_screen import PlaceScreen
from kiosk.screens.proof_pad_screen import ProofPadScreen
from kiosk.screens.refusal_screen import RefusalScreen
from kiosk.screens.reports_screen import ReportsScreen
from kiosk.screens.statement_screen import StatementScreen
from kiosk.screens.stay_screen import StayScreen
from kiosk.screens.visits_screen import VisitsScreen
from kiosk.screens.waiting_screen import WaitingScreen
from kiosk.widgets import amount_row, frame, parts
from kiosk.widgets.parts import load_rules

SCREENS = {
    HomeView: HomeScreen,
    IdentifyView: IdentifyScreen,
    IdNumberPadView: IdNumberPadScreen,
    WaitingView: WaitingScreen,
    VisitsView: VisitsScreen,
    DoctorsView: DoctorsScreen,
    OneVisitView: OneVisitScreen,
    PlaceView: PlaceScreen,
    BillsView: BillsScreen,
    ChannelsView: ChannelsScreen,
    PayingView: PayingScreen,
    CashView: CashScreen,
    ProofPadView: ProofPadScreen,
    ReportsView: ReportsScreen,
    StayView: StayScreen,
    DepositPadView: DepositPadScreen,
    StatementView: StatementScreen,
    RefusalView: RefusalScreen,
    HelpView: HelpScreen,
    InactivityView: InactivityScreen,
}


def load_all_rules():
    """Read every KV file."""
    load_rules(parts.RULES)
    load_rules(frame.RULES)
    load_rules(amount_row.RULES)
    for path in sorted(Path(__file__).parent.glob("*_screen.kv")):
        load_rules(path)
