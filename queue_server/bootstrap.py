"""Names the queue server's concrete parts, starts them in order and stops them in reverse."""

import gc
import logging
import os
import secrets
import signal
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from queue_server.broker.broker import Broker, BrokerAddress
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.broker.existing_broker import ExistingBroker
from queue_server.client.supervisor import Supervisor
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.journal_key import JournalKey
from queue_server.journal.snapshot_file import SNAPSHOT_NAME, SnapshotFile
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DemoHospital, make_demo_hospital
from queue_server.records.virtual_card import CardIssuer, CardReader, load_or_make_key, public_key
from queue_server.service.clinic_day import clinic_day
from queue_server.service.door import MqttDoor
from queue_server.service.queue_service import Parts, QueueService
from queue_server.service.setup import Setup, make_setup
from queue_server.service.snapshot import Snapshots
from queue_server.site import load_site
from queue_server.web.application import make_application
from queue_server.web.card_routes import DemoCards
from queue_server.web.users import load_users
from queue_server.web.web_server import WebServer

JOURNAL_BROKEN: Final = 70
"""Exit code when the journal can't be written any more (EX_SOFTWARE)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What the command line says of a queue server."""

    site_file: Path
    users_file: Path
    data_folder: Path
    http_host: str
    http_port: int
    broker: BrokerAddress | None = None
    """The hospital's own broker; None: the embedded one."""
    journal_key: JournalKey | None = None
    """Encrypts the journal; None: it is plain."""
    broker_port: int | None = None
    """Where the embedded broker listens; None: any free port."""
    demo_seed: int | None = None
    """Makes the demo hospital of the day, if there is none in the folder, and shows its cards."""
    clock_offset_s: int = 0
    """For demos: how far the clock is ahead of the real one."""


def run_server(options: ServerOptions, ready: Callable[[str], None]) -> None:
    """Run a queue server until it is told to end (SIGINT, SIGTERM).

    Args:
        options: what the command line says.
        ready: gets a line for the technician when everything listens.

    Raises:
        SiteError, PolicyError, UsersError, BrokerError, JournalUnusable, OSError:
            it can't start; each says what to do.
    """
    offset = timedelta(seconds=options.clock_offset_s)

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    site = load_site(options.site_file)
    setup = make_setup(site)
    users = load_users(options.users_file, site)
    folder = options.data_folder
    folder.mkdir(parents=True, exist_ok=True)
    records_file = folder / "records.sqlite"
    if options.demo_seed is not None and not records_file.exists():
        make_demo_hospital(records_file, day=clinic_day(site, clock()), seed=options.demo_seed)
    records = DemoHospital(records_file)
    key = load_or_make_key(folder / "card-key.json")
    supervisor = Supervisor(os.environ, time.monotonic)
    with ExitStack() as stack:
        if options.journal_key is None:
            _log.warning("the journal is not encrypted: no --key-file / 日志未加密：未提供密钥")
        journal = SqliteJournal(folder / JOURNAL_NAME, options.journal_key)
        stack.callback(journal.close)
        journal.open(clock())
        broker = _broker(options)
        broker.start()
        stack.callback(broker.stop)
        address = broker.address
        service = QueueService(
            setup,
            Parts(
                journal=journal,
                records=records,
                cards=CardReader([public_key(key)], site.id),
                door=MqttDoor(address.host, address.port, site.id),
                clock=clock,
                fatal=_stop_at_once,
                alive=supervisor.alive,
                snapshots=_snapshots(setup, options),
            ),
        )
        service.start()
        stack.callback(service.stop)
        _spare_what_stays()
        pages = WebServer(
            make_application(
                service,
                users,
                new_token=secrets.token_urlsafe,
                demo_cards=_demo_cards(options, CardIssuer(key, site.id), records),
            ),
            host=options.http_host,
            port=options.http_port,
        )
        port = pages.start()
        stack.callback(pages.stop)
        ready(f"MQTT {address} · http://{options.http_host}:{port}")
        supervisor.ready()
        _wait_for_a_signal()
        supervisor.stopping()


def _snapshots(setup: Setup, options: ServerOptions) -> Snapshots:
    file = SnapshotFile(options.data_folder / SNAPSHOT_NAME, options.journal_key)
    return Snapshots(setup, file)


def _spare_what_stays() -> None:
    """Let the garbage collector look at what has been read no more: it stays for the day.

    Looking at all of it again and again would hold up everybody for as long as it takes.
    """
    gc.collect()
    gc.freeze()


def _demo_cards(
    options: ServerOptions, issuer: CardIssuer, records: DemoHospital
) -> DemoCards | None:
    if options.demo_seed is None:
        return None
    return DemoCards(
        issuer=issuer, patients=records.patients, new_token_id=lambda: uuid.uuid4().hex
    )


def _wait_for_a_signal() -> None:
    is_ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_ended.set())
    is_ended.wait()


def _broker(options: ServerOptions) -> Broker:
    if options.broker is not None:
        return ExistingBroker(options.broker)
    return embedded_nats(options.data_folder / "broker", port=options.broker_port)


def _stop_at_once(error: Exception) -> None:
    """End without another word to anybody: what is not on disk must not be answered."""
    _log.critical("the journal can't be written, the server stops: %s", error)
    logging.shutdown()
    os._exit(JOURNAL_BROKEN)
