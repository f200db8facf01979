"""What Prometheus asks for and nobody has to count: looked up at the moment it is asked."""

import platform
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from queue_server.rules.terms import TicketState
from queue_server.service.now import Now
from queue_server.service.queue_service import QueueService
from queue_server.watch.alarm_limits import AlarmCode
from queue_server.watch.alarm_rules import RULES
from queue_server.watch.watch import Watch

LOG_ENDINGS = ("", "-wal")
"""Of the files that are the journal together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom the collector asks."""

    service: QueueService
    watch: Watch
    journal_file: Path
    line_is_up: Callable[[], bool]
    web_session_count: Callable[[], int]


class SiteCollector(Collector):
    """Gauges of one site. Labels are ids of the site file and of devices, and fixed words."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def collect(self) -> Iterator[Metric]:
        """Yield everything, as it is now."""
        now = self._asked.service.now
        yield InfoMetricFamily(
            "hospital_build",
            "Version of the queue server",
            {"version": version("hospital-kiosk"), "python": platform.python_version()},
        )
        yield _one("hospital_line_up", "Whether the broker is connected", self._asked.line_is_up())
        yield from self._queues(now)
        yield from self._devices(now)
        yield from self._sessions(now)
        yield from self._journal(now)

    def _queues(self, now: Now) -> Iterator[Metric]:
        tickets = GaugeMetricFamily(
            "hospital_tickets", "Tickets of the day by state", labels=["queue", "state"]
        )
        for queue, state in now.day.queues.items():
            counts = Counter(ticket.state for ticket in state.tickets.values())
            for one in TicketState:
                tickets.add_metric([queue, one.value], counts[one])
        yield tickets
        calls = GaugeMetricFamily("hospital_day_calls", "Calls of the day", labels=["area"])
        for area in self._asked.service.setup.areas:
            calls.add_metric([area], len(now.calls.get(area, ())))
        yield calls

    def _devices(self, now: Now) -> Iterator[Metric]:
        at = self._asked.service.clock()
        up = GaugeMetricFamily(
            "hospital_device_up", "Whether a device's line is up", labels=["device", "kind"]
        )
        silent_s = GaugeMetricFamily(
            "hospital_device_silent_seconds", "Since it was last heard", labels=["device"]
        )
        for device in sorted({*now.devices, *self._asked.watch.expected}):
            state = now.devices.get(device)
            up.add_metric(
                [device, state.status.kind if state else ""],
                bool(state is not None and state.status.is_up),
            )
            if state is not None and state.seen_at is not None:
                silent_s.add_metric([device], (at - state.seen_at).total_seconds())
        yield up
        yield silent_s
        alarms = GaugeMetricFamily("hospital_alarms", "Active alarms", labels=["code", "severity"])
        active = Counter(alarm.code for alarm in now.alarms)
        for code in AlarmCode:
            alarms.add_metric([code.value, RULES[code].severity.value], active[code.value])
        yield alarms

    def _sessions(self, now: Now) -> Iterator[Metric]:
        at = self._asked.service.clock()
        sessions = GaugeMetricFamily("hospital_sessions", "Open sessions", labels=["where"])
        at_kiosks = sum(one.ends_at > at for one in now.sessions.values())
        sessions.add_metric(["kiosk"], at_kiosks)
        sessions.add_metric(["pages"], self._asked.web_session_count())
        yield sessions
        waiting_s = [(at - call.called_at).total_seconds() for call in now.help_calls]
        yield _one("hospital_help_calls", "Open calls for help", len(waiting_s))
        yield _one(
            "hospital_help_call_age_seconds",
            "Of the open call for help that waits longest",
            max(waiting_s, default=0.0),
        )

    def _journal(self, now: Now) -> Iterator[Metric]:
        file, figures = self._asked.journal_file, self._asked.watch.figures()
        size = sum(_size(file.with_name(file.name + ending)) for ending in LOG_ENDINGS)
        yield _one("hospital_journal_bytes", "Size of the journal", size)
        yield _one(
            "hospital_journal_day_entries", "Entries of the running day", now.day.entry_count
        )
        yield _one("hospital_disk_free_bytes", "On the journal's disk", figures.disk_free_bytes)
        if figures.backup_at is not None:
            yield _one(
                "hospital_backup_timestamp_seconds",
                "When the journal was last copied",
                figures.backup_at.timestamp(),
            )


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
