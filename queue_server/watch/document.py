"""Writes the alarms' part of `docs/operating.md` from the rules.

`python -m queue_server.watch.document` prints it; a test keeps the page up to date.
"""

import sys
from collections.abc import Iterator
from typing import Final

from queue_server.contract.docstrings import docstring
from queue_server.watch import alarm_limits, alarm_rules
from queue_server.watch.alarm_limits import NUMBERS, AlarmLimits
from queue_server.watch.alarm_rules import RULES, Severity

BEGIN: Final = "<!-- made by python -m queue_server.watch.document: begin -->"
END: Final = "<!-- made by python -m queue_server.watch.document: end -->"


def section() -> str:
    """Return the section, from its first mark to its last."""
    return "\n".join([BEGIN, "", *_alarms(), "", *_limits(), "", END])


def _alarms() -> Iterator[str]:
    yield "| Code | Severity | What it says, and what to do | Begins after | Ends after |"
    yield "|---|---|---|---|---|"
    for rule in RULES.values():
        cells = (
            f"`{rule.code}`",
            rule.severity,
            f"{rule.en}<br>{rule.zh}",
            f"{rule.begins_after_s} s",
            f"{rule.ends_after_s} s",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    for severity in Severity:
        yield f"- `{severity}`: {docstring(alarm_rules, severity.name, 'Severity')}"


def _limits() -> Iterator[str]:
    yield "`[alarms]` of the site file changes from when on something is an alarm:"
    yield ""
    yield "| Key | Default | Meaning | For |"
    yield "|---|---|---|---|"
    default = AlarmLimits()
    for name in NUMBERS:
        codes = ", ".join(f"`{rule.code}`" for rule in RULES.values() if rule.limit == name)
        meaning = docstring(alarm_limits, name, "AlarmLimits")
        yield f"| `{name}` | {getattr(default, name)} | {meaning} | {codes} |"
    yield "| `off` | `[]` | Codes that are no alarm at this site. | all |"


if __name__ == "__main__":
    sys.stdout.write(section() + "\n")
