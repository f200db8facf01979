"""The money outside the server: banks, wallets, callbacks, the hospital's own counter.

Nothing of it dies with the server. What is asked of it, and what it answers, may get lost.
"""

from collections.abc import Callable, Sequence
from typing import Final

from queue_server.payments.attempt import Attempt
from queue_server.payments.booking import BookingSilent
from queue_server.payments.fen import Fen
from queue_server.payments.gateway import Answer, GatewaySilent, Order, Standing
from queue_server.payments.ledger import Charge
from queue_server.payments.sandbox.bank import Bank, BankRefused, Trade
from queue_server.payments.terms import AttemptId, Channel, ChargeId, SheetId, VisitId
from queue_server.records.records import RecordsUnavailable
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import PatientId
from tests.integration.payments.bank_gateway import BankGateway
from tests.simulation.hospital import Hospital
from tests.simulation.strands import Strands
from tests.simulation.world import World

CHANNELS: Final = (Channel.WECHAT, Channel.ALIPAY)
CODE_BEGINS: Final = {Channel.WECHAT: "1345678901", Channel.ALIPAY: "2812345678"}
SILENT_FOR_S: Final = 10.0
"""How long the server waits for a gateway that does not answer."""


class SimulatedMoney:
    """Banks and counter, for the whole morning."""

    def __init__(self, world: World, hospital: Hospital) -> None:
        self.world = world
        self.chance = world.chance("money")
        self._ids = 0
        self.banks = {channel: Bank(self.new_id) for channel in CHANNELS}
        self.counter = SimulatedCounter(world, hospital)
        self.told: Callable[[AttemptId, Answer], None] = lambda attempt, answer: None
        """Whoever takes callbacks now; nobody while the server is not there."""

    def new_id(self) -> str:
        """Return what no other trade has."""
        self._ids += 1
        return f"{self._ids:012d}"

    def new_code(self, channel: Channel) -> str:
        """Return what a wallet shows, good for one payment."""
        return f"{CODE_BEGINS[channel]}{self.new_id()[-8:]}"

    def trades(self) -> dict[str, Trade]:
        """Return the trades of all banks by number."""
        return {number: one for bank in self.banks.values() for number, one in bank.trades.items()}

    def pay(self, token: str) -> bool:
        """Let a patient pay by the QR code that he has scanned; tell whether his bank let him."""
        for bank in self.banks.values():
            trade = bank.by_token(token)
            if trade is not None:
                return self._pay(bank, trade)
        return False

    def finish_typing(self, number: str) -> None:
        """Let a patient type the password that his bank wants of a scanned code."""
        for bank in self.banks.values():
            if number in bank.trades:
                self._pay(bank, bank.trades[number])

    def _pay(self, bank: Bank, trade: Trade) -> bool:
        try:
            paid = bank.pay(trade.number, self.world.now())
        except BankRefused:
            return False
        self.world.count("payments by phone")
        self.call_back(paid)
        return True

    def call_back(self, trade: Trade) -> None:
        """Tell the server, late, twice or never."""
        weather = self.world.weather
        answer = Answer(
            standing=Standing.PAID, paid=Fen(trade.paid_fen), transaction=trade.transaction
        )
        times = 2 if self.chance.random() < weather.doubled else 1
        for _ in range(times):
            if self.chance.random() < weather.callback_lost:
                self.world.count("callbacks lost")
                continue
            is_late = self.chance.random() < weather.late * 5
            delay_s = self.chance.uniform(5.0, 200.0) if is_late else self.chance.uniform(0.05, 1.0)
            self.world.loop.call_later(delay_s, self._tell, AttemptId(trade.number), answer)

    def _tell(self, attempt: AttemptId, answer: Answer) -> None:
        self.told(attempt, answer)


class SimulatedGateway(BankGateway):
    """A bank behind a network that loses what is asked, or what is answered.

    Args:
        money: all banks.
        channel: whose.
        strands: where time passes.
        pass_port: called before and after; may raise a crash.
    """

    def __init__(
        self,
        money: SimulatedMoney,
        channel: Channel,
        strands: Strands,
        pass_port: Callable[[], None],
    ) -> None:
        super().__init__(
            money.banks[channel],
            money.world.now,
            before=self._before,
            after=self._after,
            must_type=lambda: money.chance.random() < 0.3,
        )
        self._money = money
        self._strands = strands
        self._pass_port = pass_port

    def create(self, order: Order) -> Answer:
        answer = super().create(order)
        trade = self.bank.trades.get(order.attempt)
        if trade is not None and not order.is_scanned:
            trade.may_be_paid_when_closed = self._money.chance.random() < 0.1
        return answer

    def _before(self) -> None:
        self._on_the_way("asks of banks lost")

    def _after(self) -> None:
        self._on_the_way("answers of banks lost")

    def _on_the_way(self, what: str) -> None:
        self._pass_port()
        weather, chance = self._money.world.weather, self._money.chance
        if chance.random() < weather.bank_lost:
            self._money.world.count(what)
            self._strands.pause(SILENT_FOR_S)
            raise GatewaySilent
        is_late = chance.random() < weather.late
        self._strands.pause(chance.uniform(0.5, 9.0) if is_late else chance.uniform(0.01, 0.4))
        self._pass_port()


class SimulatedCounter:
    """`Sheets` and `Booking`: what patients owe, and what is booked."""

    def __init__(self, world: World, hospital: Hospital) -> None:
        self.booked: dict[AttemptId, tuple[ChargeId, ...]] = {}
        self.is_away: Callable[[], bool] = lambda: False
        self._world = world
        self._chance = world.chance("counter")
        self._sheets = {
            patient: [
                _sheet(patient, number, self._chance.randrange(1, 20_000))
                for number in range(self._chance.choice([0, 1, 1, 2]))
            ]
            for patient in hospital.patients
        }

    def charges(self) -> list[ChargeId]:
        """Return all that is owed by anybody."""
        return [
            charge.id for sheets in self._sheets.values() for one in sheets for charge in one[1]
        ]

    def owes(self, patient: PatientId) -> bool:
        """Tell whether a patient has a bill that is not booked."""
        return any(not sheet.is_paid for sheet in self._sheets_of(patient))

    def sheets_of(self, patient: PatientId) -> Sequence[Sheet]:
        """See Sheets."""
        if self.is_away():
            raise RecordsUnavailable
        return self._sheets_of(patient)

    def _sheets_of(self, patient: PatientId) -> Sequence[Sheet]:
        paid = {charge for charges in self.booked.values() for charge in charges}
        return [
            Sheet(
                id=name, name_zh="化验", name_en="test", next_zh="去化验室", next_en="laboratory",
                charges=charges, is_paid=all(one.id in paid for one in charges),
            )
            for name, charges in self._sheets[patient]
        ]  # fmt: skip

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        """See Booking."""
        self._lose("bookings lost")
        self.booked[attempt.id] = tuple(charge.id for charge in charges)
        self._lose("answers of bookings lost")

    def _lose(self, what: str) -> None:
        if self._chance.random() < self._world.weather.booking_lost:
            self._world.count(what)
            raise BookingSilent


def _sheet(patient: PatientId, number: int, fen: int) -> tuple[SheetId, tuple[Charge, ...]]:
    name = SheetId(f"s-{patient}-{number}")
    charges = tuple(
        Charge(
            id=ChargeId(f"c-{patient}-{number}-{line}"), visit=VisitId(f"v-{patient}"),
            patient=patient, name_zh="化验", name_en="test", self_pay=Fen(share),
            insurance=Fen(0), sheet=name,
        )
        for line, share in enumerate((fen, 100))
    )  # fmt: skip
    return name, charges
