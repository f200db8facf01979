"""The real server with payments, the sandbox beside it, and a kiosk as raw as the wire."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.contract.codec import decode
from queue_server.contract.messages import Identified, Identify
from queue_server.contract.payments import (
    FindOwed,
    FollowPayment,
    Owed,
    OwedSheet,
    Pay,
    Payment,
    PaymentState,
)
from queue_server.contract.topics import SERVER
from queue_server.demo.hospital import DemoHospital, make_demo
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.attempt import Attempt
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.books import Books
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.terms import AttemptId
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient
from queue_server.rules.terms import SiteId
from queue_server.service.clinic_day import clinic_day
from tests.integration.service.served_site import WAIT_S, Device, Listener

LOOK_AGAIN_S = 0.05
T = TypeVar("T")
ZONE = ZoneInfo("Asia/Shanghai")


class PayingServer:
    """Its programs: a sandbox that lasts, and a server that may be killed."""

    def __init__(self, folder: Path, broker: BrokerAddress) -> None:
        self.demo: DemoHospital = make_demo(
            folder, now=datetime.now(UTC).astimezone(ZONE), broker=broker, environment={}, voice=""
        )
        self.address = broker
        self.site: SiteId = self.demo.site.id
        self.demo.start_sandbox()
        self.start()

    def clock(self) -> datetime:
        """The real time: within what clocks may be apart, or the demo's own."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self.demo.clock_offset_s, UTC)

    def start(self) -> None:
        """Return when the server hears devices: what it says then is no word of before."""
        watcher = Listener(self.address, topics.status(self.site, SERVER))
        self.demo.start_server()
        watcher.wait_until(
            lambda heard: any(
                not one.is_retained and b'"is_up":true' in one.payload for one in heard
            )
        )
        watcher.close()

    def kill(self) -> None:
        self.demo.programs.kill("server")

    def stop(self) -> None:
        self.demo.programs.stop_all()

    # --- the bank ---------------------------------------------------------------------------------

    def trade(self, payment: Payment) -> dict[str, Any]:
        [trade] = [one for one in self.trades(payment) if one["number"] == payment.payment_id]
        return trade

    def wait_until_begun(self, payment: Payment) -> None:
        """Return when the bank knows of it."""
        give_up_at = time.monotonic() + WAIT_S
        while not any(one["number"] == payment.payment_id for one in self.trades(payment)):
            assert time.monotonic() < give_up_at
            threading.Event().wait(LOOK_AGAIN_S)

    def trades(self, payment: Payment) -> list[dict[str, Any]]:
        return list(self._bank(payment, "trades"))

    def use_wallet(self, payment: Payment, fen: int | None = None) -> None:
        """Let the patient pay what the QR code is for, or another amount."""
        self._bank(payment, f"trades/{payment.payment_id}/pay", {"fen": fen})

    def fault(self, channel: str, **fault: Any) -> None:
        self._ask(f"{channel}/faults", fault)

    def control(self, what: str) -> Any:
        """Return what a platform of the sandbox tells of itself."""
        return self._ask(what)

    def _bank(self, payment: Payment, what: str, body: dict[str, Any] | None = None) -> Any:
        return self._ask(f"{payment.channel}/{what}", body)

    def _ask(self, what: str, body: dict[str, Any] | None = None) -> Any:
        url = f"http://127.0.0.1:{self.demo.ports.sandbox}/control/{what}"
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            told = answer.read()
        return json.loads(told) if told else None

    # --- the hospital -----------------------------------------------------------------------------

    @cached_property
    def records(self) -> Path:
        return self.demo.folder / "data" / "records.sqlite"

    @cached_property
    def counter(self) -> DemoCounter:
        return DemoCounter(self.records)

    def patients(self, sheet_count: int) -> list[Patient]:
        """Return patients who owe for so many sheets, and can say who they are."""
        return [
            patient
            for patient in Records(self.records).patients()
            if patient.id_number is not None
            and len([one for one in self.counter.sheets_of(patient.patient_id) if not one.is_paid])
            == sheet_count
        ]

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

    def attempt(self, payment: Payment) -> Attempt:
        return self.books().attempts[AttemptId(payment.payment_id)]


class PayingKiosk(Device):
    """A kiosk that asks about money, and hears what it is told of it."""

    def __init__(self, server: PayingServer, name: str = "kiosk-01") -> None:
        self.server = server
        super().__init__(server, name)  # type: ignore[arg-type]  # it has what is asked of it
        self.told = Listener(server.address, topics.payment(server.site, self.name))

    def close(self) -> None:
        self.told.close()
        super().close()

    def comes(self, patient: Patient) -> "AtKiosk":
        """Let a patient identify himself and see what he owes."""
        identified = self.ask(Identify(id_number=patient.id_number))
        assert isinstance(identified, Identified), identified
        return AtKiosk(kiosk=self, patient=patient, session_id=identified.session_id)

    def payments(self) -> list[Payment]:
        """Return all that it was told by itself."""
        return [decode(one.payload, Payment) for one in list(self.told.heard)]

    def wait_until_told(self, payment: Payment, *states: PaymentState) -> Payment:
        """Return the first word that the payment is in one of these states."""

        def fits(one: Payment) -> bool:
            return one.payment_id == payment.payment_id and one.state in states

        self.told.wait_until(lambda _: any(map(fits, self.payments())))
        return next(filter(fits, self.payments()))

    def ask_until(self, ask: Callable[[], T]) -> T:
        """Ask until the answer says something, and return that."""
        give_up_at = time.monotonic() + WAIT_S
        while not (answer := ask()):
            assert time.monotonic() < give_up_at
            threading.Event().wait(LOOK_AGAIN_S)
        return answer

    def stands(self, payment: Payment) -> Payment:
        """Ask how a payment stands."""
        reply = self.ask(FollowPayment(payment_id=payment.payment_id))
        assert isinstance(reply, Payment), reply
        return reply


@dataclass(frozen=True, kw_only=True)
class AtKiosk:
    """A patient who has said who he is."""

    kiosk: PayingKiosk
    patient: Patient
    session_id: str

    def owed(self) -> Owed:
        reply = self.kiosk.ask(FindOwed(session_id=self.session_id))
        assert isinstance(reply, Owed), reply
        return reply

    def wants_to_pay(self, sheets: list[OwedSheet], channel: str = "wechat") -> Pay:
        return Pay(
            session_id=self.session_id,
            sheet_ids=[sheet.sheet_id for sheet in sheets],
            amount_fen=self_pay_fen(sheets),
            channel=channel,
        )

    def pays(self, pay: Pay) -> Payment:
        reply = self.kiosk.ask(pay)
        assert isinstance(reply, Payment), reply
        return reply

    def shown(self, sheets: list[OwedSheet], channel: str = "wechat") -> Payment:
        """Begin to pay, and return the payment when there is a QR code."""
        begun = self.pays(self.wants_to_pay(sheets, channel))
        if begun.state is PaymentState.WAITING:
            return begun
        return self.kiosk.wait_until_told(begun, PaymentState.WAITING)


def self_pay_fen(sheets: list[OwedSheet]) -> int:
    return sum(item.self_pay_fen for sheet in sheets for item in sheet.items)
