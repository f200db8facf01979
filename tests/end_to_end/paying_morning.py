"""The real programs of a hospital that takes payments, and what people do in front of them.

With TLS as delivered: server, kiosk, simulated devices, and the sandbox instead of WeChat Pay and
Alipay. What fails meanwhile is the test's doing.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from rapidocr_onnxruntime import RapidOCR

from queue_server.demo.controls import Window, ask, read_qr, wait_until
from queue_server.demo.hospital import OFFSCREEN, DemoHospital, make_demo
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.attempt import Attempt
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.books import Books
from queue_server.payments.receipt import Receipt
from queue_server.payments.step_store import JournalSteps
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient
from queue_server.records.sheets import Sheet
from queue_server.records.virtual_card import CardIssuer, load_or_make_key
from queue_server.rules.terms import PatientId
from queue_server.service.clinic_day import clinic_day
from tests.integration.documents.paper import Paper

PAID_WITHIN_S = 60.0


@dataclass(kw_only=True)
class PayingMorning:
    """The programs, and what people do in front of them."""

    demo: DemoHospital
    given: set[PatientId]
    slips_seen: set[Path]
    pages_seen: set[Path]
    is_server_dead: bool = False

    @property
    def kiosk(self) -> Window:
        return Window(self.demo.ports.kiosk_control)

    @property
    def records(self) -> Path:
        return self.demo.folder / "data" / "records.sqlite"

    def somebody(self, sheet_count: int) -> Patient:
        """Return a patient of this half hour who owes for so many bills."""
        records, counter = Records(self.records), DemoCounter(self.records)
        for visit in records.appointments_on(self.demo.day_on):
            patient = records.patient(visit.patient_id)
            assert patient is not None
            is_now = visit.slot is not None and visit.slot.start_s == 9 * 3600
            sheets = counter.sheets_of(patient.patient_id)
            visits = [
                one
                for one in records.appointments_of(patient.patient_id)
                if one.day_on == self.demo.day_on
            ]
            is_fit = is_now and len(visits) == 1 and len(sheets) == sheet_count
            if is_fit and patient.patient_id not in self.given and not sheets[0].is_paid:
                self.given.add(patient.patient_id)
                return patient
        raise AssertionError("the demo hospital has no such patient left")

    def sheets(self, patient: Patient) -> list[Sheet]:
        return list(DemoCounter(self.records).sheets_of(patient.patient_id))

    def show_card(self, patient: Patient) -> None:
        """Let a patient hold the card on his phone under the scanner."""
        key = load_or_make_key(self.demo.folder / "data" / "card-key.json")
        card_id = Records(self.records).card_id_of(patient.patient_id)
        assert card_id is not None
        now = datetime.now(UTC) + timedelta(seconds=self.demo.clock_offset_s)
        self.scan(CardIssuer(key, self.demo.site.id).issue(card_id, now, uuid4().hex))

    def scan(self, code: str) -> None:
        ask(self.demo.ports.scanner_control, do="scan", value=code)

    def check_in(self, patient: Patient) -> None:
        self.show_card(patient)
        self.kiosk.wait_for("one-visit")
        self.kiosk.tap("check-in")
        self.kiosk.wait_for("place")
        self.new_slip()
        self.kiosk.tap("dock-home")
        self.kiosk.wait_for("home")

    def choose_bills(self, patient: Patient) -> None:
        """Go as far as to the question how to pay."""
        # Just after a start it may still take only cards.
        self.wait_for_the_line()
        self.kiosk.tap("pay")
        self.kiosk.wait_for("identify")
        self.show_card(patient)
        self.kiosk.wait_for("bills")
        self.kiosk.tap("pay")
        self.kiosk.wait_for("channels")

    def pay_what_is_shown(self) -> None:
        """Let the patient scan the kiosk's screen and confirm on his phone."""
        picture = self.demo.folder / "screen.png"
        self.kiosk.screenshot(picture)
        address = read_qr(picture)
        urllib.request.urlopen(address, timeout=20).close()
        urllib.request.urlopen(f"{address}/confirm", data=b"", timeout=20).close()

    def new_slip(self) -> Path:
        def new() -> set[Path]:
            return set(self.demo.slips.glob("*.png")) - self.slips_seen

        wait_until(lambda: bool(new()), "a slip", PAID_WITHIN_S)
        [slip] = new()
        self.slips_seen.add(slip)
        return slip

    def wait_until_paid(self) -> Path:
        """Return the slip of the payment."""

        def is_paid() -> bool:
            screen = self.kiosk.screen()
            if screen == "refusal" and self.kiosk.has("try-again") and not self.is_server_dead:
                # No answer had come to the kiosk: whoever asks what became of it is told.
                self.kiosk.tap("try-again")
            return screen == "place"

        wait_until(is_paid, "the kiosk to say paid", PAID_WITHIN_S)
        return self.new_slip()

    def printed_receipt(self, folder: Path) -> Paper:
        """Wait for a page that comes out on A4 after this moment's touch, and read it."""
        pages = self.demo.a4_pages

        def new() -> set[Path]:
            return set(pages.glob("*.pdf")) - self.pages_seen

        wait_until(lambda: bool(new()), "a receipt on A4", PAID_WITHIN_S)
        [page] = new()
        self.pages_seen.add(page)
        self.kiosk.wait_for("refusal")
        return Paper(folder, page.read_bytes())

    def receipts(self, attempt: Attempt) -> Sequence[Receipt]:
        """Return the receipts of a payment, as the journal tells them."""
        return self.books().receipt_book.of(attempt.id)

    def fault(self, **fault: Any) -> None:
        self._bank("faults", json.dumps(fault).encode())

    def trades(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = json.loads(self._bank("trades", None))
        return told

    def trade(self, attempt: Attempt) -> dict[str, Any]:
        [trade] = [one for one in self.trades() if one["number"] == attempt.id]
        return trade

    def numbered(self) -> list[dict[str, Any]]:
        """Return the receipts that the finance platform has given numbers."""
        told: list[dict[str, Any]] = json.loads(self._bank("receipts", None, "receipt-platform"))
        return told

    def messages(self) -> list[dict[str, str]]:
        """Return what has come to the patients' phones."""
        told: list[dict[str, str]] = json.loads(self._bank("messages", None, "phones"))
        return told

    def fault_of_messages(self, **fault: Any) -> None:
        self._bank("faults", json.dumps({"on": "send", **fault}).encode(), "phones")

    def _bank(self, what: str, data: bytes | None, provider: str = "wechat") -> bytes:
        url = f"http://127.0.0.1:{self.demo.ports.sandbox}/control/{provider}/{what}"
        asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            told: bytes = answer.read()
        return told

    def attempts(self, patient: Patient) -> list[Attempt]:
        """Return the attempts to pay what a patient owes, as the journal tells them."""
        return list(self.books().attempts_for(patient.patient_id))

    def books(self) -> Books:
        """Return the books as the journal tells them."""
        journal = SqliteJournal(self.demo.folder / "data" / JOURNAL_NAME, None)
        day_on = clinic_day(self.demo.site, datetime.now(UTC))
        try:
            books = read_books(JournalSteps(journal, lambda facts: None), day_on)
        finally:
            journal.close()
        assert books is not None
        return books

    def is_line_down(self) -> bool:
        """Tell whether the kiosk says that it can't reach the server, in either way."""
        texts = self.kiosk.texts()
        return "离线" in texts or "连不上" in texts

    def wait_for_the_line(self) -> None:
        wait_until(lambda: not self.is_line_down(), "the line")

    def kill_server(self) -> None:
        self.demo.programs.kill("server")
        self.is_server_dead = True
        wait_until(self.is_line_down, "the kiosk to notice")

    def start_server(self) -> None:
        self.demo.start_server()
        self.is_server_dead = False


@contextmanager
def running_morning(
    folder: Path,
    *,
    has_receipt_platform: bool = False,
    change: Callable[[DemoHospital], DemoHospital] = lambda demo: demo,
) -> Iterator[PayingMorning]:
    """Start all programs, of the demo that `change` makes of it; stop them in the end."""
    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    demo = change(
        make_demo(
            folder, now=now, broker=None, environment=OFFSCREEN, voice=f"file:{folder}/sounds"
        )
    )
    try:
        demo.start_devices()
        demo.start_sandbox(has_receipt_platform=has_receipt_platform)
        demo.start_server()
        demo.start_kiosk("1080x1920")
        running = PayingMorning(demo=demo, given=set(), slips_seen=set(), pages_seen=set())
        running.wait_for_the_line()
        yield running
    finally:
        demo.programs.stop_all()


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayingMorning]:
    with running_morning(tmp_path_factory.mktemp("hospital")) as running:
        yield running


@pytest.fixture(autouse=True)
def at_home(morning: PayingMorning) -> Iterator[None]:
    yield
    if morning.is_server_dead:
        morning.start_server()
    morning.kiosk.tap("dock-home")
    morning.kiosk.wait_for("home")


def read_slip(slip: Path) -> str:
    """Return what stands on a slip, as an eye that knows nothing of it reads it."""
    found, _ = RapidOCR()(str(slip))
    return re.sub(r"\s", "", "".join(text for _, text, _ in found or []))
