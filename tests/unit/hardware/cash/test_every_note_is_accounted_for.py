"""Whatever the wire and the power do: the credits are the notes in the box, or it is told.

The real conversation and the simulated device, with a wire between them that loses, doubles and
damages what it carries by a plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cash.bill_validator import (
    BoxDiffers,
    CashEvent,
    FraudAttempt,
    NoteCredited,
    NoteInEscrow,
    TroubleChanged,
)
from hardware.cash.note_book import NoteBook
from hardware.cash.ssp_conversation import SspConversation, Wishes
from hardware.cash.ssp_link import SspLink
from hardware.cash.trouble import CashTrouble
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.ssp_mechanism import SspMechanism

NOTES_FEN = (100, 500, 1000, 2000, 5000, 10000)
ALL_NOTES_FEN = 10_000
STRIKING = (
    SimulatedFault.POWER_CUT_IN_ESCROW,
    SimulatedFault.POWER_CUT_BEFORE_CREDIT,
    SimulatedFault.POWER_CUT_AFTER_CREDIT,
    SimulatedFault.ESCROW_GIVEN_UP,
    SimulatedFault.CREDIT_LOST,
    SimulatedFault.REPLY_LOST,
)
WEATHER = ("fine", "command lost", "reply lost", "command doubled", "reply doubled",
           "command damaged", "reply damaged", "reply late")  # fmt: skip


@dataclass
class Weather:
    """A wire to the device. What is planned happens, then the weather is fine."""

    device: SspMechanism
    plan: Iterator[str]
    waiting: list[bytes] = field(default_factory=list)
    late: list[bytes] = field(default_factory=list)

    def send(self, data: bytes) -> None:
        now = next(self.plan, "fine")
        self.waiting += self.late
        self.late.clear()
        if now == "command lost":
            return
        if now == "command damaged":
            data = data[:-1] + bytes((data[-1] ^ 0x41,))
        replies = list(self.device.answers_to(data * (2 if now == "command doubled" else 1)))
        if now == "reply damaged":
            replies = [bytes((*reply[:3], reply[3] ^ 0x10, *reply[4:])) for reply in replies]
        if now == "reply doubled":
            replies *= 2
        if now == "reply late":
            self.late += replies
        elif now != "reply lost":
            self.waiting += replies

    def receive(self) -> bytes:
        return self.waiting.pop(0) if self.waiting else b""


class Kiosk:
    """What is on disk outlives a kiosk that dies: the credits, and the count of the box."""

    def __init__(self, device: SspMechanism, plan: list[str]) -> None:
        self.device = device
        self.wire = Weather(device, iter(plan))
        self.events: list[CashEvent] = []
        self.box_count = 0
        self.start()

    def start(self) -> None:
        self.talk = SspConversation(NoteBook(self.box_count), self.hear)
        self.is_accepted: bool | None = None
        self.is_lost = True

    def hear(self, event: CashEvent) -> None:
        self.events.append(event)
        match event:
            case NoteInEscrow():
                self.is_accepted = None
            case NoteCredited(box_count=count) | BoxDiffers(found_count=int(count)):
                self.box_count = count
            case _:
                pass

    def step(self, most_fen: int = ALL_NOTES_FEN) -> None:
        try:
            if self.is_lost:
                self.talk.open(SspLink(self.wire, address=0))
                self.is_lost = False
            self.talk.step(Wishes(most_fen=most_fen, is_accepted=self.is_accepted))
        except TimeoutError:
            self.is_lost = True

    def settle(self) -> None:
        for _ in range(60):
            self.step(most_fen=0)
            if self.talk.is_at_rest and not self.is_lost:
                return
        raise AssertionError("the conversation never comes to rest")

    @property
    def credited_fen(self) -> list[int]:
        return [event.value_fen for event in self.events if isinstance(event, NoteCredited)]

    @property
    def unexplained(self) -> list[BoxDiffers]:
        return [event for event in self.events if isinstance(event, BoxDiffers)]


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.sampled_from((0, *NOTES_FEN))),
        st.tuples(st.just("decide"), st.booleans()),
        st.tuples(st.just("fault"), st.sampled_from(STRIKING)),
        st.tuples(st.just("steps"), st.integers(1, 6)),
    ),
    max_size=60,
)
PLANS = st.lists(st.sampled_from(WEATHER), max_size=80)


def live(kiosk: Kiosk, acts: list[tuple[str, object]], *, deaths: frozenset[int]) -> None:
    """Let things happen, and a poll after each; before those in `deaths` the kiosk dies."""
    for number, (act, value) in enumerate(acts):
        if number in deaths:
            kiosk.start()
        match act, value:
            case "insert", int(fen):
                kiosk.device.insert(fen)
            case "decide", bool(is_accepted):
                kiosk.is_accepted = is_accepted
            case "fault", SimulatedFault() as fault:
                kiosk.device.faults.add(fault)
            case _, int(count):
                for _ in range(count):
                    kiosk.step()
        kiosk.step()
    kiosk.device.faults.clear()
    kiosk.is_accepted = False
    kiosk.settle()


@settings(max_examples=200)
@given(acts=ACTS, plan=PLANS)
def test_while_the_kiosk_lives_every_note_is_credited_exactly_once(
    acts: list[tuple[str, object]], plan: list[str]
) -> None:
    kiosk = Kiosk(SspMechanism(set()), plan)

    live(kiosk, acts, deaths=frozenset())

    assert sorted(kiosk.credited_fen) == sorted(kiosk.device.box_fen)
    assert kiosk.unexplained == []


@settings(max_examples=200)
@given(acts=ACTS, plan=PLANS, deaths=st.frozensets(st.integers(0, 60), max_size=4))
def test_if_the_kiosk_dies_no_note_is_credited_twice_and_one_that_is_missing_is_told(
    acts: list[tuple[str, object]], plan: list[str], deaths: frozenset[int]
) -> None:
    kiosk = Kiosk(SspMechanism(set()), plan)

    live(kiosk, acts, deaths=deaths)

    found = sum(
        event.found_count - event.expected_count
        for event in kiosk.unexplained
        if event.found_count is not None
    )
    assert len(kiosk.credited_fen) + found == len(kiosk.device.box_fen)
    left = list(kiosk.device.box_fen)
    for value_fen in kiosk.credited_fen:
        left.remove(value_fen)  # fails for a note that is not there, or was credited twice
    assert len(left) == found


@settings(max_examples=100)
@given(acts=ACTS, plan=PLANS)
def test_a_device_that_does_not_count_is_never_trusted_with_a_guess(
    acts: list[tuple[str, object]], plan: list[str]
) -> None:
    device = SspMechanism(set())
    device.has_counters = False
    kiosk = Kiosk(device, plan)

    live(kiosk, acts, deaths=frozenset())

    credited, box = sorted(kiosk.credited_fen), sorted(device.box_fen)
    assert credited == box or kiosk.unexplained
    assert len(credited) <= len(box)


def take_one_note(kiosk: Kiosk, value_fen: int) -> None:
    kiosk.settle()
    kiosk.step()
    assert kiosk.device.insert(value_fen)
    kiosk.step()
    kiosk.is_accepted = True
    for _ in range(6):
        kiosk.step()
    kiosk.settle()


def test_a_lost_reply_is_asked_for_again_and_the_device_does_nothing_twice() -> None:
    kiosk = Kiosk(SspMechanism({SimulatedFault.CREDIT_LOST}), [])
    kiosk.device.has_counters = False  # so that only the repeated reply can tell of the note

    take_one_note(kiosk, 5_000)

    assert kiosk.credited_fen == [5_000]
    assert kiosk.device.box_fen == [5_000]
    assert kiosk.unexplained == []


def test_a_note_fished_out_after_its_credit_is_told() -> None:
    kiosk = Kiosk(SspMechanism({SimulatedFault.STRING_FISHING}), [])

    take_one_note(kiosk, 10_000)

    assert kiosk.credited_fen == [10_000]
    assert kiosk.device.box_fen == []
    assert FraudAttempt(value_fen=10_000) in kiosk.events
    assert kiosk.unexplained == [BoxDiffers(expected_count=1, found_count=0)]


def test_a_device_for_another_currency_is_never_opened() -> None:
    kiosk = Kiosk(SspMechanism(set(), currency="EUR"), [])

    for _ in range(5):
        kiosk.step()

    assert kiosk.events == [TroubleChanged(trouble=CashTrouble.WRONG_CURRENCY)]
    assert not kiosk.talk.is_open
    assert not kiosk.device.insert(5_000)


def test_a_host_that_is_told_of_a_credit_and_cannot_write_it_down_finds_the_note_later() -> None:
    class DiskFull(Exception):
        pass

    kiosk = Kiosk(SspMechanism(set()), [])
    kiosk.settle()
    kiosk.step()
    kiosk.device.insert(5_000)
    kiosk.step()
    kiosk.is_accepted = True

    def fail(event: CashEvent) -> None:
        if isinstance(event, NoteCredited):
            raise DiskFull

    kiosk.talk._tell = fail
    kiosk.step()  # on its way
    with pytest.raises(DiskFull):
        kiosk.step()
    kiosk.start()
    kiosk.settle()

    assert kiosk.credited_fen == []
    assert kiosk.unexplained == [BoxDiffers(expected_count=0, found_count=1)]
