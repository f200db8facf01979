"""Somebody with bank notes in front of the kiosk of a morning."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from queue_server.demo.cash_scenes import CASH_KEY
from queue_server.demo.controls import TourStuck, ask, wait_until
from queue_server.payments.fen import Fen, total
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient
from tests.end_to_end.paying_morning import PAID_WITHIN_S, PayingMorning

NOTES_YUAN = (100, 50, 20, 10, 5, 1)


@dataclass(kw_only=True)
class Purse:
    """Puts notes into the kiosk of a morning."""

    morning: PayingMorning

    def order(self, do: str, value: str = "") -> dict[str, Any]:
        return ask(self.morning.demo.ports.cash_control, do=do, value=value)

    def insert(self, yuan: int) -> None:
        """Push a note in as soon as the slot takes it."""

        def takes_it() -> bool:
            try:
                self.order("insert", str(yuan))
            except TourStuck:  # the slot is closed
                return False
            return True

        wait_until(takes_it, "the slot", PAID_WITHIN_S)

    def box_yuan(self) -> int:
        return self._yuan("box_fen")

    def returned_yuan(self) -> int:
        return self._yuan("returned_fen")

    def _yuan(self, notes: str) -> int:
        fen: list[int] = self.order("state")[notes]
        return sum(fen) // 100

    def put_in(self, yuan: int) -> None:
        """Push a note in until it lies in the box: one that comes back is pushed in again."""
        before = self.box_yuan()
        while self.box_yuan() == before:
            self.push_through(yuan)
        assert self.box_yuan() == before + yuan

    def push_through(self, yuan: int) -> None:
        """Push a note in, and wait until it lies in the box or has come back."""
        before, returned = self.box_yuan(), self.returned_yuan()
        self.insert(yuan)
        wait_until(
            lambda: self.box_yuan() > before or self.returned_yuan() > returned,
            "the note's end",
            PAID_WITHIN_S,
        )

    def pay(self, fen: int) -> None:
        """Put in as few notes as are enough."""
        missing_yuan = -(-fen // 100)
        while missing_yuan > 0:
            note = next(one for one in NOTES_YUAN if one <= missing_yuan)
            self.put_in(note)
            missing_yuan -= note


@pytest.fixture
def purse(morning: PayingMorning) -> Iterator[Purse]:
    purse = Purse(morning=morning)
    yield purse
    purse.order("clear_all")


def debtor(morning: PayingMorning, sheet_count: int) -> Patient:
    """Return a patient, of any day, who owes for so many bills."""
    counter = DemoCounter(morning.records)
    for patient in Records(morning.records).patients():
        sheets = counter.sheets_of(patient.patient_id)
        is_new = patient.patient_id not in morning.given and not sheets[0].is_paid
        if is_new and len(sheets) == sheet_count:
            morning.given.add(patient.patient_id)
            return patient
    raise AssertionError("the demo hospital has no such patient left")


def begin(morning: PayingMorning, patient: Patient) -> Fen:
    """Go as far as to the open slot; return what is owed."""
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    morning.choose_bills(patient)
    wait_until(lambda: "放入纸币口" in morning.kiosk.texts(), "the bill validator")
    morning.kiosk.tap(CASH_KEY)
    morning.kiosk.wait_for("cash")
    return owed


def untold(morning: PayingMorning) -> int:
    """How many notes the kiosk's own disk has that the server has not answered."""
    notes = sqlite3.connect(morning.demo.folder / "kiosk" / "notes.sqlite")
    [count] = notes.execute("SELECT count(*) FROM notes WHERE NOT is_told").fetchone()
    notes.close()
    return int(count)
