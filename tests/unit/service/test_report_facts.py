"""What came out on paper is counted, though the hospital's systems could not be told of it."""

from datetime import datetime, timedelta, timezone

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.reports import ReportId
from queue_server.rules.terms import DeviceId, PatientId, PrintOutcome
from queue_server.service.facts import Identified
from queue_server.service.now import Now, open_now
from queue_server.service.report_facts import ReportPrinted, ReportReleased
from queue_server.service.setup import make_setup
from queue_server.site import load_site

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
KIOSK, PATIENT, REPORT = DeviceId("kiosk-01"), PatientId("p1"), ReportId("lab-1")


def printed(now: Now, release_id: str, printing_number: int, outcome: PrintOutcome) -> Now:
    """Return the day after a report was released as that printing, and what became of it."""
    released = ReportReleased(
        release_id=release_id,
        session_id="session-1",
        device=KIOSK,
        patient=PATIENT,
        report_id=REPORT,
        token_digest="",
        expires_at=NINE,
        printing_number=printing_number,
    )
    told = ReportPrinted(
        release_id=release_id, device=KIOSK, patient=PATIENT, report_id=REPORT, outcome=outcome
    )
    return told.change(released.change(now, NINE), NINE)


def opened() -> Now:
    now = open_now(make_setup(load_site(DEMO_SITE_FILE)), NINE.date(), {})
    identified = Identified(session_id="session-1", device=KIOSK, patient=PATIENT)
    return identified.change(now, NINE)


def test_the_second_printing_makes_two_though_the_first_was_on_another_day() -> None:
    now = printed(opened(), "r-1", 2, PrintOutcome.PRINTED)

    assert now.report_desk.printed[REPORT] == 2


def test_the_same_printing_at_two_kiosks_makes_two() -> None:
    now = printed(opened(), "r-1", 1, PrintOutcome.PRINTED)
    now = printed(now, "r-2", 1, PrintOutcome.PRINTED)

    assert now.report_desk.printed[REPORT] == 2


def test_what_did_not_come_out_is_counted_nowhere() -> None:
    now = printed(opened(), "r-1", 2, PrintOutcome.FAILED)

    assert REPORT not in now.report_desk.printed
