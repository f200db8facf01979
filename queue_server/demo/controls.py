"""How the tour touches and looks: the kiosk's and the boards' windows, devices, pages."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import zxingcpp
from PIL import Image

from queue_server.records.records import Patient

ANSWER_WITHIN_S: Final = 40.0
LOOK_S: Final = 0.05


class TourStuck(Exception):
    """What should have happened did not; the sentence says what was awaited."""


def wait_until(is_so: Callable[[], bool], what: str, within_s: float = ANSWER_WITHIN_S) -> None:
    """Wait until `is_so()`.

    Raises:
        TourStuck: it is not so within `within_s` seconds.
    """
    give_up_at = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > give_up_at:
            raise TourStuck(f"waited {within_s:g} s for {what}")
        time.sleep(LOOK_S)


def ask(port: int, **question: object) -> dict[str, Any]:
    """Ask one question, a JSON line, at a loopback port.

    Raises:
        TourStuck: the answer tells of an error.
    """
    with socket.create_connection(("127.0.0.1", port), ANSWER_WITHIN_S) as connection:
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile("rb") as answers:
            answer: dict[str, Any] = json.loads(answers.readline())
    if "error" in answer:
        raise TourStuck(f"{question}: {answer['error']}")
    return answer


def id_card_of(patient: Patient) -> str:
    """Return a patient's ID card as the simulated reader takes it: `put` it there."""
    assert patient.id_number is not None, "who has no number has no card"
    card = {
        "name": "无名",  # no kiosk reads it
        "number": patient.id_number,
        "born": f"{patient.birth_on:%Y%m%d}",
        "valid_until": "长期",
    }
    return json.dumps(card, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Window:
    """A program's window, by its remote control."""

    port: int

    def screenshot(self, path: Path) -> None:
        """Save what is shown."""
        ask(self.port, do="screenshot", path=str(path))

    def texts(self) -> str:
        """Return what stands on the kiosk's screen."""
        return "\n".join(ask(self.port, do="texts")["texts"])

    def screen(self) -> str:
        """Return which screen the kiosk shows."""
        return str(ask(self.port, do="screen")["screen"])

    def tap(self, name: str) -> None:
        """Touch the key of that name."""
        ask(self.port, do="tap", test_name=name)

    def has(self, name: str) -> bool:
        """Tell whether a key of that name is on the screen."""
        try:
            ask(self.port, do="find", test_name=name)
        except TourStuck:
            return False
        return True

    def wait_for(self, *screens: str) -> str:
        """Wait until one of `screens` is shown, and return which."""
        wait_until(lambda: self.screen() in screens, f"the kiosk's screen {' or '.join(screens)}")
        return self.screen()


def read_qr(picture: Path) -> str:
    """Return the text of the QR code in a picture, as a scanner would read it.

    Raises:
        TourStuck: there is none.
    """
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image.convert("L"))
    if not found:
        raise TourStuck(f"no QR code can be read in {picture.name}")
    return str(found[0].text)
