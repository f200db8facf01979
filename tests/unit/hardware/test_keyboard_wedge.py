"""A scanner that types: characters and times in, codes out."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner import ScannerState
from hardware.scanners.code_collector import CodeLimits
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner

LIMITS = CodeLimits(pause_s=0.1, length_min=4, length_max=64)

printable = st.text(st.characters(min_codepoint=33, max_codepoint=0x9FFF), min_size=4, max_size=64)


class Typist:
    """Types at a steady pace into a started scanner, and keeps what it delivers."""

    def __init__(self, interval_s: float = 0.004) -> None:
        self.codes: list[str] = []
        self.scanner = KeyboardWedgeScanner(LIMITS)
        self.scanner.start(self.codes.append)
        self._interval_s = interval_s
        self._now_s = 1000.0

    def type(self, text: str) -> None:
        for character in text:
            self.scanner.type_text(character, self._now_s)
            self._now_s += self._interval_s

    def enter(self) -> None:
        self.scanner.press_enter(self._now_s)

    def wait(self, seconds: float) -> None:
        self._now_s += seconds


def test_a_code_is_delivered_at_enter() -> None:
    typist = Typist()

    typist.type("hk:0f3a9c21b7")
    assert typist.codes == []
    typist.enter()

    assert typist.codes == ["hk:0f3a9c21b7"]


@given(printable.filter(lambda text: len(text.encode("utf-16-le")) == 2 * len(text)))
def test_any_printable_code_arrives_unchanged(code: str) -> None:
    typist = Typist()

    typist.type(code)
    typist.enter()

    assert typist.codes == [code]


@given(st.lists(printable, max_size=5), st.data())
def test_codes_arrive_in_order_however_the_window_cuts_them(
    codes: list[str], data: st.DataObject
) -> None:
    scanner = KeyboardWedgeScanner(LIMITS)
    delivered: list[str] = []
    scanner.start(delivered.append)
    stream = "".join(code + "\r" for code in codes)

    at_s = 0.0
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        scanner.type_text(stream[:size], at_s)
        stream = stream[size:]
        at_s += data.draw(st.floats(0, 0.099))

    assert delivered == codes


def test_a_hand_on_a_keyboard_is_no_scanner() -> None:
    typist = Typist(interval_s=0.25)

    typist.type("11010519491231002X")
    typist.enter()

    assert typist.codes == []


def test_an_interrupted_code_does_not_spoil_the_next_one() -> None:
    typist = Typist()

    typist.type("hk:0f3a")
    typist.wait(0.2)
    typist.type("hk:9999999999")
    typist.enter()

    assert typist.codes == ["hk:9999999999"]


def test_what_is_too_long_is_dropped_whole() -> None:
    typist = Typist(interval_s=0.001)

    typist.type("9" * 65)
    typist.enter()
    typist.type("hk:0123456789")
    typist.enter()

    assert typist.codes == ["hk:0123456789"]


def test_a_single_keystroke_and_enter_is_no_code() -> None:
    typist = Typist()

    typist.type("7")
    typist.enter()

    assert typist.codes == []


def test_a_stopped_scanner_delivers_nothing_and_forgets() -> None:
    typist = Typist()
    assert typist.scanner.state is ScannerState.READY

    typist.type("hk:01234")
    typist.scanner.stop()
    typist.enter()
    typist.scanner.start(typist.codes.append)
    typist.type("56789")
    typist.enter()

    assert typist.codes == ["56789"]


@given(st.lists(st.tuples(st.text(max_size=8), st.floats(0, 1)), max_size=40))
def test_whatever_is_typed_no_code_breaks_the_limits(events: list[tuple[str, float]]) -> None:
    scanner = KeyboardWedgeScanner(LIMITS)
    delivered: list[str] = []
    scanner.start(delivered.append)
    at_s = 0.0

    for text, pause_s in events:
        at_s += pause_s
        scanner.type_text(text, at_s)

    for code in delivered:
        assert LIMITS.length_min <= len(code) <= LIMITS.length_max
        assert not set(code) & {"\r", "\n"}
