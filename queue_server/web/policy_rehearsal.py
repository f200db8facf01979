"""Today's real morning under a draft of the policies, for the page before anything is saved.

One at a time, in a thread: calls come first, and the second one waits.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from queue_server.report.what_if_figures import KindWaits, most_changed, waits_by_kind
from queue_server.rules.events import AbsenceBegan, Entry
from queue_server.rules.policy_change import PolicyChange
from queue_server.rules.policy_text import RuleText, rule_text
from queue_server.rules.terms import QueueId, TicketKind, clock_text
from queue_server.rules.what_if import Turn, play_again, turns
from queue_server.service.clinic_day import day_second
from queue_server.service.queue_service import QueueService
from queue_server.service.setup import Setup, make_setup

LISTED_MAX: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedText:
    """The rules as patients read them, where a draft changes them, for these queues."""

    queues: list[QueueId]
    before_zh: list[str]
    before_en: list[str]
    after_zh: list[str]
    after_en: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTurn:
    """A number whose call would have come at another time. Seconds are those of the clinic day."""

    queue: QueueId
    number: str
    kind: TicketKind
    arrived_s: int
    called_s: int | None
    would_be_called_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a draft would have made of the day so far, in the queues of whoever asks."""

    as_of: str
    texts: list[ChangedText]
    people_count: int
    changed_count: int
    sooner_count: int
    later_count: int
    waits: list[KindWaits]
    changed: list[ChangedTurn]
    """Those that change most, at most `LISTED_MAX`."""
    absent: list[QueueId]
    """Queues whose doctor was late, away or stopped today."""


class Rehearsals:
    """Plays the running day again. Used from any thread; may block.

    Args:
        service: whose day.
    """

    def __init__(self, service: QueueService) -> None:
        self._service = service
        self._lock = threading.Lock()

    def rehearse(
        self, changes: Sequence[PolicyChange], only: frozenset[QueueId] | None
    ) -> Rehearsed:
        """Return the day under the site file with `changes`, of the queues `only`; None: of all.

        Raises:
            PolicyError: they can't be used.
        """
        setup = self._service.setup
        tried = make_setup(setup.site, changes)
        with self._lock:
            entries = [written.entry for written in self._service.entries()]
            played = play_again(entries, tried.queues, tried.policies, tried.area_queues)
            found = [turn for turn in turns(entries, played) if _is_of(turn, only)]
        at_s = day_second(setup.site, self._service.now.day_on, self._service.clock())
        return _rehearsed(
            found, _texts(setup, tried, only), _absent(entries, only), clock_text(at_s)
        )


def _rehearsed(
    found: Sequence[Turn], texts: list[ChangedText], absent: list[QueueId], as_of: str
) -> Rehearsed:
    changed = most_changed(found)
    end_s = 10**9  # whoever is not called waits longer than everybody
    ways = [(turn.would_be_called_s or end_s) - (turn.called_s or end_s) for turn in changed]
    return Rehearsed(
        as_of=as_of,
        texts=texts,
        people_count=len(found),
        changed_count=len(changed),
        sooner_count=sum(way < 0 for way in ways),
        later_count=sum(way > 0 for way in ways),
        waits=waits_by_kind(found),
        changed=[
            ChangedTurn(
                queue=_queue_of(turn),
                number=turn.number,
                kind=turn.kind,
                arrived_s=turn.arrived_s,
                called_s=turn.called_s,
                would_be_called_s=turn.would_be_called_s,
            )
            for turn in changed[:LISTED_MAX]
        ],
        absent=absent,
    )


def _texts(setup: Setup, tried: Setup, only: frozenset[QueueId] | None) -> list[ChangedText]:
    """Return the texts that change, each once for all queues in which it does."""
    found: dict[tuple[RuleText, RuleText], list[QueueId]] = {}
    for queue, policy in setup.policies.items():
        pair = rule_text(policy), rule_text(tried.policies[queue])
        if pair[0] != pair[1] and (only is None or queue in only):
            found.setdefault(pair, []).append(queue)
    return [
        ChangedText(
            queues=queues,
            before_zh=list(before.zh),
            before_en=list(before.en),
            after_zh=list(after.zh),
            after_en=list(after.en),
        )
        for (before, after), queues in found.items()
    ]


def _absent(entries: Sequence[Entry], only: frozenset[QueueId] | None) -> list[QueueId]:
    return list(
        dict.fromkeys(
            event.queue
            for entry in entries
            for event in entry.events
            if isinstance(event, AbsenceBegan) and (only is None or event.queue in only)
        )
    )


def _queue_of(turn: Turn) -> QueueId:
    return QueueId(turn.ticket.partition(":")[0])


def _is_of(turn: Turn, only: frozenset[QueueId] | None) -> bool:
    return only is None or _queue_of(turn) in only
