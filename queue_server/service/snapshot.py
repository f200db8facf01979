"""The running day as of some row of the journal, so that a restart need not read the whole day.

It is never trusted over the journal: it counts only if this very program wrote it, for this day
and these queues, and if the chain has run through the row it stands for. What came after that
row is replayed. Whatever does not fit is left out, and the journal is read from the beginning.
"""

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from queue_server.journal.hash_chain import Link
from queue_server.journal.journal import Journal
from queue_server.journal.snapshot_file import SnapshotFile
from queue_server.rules.queue import Day, Queue
from queue_server.rules.terms import AreaId, QueueId
from queue_server.service.now import Now
from queue_server.service.setup import Setup

_PROGRAM: Final = Path(__file__).parents[1]
_PROGRAM_PARTS: Final = ("rules", "service", "contract", "journal")
_log = logging.getLogger(__name__)


class _Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    program: str
    areas: dict[QueueId, AreaId]
    link: Link
    now: bytes
    """Without its queues, and without what does not stand in the journal. As JSON: MessagePack
    makes UTC of every instant, and boards would tell the time of a call in another way."""
    queues: tuple[msgspec.Raw, ...]
    entry_count: int


class Snapshots:
    """Writes and reads the snapshot of a server. No state but the file.

    Args:
        setup: the site.
        file: where.
    """

    def __init__(self, setup: Setup, file: SnapshotFile) -> None:
        self._setup = setup
        self._file = file

    def write(self, now: Now, link: Link) -> None:
        """Keep `now`, which is the day as of `link`. May block, takes some tenths of a second."""
        encode = msgspec.msgpack.Encoder().encode
        journaled = replace(now, day=Day(), patients={}, masked_names={}, devices={})
        snapshot = _Snapshot(
            program=program_digest(),
            areas=self._areas(),
            link=link,
            now=msgspec.json.encode(journaled),
            # One by one: each holds up all other threads for as long as it takes.
            queues=tuple(msgspec.Raw(encode(queue)) for queue in now.day.queues.values()),
            entry_count=now.day.entry_count,
        )
        try:
            self._file.write(encode(snapshot))
        except OSError as error:
            _log.warning("the snapshot can't be written, a restart will take longer: %s", error)

    def read(self, journal: Journal, opened: Now) -> tuple[Now, Link] | None:
        """Return the day `opened` as it was written last, and as of which row; None: replay it."""
        content = self._file.read()
        if content is None:
            return None
        try:
            snapshot = msgspec.msgpack.decode(content, type=_Snapshot)
            if snapshot.program != program_digest() or snapshot.areas != self._areas():
                return None
            now = msgspec.json.decode(snapshot.now, type=Now)
            if now.day_on != opened.day_on or not journal.has_link(snapshot.link):
                return None
            decode = msgspec.msgpack.Decoder(Queue).decode
            queues = {queue.id: queue for queue in map(decode, snapshot.queues)}
        except msgspec.MsgspecError:
            return None
        restored = replace(
            now,
            day=Day(queues=queues, entry_count=snapshot.entry_count),
            patients=opened.patients,
            masked_names=opened.masked_names,
            devices=opened.devices,
        )
        return restored, snapshot.link

    def _areas(self) -> dict[QueueId, AreaId]:
        return {queue.id: queue.area for queue in self._setup.all_queues()}


@cache
def program_digest() -> str:
    """Return a digest of all that decides what a day is made of: another version reads nothing."""
    digest = hashlib.sha256()
    for part in _PROGRAM_PARTS:
        for path in sorted((_PROGRAM / part).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
