"""The demo hospital's counter: what its patients owe, and the payments that it has booked."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from queue_server.payments.attempt import Attempt
from queue_server.payments.booking import BookingRefused, BookingSilent
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import ChargeId, SheetId, VisitId
from queue_server.records.demo_wards import book_deposit
from queue_server.records.records import RecordsUnavailable
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import PatientId


class DemoCounter:
    """The ports `Sheets` and `Booking` over the demo hospital's file.

    Each call opens the file for itself, so it may be called from any thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def sheets_of(self, patient: PatientId) -> Sequence[Sheet]:
        """Return what a patient has to pay or has paid, the oldest first."""
        try:
            with self._opened("ro") as database:
                rows = list(database.table("charge").rows_where("patient = ?", [patient], "rowid"))
                sheet_ids = list(dict.fromkeys(row["sheet_id"] for row in rows))
                sheets = [database.table("sheet").get(one) for one in sheet_ids]
                booked = {row["charge_id"] for row in database.table("booking").rows}
        except sqlite3.Error as error:
            raise RecordsUnavailable(f"the demo hospital in {self._path}: {error}") from error
        return [
            _sheet(
                sheet,
                [_charge(one) for one in rows if one["sheet_id"] == sheet["sheet_id"]],
                booked,
            )
            for sheet in sheets
        ]

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        """Book that `charges` are paid, once for each attempt.

        Raises:
            BookingRefused: one of them is paid by another payment.
            BookingSilent: it may be booked now, or not.
        """
        try:
            with self._opened("rw") as database, database.atomic():
                booked = database.table("booking")
                for charge in charges:
                    # A copy whose money has gone back may be paid anew: nobody has asked for it.
                    key = f"{charge.id}/{attempt.id}" if charge.is_copy else charge.id
                    row = {"charge_id": key, "attempt_id": attempt.id}
                    booked.insert(row, pk="charge_id", ignore=True)
                    if booked.get(key)["attempt_id"] != attempt.id:
                        raise BookingRefused
                    if charge.is_deposit:
                        book_deposit(database, charge, attempt)
        except sqlite3.Error as error:
            raise BookingSilent from error

    @contextmanager
    def _opened(self, mode: str) -> Iterator[Database]:
        connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode={mode}", uri=True)
        with Database(connection, execute_plugins=False) as database:
            yield database


def write_sheets(database: Database, sheets: Sequence[Sheet]) -> None:
    """Write what is owed into the file of a demo hospital that is being made."""
    database.create_table(
        "sheet",
        {"sheet_id": str, "name_zh": str, "name_en": str, "next_zh": str, "next_en": str},
        pk="sheet_id",
        strict=True,
    )
    database.create_table(
        "charge",
        {
            "charge_id": str,
            "sheet_id": str,
            "visit": str,
            "patient": str,
            "name_zh": str,
            "name_en": str,
            "self_pay_fen": int,
            "insurance_fen": int,
            "quantity": int,
            "unit_zh": str,
            "unit_en": str,
        },
        pk="charge_id",
        foreign_keys=[("sheet_id", "sheet")],
        strict=True,
    )
    database.table("charge").create_index(["patient"])
    database.create_table("booking", {"charge_id": str, "attempt_id": str}, pk="charge_id")
    database.table("sheet").insert_all(map(_sheet_row, sheets))
    database.table("charge").insert_all(
        _charge_row(charge) for sheet in sheets for charge in sheet.charges
    )


def _sheet_row(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet_id": sheet.id,
        "name_zh": sheet.name_zh,
        "name_en": sheet.name_en,
        "next_zh": sheet.next_zh,
        "next_en": sheet.next_en,
    }


def _sheet(row: Mapping[str, Any], charges: Sequence[Charge], booked: Set[str]) -> Sheet:
    return Sheet(
        id=SheetId(row["sheet_id"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        next_zh=row["next_zh"],
        next_en=row["next_en"],
        charges=tuple(charges),
        is_paid=all(one.id in booked for one in charges),
    )


def _charge_row(charge: Charge) -> dict[str, Any]:
    return {
        "charge_id": charge.id,
        "sheet_id": charge.sheet,
        "visit": charge.visit,
        "patient": charge.patient,
        "name_zh": charge.name_zh,
        "name_en": charge.name_en,
        "self_pay_fen": charge.self_pay.fen,
        "insurance_fen": charge.insurance.fen,
        "quantity": charge.quantity,
        "unit_zh": charge.unit_zh,
        "unit_en": charge.unit_en,
    }


def _charge(row: Mapping[str, Any]) -> Charge:
    return Charge(
        id=ChargeId(row["charge_id"]),
        visit=VisitId(row["visit"]),
        patient=PatientId(row["patient"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        self_pay=Fen(row["self_pay_fen"]),
        insurance=Fen(row["insurance_fen"]),
        quantity=row["quantity"],
        unit_zh=row["unit_zh"],
        unit_en=row["unit_en"],
        sheet=SheetId(row["sheet_id"]),
    )
