"""`hospital-kiosk what-if`: a real day, played again under the policies of a site file."""

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from queue_server.journal.journal import JournalUnusable
from queue_server.report.journal_day import NothingWritten, add_day_options, read_day, tell_problem
from queue_server.report.report_csv import minutes
from queue_server.report.what_if_figures import KindWaits, most_changed, waits_by_kind
from queue_server.rules.policy import PolicyError
from queue_server.rules.terms import DaySecond, TicketKind, clock_text
from queue_server.rules.what_if import Turn, play_again, turns
from queue_server.service.setup import make_setup
from queue_server.site import SiteError, load_site

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
    add_day_options(what_if)
    what_if.add_argument(
        "--site",
        type=Path,
        required=True,
        metavar="FILE",
        help="the policies to try / 待试规则",
    )
    what_if.add_argument(
        "--list",
        type=int,
        default=20,
        metavar="N",
        help="how many patients to list, those with the greatest change / 列出变化最大的患者数",
    )
    what_if.set_defaults(run=_what_if)


def _what_if(parsed: argparse.Namespace) -> int:
    try:
        site = load_site(parsed.site)
        setup = make_setup(site)
        policies = setup.policies
        day_on, written = read_day(parsed, site, datetime.now(UTC))
        entries = list(written)
        unknown = {event.queue for entry in entries for event in entry.events} - set(policies)
        if unknown:
            names = ", ".join(sorted(unknown))
            raise NothingWritten(f"{parsed.site}: no queue {names} / 站点文件里没有这些队列")
        found = turns(entries, play_again(entries, policies, policies, setup.area_queues))
    except (JournalUnusable, NothingWritten, SiteError, PolicyError, OSError) as error:
        return tell_problem(error)
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
    for waits in waits_by_kind(found):
        if waits.kind is None:
            table.add_section()
        name = "全部 all" if waits.kind is None else KINDS[waits.kind]
        table.add_row(name, *_wait_cells(waits))
    return table


def _wait_cells(waits: KindWaits) -> list[str]:
    was, would = waits.was, waits.would_be
    counts = str(was.count) if was.count == would.count else f"{was.count} → {would.count}"
    return [
        counts,
        *(
            f"{minutes(getattr(was, name)) or '–'} → {minutes(getattr(would, name)) or '–'}"
            for name in ("mean_s", "p50_s", "p90_s", "longest_s")
        ),
    ]


def _changes_table(found: Sequence[Turn], count: int) -> Table:
    """Return those whose call would have changed most."""
    changed = most_changed(found)
    title = f"叫号时间会变的 whose call would change: {len(changed)} / {len(found)}"
    table = Table(title=title, box=SIMPLE)
    for heading in ("号码 number", "类别 kind"):
        table.add_column(heading, no_wrap=True)
    for heading in ("签到 came", "实际叫号 called", "试算叫号 would be", "分钟 minutes"):
        table.add_column(heading, justify="right")
    for turn in changed[:count]:
        table.add_row(
            turn.number,
            KINDS[turn.kind],
            clock_text(turn.arrived_s),
            _clock(turn.called_s),
            _clock(turn.would_be_called_s),
            _difference(turn),
        )
    return table


def _difference(turn: Turn) -> str:
    if turn.called_s is None or turn.would_be_called_s is None:
        return ""
    return f"{(turn.would_be_called_s - turn.called_s) / 60:+.1f}"


def _clock(second: DaySecond | None) -> str:
    return "未叫 not called" if second is None else clock_text(second)
