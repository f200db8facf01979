"""Names the queue server's concrete parts, starts them in order and stops them in reverse."""

import logging
import os
import secrets
import signal
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from queue_server.broker.access import Secured
from queue_server.broker.broker import Broker, BrokerAddress
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.broker.existing_broker import ExistingBroker
from queue_server.client.supervisor import Supervisor
from queue_server.contract.virtual_card import CardReader
from queue_server.devices.access import access_of
from queue_server.devices.errors import DeviceError, DeviceErrorCode
from queue_server.devices.register import DeviceRegister
from queue_server.devices.watch import DeviceWatch
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.journal_key import JournalKey
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DemoHospital, make_demo_hospital
from queue_server.records.virtual_card import CardIssuer, load_or_make_key, public_key
from queue_server.service.clinic_day import clinic_day
from queue_server.service.door import MqttDoor
from queue_server.service.queue_service import Parts, QueueService
from queue_server.service.setup import make_setup
from queue_server.site import Site, load_site
from queue_server.web.application import make_application
from queue_server.web.card_routes import DemoCards
from queue_server.web.https import WARN_BEFORE, HttpsFiles, load_https
from queue_server.web.users import load_users
from queue_server.web.web_server import WebServer

JOURNAL_BROKEN: Final = 70
"""Exit code when the journal can't be written any more (EX_SOFTWARE)."""

ANYWHERE: Final = "0.0.0.0"  # noqa: S104  # with TLS only, and for listed certificates only
LOOK_AFTER_BROKER_S: Final = 0.5
"""How soon the built-in broker is started again when it has died."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What the command line says of a queue server."""

    site_file: Path
    users_file: Path
    data_folder: Path
    http_host: str
    http_port: int
    https: HttpsFiles | None = None
    """Serves the pages by HTTPS; None: plain HTTP, which must not leave this machine."""
    broker: BrokerAddress | None = None
    """The hospital's own broker; None: the embedded one."""
    journal_key: JournalKey | None = None
    """Encrypts the journal; None: it is plain."""
    broker_listen: BrokerAddress | None = None
    """Where the embedded broker listens. None: where the list of devices says; without one, at
    any free port of this machine."""
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
        SiteError, PolicyError, UsersError, HttpsError, BrokerError, DeviceError,
        CertificatesUnusable, JournalUnusable, OSError: it can't start; each says what to do.
    """
    offset = timedelta(seconds=options.clock_offset_s)

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    site = load_site(options.site_file)
    setup = make_setup(site)
    users = load_users(options.users_file, site)
    https = _https(options)
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
        register = DeviceRegister(folder / "devices")
        session = None
        if register.exists:
            register.renew_own(datetime.now(UTC))
            session = register.server_certificates.read()
        broker = _start_broker(options, site, register, stack)
        address = broker.address
        service = QueueService(
            setup,
            Parts(
                journal=journal,
                records=records,
                cards=CardReader([public_key(key)], site.id),
                door=MqttDoor(address.host, address.port, site.id, session),
                clock=clock,
                fatal=_stop_at_once,
                alive=supervisor.alive,
            ),
        )
        service.start()
        stack.callback(service.stop)
        application = make_application(
            service,
            users,
            new_token=secrets.token_urlsafe,
            code_clock=lambda: datetime.now(UTC),
            sessions_file=folder / "sessions.json",
            demo_cards=_demo_cards(options, CardIssuer(key, site.id), records),
        )
        where = _serve(application, options, https, stack)
        ready(f"MQTT {address} · {where}")
        supervisor.ready()
        _wait_for_a_signal(broker)
        supervisor.stopping()


def _serve(
    application: FastAPI, options: ServerOptions, https: ssl.SSLContext | None, stack: ExitStack
) -> str:
    """Serve the pages, and return where."""
    pages = WebServer(application, host=options.http_host, port=options.http_port, https=https)
    port = pages.start()
    stack.callback(pages.stop)
    return f"{'http' if https is None else 'https'}://{options.http_host}:{port}"


def _https(options: ServerOptions) -> ssl.SSLContext | None:
    if options.https is None:
        return None
    # By the real clock, as browsers check it.
    now = datetime.now(UTC)
    context, ends_at = load_https(options.https, now)
    if ends_at - now < WARN_BEFORE:
        _log.warning("the pages' certificate ends on %s / 网页证书即将到期", ends_at.date())
    return context


def _demo_cards(
    options: ServerOptions, issuer: CardIssuer, records: DemoHospital
) -> DemoCards | None:
    if options.demo_seed is None:
        return None
    return DemoCards(
        issuer=issuer, patients=records.patients, new_token_id=lambda: uuid.uuid4().hex
    )


def _wait_for_a_signal(broker: Broker) -> None:
    is_ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_ended.set())
    while not is_ended.wait(LOOK_AFTER_BROKER_S):
        broker.look_after()


def _start_broker(
    options: ServerOptions, site: Site, register: DeviceRegister, stack: ExitStack
) -> Broker:
    """Start the broker that was asked for; with a list of devices, one with TLS."""
    broker = (
        _embedded_broker(options, site, register)
        if options.broker is None
        else ExistingBroker(
            options.broker, register.server_certificates if register.exists else None
        )
    )
    broker.start()
    stack.callback(broker.stop)
    if isinstance(broker, BrokerProcess) and register.exists:
        watch = DeviceWatch(register, broker.reload)
        watch.start()
        stack.callback(watch.stop)
    return broker


def _embedded_broker(options: ServerOptions, site: Site, register: DeviceRegister) -> BrokerProcess:
    folder, listen = options.data_folder / "broker", options.broker_listen
    if register.exists:
        return embedded_nats(
            folder,
            host=ANYWHERE if listen is None else listen.host,
            port=register.read().broker.port if listen is None else listen.port,
            secured=Secured(
                access=lambda: access_of(register, site, datetime.now(UTC)),
                certificates=register.server_certificates,
            ),
        )
    if listen is None:
        return embedded_nats(folder)
    if not listen.is_loopback:
        raise DeviceError(
            DeviceErrorCode.NO_DEVICES,
            f"消息服务器在 {listen} 只能以 TLS 监听：请先用 devices add 添加设备，或监听 127.0.0.1",
            f"the broker listens at {listen} with TLS only: add the first device, or listen at"
            " 127.0.0.1",
        )
    return embedded_nats(folder, host=listen.host, port=listen.port)


def _stop_at_once(error: Exception) -> None:
    """End without another word to anybody: what is not on disk must not be answered."""
    _log.critical("the journal can't be written, the server stops: %s", error)
    logging.shutdown()
    os._exit(JOURNAL_BROKEN)
