"""What differs from the policy tables of the site file: for the hospital, an area, a queue."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class PolicyLevel(StrEnum):
    """For whom a policy value holds; a later one overrides an earlier one."""

    HOSPITAL = "hospital"
    AREA = "area"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PolicyChange:
    """One value that is not the site file's."""

    level: PolicyLevel
    of: str
    """The id of the area or the queue; empty for the hospital."""
    key: str
    value: str | None
    """As JSON; None: nothing of its own, whatever the file says: the level above holds."""


def changed_table(
    file: Mapping[str, object], changes: Iterable[PolicyChange], level: PolicyLevel, of: str
) -> Mapping[str, object]:
    """Return a policy table of the site file with those of `changes` that are about it."""
    table = dict(file)
    for change in changes:
        if (change.level, change.of) != (level, of):
            continue
        if change.value is None:
            table.pop(change.key, None)
        else:
            table[change.key] = json.loads(change.value)
    return table
