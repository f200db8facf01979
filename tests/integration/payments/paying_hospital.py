"""A hospital that is paid through the sandbox by the real client libraries, over HTTP."""

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from queue_server.payments.attempt import Attempt
from queue_server.payments.booking import BookingRefused
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.configuration import load_payments
from queue_server.payments.fen import Fen
from queue_server.payments.finance_platform import HttpFinancePlatform
from queue_server.payments.gateway import Gateway
from queue_server.payments.gateways.choice import make_gateways
from queue_server.payments.ledger import Charge
from queue_server.payments.notice_routes import make_notice_router
from queue_server.payments.notices import NoticeDesk, Verdict
from queue_server.payments.receipt_clerk import ReceiptClerk
from queue_server.payments.receipt_platform import ReceiptPlatform
from queue_server.payments.sandbox.application import make_application
from queue_server.payments.sandbox.bank import Trade
from queue_server.payments.sandbox.faults import Fault, FaultKind, Operation
from queue_server.payments.sandbox.keys import write_configuration
from queue_server.payments.sandbox.provider import Callback
from queue_server.payments.sandbox.sandbox import Sandbox, make_sandbox
from queue_server.payments.step_store import StepStore
from queue_server.payments.terms import AttemptId, AttemptState, Channel, ChargeId, VisitId
from queue_server.rules.terms import PatientId
from tests.integration.payments.serving import address_of, free_port, served

BEIJING = ZoneInfo("Asia/Shanghai")
TIMEOUT_S = 30.0
CODES = {
    Channel.WECHAT: "134567890123456789",
    Channel.ALIPAY: "281234567890123456",
    Channel.UNIONPAY: "6212345678901234567",
}


class Clock:
    """The real time, and what the test has added to it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Ids:
    """Numbers in order, for any thread."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self._count += 1
            return f"{self._prefix}{self._count:012d}"


class BookedHere:
    """`Booking` that keeps what it was told, and refuses if it is told to."""

    def __init__(self) -> None:
        self.booked: dict[AttemptId, tuple[ChargeId, ...]] = {}
        self.refuses = False

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        if self.refuses:
            raise BookingRefused
        self.booked[attempt.id] = tuple(charge.id for charge in charges)


class DirectMessenger:
    """`Messenger` that has delivered a callback over HTTP when `send` returns, or holds it back."""

    def __init__(self) -> None:
        self.holds_back = False
        self.sent: list[Callback] = []
        self.statuses: list[int] = []

    def send(self, callback: Callback, after_s: float = 0) -> None:
        self.sent.append(callback)
        if self.holds_back:
            return
        self.statuses.append(post(callback.url, callback.headers, callback.body))


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


class ToldDesk(NoticeDesk):
    """A desk whose verdicts a test may look at."""

    verdicts: list[Verdict]

    def take(self, channel: Channel, headers: Mapping[str, str], body: bytes) -> Verdict:
        verdict = super().take(channel, headers, body)
        self.verdicts.append(verdict)
        return verdict


