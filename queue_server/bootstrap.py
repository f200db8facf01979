"""Names the queue server's concrete parts, starts them in order and stops them in reverse."""

import gc
import logging
import os
import secrets
import signal
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final

from queue_server.client.logs import set_up_logs
from queue_server.client.supervisor import Supervisor
from queue_server.client.tls import TlsSession
from queue_server.contract.topics import SERVER
from queue_server.contract.virtual_card import CardReader
from queue_server.devices.register import DeviceRegister
from queue_server.documents.check_code import load_or_make_check_codes
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.snapshot_file import SNAPSHOT_NAME, SnapshotFile
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.messages.configuration import load_messages
from queue_server.messages.message_service import HttpMessageService
from queue_server.messages.messenger import Messenger
from queue_server.options import ServerOptions
from queue_server.paying import Keep, Paying, PayingParts
from queue_server.payments.configuration import PaymentsConfiguration, load_payments
from queue_server.receipts import Receipts, has_fonts, make_receipts
from queue_server.records.demo_agreements import DemoAgreements
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DemoHospital, make_demo_hospital
from queue_server.records.demo_report_shelf import DemoReports
from queue_server.records.demo_wards import DemoWards
from queue_server.records.records import Records
from queue_server.records.virtual_card import CardIssuer, load_or_make_key, public_key
from queue_server.rules.report_printing import PrintAgain
from queue_server.rules.terms import PatientId
from queue_server.service.clinic_day import clinic_day
from queue_server.service.door import MqttDoor
from queue_server.service.parts import Parts
from queue_server.service.queue_service import QueueService
from queue_server.service.report_lookup import ReportShelf
from queue_server.service.setup import Setup, make_setup
from queue_server.service.snapshot import Snapshots
from queue_server.site import Site, load_site
from queue_server.start_broker import start_broker
from queue_server.start_desk import Running, start_desk
from queue_server.watch.metrics import Metrics
from queue_server.watch.watched_records import WatchedRecords
from queue_server.web.card_routes import DemoCards
from queue_server.web.https import WARN_BEFORE, load_https
from queue_server.web.users import load_users

JOURNAL_BROKEN: Final = 70
"""Exit code when the journal can't be written any more (EX_SOFTWARE)."""

LOOK_AFTER_BROKER_S: Final = 0.5
"""How soon the built-in broker is started again when it has died."""

_log = logging.getLogger(__name__)


def run_server(options: ServerOptions, ready: Callable[[str], None]) -> None:
    """Run a queue server until it is told to end (SIGINT, SIGTERM).

    Args:
        options: what the command line says.
        ready: gets a line for the technician when everything listens.

    Raises:
        SiteError, PolicyError, UsersError, HttpsError, BrokerError, DeviceError,
        CertificatesUnusable, PaymentsError, MessagesError, JournalUnusable, OSError: each says
            what to do.
    """
    offset = timedelta(seconds=options.clock_offset_s)

    def clock() -> datetime:
        return datetime.now(UTC) + offset

    site = load_site(options.site_file)
    setup = make_setup(site)
    set_up_logs(site=site.id, device=SERVER, form=options.log_format, level=options.log_level)
    users = load_users(options.users_file, site)
    https = _https(options)
    options.data_folder.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(os.environ, time.monotonic)
    with ExitStack() as stack:
        with _what_is_read_stays():
            running = _start_service(options, setup, clock, supervisor.alive, stack)
        where = start_desk(
            options, users, running, https=https, clock=lambda: datetime.now(UTC), stack=stack
        )
        # Before anybody is told that it runs: who then ends it must not cut it short.
        is_ended = _told_to_end()
        ready(f"MQTT {running.broker.address} · {where}")
        supervisor.ready()
        while not is_ended.wait(LOOK_AFTER_BROKER_S):
            running.broker.look_after()
        supervisor.stopping()


def _start_service(
    options: ServerOptions,
    setup: Setup,
    clock: Callable[[], datetime],
    alive: Callable[[], None],
    stack: ExitStack,
) -> Running:
    started_at, site = clock(), setup.site
    hospital = _hospital(options, clinic_day(site, started_at))
    metrics = Metrics()
    records = WatchedRecords(hospital, metrics, clock)
    reports = DemoReports(options.records_file, clock)
    key = load_or_make_key(options.data_folder / "card-key.json")
    journal = _open_journal(options, started_at, stack)
    register = DeviceRegister(options.data_folder / "devices")
    session = _own_session(register)
    broker = start_broker(options, site, register, lambda: datetime.now(UTC), stack)
    address = broker.address
    door = MqttDoor(address.host, address.port, site.id, session)
    payments = None if options.payments_file is None else load_payments(options.payments_file)
    messages = _messages(options)
    receipts = _receipts(options, payments, site, journal, records)
    paying = _paying(
        options,
        site,
        journal,
        door,
        lambda facts: service.keep(facts).result(),
        payments=payments,
        receipts=receipts,
    )
    parts = Parts(
        journal=journal,
        records=records,
        cards=CardReader([public_key(key)], site.id),
        door=door,
        clock=clock,
        fatal=_stop_at_once,
        alive=alive,
        metrics=metrics,
        snapshots=_snapshots(setup, options),
        payments=None if paying is None else paying.desk,
        shelf=_shelf(site, reports, paying),
        receipts=None if receipts is None else receipts.desk,
    )
    service = QueueService(setup, parts)
    service.start()
    stack.callback(service.stop)
    if paying is not None:
        paying.start()
        stack.callback(paying.stop)
    messenger = None if messages is None else Messenger(service, messages)
    if messenger is not None:
        messenger.start()
        stack.callback(messenger.stop)
    return Running(
        service=service,
        broker=broker,
        door=door,
        records=records,
        reports=reports,
        metrics=metrics,
        demo_cards=_demo_cards(options, CardIssuer(key, site.id), hospital),
        register=register,
        paying=paying,
        receipts=receipts,
        messenger=messenger,
        started_at=started_at,
    )


