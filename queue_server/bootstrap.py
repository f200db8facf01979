"""Names the queue server's concrete parts, starts them in order and stops them in reverse."""

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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from queue_server.broker.broker import Broker, BrokerAddress
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.broker.existing_broker import ExistingBroker
from queue_server.client.logs import Form, Level, set_up_logs
from queue_server.client.supervisor import Supervisor
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.journal_key import JournalKey
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DemoHospital, make_demo_hospital
from queue_server.records.virtual_card import CardIssuer, CardReader, load_or_make_key, public_key
from queue_server.service.clinic_day import clinic_day
from queue_server.service.door import SERVER, MqttDoor
from queue_server.service.queue_service import Parts, QueueService
from queue_server.service.setup import Setup, make_setup
from queue_server.site import load_site
from queue_server.watch.metrics import Metrics
from queue_server.watch.metrics_server import MetricsServer
from queue_server.watch.site_collector import Asked, SiteCollector
from queue_server.watch.watch import Sources, Watch
from queue_server.watch.watched_records import WatchedRecords
from queue_server.web.application import make_application
from queue_server.web.card_routes import DemoCards
from queue_server.web.users import Users, load_users
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
    metrics: BrokerAddress | None = None
    """Where `/metrics` is served; None: nowhere."""
    log_format: Form = "text"
    log_level: Level = "INFO"
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
    set_up_logs(site=site.id, device=SERVER, form=options.log_format, level=options.log_level)
    users = load_users(options.users_file, site)
    options.data_folder.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(os.environ, time.monotonic)
    with ExitStack() as stack:
        running = _start_service(options, setup, clock, supervisor.alive, stack)
        port = _start_desk(options, users, running, stack)
        ready(f"MQTT {running.address} · http://{options.http_host}:{port}")
        supervisor.ready()
        _wait_for_a_signal()
        supervisor.stopping()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """The queue service, and what the pages and the watch need of its parts."""

    service: QueueService
    address: BrokerAddress
    door: MqttDoor
    hospital: DemoHospital
    records: WatchedRecords
    metrics: Metrics
    cards: CardIssuer
    started_at: datetime


def _start_service(
    options: ServerOptions,
    setup: Setup,
    clock: Callable[[], datetime],
    alive: Callable[[], None],
    stack: ExitStack,
) -> _Running:
    started_at, site = clock(), setup.site
    hospital = _hospital(options, clinic_day(site, started_at))
    metrics = Metrics()
    records = WatchedRecords(hospital, metrics, clock)
    key = load_or_make_key(options.data_folder / "card-key.json")
    journal = _open_journal(options, started_at, stack)
    address = _start_broker(options, stack)
    door = MqttDoor(address.host, address.port, site.id)
    parts = Parts(
        journal=journal,
        records=records,
        cards=CardReader([public_key(key)], site.id),
        door=door,
        clock=clock,
        fatal=_stop_at_once,
        alive=alive,
        metrics=metrics,
    )
    service = QueueService(setup, parts)
    service.start()
    stack.callback(service.stop)
    return _Running(
        service=service,
        address=address,
        door=door,
        hospital=hospital,
        records=records,
        metrics=metrics,
        cards=CardIssuer(key, site.id),
        started_at=started_at,
    )


def _start_desk(options: ServerOptions, users: Users, running: _Running, stack: ExitStack) -> int:
    """Start the watch, the pages and the figures; return the port of the pages."""
    sources = Sources(
        data_folder=options.data_folder, records_fail_since=lambda: running.records.fail_since
    )
    watch = Watch(running.service, sources, running.started_at)
    watch.start()
    stack.callback(watch.stop)
    application = make_application(
        running.service,
        users,
        new_token=secrets.token_urlsafe,
        expected_devices=lambda: watch.expected,
        demo_cards=_demo_cards(options, running.cards, running.hospital),
    )
    pages = WebServer(application, host=options.http_host, port=options.http_port)
    port = pages.start()
    stack.callback(pages.stop)
    asked = Asked(
        service=running.service,
        watch=watch,
        journal_file=options.data_folder / JOURNAL_NAME,
        line_is_up=lambda: running.door.is_up,
        web_session_count=application.state.session_count,
    )
    _start_metrics(options, running.metrics, asked, stack)
    return port


def _hospital(options: ServerOptions, day: date) -> DemoHospital:
    file = options.data_folder / "records.sqlite"
    if options.demo_seed is not None and not file.exists():
        make_demo_hospital(file, day=day, seed=options.demo_seed)
    return DemoHospital(file)


def _open_journal(options: ServerOptions, now: datetime, stack: ExitStack) -> SqliteJournal:
    if options.journal_key is None:
        _log.warning("the journal is not encrypted: no --key-file / 日志未加密：未提供密钥")
    journal = SqliteJournal(options.data_folder / JOURNAL_NAME, options.journal_key)
    stack.callback(journal.close)
    journal.open(now)
    return journal


def _start_metrics(
    options: ServerOptions, metrics: Metrics, asked: Asked, stack: ExitStack
) -> None:
    address = options.metrics
    if address is None:
        return
    if not address.is_loopback:
        _log.warning("whoever reaches %s may read the figures: let only the monitoring", address)
    metrics.registry.register(SiteCollector(asked))
    server = MetricsServer(metrics.registry, host=address.host, port=address.port)
    server.start()
    stack.callback(server.stop)


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


def _start_broker(options: ServerOptions, stack: ExitStack) -> BrokerAddress:
    broker: Broker
    if options.broker is not None:
        broker = ExistingBroker(options.broker)
    else:
        broker = embedded_nats(options.data_folder / "broker", port=options.broker_port)
    broker.start()
    stack.callback(broker.stop)
    return broker.address


def _stop_at_once(error: Exception) -> None:
    """End without another word to anybody: what is not on disk must not be answered."""
    # What else an error says of itself may hold a name.
    what = str(error) if isinstance(error, JournalUnusable) else type(error).__name__
    _log.critical("the journal can't be written, the server stops: %s", what)
    logging.shutdown()
    os._exit(JOURNAL_BROKEN)
