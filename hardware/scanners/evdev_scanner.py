"""A scanner that types, read below the window: nothing of what it types reaches the screen.

Linux only; needs the extra `evdev`. The kiosk's user has to be in the group `input`.
"""

import select
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from evdev import InputDevice, InputEvent, ecodes

from hardware.scanners.code_collector import CodeCollector, CodeLimits
from hardware.scanners.reconnecting_scanner import ReconnectingScanner

READ_TIMEOUT_S = 0.1
"""How soon stop() is noticed."""
_DOWN, _UP = 1, 0
_SHIFTS = frozenset({ecodes.KEY_LEFTSHIFT, ecodes.KEY_RIGHTSHIFT})
_ENTERS = frozenset({ecodes.KEY_ENTER, ecodes.KEY_KPENTER})
_US_ROWS = (
    (range(ecodes.KEY_1, ecodes.KEY_0 + 1), "1234567890", "!@#$%^&*()"),
    (range(ecodes.KEY_Q, ecodes.KEY_P + 1), "qwertyuiop", "QWERTYUIOP"),
    (range(ecodes.KEY_A, ecodes.KEY_L + 1), "asdfghjkl", "ASDFGHJKL"),
    (range(ecodes.KEY_Z, ecodes.KEY_M + 1), "zxcvbnm", "ZXCVBNM"),
    (
        (
            ecodes.KEY_MINUS, ecodes.KEY_EQUAL, ecodes.KEY_LEFTBRACE, ecodes.KEY_RIGHTBRACE,
            ecodes.KEY_SEMICOLON, ecodes.KEY_APOSTROPHE, ecodes.KEY_GRAVE, ecodes.KEY_BACKSLASH,
            ecodes.KEY_COMMA, ecodes.KEY_DOT, ecodes.KEY_SLASH, ecodes.KEY_SPACE,
        ),
        "-=[];'`\\,./ ",
        '_+{}:"~|<>? ',
    ),
    (
        (
            ecodes.KEY_KP0, ecodes.KEY_KP1, ecodes.KEY_KP2, ecodes.KEY_KP3, ecodes.KEY_KP4,
            ecodes.KEY_KP5, ecodes.KEY_KP6, ecodes.KEY_KP7, ecodes.KEY_KP8, ecodes.KEY_KP9,
            ecodes.KEY_KPDOT, ecodes.KEY_KPMINUS, ecodes.KEY_KPPLUS, ecodes.KEY_KPSLASH,
            ecodes.KEY_KPASTERISK,
        ),
        "0123456789.-+/*",
        "0123456789.-+/*",
    ),
)  # fmt: skip
_KEYS = {
    key: (plain, shifted)
    for keys, plains, shifteds in _US_ROWS
    for key, plain, shifted in zip(keys, plains, shifteds, strict=True)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvdevScannerSettings:
    """`device` is best a name below /dev/input/by-id. Set the scanner to the US layout, with CR."""

    device: str
    reconnect_s: float = 2.0
    limits: CodeLimits = field(default_factory=CodeLimits)


class KeyReader:
    """Turns key events into characters, as a US keyboard does. Pure."""

    def __init__(self) -> None:
        self._shifts_down: set[int] = set()

    def character_of(self, event: InputEvent) -> str:
        """Return what `event` types: one character, CR for Enter, or nothing."""
        if event.type != ecodes.EV_KEY:
            return ""
        if event.code in _SHIFTS:
            change = self._shifts_down.discard if event.value == _UP else self._shifts_down.add
            change(event.code)
            return ""
        if event.value != _DOWN:
            return ""
        if event.code in _ENTERS:
            return "\r"
        plain, shifted = _KEYS.get(event.code, ("", ""))
        return shifted if self._shifts_down else plain


class EvdevScanner(ReconnectingScanner):
    """A Scanner."""

    def __init__(self, settings: EvdevScannerSettings) -> None:
        super().__init__(settings.reconnect_s)
        self._settings = settings

    def _open(self) -> InputDevice[str]:
        device = InputDevice(self._settings.device)
        try:
            device.grab()  # without it the keys would reach the window as well
        except OSError:
            device.close()
            raise
        return device

    def _deliver_codes(self, device: InputDevice[str], on_code: Callable[[str], None]) -> None:
        collector, keys = CodeCollector(self._settings.limits), KeyReader()
        while not self._is_stopping.is_set():
            if not select.select([device], [], [], READ_TIMEOUT_S)[0]:
                continue
            for event in device.read():
                if event.type == ecodes.EV_SYN and event.code == ecodes.SYN_DROPPED:
                    raise OSError("keys were lost")  # half a code is none: begin anew
                for code in collector.feed(keys.character_of(event), monotonic()):
                    on_code(code)
