"""With whom the demo hospital has agreed that he may pay later, and whom it lets go on."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from queue_server.payments.booking import BookingRefused, BookingSilent
from queue_server.payments.deferral import Agreement, Deferral
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.records.records import Patient, RecordsUnavailable
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import PatientId

PAY_WITHIN_DAYS: Final = 14
_FREE: Final = Agreement(limit=Fen(500_000), used=Fen(0), pay_within_days=PAY_WITHIN_DAYS)
_USED_UP: Final = Agreement(limit=Fen(50_000), used=Fen(49_980), pay_within_days=PAY_WITHIN_DAYS)


class DemoAgreements:
    """The ports `Agreements` and `Releasing` over the demo hospital's file. Any thread may ask."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def agreement_of(self, patient: PatientId) -> Agreement | None:
        """See Agreements."""
        try:
            with self._opened("ro") as database:
                rows = list(database.table("agreement").rows_where("patient = ?", [patient]))
        except sqlite3.Error as error:
            raise RecordsUnavailable(f"the demo hospital in {self._path}: {error}") from error
        return _agreement(rows[0]) if rows else None

    def release(self, deferral: Deferral, charges: Sequence[Charge]) -> None:
        """See Releasing; who has no agreement may not go on."""
        try:
            with self._opened("rw") as database, database.atomic():
                agreed = database.table("agreement").rows_where("patient = ?", [deferral.patient])
                if not list(agreed):
                    raise BookingRefused
                for charge in charges:
                    row = {"charge_id": charge.id, "deferral_id": deferral.id}
                    database.table("release").upsert(row, pk="charge_id")
        except sqlite3.Error as error:
            raise BookingSilent from error

    @contextmanager
    def _opened(self, mode: str) -> Iterator[Database]:
        connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode={mode}", uri=True)
        with Database(connection, execute_plugins=False) as database:
            yield database


def make_agreements(
    sheets: Sequence[Sheet], patients: Sequence[Patient]
) -> Mapping[PatientId, Agreement]:
    """Return agreements with the last two grown-ups who owe for several sheets: one is used up."""
    grown_up = {one.patient_id for one in patients if one.id_number is not None}
    owing = [sheet.charges[0].patient for sheet in sheets]
    several = [one for one in dict.fromkeys(owing) if one in grown_up and owing.count(one) > 1]
    return dict(zip(several[-2:], (_FREE, _USED_UP), strict=True))


def write_agreements(database: Database, agreements: Mapping[PatientId, Agreement]) -> None:
    """Write them into the file of a demo hospital that is being made."""
    database.create_table(
        "agreement",
        {"patient": str, "limit_fen": int, "used_fen": int, "pay_within_days": int},
        pk="patient",
        strict=True,
    )
    database.create_table("release", {"charge_id": str, "deferral_id": str}, pk="charge_id")
    database.table("agreement").insert_all(
        {
            "patient": patient,
            "limit_fen": one.limit.fen,
            "used_fen": one.used.fen,
            "pay_within_days": one.pay_within_days,
        }
        for patient, one in agreements.items()
    )


def _agreement(row: Mapping[str, int]) -> Agreement:
    return Agreement(
        limit=Fen(row["limit_fen"]),
        used=Fen(row["used_fen"]),
        pay_within_days=row["pay_within_days"],
    )
