"""A patient with only a phone checks in and pays two bills in one go, and every fen agrees.

The programs are the real ones, with TLS as delivered: server, kiosk, simulated printer and scanner,
and the sandbox instead of WeChat Pay and Alipay. What fails meanwhile is the test's doing.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Sequence
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
from queue_server.payments.capitals import capitals
from queue_server.payments.fen import Fen, total
from queue_server.payments.receipt import Receipt, in_groups
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.terms import AttemptState, Channel
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient
from queue_server.records.sheets import Sheet
from queue_server.records.virtual_card import CardIssuer, load_or_make_key
from queue_server.rules.terms import PatientId
from queue_server.service.clinic_day import clinic_day
from tests.integration.documents.paper import Paper

pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(300)]
PAID_WITHIN_S = 60.0
CODES = ("134567890123456789", "134567890123456790")
"""Payment codes are good for one payment each."""


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

    def _bank(self, what: str, data: bytes | None) -> bytes:
        url = f"http://127.0.0.1:{self.demo.ports.sandbox}/control/wechat/{what}"
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


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayingMorning]:
    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    folder = tmp_path_factory.mktemp("hospital")
    demo = make_demo(
        folder, now=now, broker=None, environment=OFFSCREEN, voice=f"file:{folder}/sounds"
    )
    try:
        demo.start_devices()
        demo.start_sandbox()
        demo.start_server()
        demo.start_kiosk("1080x1920")
        running = PayingMorning(demo=demo, given=set(), slips_seen=set(), pages_seen=set())
        running.wait_for_the_line()
        yield running
    finally:
        demo.programs.stop_all()


@pytest.fixture(autouse=True)
def at_home(morning: PayingMorning) -> Iterator[None]:
    yield
    if morning.is_server_dead:
        morning.start_server()
    morning.kiosk.tap("dock-home")
    morning.kiosk.wait_for("home")


def shown_and_paid(morning: PayingMorning) -> None:
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    morning.pay_what_is_shown()


def paid_while_the_callback_is_lost(morning: PayingMorning) -> None:
    morning.fault(on="callback", do="lose_request")
    morning.fault(on="query", do="lose_reply", times=2)
    shown_and_paid(morning)


def paid_while_the_server_is_dead(morning: PayingMorning) -> None:
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    picture = morning.demo.folder / "shown.png"
    morning.kiosk.screenshot(picture)
    morning.kill_server()
    assert "不要再次付款" in morning.kiosk.texts()
    urllib.request.urlopen(f"{read_qr(picture)}/confirm", data=b"", timeout=20).close()
    morning.start_server()


def paid_by_code_whose_answer_is_lost(morning: PayingMorning) -> None:
    morning.fault(on="create", do="lose_reply")
    morning.scan(CODES[0])


def paid_by_code_while_the_server_is_killed(morning: PayingMorning) -> None:
    count = len(morning.trades())
    morning.fault(on="create", do="delay", seconds=8)
    morning.scan(CODES[1])
    wait_until(lambda: len(morning.trades()) > count, "the bank to be asked")
    morning.kill_server()
    morning.start_server()


@pytest.mark.parametrize(
    "pay",
    [
        shown_and_paid,
        paid_while_the_callback_is_lost,
        paid_while_the_server_is_dead,
        paid_by_code_whose_answer_is_lost,
        paid_by_code_while_the_server_is_killed,
    ],
)
def test_two_bills_are_paid_in_one_go_and_every_fen_agrees(
    morning: PayingMorning, pay: Callable[[PayingMorning], None], tmp_path: Path
) -> None:
    patient = morning.somebody(2)
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    morning.check_in(patient)
    morning.choose_bills(patient)
    assert f"{owed}\u00a0元" in morning.kiosk.texts()

    pay(morning)
    slip = morning.wait_until_paid()
    is_shown = f"{owed}\u00a0元" in morning.kiosk.texts()
    # Before the slip is read: nobody is waited for at a kiosk for as long as that takes.
    morning.kiosk.tap("print-receipt")
    paper = morning.printed_receipt(tmp_path).text()

    [attempt] = morning.attempts(patient)
    [trade] = [one for one in morning.trades() if one["number"] == attempt.id]
    assert attempt.state is AttemptState.FULFILLED
    assert attempt.channel is Channel.WECHAT
    assert attempt.kept == owed
    assert trade["paid_fen"] == owed.fen
    assert trade["refunded_fen"] == 0
    assert all(sheet.is_paid for sheet in morning.sheets(patient))
    assert is_shown
    said = read_slip(slip)
    assert str(owed) in said
    [receipt] = morning.receipts(attempt)
    assert receipt.amount == owed
    assert in_groups(receipt.number).replace(" ", "") in said
    assert_verified(slip, receipt)
    assert f"¥ {owed}" in paper
    assert capitals(owed) in paper
    assert in_groups(receipt.number) in paper


def assert_verified(slip: Path, receipt: Receipt) -> None:
    """Open what the code on the slip leads to, as a stranger's phone does."""
    with urllib.request.urlopen(read_qr(slip), timeout=20) as answer:
        page = answer.read().decode()
    assert "真实有效" in page
    assert f"¥ {receipt.amount}" in page
    assert in_groups(receipt.number) in page


