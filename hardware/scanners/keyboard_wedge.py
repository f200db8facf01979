"""A scanner that types its codes as a keyboard does. The window hands over what is typed.

Without Kivy, without a clock: bind `Window.on_textinput` to `type_text`, the Enter and keypad Enter
keys of `Window.on_key_down` to `press_enter`, and pass `time.monotonic()` with each.
"""

from collections.abc import Callable

from hardware.scanner import ScannerState
from hardware.scanners.code_collector import CodeCollector, CodeLimits


class KeyboardWedgeScanner:
    """A Scanner. It has no thread: `on_code` is called by whoever calls `press_enter`.

    A scanner types a character every few milliseconds, a person does not: what pauses longer than
    the limits allow is forgotten, so that a hand on a keyboard is never taken for a card.
    """

    def __init__(self, limits: CodeLimits) -> None:
        self._collector = CodeCollector(limits)
        self._on_code: Callable[[str], None] | None = None

    @property
    def state(self) -> ScannerState:
        """READY while started: whether a keyboard is plugged in, nobody can tell."""
        return ScannerState.STOPPED if self._on_code is None else ScannerState.READY

    def start(
        self,
        on_code: Callable[[str], None],
        on_state: Callable[[ScannerState], None] | None = None,
    ) -> None:
        """See Scanner. `on_state` never has anything to tell."""
        self._collector.clear()
        self._on_code = on_code

    def stop(self) -> None:
        """See Scanner."""
        self._collector.clear()
        self._on_code = None

    def type_text(self, text: str, at_s: float) -> None:
        """Take in typed characters; an end-of-line among them counts as Enter."""
        for code in self._collector.feed(text, at_s):
            if self._on_code is not None:
                self._on_code(code)

    def press_enter(self, at_s: float) -> None:
        """Take in the Enter key."""
        self.type_text("\r", at_s)
