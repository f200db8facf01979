"""A real pcscd, our driver, and a card that is simulated, apart from the machine's own service.

Started by test_chip_cards.py, in namespaces of its own; prints what the driver delivered as JSON.
"""

import json
import queue
import socket
import subprocess
from datetime import date
from pathlib import Path
from typing import cast

from hardware.cards.card_reader import CardRead, ChipCard, ReaderState
from hardware.cards.pcsc_card_reader import PcscSession, PcscSettings
from hardware.registry import make_chip_card_reader
from hardware.simulated.chip_card import APPLICATION, FILE, SimulatedChipCard
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.vpcd_endpoint import VPCD_PORT, VpcdEndpoint
from kiosk.flow.events import ChipCardRead, Event
from kiosk.input_devices import InputDevices
from tests.integration.hardware.waiting import wait_until

WAIT_S = 40.0
CONFIG = {
    "driver": "pcsc", "application": APPLICATION.hex(), "file": FILE,
    "poll_s": 0.02, "reconnect_s": 0.05,
}  # fmt: skip


class Desk:
    """A started driver and what it has delivered."""

    def __init__(self, **changes: object) -> None:
        self.cards: queue.Queue[CardRead] = queue.Queue()
        self.states: queue.Queue[ReaderState] = queue.Queue()
        self.reader = make_chip_card_reader({**CONFIG, **changes})
        self.reader.start(self.cards.put, self.states.put)

    def next_card(self) -> str:
        read = self.cards.get(timeout=WAIT_S)
        return read.card_number if isinstance(read, ChipCard) else str(read)


def new_card(number: str) -> SimulatedChipCard:
    card = SimulatedChipCard(endpoint=VpcdEndpoint("127.0.0.1", VPCD_PORT), number=number)
    card.start()
    return card


def wait_for_empty_reader() -> None:
    """The service looks into its reader every 0.4 s: a quicker change nobody would notice."""
    session = PcscSession(
        PcscSettings(reader="", application=APPLICATION, file=FILE, encoding="gb18030")
    )
    wait_until(lambda: session.look() == 0)
    session.close()


def told_of_cards(desk: Desk) -> dict[str, object]:
    """One card after the other, well and not."""
    told: dict[str, object] = {}
    card = new_card("清榆-00017")

    card.put()
    told["well"] = desk.next_card()
    card.take_away()
    wait_for_empty_reader()
    card.put()
    told["again"] = desk.next_card()
    card.take_away()
    wait_for_empty_reader()

    card.set_fault(SimulatedFault.CARD_WITHDRAWN)
    card.put()
    told["withdrawn"] = desk.next_card()
    wait_for_empty_reader()
    card.put()
    told["back"] = desk.next_card()
    card.take_away()
    wait_for_empty_reader()

    card.set_fault(SimulatedFault.CARD_DAMAGED)
    card.put()
    told["file missing"] = desk.next_card()
    card.stop()
    wait_for_empty_reader()

    empty = new_card("")
    empty.put()
    told["empty"] = desk.next_card()
    empty.stop()
    wait_for_empty_reader()
    return told


def told_of_readers(desk: Desk) -> dict[str, object]:
    """A reader of another name; an application that is not on the card."""
    told: dict[str, object] = {}
    card = new_card("清榆-00018")

    other = Desk(reader="no such reader")
    told["other reader"] = str(other.reader.state)
    other.reader.stop()

    desk.reader.stop()
    stranger = Desk(application="A000000001")
    card.put()
    told["other application"] = stranger.next_card()
    stranger.reader.stop()
    card.take_away()
    wait_for_empty_reader()

    events: queue.Queue[Event] = queue.Queue()
    kiosk = InputDevices(chip_card=make_chip_card_reader(CONFIG))
    kiosk.start(events.put, date.today)
    card.put()
    told["at a kiosk"] = cast("ChipCardRead", events.get(timeout=WAIT_S)).card_number
    told["parts of a kiosk"] = " ".join(kiosk.parts())
    kiosk.stop()
    card.stop()
    return told


def is_listening() -> bool:
    try:
        socket.create_connection(("127.0.0.1", VPCD_PORT), 1).close()
    except OSError:
        return False
    return True


def main() -> None:
    told: dict[str, object] = {}
    before = Desk()
    told["without pcscd"] = str(before.reader.state)
    Path("/run/pcscd").mkdir()
    service = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL)
    try:
        told["pcscd came"] = str(before.states.get(timeout=WAIT_S))
        wait_until(is_listening)
        told |= told_of_cards(before) | told_of_readers(before)
        last = Desk()
        wait_until(lambda: last.reader.state is ReaderState.READY)
        service.terminate()
        service.wait()
        told["pcscd went"] = str(last.states.get(timeout=WAIT_S))
        last.reader.stop()
    finally:
        service.kill()
        service.wait()
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
