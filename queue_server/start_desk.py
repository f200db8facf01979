"""Starts what looks at a running queue service: the watch, the pages and the figures."""

import logging
import secrets
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from queue_server.broker.broker import Broker
from queue_server.devices.register import DeviceRegister
from queue_server.documents.check_code import load_or_make_check_codes
from queue_server.documents.report_maker import ReportMaker
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.messages.messenger import Messenger
from queue_server.options import ServerOptions
from queue_server.paying import Paying
from queue_server.receipts import Receipts
from queue_server.records.demo_report_shelf import DemoReports
from queue_server.service.door import MqttDoor
from queue_server.service.queue_service import QueueService
from queue_server.watch.listed_devices import ListedDevices
from queue_server.watch.metrics import Metrics
from queue_server.watch.metrics_server import MetricsServer
from queue_server.watch.site_collector import Asked, SiteCollector
from queue_server.watch.watch import Sources, Watch
from queue_server.watch.watched_records import WatchedRecords
from queue_server.web.application import make_application
from queue_server.web.card_routes import DemoCards
from queue_server.web.users import Users
from queue_server.web.web_server import WebServer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The queue service, and what the pages and the watch need of its parts."""

    service: QueueService
    broker: Broker
    door: MqttDoor
    records: WatchedRecords
    reports: DemoReports
    metrics: Metrics
    demo_cards: DemoCards | None
    """Whose cards the demo's phone page shows; None outside the demo."""
    register: DeviceRegister
    paying: Paying | None
    receipts: Receipts | None
    messenger: Messenger | None
    started_at: datetime

    def messages_fail_since(self) -> datetime | None:
        """Since when the message service has not answered."""
        return None if self.messenger is None else self.messenger.fail_since


def start_desk(
    options: ServerOptions,
    users: Users,
    running: Running,
    *,
    https: ssl.SSLContext | None,
    clock: Callable[[], datetime],
    stack: ExitStack,
) -> str:
    """Start the watch, the pages and the figures; return where the pages are.

    Args:
        options: what the command line says.
        users: who may sign in.
        running: what is looked at.
        https: None: the pages are served without TLS.
        clock: the real time, as phones that make second factors have it.
        stack: what ends it all.
    """
    listed = ListedDevices(running.register)
    sources = Sources(
        data_folder=options.data_folder,
        records_fail_since=lambda: running.records.fail_since,
        messages_fail_since=running.messages_fail_since,
        expected=listed.expected,
        certificates=listed.certificates,
    )
    watch = Watch(running.service, sources, running.started_at)
    watch.start()
    stack.callback(watch.stop)
    application = make_application(
        running.service,
        users,
        new_token=secrets.token_urlsafe,
        code_clock=clock,
        sessions_file=options.data_folder / "sessions.json",
        expected_devices=listed.expected,
        demo_cards=running.demo_cards,
        paying=running.paying,
        report_maker=_report_maker(options, running),
        receipt_maker=None if running.receipts is None else running.receipts.maker,
    )
    pages = WebServer(application, host=options.http_host, port=options.http_port, https=https)
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
    return f"{'http' if https is None else 'https'}://{options.http_host}:{port}"


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


def _report_maker(options: ServerOptions, running: Running) -> ReportMaker | None:
    site = running.service.setup.site
    if site.reports is None:
        return None
    return ReportMaker(
        site=site,
        records=running.records,
        reports=running.reports,
        codes=load_or_make_check_codes(options.check_key_file),
    )
