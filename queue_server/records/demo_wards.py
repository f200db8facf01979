"""The demo hospital's inpatient system: the port `Wards` over the file of the demo hospital."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from sqlite_utils import Database

from queue_server.payments.attempt import Attempt
from queue_server.payments.deposit import DepositEntry
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import AttemptId
from queue_server.records.demo_stays import MadeStay
from queue_server.records.records import RecordsUnavailable
from queue_server.records.wards import Stay, StayCharge
from queue_server.rules.terms import PatientId


class DemoWards:
    """Each call opens the file for itself, so it may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def stay_of(self, patient: PatientId) -> Stay | None:
        """Return where a patient lies now; None: he is no inpatient."""
        with self._opened() as database:
            rows = list(database.table("stay").rows_where("patient = ?", [patient]))
        return msgspec.json.decode(rows[0]["stay"], type=Stay) if rows else None

    def charges_of(self, stay: Stay) -> Sequence[StayCharge]:
        """Return all charges of a stay, the earliest day first."""
        with self._opened() as database:
            row = database.table("stay").get(stay.patient)
        return msgspec.json.decode(row["charges"], type=tuple[StayCharge, ...])

    def deposits_of(self, stay: Stay) -> Sequence[DepositEntry]:
        """Return what was paid in for a stay, the earliest first."""
        with self._opened() as database:
            rows = database.table("deposit").rows_where(
                "admission = ?", [stay.admission], order_by="paid_at"
            )
            return [
                DepositEntry(
                    amount=Fen(row["amount_fen"]),
                    paid_at=datetime.fromisoformat(row["paid_at"]),
                    attempt=AttemptId(row["attempt_id"]) if row["attempt_id"] else None,
                )
                for row in rows
            ]

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        try:
            connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)
            with Database(connection, execute_plugins=False) as database:
                yield database
        except sqlite3.Error as error:
            raise RecordsUnavailable(f"the demo hospital in {self._path}: {error}") from error


def write_stays(database: Database, stays: Sequence[MadeStay]) -> None:
    """Write who lies there into the file of a demo hospital that is being made."""
    database.create_table(
        "stay", {"patient": str, "stay": str, "charges": str}, pk="patient", strict=True
    )
    database.create_table(
        "deposit",
        {
            "deposit_id": str,
            "admission": str,
            "amount_fen": int,
            "paid_at": str,
            "attempt_id": str,
        },
        pk="deposit_id",
        not_null={"admission", "amount_fen", "paid_at"},
        strict=True,
    )
    database.table("deposit").create_index(["admission"])
    for made in stays:
        database.table("stay").insert(
            {
                "patient": made.stay.patient,
                "stay": msgspec.json.encode(made.stay).decode(),
                "charges": msgspec.json.encode(made.charges).decode(),
            }
        )
        for number, entry in enumerate(made.deposits, start=1):
            database.table("deposit").insert(
                {
                    "deposit_id": f"{made.stay.admission}-desk-{number}",
                    "admission": made.stay.admission,
                    "amount_fen": entry.amount.fen,
                    "paid_at": entry.paid_at.isoformat(),
                    "attempt_id": None,
                }
            )


def book_deposit(database: Database, charge: Charge, attempt: Attempt) -> None:
    """Add a payment to the account of a stay, once."""
    database.table("deposit").insert(
        {
            "deposit_id": charge.id,
            "admission": charge.visit,
            "amount_fen": charge.self_pay.fen,
            "paid_at": (attempt.paid_at or attempt.changed_at).isoformat(),
            "attempt_id": attempt.id,
        },
        ignore=True,
    )
