"""A scanner that types, through the real evdev library; umockdev plays the kernel's device."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from evdev import InputEvent
from evdev import ecodes as e

from hardware.scanners.evdev_scanner import EvdevScanner, EvdevScannerSettings, KeyReader

ROOT = Path(__file__).parents[3]
NAME, NODE = "Test Barcode Scanner", "/devices/pci0000:00/usb1/1-1/input/input7"
EVENT = "/dev/input/event7"
KIND = "E: SUBSYSTEM=input\nE: ID_INPUT=1\nE: ID_INPUT_KEYBOARD=1\n"
SIGNS = {"-": "MINUS", ".": "DOT", "/": "SLASH", "_": "MINUS", ":": "SEMICOLON", "=": "EQUAL",
         "+": "EQUAL", " ": "SPACE"}  # fmt: skip
SHIFTED = "_:+"
PAUSE_S = 0.004


def key_bits(codes: range | list[int], size: int) -> bytes:
    field = bytearray(size)
    for code in codes:
        field[code // 8] |= 1 << code % 8
    return bytes(field)


ANSWERS = {  # request: result, data, size; the library asks exactly these sizes
    "EVIOCGNAME(0)": (len(NAME) + 1, NAME.encode(), 256), "EVIOCGPHYS(0)": (1, b"", 256),
    "EVIOCGUNIQ(0)": (1, b"", 256), "EVIOCGPROP(0)": (8, b"", 8),
    "EVIOCGBIT(0)": (4, key_bits([0, 1, 4], 4), 4),
    "EVIOCGBIT(1)": (96, key_bits(range(1, 128), 96), 96),
    "EVIOCGBIT(4)": (8, key_bits([e.MSC_SCAN], 96), 96), "EVIOCGVERSION": (0, b"\1\0\1", 4),
    "EVIOCGID": (0, b"\3\0.\x0ca\x0b\x10\1", 8), "EVIOCGREP": (0, b"\xfa\0\0\0!", 8),
    "EVIOCGEFFECTS": (0, b"", 4),
}  # fmt: skip


def presses(code: str) -> list[tuple[int, int]]:
    """The keys that a scanner presses and lets go for a code, Enter last."""
    found: list[tuple[int, int]] = []
    for character in code:
        key = e.ecodes[f"KEY_{SIGNS.get(character, character.upper())}"]
        shift = [e.KEY_LEFTSHIFT] if character.isupper() or character in SHIFTED else []
        found += [(k, 1) for k in [*shift, key]] + [(k, 0) for k in [key, *shift]]
    return [*found, (e.KEY_ENTER, 1), (e.KEY_ENTER, 0)]


def write_device(folder: Path, codes: list[str]) -> None:
    (folder / "device").write_text(
        f"P: {NODE}\n{KIND}E: EV=120013\nA: name={NAME}\\n\n\nP: {NODE}/event7\nN: input/event7\n"
        f"{KIND}E: DEVNAME={EVENT}\nE: MAJOR=13\nE: MINOR=71\nA: dev=13:71\\n\n"
    )
    (folder / "ioctl").write_text(
        "".join(
            f"{request} {result} {data.ljust(size, bytes(1)).hex().upper()}\n"
            for request, (result, data, size) in ANSWERS.items()
        )
    )
    keys = [press for code in codes for press in presses(code)]
    (folder / "events").write_text(
        "".join(
            f"E: {n * PAUSE_S:.6f} 0001 {key:04x} {value}\nE: {n * PAUSE_S:.6f} 0000 0000 0\n"
            for n, (key, value) in enumerate(keys)
        )
    )


def read_back(folder: Path, codes: list[str], *, is_refused: bool = False) -> dict[str, Any]:
    """Let our driver read the scanner; return what it says."""
    write_device(folder, codes)
    run = subprocess.run(
        [
            "umockdev-run", "-d", folder / "device", "-i", f"{EVENT}={folder / 'ioctl'}",
            f"--evemu-events={EVENT}={folder / 'events'}", "--",
            sys.executable, "-m", "tests.integration.hardware.keyboard_scanner",
            EVENT, "0" if is_refused else str(len(codes)), *(["refused"] if is_refused else []),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_codes_arrive_whole_with_capitals_and_signs(tmp_path: Path) -> None:
    codes = ["hk:0f3a9c21b7", "eyJhbGciOi.a1-_./B+=", "11010519491231002X"]

    told = read_back(tmp_path, codes)

    assert told["codes"] == codes
    assert told["state"] == "ready"


def test_the_scanner_is_grabbed_before_it_is_read_so_that_no_key_reaches_the_window(
    tmp_path: Path,
) -> None:
    assert read_back(tmp_path, ["hk:0f3a9c21b7"])["calls"] == ["grab", "read"]


def test_a_scanner_that_cannot_be_grabbed_is_not_used(tmp_path: Path) -> None:
    told = read_back(tmp_path, ["hk:0f3a9c21b7"], is_refused=True)

    assert told == {"state": "unreachable", "codes": [], "calls": ["grab"]}


def test_a_code_in_which_keys_were_lost_is_no_code(tmp_path: Path) -> None:
    class FullBuffer:
        """A device whose buffer ran over in the middle of a code."""

        def __init__(self) -> None:
            self.events = [
                *(InputEvent(0, 0, e.EV_KEY, key, value) for key, value in presses("1234567890")),
                *(InputEvent(0, 0, e.EV_KEY, key, value) for key, value in presses("abcdef")[:-2]),
                InputEvent(0, 0, e.EV_SYN, e.SYN_DROPPED, 0),
                *(InputEvent(0, 0, e.EV_KEY, key, value) for key, value in presses("ghijkl")),
            ]
            self.file = (tmp_path / "readable").open("w+b")

        def fileno(self) -> int:
            return self.file.fileno()

        def read(self) -> list[InputEvent]:
            return self.events

    device: Any = FullBuffer()
    codes: list[str] = []
    scanner = EvdevScanner(EvdevScannerSettings(device=EVENT))

    with device.file, pytest.raises(OSError, match="keys were lost"):
        scanner._deliver_codes(device, codes.append)

    assert codes == ["1234567890"]


def typed(*events: tuple[int, int]) -> str:
    keys = KeyReader()
    return "".join(
        keys.character_of(InputEvent(0, 0, e.EV_KEY, code, value)) for code, value in events
    )


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([(e.KEY_KP4, 1), (e.KEY_KP4, 0), (e.KEY_KPENTER, 1)], "4\r"),
        ([(e.KEY_A, 1), (e.KEY_A, 2), (e.KEY_A, 2), (e.KEY_A, 0)], "a"),  # a key that repeats
        ([(e.KEY_RIGHTSHIFT, 1), (e.KEY_A, 1), (e.KEY_RIGHTSHIFT, 0), (e.KEY_A, 1)], "Aa"),
        ([(e.KEY_VOLUMEUP, 1), (e.KEY_F1, 1)], ""),
    ],
)
def test_keys_are_read_as_a_keyboard_types_them(events: list[tuple[int, int]], text: str) -> None:
    assert typed(*events) == text
