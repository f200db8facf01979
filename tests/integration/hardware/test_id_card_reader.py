"""The driver for ID card readers, against a simulated one behind a pseudo terminal."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.cards.card_reader import CardProblem, CardRead, IdCard, ReaderState
from hardware.registry import make_id_card_reader
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.id_card_reader import SimulatedIdCard, SimulatedIdCardReader
from hardware.simulated.pty_endpoint import PtyEndpoint
from tests.integration.hardware.waiting import wait_until
from tests.unit.hardware.test_id_card_text import NUMBER, card

WAIT_S = 30.0
"""How long a test waits for what must come: only a broken one ever waits so long."""


@pytest.fixture(params=["utf-16-le", "gb18030"])
def encoding(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def device(tmp_path: Path, encoding: str) -> Iterator[SimulatedIdCardReader]:
    device = SimulatedIdCardReader(endpoint=PtyEndpoint(tmp_path / "id"), encoding=encoding)
    device.start()
    yield device
    device.stop()


class Desk:
    """A started driver and what it has delivered."""

    def __init__(self, port: str, encoding: str = "utf-16-le") -> None:
        self.cards: queue.Queue[CardRead] = queue.Queue()
        self.states: queue.Queue[ReaderState] = queue.Queue()
        self.reader = make_id_card_reader(
            {
                "driver": "serial", "port": port, "encoding": encoding,
                "poll_s": 0.01, "reconnect_s": 0.02, "reply_timeout_s": 0.5,
            }
        )  # fmt: skip
        self.reader.start(self.cards.put, self.states.put)

    def next_card(self) -> CardRead:
        return self.cards.get(timeout=WAIT_S)

    def next_state(self) -> ReaderState:
        return self.states.get(timeout=WAIT_S)


@pytest.fixture
def desk(device: SimulatedIdCardReader, encoding: str) -> Iterator[Desk]:
    desk = Desk(device.address, encoding)
    yield desk
    desk.reader.stop()


def is_of(read: CardRead, expected: SimulatedIdCard) -> bool:
    return isinstance(read, IdCard) and (read.full_name.reveal(), read.id_number) == (
        expected.name,
        expected.number,
    )


def test_a_card_is_read_once_until_it_is_taken_away(
    device: SimulatedIdCardReader, desk: Desk
) -> None:
    assert desk.reader.state is ReaderState.READY

    device.put(card())
    assert is_of(desk.next_card(), card())
    wait_until(lambda: device.questions > 20)  # it has been looked at again and again
    device.take_away()
    seen = device.questions
    wait_until(lambda: device.questions > seen + 2)
    device.put(card(name="李㛃"))

    assert is_of(desk.next_card(), card(name="李㛃"))
    assert desk.cards.empty()


def test_a_card_that_is_withdrawn_while_it_is_read_is_told_and_read_when_it_is_back(
    device: SimulatedIdCardReader, desk: Desk
) -> None:
    device.set_fault(SimulatedFault.CARD_WITHDRAWN)

    device.put(card())
    assert desk.next_card() is CardProblem.WITHDRAWN
    device.put(card())

    assert is_of(desk.next_card(), card())


def test_a_damaged_card_is_told_once(device: SimulatedIdCardReader, desk: Desk) -> None:
    device.set_fault(SimulatedFault.CARD_DAMAGED)

    device.put(card())

    assert desk.next_card() is CardProblem.UNREADABLE


def test_a_card_whose_number_is_wrong_is_not_taken(
    device: SimulatedIdCardReader, desk: Desk
) -> None:
    device.put(card(number="110105194912310021"))

    assert desk.next_card() is CardProblem.UNREADABLE


def test_noise_and_wrong_frames_before_an_answer_are_passed_over(
    device: SimulatedIdCardReader, desk: Desk
) -> None:
    device.set_fault(SimulatedFault.GARBAGE)

    device.put(card())

    assert is_of(desk.next_card(), card())


def test_a_reader_that_falls_silent_is_told_and_comes_back(
    device: SimulatedIdCardReader, desk: Desk
) -> None:
    device.set_fault(SimulatedFault.MUTE)
    assert desk.next_state() is ReaderState.UNREACHABLE

    device.clear_all_faults()
    assert desk.next_state() is ReaderState.READY
    device.put(card())

    assert is_of(desk.next_card(), card())


def test_a_port_at_which_nobody_answers_is_no_reader(device: SimulatedIdCardReader) -> None:
    device.set_fault(SimulatedFault.MUTE)

    desk = Desk(device.address)

    assert desk.reader.state is ReaderState.UNREACHABLE
    desk.reader.stop()


def test_a_stopped_reader_says_so_and_can_be_started_again(
    device: SimulatedIdCardReader, desk: Desk
) -> None:
    desk.reader.stop()
    desk.reader.stop()
    assert desk.reader.state is ReaderState.STOPPED

    desk.reader.start(desk.cards.put)
    device.put(card())

    assert is_of(desk.next_card(), card())


def test_nothing_of_a_card_gets_into_the_log(
    device: SimulatedIdCardReader, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    device.put(card())
    assert is_of(desk.next_card(), card())
    device.set_fault(SimulatedFault.UNPLUGGED)
    assert desk.next_state() is ReaderState.UNREACHABLE

    assert "card reader lost" in caplog.text
    assert NUMBER not in caplog.text
    assert "欧阳" not in caplog.text
