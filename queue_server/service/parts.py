"""What the queue service works with; bootstrap chooses it, and the simulation its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from queue_server.contract.virtual_card import CardReader
from queue_server.journal.journal import Journal
from queue_server.records.records import Records
from queue_server.service.announcing import PULSE_S, REPEAT_S
from queue_server.service.door import Door
from queue_server.service.payment_desk import PaymentDesk
from queue_server.service.receipt_lookup import ReceiptDesk
from queue_server.service.report_lookup import ReportShelf
from queue_server.service.snapshot import Snapshots
from queue_server.watch.metrics import Metrics

SNAPSHOT_EVERY_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a `QueueService`."""

    journal: Journal
    records: Records
    cards: CardReader
    door: Door
    clock: Callable[[], datetime]
    fatal: Callable[[Exception], None]
    """Called when the journal can't be written: the process has to stop without answering."""
    alive: Callable[[], None] = lambda: None
    """Called at each turn of the loop, for whoever restarts a server that hangs."""
    shelf: ReportShelf | None = None
    """Where reports come from; None: none are printed."""
    metrics: Metrics = field(default_factory=Metrics)
    repeat_s: float = REPEAT_S
    """How often everything retained is told again."""
    pulse_s: float = PULSE_S
    """How often the server says that it is there."""
    snapshots: Snapshots | None = None
    """Where the day is kept so that a restart is quick; None: a restart reads the journal."""
    snapshot_every_s: float = SNAPSHOT_EVERY_S
    payments: PaymentDesk | None = None
    """Who takes requests about money; None: nobody."""
    receipts: ReceiptDesk | None = None
    """Where receipts come from; None: there are none."""
