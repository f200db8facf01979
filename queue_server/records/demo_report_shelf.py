"""The demo hospital's reports: the port `Reports` over the file of the demo hospital."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlite_utils import Database

from queue_server.records.records import RecordsUnavailable
from queue_server.records.reports import Report, ReportId
from queue_server.rules.terms import PatientId, ReportState

_COUNTED = """
    SELECT body, (SELECT count(*) FROM printing WHERE printing.report_id = report.report_id)
    FROM report WHERE {} ORDER BY ordered_at DESC, report_id
"""


class DemoReports:
    """Each call opens the file for itself, so it may be called from any thread.

    Args:
        path: the file of the demo hospital.
        now: gives the present instant: what is being made is final when its time has come.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now

    def reports_of(self, patient_id: PatientId, since: date) -> Sequence[Report]:
        """Return what was ordered for a patient since that day, the latest first."""
        return self._reports("patient_id = ? AND day_on >= ?", patient_id, since.isoformat())

    def report(self, report_id: ReportId) -> Report | None:
        """Return a report."""
        return next(iter(self._reports("report_id = ?", report_id)), None)

    def note_printed(self, report_id: ReportId, printing_id: str, printed_at: datetime) -> None:
        """Count a printing; one of the same id is counted once."""
        with self._opened("rw") as connection, connection:
            connection.execute(
                "INSERT OR IGNORE INTO printing VALUES (?, ?, ?)",
                (printing_id, report_id, printed_at.isoformat()),
            )

    def _reports(self, where: str, *values: str) -> list[Report]:
        with self._opened("ro") as connection:
            rows = connection.execute(_COUNTED.format(where), values).fetchall()
        return [self._as_of_now(body, printed_count) for body, printed_count in rows]

    def _as_of_now(self, body: bytes, printed_count: int) -> Report:
        report = replace(msgspec.json.decode(body, type=Report), printed_count=printed_count)
        if report.state is not ReportState.IN_PROGRESS:
            return report
        if report.ready_at is not None and report.ready_at <= self._now():
            return replace(report, state=ReportState.FINAL)
        return replace(report, content=None)

    @contextmanager
    def _opened(self, mode: str) -> Iterator[sqlite3.Connection]:
        try:
            address = f"{self._path.absolute().as_uri()}?mode={mode}"
            with closing(sqlite3.connect(address, uri=True)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise RecordsUnavailable(f"the demo reports in {self._path}: {error}") from error


def write_reports(database: Database, reports: Iterable[Report]) -> None:
    """Make the tables in the file of a demo hospital, and fill them."""
    database.create_table(
        "report",
        {
            "report_id": str,
            "patient_id": str,
            "day_on": str,
            "ordered_at": str,
            "body": bytes,
        },
        pk="report_id",
        foreign_keys=[("patient_id", "patient")],
        not_null={"patient_id", "day_on", "ordered_at", "body"},
        strict=True,
    )
    database.table("report").create_index(["patient_id"])
    database.create_table(
        "printing",
        {"printing_id": str, "report_id": str, "printed_at": str},
        pk="printing_id",
        not_null={"report_id", "printed_at"},
        strict=True,
    )
    database.table("printing").create_index(["report_id"])
    database.table("report").insert_all(map(_row, reports))


def _row(report: Report) -> dict[str, Any]:
    return {
        "report_id": report.report_id,
        "patient_id": report.patient_id,
        "day_on": f"{report.ordered_at:%Y-%m-%d}",
        "ordered_at": report.ordered_at.isoformat(),
        "body": msgspec.json.encode(report),
    }