class PayingHospital:
    """Everything that takes part, with short words for what a test does."""

    def __init__(
        self,
        sandbox: Sandbox,
        gateways: Mapping[Channel, Gateway],
        store: StepStore,
        clock: Clock,
        platform: ReceiptPlatform | None = None,
        keys: Path = Path(),
    ) -> None:
        self.keys = keys
        self.sandbox = sandbox
        self.gateways = gateways
        self.clock = clock
        self.booking = BookedHere()
        self.cashier = Cashier(
            CashierParts(
                store=store,
                gateways=gateways,
                booking=self.booking,
                clock=clock,
                day_of=lambda at: at.astimezone(BEIJING).date(),
                new_id=Ids("k"),
                asks_platform=platform is not None,
            )
        )
        if platform is not None:
            self.clerk = ReceiptClerk(self.cashier.keeper, platform, clock, _fatal)
        self.desk = ToldDesk(self.cashier, gateways, clock)
        self.desk.verdicts = []
        self._charge_count = 0

    def charge(self, fen: int = 2550, patient: str = "p1") -> ChargeId:
        self._charge_count += 1
        charge = Charge(
            id=ChargeId(f"c{self._charge_count}"),
            visit=VisitId("v1"),
            patient=PatientId(patient),
            name_zh="血常规",
            name_en="blood count",
            self_pay=Fen(fen),
            insurance=Fen(1000),
        )
        self.cashier.post([charge], by="records")
        return charge.id

    def shows(self, channel: Channel, fen: int = 2550) -> Attempt:
        """Let the kiosk show a QR code."""
        return self.cashier.begin([self.charge(fen)], channel, by="kiosk-1")

    def scans(self, channel: Channel, fen: int = 2550) -> Attempt:
        """Let the kiosk scan a payment code."""
        return self.cashier.begin_by_code([self.charge(fen)], CODES[channel], by="kiosk-1")

    def fault(self, channel: Channel, on: Operation, do: FaultKind, **how: float) -> None:
        fault = Fault(on=on, do=do, times=int(how.get("times", 1)), seconds=how.get("seconds", 0))
        self.sandbox.providers[channel].faults.add(fault)

    def wait_out(self, attempt: Attempt) -> None:
        """Wait until a shown code can be closed: UnionPay's ends by itself, and not before."""
        if attempt.channel is Channel.UNIONPAY:
            self.wait(91)

    def cancels(self, attempt: Attempt) -> Attempt:
        """Cancel a shown code, until it is closed."""
        self.cashier.cancel(attempt.id, by="kiosk-1")
        self.wait_out(attempt)
        return self.advance(attempt)

    def lets_pay_after_close(self, channel: Channel) -> None:
        """Have the next shown code paid even when it is closed."""
        on = Operation.CREATE if channel is Channel.UNIONPAY else Operation.CLOSE
        self.fault(channel, on, FaultKind.PAY_AFTER_CLOSE)

    def advance(self, attempt: Attempt) -> Attempt:
        return self.cashier.advance(attempt.id)

    def wait(self, seconds: float) -> None:
        self.clock.ahead += timedelta(seconds=seconds)

    def state(self, attempt: Attempt) -> AttemptState:
        return self.cashier.attempt(attempt.id).state

    def trade(self, attempt: Attempt) -> Trade:
        return self.sandbox.providers[attempt.channel].bank.trades[attempt.id]

    def pay(self, attempt: Attempt, fen: int | None = None) -> None:
        """Let the patient pay; the callback has come when this returns."""
        self.sandbox.pay(attempt.channel, attempt.id, fen=fen)

    @property
    def messenger(self) -> DirectMessenger:
        messenger = self.sandbox.providers[Channel.WECHAT].messenger
        assert isinstance(messenger, DirectMessenger)
        return messenger


@contextmanager
def paying_hospital(
    keys: Path,
    store: StepStore,
    *,
    change_configuration: Callable[[Path], None] = lambda _: None,
    timeout_s: float = TIMEOUT_S,
    has_platform: bool = False,
) -> Iterator[PayingHospital]:
    """Start sandbox and hospital; both listen before anything is asked."""
    clock = Clock()
    sandbox = make_sandbox(keys, clock=clock, new_id=Ids("s"), messenger=DirectMessenger())
    with ExitStack() as stack:
        bank_port, hospital_port = free_port(), free_port()
        path = write_configuration(
            keys,
            gateway=address_of(bank_port),
            notify=address_of(hospital_port),
            has_platform=has_platform,
        )
        change_configuration(path)
        configuration = load_payments(path)
        gateways = make_gateways(configuration, clock, timeout_s=timeout_s)
        platform = None
        if configuration.platform is not None:
            platform = HttpFinancePlatform(configuration.platform, clock, Ids("a"), timeout_s)
        hospital = PayingHospital(sandbox, gateways, store, clock, platform, keys)
        application = FastAPI()
        application.include_router(make_notice_router(hospital.desk, fatal=_fatal))
        stack.enter_context(served(make_application(sandbox), bank_port))
        stack.enter_context(served(application, hospital_port))
        yield hospital


def _fatal(error: Exception) -> None:
    raise error
