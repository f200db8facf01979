"""Each fault of the sandbox, and the process dead at each step: nothing is paid twice or forgotten.

The steps are found by counting them in a run in which nothing dies. What the patient does then,
and whether the kiosk asks again, is told by his story. With a fault, an ordinary run of the tests
tries a share of the deaths; `--every-death` tries all, and takes minutes.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from queue_server.payments.configuration import load_payments
from queue_server.payments.gateways.choice import make_gateways
from queue_server.payments.sandbox.application import make_application
from queue_server.payments.sandbox.faults import Fault, FaultKind, Operation
from queue_server.payments.sandbox.keys import write_configuration
from queue_server.payments.sandbox.sandbox import make_sandbox
from queue_server.payments.terms import AttemptState, Channel
from tests.integration.payments.mortal_hospital import BILLS_FEN, KeptMessenger, MortalHospital
from tests.integration.payments.paying_hospital import Clock, Ids
from tests.integration.payments.serving import address_of, free_port, served

ON, DO = Operation, FaultKind
ANSWERS = (DO.LOSE_REQUEST, DO.LOSE_REPLY, DO.SERVER_ERROR, DO.BAD_SIGNATURE, DO.DELAY)
CALLBACKS = (
    DO.LOSE_REQUEST, DO.DELAY, DO.DUPLICATE, DO.FORGE, DO.STALE, DO.OTHER_MERCHANT, DO.OTHER_AMOUNT,
)  # fmt: skip
FAULTS: tuple[Fault | None, ...] = (
    None,
    *(
        Fault(on=on, do=do, seconds=0.01)
        for on in (ON.CREATE, ON.QUERY, ON.CLOSE)
        for do in ANSWERS
    ),
    *(Fault(on=on, do=do, times=2) for on in (ON.REFUND, ON.REFUND_QUERY) for do in ANSWERS[:3]),
    Fault(on=ON.CREATE, do=DO.REFUSE),
    Fault(on=ON.CREATE, do=DO.USER_PAYING),
    Fault(on=ON.CLOSE, do=DO.PAY_AFTER_CLOSE),
    Fault(on=ON.CLOSE, do=DO.REFUSE),
    *(Fault(on=ON.CALLBACK, do=do, seconds=5 * (do is DO.DELAY)) for do in CALLBACKS),
)
CHANNELS = (Channel.WECHAT, Channel.ALIPAY, Channel.UNIONPAY)
CODES = {
    Channel.WECHAT: (f"1345678901{number:08d}" for number in count()),
    Channel.ALIPAY: (f"2812345678{number:08d}" for number in count()),
    Channel.UNIONPAY: (f"62123456789{number:08d}" for number in count()),
}
"""A bank takes each payment code once."""


@dataclass(frozen=True)
class Story:
    """What the patient does. `asks_again`: the kiosk repeats a request that was not answered."""

    name: str
    is_scanned: bool
    pays: bool
    cancels: bool
    pays_late: bool
    asks_again: bool
    part_back_fen: int = 0
    """What the cashier gives back of a deposit that was topped up."""

    def play(self, hospital: MortalHospital) -> None:
        if not hospital.survives(hospital.post_bills):
            hospital.post_bills()
        code = next(CODES[hospital.channel]) if self.is_scanned else ""
        if not hospital.survives(lambda: hospital.begin("k1", code)) and self.asks_again:
            hospital.survives(lambda: hospital.begin("k1", code))
        hospital.sweep()
        if self.pays:
            hospital.use_wallet()
            hospital.deliver()
        if self.cancels:
            hospital.survives(hospital.cancel)
        if self.part_back_fen:
            for _ in range(2):
                hospital.survives(lambda: hospital.give_a_part_back(self.part_back_fen))
        for _ in range(4):
            hospital.wait(31)
            hospital.sweep()
        if self.pays_late:
            hospital.use_wallet()
            hospital.deliver()
            hospital.sweep()


STORIES = (
    Story("shown", False, True, False, False, True),
    Story("shown_and_left", False, False, False, True, False),
    Story("paid_and_cancelled", False, True, True, False, False),
    Story("cancelled_and_paid", False, False, True, True, True),
    Story("scanned", True, True, False, False, True),
    Story("scanned_and_cancelled", True, False, True, True, False),
    Story("part_of_a_top_up_goes_back", False, True, False, False, True, part_back_fen=1001),
)


class OutsideClock:
    """The clock of provider and gateway: the real one, but where time has to pass for them too."""

    def __init__(self) -> None:
        self.hospital: Clock | None = None

    def __call__(self) -> datetime:
        return datetime.now(UTC) if self.hospital is None else self.hospital()


Play = Callable[[Story, Channel, Fault | None, int], MortalHospital]


@pytest.fixture
def play(keys: Path) -> Iterator[Play]:
    """Plays a story with a fault and a death, and heals all; one sandbox serves them all."""
    messenger = KeptMessenger()
    outside = OutsideClock()
    sandbox = make_sandbox(keys, clock=outside, new_id=Ids("s"), messenger=messenger)
    port, new_id = free_port(), Ids("k")
    path = write_configuration(keys, gateway=address_of(port), notify="https://hospital.test")
    gateways = make_gateways(load_payments(path), outside, timeout_s=30)

    def played(story: Story, channel: Channel, fault: Fault | None, dies_at: int) -> MortalHospital:
        hospital = MortalHospital(
            sandbox=sandbox, gateways=gateways, messenger=messenger, new_id=new_id,
            channel=channel, dies_at=dies_at, is_top_up=bool(story.part_back_fen),
        )  # fmt: skip
        outside.hospital = hospital.clock if channel is Channel.UNIONPAY else None
        if fault is not None:
            hospital.fault(fault_of(channel, fault))
        story.play(hospital)
        hospital.heal()
        return hospital

    with ExitStack() as stack:
        stack.enter_context(served(make_application(sandbox), port))
        yield played


def fault_of(channel: Channel, fault: Fault) -> Fault:
    """Return the fault as that provider has it: a shown code of UnionPay is never closed."""
    is_late = channel is Channel.UNIONPAY and fault.do is DO.PAY_AFTER_CLOSE
    return replace(fault, on=ON.CREATE) if is_late else replace(fault)


def id_of(fault: Fault | None) -> str:
    return "no_fault" if fault is None else f"{fault.on}-{fault.do}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fault", FAULTS, ids=id_of)
def test_nothing_is_paid_twice_or_forgotten_whatever_fails_and_whenever_it_dies(
    play: Play, fault: Fault | None, deaths: int
) -> None:
    every = deaths if fault is not None else 1
    states = set()
    for number, story in enumerate(STORIES):
        channel = CHANNELS[(number + FAULTS.index(fault)) % len(CHANNELS)]
        whole = play(story, channel, fault, 0)
        moments = [0, *range(1 + number % every, whole.played_steps + 1, every)]
        for dies_at in moments:
            hospital = whole if dies_at == 0 else play(story, channel, fault, dies_at)
            where = f"{story.name}, {channel}, dead at step {dies_at}"
            assert hospital.paid_twice_or_forgotten() == [], where
            pay_what_is_left(hospital)
            assert hospital.paid_twice_or_forgotten() == [], f"{where}, then paid again"
            found = {attempt.state for attempt in hospital.attempts()}
            kept_fen = sum(trade.kept_fen for trade in hospital.trades().values())
            if AttemptState.REVIEW not in found:  # a person is asked, and decides
                assert hospital.is_paid(), where
                assert kept_fen == sum(BILLS_FEN) - parts_back_fen(hospital), where
            states |= found
    assert AttemptState.FULFILLED in states
    assert AttemptState.CLOSED in states


def parts_back_fen(hospital: MortalHospital) -> int:
    """Return what the cashier has given back on purpose."""
    refunds = [refund for attempt in hospital.attempts() for refund in attempt.refunds]
    return sum(refund.amount.fen for refund in refunds if refund.parts)


def pay_what_is_left(hospital: MortalHospital) -> None:
    """Let the patient come once more and pay what he still owes."""
    if hospital.is_paid():
        return
    hospital.survives(lambda: hospital.begin("k2", ""))
    hospital.use_wallet()
    hospital.deliver()
    hospital.heal()
