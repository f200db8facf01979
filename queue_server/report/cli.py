"""`hospital-kiosk report`: the report of a clinic day, from its journal alone."""

import argparse
import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from queue_server.journal.cli import DAMAGED, add_key_option
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.journal_key import load_journal_key
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.report.database import ReportFileError, write_database
from queue_server.report.day_book import DayBook
from queue_server.report.day_report import DayReport, make_report, move_reasons
from queue_server.report.figures import Figures
from queue_server.report.report_csv import minutes, report_csv
from queue_server.report.visits import visits
from queue_server.rules.terms import DaySecond, Language, SiteId
from queue_server.service.clinic_day import clinic_day, day_second
from queue_server.site import Site, SiteError, load_site

USER_ERROR: Final = 2
_ANY_SITE: Final = Site(id=SiteId("site"), name_zh="", name_en="", areas=(), queues=(), policy={})
"""Without a site file the day begins and ends as the site file's defaults say."""
_WIDTH: Final = 130
"""Columns of characters that the table needs."""
_HEADINGS: Final = (
    "队列 queue",
    "签到\narrivals",
    "诊结\ndone",
    "候诊均值\nwait mean",
    "P50",
    "P90",
    "接诊均值\nservice mean",
    "过号\nmissed",
    "回诊\nreturned",
    "爽约\nno-shows",
    "人工\nmoves",
    "被插队\novertaken",
)


def add_report_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the ones of `hospital-kiosk`."""
    report = commands.add_parser("report", help="waits, services, moves of a day / 门诊日统计")
    report.add_argument("--data", type=Path, required=True, metavar="DIR", help="the journal's")
    report.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: yesterday / 默认昨天"
    )
    report.add_argument(
        "--site", type=Path, metavar="FILE", help="site.toml: areas and doctors / 诊区与医生名称"
    )
    report.add_argument(
        "--database",
        type=Path,
        metavar="FILE",
        help="write or add to an SQLite database / 写入数据库",
    )
    report.add_argument("--csv", type=Path, metavar="FILE", help="write the figures / 写入统计表")
    report.add_argument("--language", choices=list(Language), default=Language.CHINESE)
    add_key_option(report)
    report.set_defaults(run=_report)


def _report(parsed: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    try:
        site = None if parsed.site is None else load_site(parsed.site)
        key = load_journal_key(parsed.key_file, os.environ)
        # It is only read: the server may go on.
        journal = SqliteJournal(parsed.data / JOURNAL_NAME, key)
        day_on = parsed.day or _clinic_day(site, now) - timedelta(days=1)
        book = DayBook()
        book.add(written.entry for written in journal.entries(day_on))
        if book.entry_count == 0:
            days = ", ".join(day.isoformat() for day in journal.days()[:10])
            return _told(f"{day_on}: no entries / 没有记录。 {days}")
        as_of_s = _as_of(site, day_on, now)
        told = visits(book.stories(), move_reasons(), as_of_s)
        report = make_report(day_on, told, site, as_of_s)
        if parsed.database is not None:
            write_database(parsed.database, report, site, book.entry_count)
        if parsed.csv is not None:
            text = report_csv(report, site, Language(parsed.language))
            parsed.csv.write_text(text, encoding="utf-8", newline="")
    except JournalUnusable as error:
        return _told(str(error), DAMAGED)
    except (SiteError, ReportFileError) as error:
        return _told(str(error))
    except OSError as error:
        return _told(f"{error.filename}: {error.strerror}")
    _print(report)
    return 0


def _clinic_day(site: Site | None, now: datetime) -> date:
    return clinic_day(site or _ANY_SITE, now)


def _as_of(site: Site | None, day_on: date, now: datetime) -> DaySecond | None:
    """Return the second of the day if it is still running."""
    if day_on < _clinic_day(site, now):
        return None
    return day_second(site or _ANY_SITE, day_on, now)


def _print(report: DayReport) -> None:
    table = Table(title=f"{report.day_on} · 分钟 minutes", box=SIMPLE)
    table.add_column(_HEADINGS[0], no_wrap=True)
    for heading in _HEADINGS[1:]:
        table.add_column(heading, justify="right")
    for queue, found in report.queues.items():
        table.add_row(queue, *_cells(found))
    table.add_section()
    table.add_row("全部 all", *_cells(report.total))
    console = Console()
    # Into a file or a pipe no number is cut off; a narrow terminal folds the lines.
    console.width = max(console.width, _WIDTH)
    console.print(table)


def _cells(found: Figures) -> list[str]:
    waits = found.waits
    return [
        *map(str, (found.arrivals, found.done)),
        *map(minutes, (waits.mean_s, waits.p50_s, waits.p90_s, found.services.mean_s)),
        *map(str, (found.missed_calls, found.returned, found.no_shows)),
        *map(str, (found.moves_by_hand, found.overtaken_times)),
    ]


def _told(text: str, code: int = USER_ERROR) -> int:
    print(text, file=sys.stderr)
    return code
