"""The report in a database of its own, for Datasette and whoever asks in SQL.

One file may hold many days; a day that is written again replaces what was there of it.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

import sqlite_utils

from queue_server.report.columns import KEYS, OF_A_DAY, OF_A_VISIT, TABLES, VIEWS, foreign_keys
from queue_server.report.day_report import DayReport
from queue_server.report.rows import report_rows
from queue_server.site import Site

APPLICATION_ID: Final = 0x484B5244
"""Stands in the file, so that no other database is taken for a report."""


class ReportFileError(Exception):
    """The database can't be written; the sentence says what to do."""


def write_database(path: Path, report: DayReport, site: Site | None, entry_count: int) -> None:
    """Write `report` into the file at `path`, which is made if it is not there.

    Raises:
        ReportFileError: it holds something else, is locked, or can't be written.
    """
    try:
        path.touch(mode=0o600)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            database = sqlite_utils.Database(connection)
            with database.atomic():
                _make(path, database)
                _forget_day(database, report.day_on.isoformat())
                for table, rows in report_rows(report, site, entry_count).items():
                    database.table(table).upsert_all(rows, pk=KEYS[table])
    except sqlite3.Error as error:
        raise ReportFileError(
            f"{path} can't be written: {error}; name another file / 无法写入，请换一个文件"
        ) from error
    except OSError as error:
        raise ReportFileError(f"{path}: {error.strerror}") from error


def _make(path: Path, database: sqlite_utils.Database) -> None:
    [found] = database.execute("PRAGMA application_id").fetchone()
    if database.table_names() and found != APPLICATION_ID:
        raise ReportFileError(
            f"{path} is no report but another database; name another file, nothing was changed"
            " / 该文件是其他数据库，请换一个文件；文件未改动"
        )
    if found == APPLICATION_ID:
        return
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for table, columns in TABLES.items():
        types = {name: kind for name, (kind, _, _) in columns.items()}
        made = database.table(table)
        made.create(types, pk=KEYS[table], foreign_keys=foreign_keys(table))
        if table in OF_A_VISIT:
            made.create_index(["visit"])
    database.table("visits").create_index(["day_on", "queue"])
    for view, sql in VIEWS.items():
        database.create_view(view, sql)
    described = database.table("column_descriptions")
    described.insert_all(
        [
            {"table": table, "column": name, "meaning_zh": zh, "meaning_en": en}
            for table, columns in TABLES.items()
            for name, (_, zh, en) in columns.items()
        ],
        pk=("table", "column"),
    )


def _forget_day(database: sqlite_utils.Database, day_on: str) -> None:
    for table in OF_A_VISIT:
        where = "visit IN (SELECT visit FROM visits WHERE day_on = ?)"
        database.table(table).delete_where(where, [day_on])
    for table in OF_A_DAY:
        database.table(table).delete_where("day_on = ?", [day_on])
