"""What the table `[reports]` of the site file says: how often reports are printed."""

from dataclasses import fields
from typing import Final

from queue_server.rules.report_printing import PrintAgain, ReportPolicy
from queue_server.toml_table import Table

COPY_FEN_MAX: Final = 100_00
_FEE_KEY: Final = "report_copy_fen"


def report_policy(table: Table) -> ReportPolicy:
    """Return what a site has chosen; what it leaves out is as `ReportPolicy` has it.

    A fee stands there exactly where another copy costs one.
    """
    table.check_keys(tuple(one.name for one in fields(ReportPolicy)))
    default, choices = ReportPolicy(), "|".join(PrintAgain)
    again = default.again
    if "again" in table:
        words = "、".join(PrintAgain), " or ".join(PrintAgain)
        again = PrintAgain(table.matching("again", choices, *words) or default.again)
    return ReportPolicy(
        free_count=table.whole_number("free_count", default.free_count, 1, 100),
        again=again,
        report_copy_fen=_copy_fen(table, again),
        listed_days=table.whole_number("listed_days", default.listed_days, 1, 366),
    )


def _copy_fen(table: Table, again: PrintAgain) -> int:
    if again is PrintAgain.FEE:
        # Left out it is as wrong as 0: what a copy costs is the hospital's to say.
        return table.whole_number(_FEE_KEY, 0, 1, COPY_FEN_MAX)
    if _FEE_KEY in table:
        fee = PrintAgain.FEE.value
        table.wrong(_FEE_KEY, f'：只在 again = "{fee}" 时填写', f"it only where again is {fee!r}")
    return 0