def _paying(
    options: ServerOptions,
    site: Site,
    journal: SqliteJournal,
    door: MqttDoor,
    keep: Keep,
    *,
    payments: PaymentsConfiguration | None,
    receipts: Receipts | None,
) -> Paying | None:
    if payments is None or receipts is None:
        return None
    return Paying(
        PayingParts(
            configuration=payments,
            journal=journal,
            keep=keep,
            counter=DemoCounter(options.records_file),
            wards=DemoWards(options.records_file),
            credit=DemoAgreements(options.records_file),
            id_number_of=lambda patient: _id_number(DemoHospital(options.records_file), patient),
            door=door,
            site=site.id,
            checks=receipts.checks,
            # By the real clock, as gateways check it.
            clock=lambda: datetime.now(UTC),
            day_of=lambda at: clinic_day(site, at),
            new_id=lambda: uuid.uuid4().hex[:16],
            fatal=_stop_at_once,
        )
    )


def _messages(options: ServerOptions) -> HttpMessageService | None:
    if options.messages_file is None:
        return None
    return HttpMessageService(
        load_messages(options.messages_file),
        clock=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
    )


def _id_number(records: Records, patient: PatientId) -> str | None:
    found = records.patient(patient)
    return None if found is None else found.id_number


def _receipts(
    options: ServerOptions,
    payments: PaymentsConfiguration | None,
    site: Site,
    journal: SqliteJournal,
    records: Records,
) -> Receipts | None:
    if payments is None:
        return None
    return make_receipts(
        payments.receipts,
        site=site,
        records=records,
        journal=journal,
        codes=load_or_make_check_codes(options.check_key_file),
        # By the real clock, as readers of a PDF check it.
        now=datetime.now(UTC),
    )


def _own_session(register: DeviceRegister) -> TlsSession | None:
    if not register.exists:
        return None
    register.renew_own(datetime.now(UTC))
    return register.server_certificates.read()


def _hospital(options: ServerOptions, day: date) -> DemoHospital:
    file = options.records_file
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


def _https(options: ServerOptions) -> ssl.SSLContext | None:
    if options.https is None:
        return None
    # By the real clock, as browsers check it.
    now = datetime.now(UTC)
    context, ends_at = load_https(options.https, now)
    if ends_at - now < WARN_BEFORE:
        _log.warning("the pages' certificate ends on %s / 网页证书即将到期", ends_at.date())
    return context


def _snapshots(setup: Setup, options: ServerOptions) -> Snapshots:
    file = SnapshotFile(options.data_folder / SNAPSHOT_NAME, options.journal_key)
    return Snapshots(setup, file)


def _shelf(site: Site, reports: DemoReports, paying: Paying | None) -> ReportShelf | None:
    """Return where reports come from; None: the site wants none, or none can be made here."""
    if site.reports is None or not has_fonts():
        return None
    if paying is None and site.reports.again is PrintAgain.FEE:
        _log.warning(
            "copies of reports cost a fee, but no payments are taken here: patients are sent to the"
            " desk / 报告补打收费，但本服务器未启用收费：患者将被指引到分诊台"
        )
    return ReportShelf(
        reports=reports,
        new_token=lambda: secrets.token_urlsafe(32),
        copies=None if paying is None else paying.copies,
    )


@contextmanager
def _what_is_read_stays() -> Iterator[None]:
    """Keep the garbage collector from what is read meanwhile: it stays for the day.

    Looking at it again and again as it grows would take a third of a start, and later hold up
    everybody for as long as it takes.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _demo_cards(
    options: ServerOptions, issuer: CardIssuer, records: DemoHospital
) -> DemoCards | None:
    if options.demo_seed is None:
        return None
    return DemoCards(
        issuer=issuer, patients=records.patients, new_token_id=lambda: uuid.uuid4().hex
    )


def _told_to_end() -> threading.Event:
    """Return what is set once the process is told to end."""
    is_ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_ended.set())
    return is_ended


def _stop_at_once(error: Exception) -> None:
    """End without another word to anybody: what is not on disk must not be answered."""
    # What else an error says of itself may hold a name.
    what = str(error) if isinstance(error, JournalUnusable) else type(error).__name__
    _log.critical("the journal can't be written, the server stops: %s", what)
    logging.shutdown()
    os._exit(JOURNAL_BROKEN)
