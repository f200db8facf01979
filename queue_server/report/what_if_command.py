"""`hospital-kiosk what-if`: a real day, played again under the policies of a site file."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
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
from queue_server.report.figures import Spread, spread
from queue_server.report.report_csv import minutes
from queue_server.rules.policy import PolicyError
from queue_server.rules.terms import DaySecond, TicketKind, clock_text
from queue_server.rules.what_if import Turn, play_again, turns
from queue_server.service.clinic_day import clinic_day
from queue_server.service.setup import make_setup
from queue_server.site import SiteError, load_site

USER_ERROR: Final = 2
_WIDTH: Final = 100
"""Columns of characters that the tables need."""
KINDS: Final = {
    TicketKind.ORDINARY: "普通 ordinary",
    TicketKind.PRIORITY: "优先 priority",
    TicketKind.EMERGENCY: "危急 emergency",
    TicketKind.MISSED: "过号 missed",
    TicketKind.RETURNED: "回诊 returned",
}


def add_what_if_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the ones of `hospital-kiosk`."""
    what_if = commands.add_parser(
        "what-if", help="a real day under other policies / 用真实的一天试算新规则"
    )
    what_if.add_argument("--data", type=Path, required=True, metavar="DIR", help="the journal's")
    what_if.add_argument(
        "--site",
        type=Path,
        required=True,
        metavar="FILE",
        help="the policies to try / 待试规则",
    )
    what_if.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: yesterday / 默认昨天"
    )
    what_if.add_argument(
        "--list",
        type=int,
        default=20,
        metavar="N",
        help="how many patients to list, those with the greatest change / 列出变化最大的患者数",
    )
    add_key_option(what_if)
    what_if.set_defaults(run=_what_if)


def _what_if(parsed: argparse.Namespace) -> int:
    try:
        site = load_site(parsed.site)
        setup = make_setup(site)
        policies = setup.policies
        key = load_journal_key(parsed.key_file, os.environ)
        # It is only read: the server may go on.
        journal = SqliteJournal(parsed.data / JOURNAL_NAME, key)
        day_on = parsed.day or clinic_day(site, datetime.now(UTC)) - timedelta(days=1)
        entries = [written.entry for written in journal.entries(day_on)]
        if not entries:
            days = ", ".join(day.isoformat() for day in journal.days()[:10])
            return _told(f"{day_on}: no entries / 没有记录。 {days}")
        unknown = {event.queue for entry in entries for event in entry.events} - set(policies)
        if unknown:
            names = ", ".join(sorted(unknown))
            return _told(f"{parsed.site}: no queue {names} / 站点文件里没有这些队列")
        found = turns(entries, play_again(entries, policies, policies, setup.area_queues))
    except JournalUnusable as error:
        return _told(str(error), DAMAGED)
    except (SiteError, PolicyError) as error:
        return _told(str(error))
    except OSError as error:
        return _told(f"{error.filename}: {error.strerror}")
    console = Console()
    console.width = max(console.width, _WIDTH)
    console.print(_waits_table(found, day_on))
    console.print(_changes_table(found, parsed.list))
    return 0


def _waits_table(found: Sequence[Turn], day_on: date) -> Table:
    """Return the first waits by kind: as they were, and as they would have been."""
    table = Table(
        title=f"{day_on} · 候诊分钟 minutes waited: 实际 → 试算 was → would be", box=SIMPLE
    )
    table.add_column("", no_wrap=True)
    for heading in ("人数 patients", "均值 mean", "P50", "P90", "最长 longest"):
        table.add_column(heading, justify="right")
    for kind in dict.fromkeys(turn.kind for turn in found):
        table.add_row(KINDS[kind], *_wait_cells([turn for turn in found if turn.kind is kind]))
    table.add_section()
    table.add_row("全部 all", *_wait_cells(found))
    return table


def _wait_cells(found: Sequence[Turn]) -> list[str]:
    was = _waits((turn.arrived_s, turn.called_s) for turn in found)
    would = _waits((turn.arrived_s, turn.would_be_called_s) for turn in found)
    counts = str(was.count) if was.count == would.count else f"{was.count} → {would.count}"
    return [
        counts,
        *(
            f"{minutes(getattr(was, name)) or '–'} → {minutes(getattr(would, name)) or '–'}"
            for name in ("mean_s", "p50_s", "p90_s", "longest_s")
        ),
    ]


def _waits(times: Iterable[tuple[DaySecond, DaySecond | None]]) -> Spread:
    return spread(called_s - arrived_s for arrived_s, called_s in times if called_s is not None)


def _changes_table(found: Sequence[Turn], count: int) -> Table:
    """Return those whose call would have changed most."""
    changed = [turn for turn in found if turn.called_s != turn.would_be_called_s]
    title = f"叫号时间会变的 whose call would change: {len(changed)} / {len(found)}"
    table = Table(title=title, box=SIMPLE)
    for heading in ("号码 number", "类别 kind"):
        table.add_column(heading, no_wrap=True)
    for heading in ("签到 came", "实际叫号 called", "试算叫号 would be", "分钟 minutes"):
        table.add_column(heading, justify="right")
    for turn in sorted(changed, key=_change_s, reverse=True)[:count]:
        table.add_row(
            turn.number,
            KINDS[turn.kind],
            clock_text(turn.arrived_s),
            _clock(turn.called_s),
            _clock(turn.would_be_called_s),
            _difference(turn),
        )
    return table


def _change_s(turn: Turn) -> float:
    """Return how much a call changes; one that comes, or no longer comes, changes most."""
    if turn.called_s is None or turn.would_be_called_s is None:
        return float("inf")
    return abs(turn.would_be_called_s - turn.called_s)


def _difference(turn: Turn) -> str:
    if turn.called_s is None or turn.would_be_called_s is None:
        return ""
    return f"{(turn.would_be_called_s - turn.called_s) / 60:+.1f}"


def _clock(second: DaySecond | None) -> str:
    return "未叫 not called" if second is None else clock_text(second)


def _told(text: str, code: int = USER_ERROR) -> int:
    print(text, file=sys.stderr)
    return code
