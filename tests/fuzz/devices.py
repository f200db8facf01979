"""Bytes from devices: scanners, printers, and the switches of the simulated ones."""

import contextlib
import itertools
import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from hypothesis import strategies as st

from hardware.errors import PrinterError, SlipNotDrawable
from hardware.printers.escpos_job import Cut, escpos_job
from hardware.printers.escpos_printer import EscposSettings, EscposTicketPrinter
from hardware.printers.network_line import NetworkLine
from hardware.scanners.code_collector import CodeLimits
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from hardware.scanners.serial_scanner import SerialScanner, SerialScannerSettings
from hardware.simulated.control import ControlServer, send_order
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from hardware.slip_drawing import draw_slip
from hardware.voice.reading import chinese, english
from kiosk.flow.slip_facts import SlipFacts
from kiosk.presenter.wording import load_wordings
from kiosk.slip import make_slip
from queue_server.contract.codec import BadPayload, decode
from queue_server.contract.messages import CheckedIn
from tests.fuzz.campaign import Fuzzer, Try, scratch
from tests.fuzz.strange import changed_bytes, changed_tree, json_bytes, some_json, strange_text
from tests.fuzz.wire import payloads
from tests.integration.service.known_hospital import OPENING
from tests.unit.hardware.slip_samples import FONTS, SHORT_SLIP

WAIT_S = 20.0
LIMITS = CodeLimits(pause_s=WAIT_S, length_max=512)
_QUICK = EscposSettings(query_timeout_s=0.02, job_timeout_s=0.02)


class Desk:
    """Real drivers and simulated devices on sockets and a pseudo terminal."""

    def __init__(self, folder: Path, wedge: type[KeyboardWedgeScanner]) -> None:
        self.wedge = wedge(LIMITS)
        self.codes: SimpleQueue[str] = SimpleQueue()
        self.numbers = itertools.count(1)
        self._endpoint = PtyEndpoint(folder / "scanner")
        self._endpoint.plug()
        self.scanner = SerialScanner(
            SerialScannerSettings(port=str(folder / "scanner"), reconnect_s=0.05, limits=LIMITS)
        )
        self.scanner.start(self.codes.put)
        self.printer = SimulatedTicketPrinter(
            endpoint=TcpEndpoint("127.0.0.1", 0), slips_folder=folder / "slips", slow_delay_s=0.01
        )
        self.printer.start()
        self.control = ControlServer(self.printer, 0)
        self.control.start()
        self.answers = AnsweringPort()

    def send_to_kiosk(self, data: bytes) -> None:
        """Let the scanner say something, as fast as the line takes it."""
        master = self._endpoint.readables()[0].fileno()
        while data:
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(master, data) :]

    def stop(self) -> None:
        self.scanner.stop()
        self._endpoint.unplug()
        self.control.stop()
        self.printer.stop()
        self.answers.stop()


@dataclass
class AnsweringPort:
    """A port of the network that answers whatever is written with what a test has thrown."""

    thrown: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        for answer in list(self.thrown):
            if not connection.recv(1 << 20):
                return
            connection.sendall(answer)
        while connection.recv(1 << 20):
            pass

    def stop(self) -> None:
        # Closing alone would leave the thread in `accept`.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(WAIT_S)


@contextlib.contextmanager
def desk(wedge: type[KeyboardWedgeScanner] = KeyboardWedgeScanner) -> Iterator[Desk]:
    """Yield devices that are plugged in."""
    with scratch() as folder:
        made = Desk(folder, wedge)
        try:
            yield made
        finally:
            made.stop()


# --- scanners ------------------------------------------------------------------------------------


def typed_codes_come_through(target: Desk, thrown: list[tuple[str, float]]) -> None:
    """Whatever a keyboard types, codes keep to their limits, and the next one is read."""
    codes: list[str] = []
    target.wedge.start(codes.append)
    at_s = 0.0
    for text, seconds in thrown:
        at_s += seconds
        target.wedge.type_text(text, at_s)
    assert all(LIMITS.length_min <= len(code) <= LIMITS.length_max for code in codes)
    target.wedge.press_enter(at_s)
    target.wedge.type_text("hk:good", at_s)
    target.wedge.press_enter(at_s)
    assert codes[-1] == "hk:good"
    target.wedge.stop()


def scanned_bytes_come_through(target: Desk, thrown: bytes) -> None:
    """Whatever a serial scanner sends, the next code is read."""
    good = f"good-{next(target.numbers)}"
    target.send_to_kiosk(thrown + b"\r" + good.encode() + b"\r")
    code = ""
    while code != good:
        code = target.codes.get(timeout=WAIT_S)
        assert LIMITS.length_min <= len(code.encode()) <= LIMITS.length_max


# --- printers ------------------------------------------------------------------------------------


def a_printer_may_answer_anything(target: Desk, thrown: list[bytes]) -> None:
    """Whatever a printer answers, its state is told and a slip is printed or told not to be."""
    target.answers.thrown = thrown
    line = NetworkLine(
        host="127.0.0.1",
        port=target.answers.port,
        connect_timeout_s=WAIT_S,
        write_timeout_s=WAIT_S,
    )
    printer = EscposTicketPrinter(line, FONTS, _QUICK)
    assert printer.status().conditions is not None
    with contextlib.suppress(PrinterError):
        printer.print_slip(SHORT_SLIP)