def test_a_receipt_is_printed_again_and_says_that_it_is_a_copy(
    morning: PayingMorning, tmp_path: Path
) -> None:
    patient = morning.somebody(1)
    morning.choose_bills(patient)
    shown_and_paid(morning)
    morning.wait_until_paid()
    morning.kiosk.tap("print-receipt")
    first = morning.printed_receipt(tmp_path).text()
    morning.kiosk.tap("dock-home")
    morning.kiosk.wait_for("home")

    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("identify")
    morning.kiosk.tap("receipts")
    morning.show_card(patient)
    morning.kiosk.wait_for("reports")
    morning.kiosk.tap("receipt-0")
    again = morning.printed_receipt(tmp_path).text()

    [attempt] = morning.attempts(patient)
    [receipt] = morning.receipts(attempt)
    for text in (first, again):
        assert in_groups(receipt.number) in text
        assert f"¥ {attempt.kept}" in text
    assert ["补打件" in text for text in (first, again)] == [False, True]


def read_slip(slip: Path) -> str:
    """Return what stands on a slip, as an eye that knows nothing of it reads it."""
    found, _ = RapidOCR()(str(slip))
    return re.sub(r"\s", "", "".join(text for _, text, _ in found or []))


def test_a_payment_that_is_cancelled_takes_no_money_and_can_be_made_again(
    morning: PayingMorning,
) -> None:
    patient = morning.somebody(1)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")

    morning.kiosk.tap("cancel-payment")
    morning.kiosk.wait_for("refusal")
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("bills")

    [attempt] = morning.attempts(patient)
    assert attempt.state is AttemptState.CLOSED
    assert attempt.kept == Fen(0)
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("channels")
    shown_and_paid(morning)
    morning.wait_until_paid()


def test_a_payment_that_is_left_alone_is_closed_by_the_server(morning: PayingMorning) -> None:
    patient = morning.somebody(1)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")

    morning.kiosk.tap("dock-home")

    morning.kiosk.wait_for("home")
    wait_until(
        lambda: morning.attempts(patient)[0].state is AttemptState.CLOSED, "the payment's end"
    )


def test_a_kiosk_that_is_killed_finds_the_payment_again_with_its_patient(
    morning: PayingMorning,
) -> None:
    patient = morning.somebody(1)
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-1")
    morning.kiosk.wait_for("paying")
    picture = morning.demo.folder / "before.png"
    morning.kiosk.screenshot(picture)
    morning.demo.programs.kill("kiosk")
    urllib.request.urlopen(f"{read_qr(picture)}/confirm", data=b"", timeout=20).close()

    morning.demo.start_kiosk("1080x1920")
    morning.wait_for_the_line()
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("identify")
    morning.show_card(patient)

    wait_until(lambda: morning.kiosk.screen() == "place", "the kiosk to say paid", PAID_WITHIN_S)
    assert f"{owed}\u00a0元" in morning.kiosk.texts()
    morning.kiosk.tap("print-again")
    assert str(owed) in read_slip(morning.new_slip())
    assert [attempt.kept for attempt in morning.attempts(patient)] == [owed]


def test_no_payment_code_stands_in_any_log(morning: PayingMorning) -> None:
    logs = {
        log.name: log.read_text(errors="replace") for log in morning.demo.programs.logs.iterdir()
    }

    assert {"server.log", "kiosk.log"} <= set(logs)
    assert [name for name, text in logs.items() if any(code in text for code in CODES)] == []
