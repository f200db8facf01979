"""`hospital-kiosk report`: the report of a clinic day, from its journal alone."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from queue_server.journal.journal import JournalUnusable
from queue_server.report.absence_csv import absence_csv
from queue_server.report.database import ReportFileError, write_database
from queue_server.report.day_book import DayBook
from queue_server.report.day_report import DayReport, make_report, move_reasons
from queue_server.report.figures import Figures
from queue_server.report.journal_day import NothingWritten, add_day_options, read_day, tell_problem
from queue_server.report.report_csv import minutes, report_csv
from queue_server.report.visits import visits
from queue_server.rules.terms import DaySecond, Language, SiteId
from queue_server.service.clinic_day import clinic_day, day_second
from queue_server.site import Site, SiteError, load_site

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
    add_day_options(report)
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
    report.add_argument(
        "--absences-csv", type=Path, metavar="FILE", help="write when doctors were away / 医生状态"
    )
    report.add_argument("--language", choices=list(Language), default=Language.CHINESE)
    report.set_defaults(run=_report)


def _report(parsed: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    try:
        site = None if parsed.site is None else load_site(parsed.site)
        day_on, entries = read_day(parsed, site or _ANY_SITE, now)
        book = DayBook()
        book.add(entries)
        as_of_s = _as_of(site, day_on, now)
        told = visits(book.stories(), move_reasons(), as_of_s)
        report = make_report(day_on, told, site, as_of_s, absences=book.absences())
        if parsed.database is not None:
            write_database(parsed.database, report, site, book.entry_count)
        if parsed.csv is not None:
            text = report_csv(report, site, Language(parsed.language))
            parsed.csv.write_text(text, encoding="utf-8", newline="")
        if parsed.absences_csv is not None:
            text = absence_csv(report, site, Language(parsed.language))
            parsed.absences_csv.write_text(text, encoding="utf-8", newline="")
    except (JournalUnusable, NothingWritten, SiteError, ReportFileError, OSError) as error:
        return tell_problem(error)
    _print(report)
    return 0


def _as_of(site: Site | None, day_on: date, now: datetime) -> DaySecond | None:
    """Return the second of the day if it is still running."""
    if day_on < clinic_day(site or _ANY_SITE, now):
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
