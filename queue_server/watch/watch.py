"""Looks at the site every few seconds and journals the alarms that begin and end.

A thread of its own: whatever happens in here, the queues go on.
"""

import logging
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from queue_server.journal.last_backup import last_backup
from queue_server.rules.terms import DeviceId
from queue_server.service.facts import AlarmBegan, AlarmEnded
from queue_server.service.queue_service import QueueService
from queue_server.watch.alarm_rules import find_all
from queue_server.watch.figures import ExpectedDevice, Figures
from queue_server.watch.holding import Held, turn

TICK_S: Final = 5.0
NOTED_WITHIN_S: Final = 10.0
BY: Final = "watch"
"""Who journals alarms."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the watch learns what the queue service does not know."""

    data_folder: Path
    """With the journal, and the note of its last backup."""
    records_fail_since: Callable[[], datetime | None] = lambda: None
    messages_fail_since: Callable[[], datetime | None] = lambda: None
    expected: Callable[[], Mapping[DeviceId, ExpectedDevice]] = dict
    """The devices that should be there; none: those that were heard."""
    certificates: Callable[[], Mapping[str, datetime]] = dict
    """When each certificate ends."""
    free_bytes: Callable[[Path], int] = field(default=lambda path: shutil.disk_usage(path).free)


class Watch:
    """The watch over one site. The service must have been started before `start()`."""

    def __init__(self, service: QueueService, sources: Sources, started_at: datetime) -> None:
        self._service = service
        self._sources = sources
        self._started_at = started_at
        self._held = Held()
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    @property
    def expected(self) -> Mapping[DeviceId, ExpectedDevice]:
        """The devices that should be there."""
        return self._sources.expected()

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._is_ended.set()
        self._thread.join()

    def figures(self) -> Figures:
        """Return the site as it is now. May block for the disk."""
        now, sources, at = self._service.now, self._sources, self._service.clock()
        backup_at = last_backup(sources.data_folder)
        fail_since = sources.records_fail_since()
        silent_since = sources.messages_fail_since()
        return Figures(
            at=at,
            started_at=self._started_at.astimezone(at.tzinfo),
            devices=now.devices,
            areas=tuple(area.id for area in self._service.setup.site.areas),
            calls=now.calls,
            help_calls=now.help_calls,
            disk_free_bytes=sources.free_bytes(sources.data_folder),
            backup_at=backup_at.astimezone(at.tzinfo) if backup_at else None,
            expected=sources.expected(),
            records_fail_since=fail_since.astimezone(at.tzinfo) if fail_since else None,
            messages_fail_since=silent_since.astimezone(at.tzinfo) if silent_since else None,
            certificates=sources.certificates(),
        )

    def look(self) -> None:
        """Look once, and return when what has begun or ended is on the disk."""
        figures = self.figures()
        found = find_all(figures, self._service.setup.site.alarm_limits)
        active = {(alarm.code, alarm.about) for alarm in self._service.now.alarms}
        self._held, began, ended = turn(self._held, found, active, figures.at)
        for code, about in began:
            _log.warning("alarm %s %s begins", code, about)
            fact = AlarmBegan(code=code, about=about, parts=dict(found[code, about].parts))
            self._service.note(fact, by=BY).result(NOTED_WITHIN_S)
        for code, about in ended:
            _log.warning("alarm %s %s ends", code, about)
            self._service.note(AlarmEnded(code=code, about=about), by=BY).result(NOTED_WITHIN_S)

    def _run(self) -> None:
        while not self._is_ended.wait(TICK_S):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  # the queues go on, and so does the watch
                _log.critical("the watch has failed: %s", type(error).__name__, exc_info=error)
