"""A queue service as a process of its own: `FOLDER RECORDS HOST PORT SITE CLOCK_OFFSET_S`.

Prints a line when it has started. For tests that kill it.
"""

import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from queue_server.contract.virtual_card import CardReader
from queue_server.journal.journal import Batch
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DemoHospital
from queue_server.rules.terms import SiteId
from queue_server.service.door import MqttDoor
from queue_server.service.parts import Parts
from queue_server.service.queue_service import QueueService
from tests.integration.service.served_site import setup_of

AFTER_COMMIT_S: Final = 0.03


class UnhurriedJournal(SqliteJournal):
    """Takes its time between the commit and the answer, so that a kill may come in between."""

    def append(self, batch: Batch) -> None:
        super().append(batch)
        threading.Event().wait(AFTER_COMMIT_S)


def main() -> None:
    folder, records_file, host, port, site, offset_s = sys.argv[1:]
    offset = timedelta(seconds=float(offset_s))

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    journal = UnhurriedJournal(Path(folder) / "journal.db")
    journal.open(clock())
    service = QueueService(
        setup_of(SiteId(site)),
        Parts(
            journal=journal,
            records=DemoHospital(Path(records_file)),
            cards=CardReader([OKPKey.generate_key("Ed25519")], site),
            door=MqttDoor(host, int(port), SiteId(site)),
            clock=clock,
            fatal=lambda _error: os._exit(70),
        ),
    )
    service.start()
    print("started", flush=True)
    signal.sigwait({signal.SIGTERM})
    service.stop()
    journal.close()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main()
