"""When what was found becomes an alarm, and when an alarm ends: nothing flaps. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from queue_server.watch.alarm_limits import AlarmCode
from queue_server.watch.alarm_rules import RULES

Key = tuple[str, str]
"""An alarm's code, and what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is waiting to become an alarm, and what to end, since when."""

    wrong_since: Mapping[Key, datetime] = field(default_factory=dict)
    right_since: Mapping[Key, datetime] = field(default_factory=dict)


def turn(
    held: Held, found: Collection[Key], active: Collection[Key], at: datetime
) -> tuple[Held, list[Key], list[Key]]:
    """Return what is held now, the alarms that begin at `at`, and those that end.

    Args:
        held: what was held before.
        found: what is wrong at `at`.
        active: the alarms that have begun and not ended.
        at: the present instant.
    """
    wrong = {key: held.wrong_since.get(key, at) for key in found if key not in active}
    right = {key: held.right_since.get(key, at) for key in active if key not in found}
    began = [key for key, since in wrong.items() if at - since >= _begins_after(key)]
    ended = [key for key, since in right.items() if at - since >= _ends_after(key)]
    still = Held(
        wrong_since={key: since for key, since in wrong.items() if key not in began},
        right_since={key: since for key, since in right.items() if key not in ended},
    )
    return still, began, ended


def _begins_after(key: Key) -> timedelta:
    return timedelta(seconds=RULES[AlarmCode(key[0])].begins_after_s)


def _ends_after(key: Key) -> timedelta:
    # An alarm of a rule that is no more, from yesterday's journal, ends at once.
    known = key[0] in set(AlarmCode)
    return timedelta(seconds=RULES[AlarmCode(key[0])].ends_after_s if known else 0)