def the_simulated_printer_goes_on(target: Desk, thrown: bytes) -> None:
    """Whatever is sent to it, the simulated printer answers the next one who asks."""
    host, _, port = target.printer.address.rpartition(":")
    address = (host, int(port))
    # It may hang up in the middle, as a printer whose line breaks.
    with socket.create_connection(address, WAIT_S) as line, contextlib.suppress(ConnectionError):
        line.sendall(thrown)
    target.printer.clear_all_faults()
    with socket.create_connection(address, WAIT_S) as line:
        line.sendall(b"\x10\x04\x01")
        assert line.recv(1)[0] & 0x93 == 0x12


def orders_are_answered(target: Desk, thrown: list[bytes]) -> None:
    """Each line at a control port gets one answer, in JSON, and the next order is carried out."""
    with socket.create_connection(("127.0.0.1", target.control.port), WAIT_S) as line:
        line.sendall(b"".join(one.replace(b"\n", b"") + b"\n" for one in thrown))
        line.shutdown(socket.SHUT_WR)
        with line.makefile("rb") as answers:
            told = [json.loads(answer) for answer in answers]
    assert len(told) >= len(thrown)
    assert all(isinstance(answer["ok"], bool) for answer in told)
    assert send_order(target.control.port, "clear_all")["faults"] == []


def any_slip_is_drawn_or_told(_target: Desk, payload: bytes) -> None:
    """Whatever a server says of a check-in, its slip is drawn, or it is said that it can't be."""
    try:
        checked_in = decode(payload, CheckedIn)
    except BadPayload:
        return
    facts = SlipFacts(
        visit=checked_in.visit,
        masked_name=checked_in.masked_name,
        checked_in_at=checked_in.checked_in_at,
        rule_text_zh=tuple(checked_in.rule_text_zh),
        rule_text_en=tuple(checked_in.rule_text_en),
    )
    slip = make_slip(facts, _WORDINGS["zh"], hospital="医院", printed_at=OPENING)
    with contextlib.suppress(SlipNotDrawable):
        assert escpos_job(draw_slip(slip, FONTS), Cut.FULL)


def any_text_can_be_spoken(_target: Desk, thrown: tuple[str, str]) -> None:
    """Whatever is to be said, the voice gets only what it can read."""
    text, name = thrown
    assert chinese(text, name=name).text.isascii() or "ê" in chinese(text, name=name).text
    assert english(text).voice


_WORDINGS = load_wordings()
_typed = st.tuples(
    strange_text | st.just("\r") | st.text(st.characters(), max_size=600),
    st.sampled_from([0.0, 0.001, LIMITS.pause_s + 1]),
)
_scanned = st.one_of(
    st.binary(max_size=700),
    st.lists(
        st.sampled_from([b"hk:20261123:a:A1", b"\r", b"\n", b"\xff", b"\0", b"\x13", b"\x11", b" "])
        | strange_text.map(lambda text: text.encode("utf-8", "replace"))
    ).map(b"".join),
)
_status = st.sampled_from([b"\x12", b"\x16", b"\x32", b"\x72", b"\x00", b"\xff", b"", b"\x13"])
_answers = st.lists(_status | st.binary(max_size=20) | st.just(b"\x12" * 5000), max_size=9)
_commands = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"\x1b@",
                b"\x1dV\x00",
                b"\x1dVA\x10",
                b"\x1dr\x01",
                b"\x10\x04\x01",
                b"\n",
                b"\x1bd\xff",
                b"\x1dv0\x00",
                b"\x1dv0\x00\x48\x00\x02\x00" + bytes(144),
                b"\x1dv0\x00\xff\xff\xff\xff",
                b"\x1dv0\x03\x01\x00\x01\x00\xff",
                b"\x1dv0\x00\x00\x00\x01\x00",
            ]
        ),
        st.binary(max_size=30),
    ),
    max_size=12,
).map(b"".join)
_orders = st.fixed_dictionaries(
    {
        "do": st.sampled_from(["set", "clear", "clear_all", "state", "scan"]) | strange_text,
        "value": st.sampled_from([fault.value for fault in SimulatedFault]) | strange_text,
    }
)
_lines = st.one_of(
    _orders.map(json_bytes),
    changed_tree(_orders).map(json_bytes),
    changed_bytes(_orders.map(json_bytes)),
    some_json.map(json_bytes),
    st.just(b"x" * 20_000),
)
_facts = payloads(CheckedIn, {"day_on": st.sampled_from(["2026-11-23", "2026-99-99"])})


DEVICES = Fuzzer(
    name="devices",
    target=desk,
    tries=(
        Try(name="a keyboard", inputs=st.lists(_typed), check=typed_codes_come_through),
        Try(name="a serial scanner", inputs=_scanned, check=scanned_bytes_come_through),
        Try(
            name="answers of a printer",
            inputs=_answers,
            check=a_printer_may_answer_anything,
            examples=20,
        ),
        Try(name="the simulated printer", inputs=_commands, check=the_simulated_printer_goes_on),
        Try(
            name="the control port",
            inputs=st.lists(_lines, min_size=1, max_size=5),
            check=orders_are_answered,
        ),
        Try(name="slips", inputs=_facts, check=any_slip_is_drawn_or_told, examples=10),
        Try(
            name="what is spoken",
            inputs=st.tuples(
                strange_text | st.text(st.sampled_from("0123456789:.-~,、元位张请A诊 一〇²①٣𠮷ê")),
                strange_text,
            ),
            check=any_text_can_be_spoken,
            examples=250,
        ),
    ),
)
