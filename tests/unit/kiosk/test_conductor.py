"""Requests, slips, codes and the voice meet the flow; no window is needed for it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from hardware.code_kind import SLIP_PREFIX
from hardware.errors import PaperOut
from hardware.scanners.code_collector import CodeLimits
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from hardware.slip import Slip
from hardware.ticket_printer import PrinterCondition, PrinterStatus
from kiosk.conductor import Conductor
from kiosk.flow.events import Key, SecondsPassed, Tapped
from kiosk.flow.state import Arrived, Home, PrintState, Refusal, Screen
from kiosk.input_devices import InputDevices
from kiosk.presenter.views import HelpView, View, WaitingView, spoken_texts
from queue_server.client.line import NoAnswer
from queue_server.contract.absence import Absence
from queue_server.contract.messages import CallHelp, FindPlace
from queue_server.rules.terms import AbsenceKind
from tests.unit.kiosk.a_kiosk import PRESENTER
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    CARD,
    ID_NUMBER,
    MASKED_NAME,
    SLIP_CODE,
    checked_in,
    identified,
    visit,
    waiting_visit,
)
from tests.unit.kiosk.scripted_server import ScriptedServer


class NotedWindow:
    """Notes what it is shown."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.wiped_count = 0
        self.on_change: Callable[[], None] = lambda: None

    def show(self, view: View) -> None:
        self.views.append(view)
        self.on_change()

    def wipe(self) -> None:
        self.wiped_count += 1


class NotedVoice:
    """Notes what it is to say, and says it when told to."""

    def __init__(self) -> None:
        self.said: list[list[str]] = []
        self.names: list[str] = []
        self.silenced_count = 0
        self.wiped_count = 0
        self.end: Callable[[], None] = lambda: None

    def say(
        self, texts: Sequence[str], *, language: str, name: str, on_end: Callable[[], None]
    ) -> None:
        self.said.append([language, *texts])
        self.names.append(name)
        self.end = on_end

    def silence(self) -> None:
        self.silenced_count += 1

    def wipe(self) -> None:
        self.wiped_count += 1


class NotedPrinter:
    """Prints, or fails as told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.slips: list[Slip] = []

    def print_slip(self, slip: Slip) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.slips.append(slip)

    def status(self) -> PrinterStatus:
        return PrinterStatus(conditions=frozenset({PrinterCondition.PAPER_NEAR_END}))


class Rig:
    """A kiosk whose parts all note what happens."""

    def __init__(self, server: ScriptedServer, printer: NotedPrinter | None = None) -> None:
        self.server = server
        self.printer = printer or NotedPrinter()
        self.voice = NotedVoice()
        self.window = NotedWindow()
        self.scanner = KeyboardWedgeScanner(CodeLimits())
        self.changed = asyncio.Event()
        server.on_change = self.window.on_change = self.changed.set
        self.now_s = 0.0
        self.conductor = Conductor(
            PRESENTER,
            server=server,
            printer=self.printer,
            voice=self.voice,
            now=lambda: datetime.fromisoformat(AT.isoformat()),
            monotonic=lambda: self.now_s,
        )
        self.conductor.start(self.window, InputDevices(scanners=[self.scanner]))
        self.conductor.line_changed(True)

    def tap(self, key: Key) -> None:
        self.conductor.handle(Tapped(key=key))

    def scan(self, code: str) -> None:
        self.scanner.type_text(code, 1.0)
        self.scanner.press_enter(1.0)

    async def until(self, happened: Callable[[], bool]) -> None:
        while not happened():
            self.changed.clear()
            await self.changed.wait()

    async def until_screen(self, screen: type[Screen]) -> None:
        await self.until(lambda: isinstance(self.conductor.state.screen, screen))

    async def until_printing_is(self, state: PrintState) -> None:
        await self.until(lambda: self.conductor.state.printing is state)

    async def check_in(self) -> None:
        self.scan(CARD)
        await self.until(lambda: self.conductor.state.session is not None)
        self.tap(Key.CHECK_IN)
        await self.until_screen(Arrived)


async def test_a_scanned_card_becomes_a_printed_slip() -> None:
    rig = Rig(ScriptedServer(identified(visit()), checked_in()))

    await rig.check_in()
    await rig.until_printing_is(PrintState.PRINTED)

    assert len(rig.printer.slips) == 1
    assert "A16" in str(rig.window.views[-1].body)
    assert rig.conductor.paper == "ok"


async def test_a_printer_that_fails_never_costs_the_check_in() -> None:
    printer = NotedPrinter(PaperOut("no roll"), OSError("unplugged"))
    rig = Rig(ScriptedServer(identified(visit()), checked_in()), printer)

    await rig.check_in()
    await rig.until_printing_is(PrintState.FAILED)
    assert "A16" in str(rig.window.views[-1].body)
    assert PaperOut.sentence_zh in str(rig.window.views[-1].body)
    assert rig.conductor.paper == "PAPER_OUT"

    rig.tap(Key.PRINT_AGAIN)
    await rig.until_printing_is(PrintState.FAILED)
    rig.tap(Key.PRINT_AGAIN)
    await rig.until_printing_is(PrintState.PRINTED)
    assert len(rig.printer.slips) == 1


async def test_a_late_doctor_does_not_hide_that_the_slip_did_not_come() -> None:
    late = waiting_visit(absence=Absence(kind=AbsenceKind.LATE))
    rig = Rig(
        ScriptedServer(identified(visit()), checked_in(visit=late)),
        NotedPrinter(PaperOut("no roll")),
    )

    await rig.check_in()
    await rig.until_printing_is(PrintState.FAILED)

    assert PaperOut.sentence_zh in str(rig.window.views[-1].body)
    assert "医生迟到" in str(rig.window.views[-1].body)


async def test_a_late_doctor_does_not_hide_that_the_slip_is_there() -> None:
    late = waiting_visit(absence=Absence(kind=AbsenceKind.LATE))
    rig = Rig(ScriptedServer(identified(visit()), checked_in(visit=late)))

    await rig.check_in()
    await rig.until_printing_is(PrintState.PRINTED)

    assert "医生迟到" in str(rig.window.views[-1].body)
    assert "已打印" in str(rig.window.views[-1].body)


async def test_a_slip_that_can_not_be_made_never_costs_the_check_in() -> None:
    rig = Rig(ScriptedServer(identified(visit()), checked_in(visit=waiting_visit(day_on="?"))))

    await rig.check_in()
    await rig.until_printing_is(PrintState.FAILED)

    assert "A16" in str(rig.window.views[-1].body)


async def test_a_quick_answer_comes_with_no_screen_between() -> None:
    rig = Rig(ScriptedServer(identified(visit()), checked_in()))

    await rig.check_in()

    assert WaitingView not in {type(view.body) for view in rig.window.views}


async def test_who_has_to_wait_is_told_so() -> None:
    rig = Rig(ScriptedServer())

    rig.scan(CARD)

    await rig.until(lambda: isinstance(rig.window.views[-1].body, WaitingView))


async def test_who_has_to_wait_can_have_help_at_once() -> None:
    rig = Rig(ScriptedServer())
    rig.scan(CARD)

    rig.tap(Key.HELP)

    assert isinstance(rig.window.views[-1].body, HelpView)


async def test_no_answer_is_said_in_words() -> None:
    rig = Rig(ScriptedServer(NoAnswer))

    rig.scan(SLIP_CODE)
    await rig.until_screen(Refusal)

    assert rig.server.asked == [FindPlace(slip_code=SLIP_CODE)]


async def test_what_is_spoken_is_what_is_shown() -> None:
    rig = Rig(ScriptedServer(identified(visit()), checked_in()))
    await rig.check_in()

    rig.tap(Key.LISTEN)

    shown = list(spoken_texts(rig.window.views[-2]))
    assert rig.voice.said == [["zh", *shown]] or set(rig.voice.said[0][1:]) - set(shown) == {"停止"}
    assert rig.voice.names == [MASKED_NAME]
    rig.voice.end()
    assert not rig.conductor.state.is_speaking


async def test_a_wipe_drops_screen_sounds_and_open_requests_but_not_the_call_for_help() -> None:
    rig = Rig(ScriptedServer())
    rig.scan(SLIP_CODE)
    await rig.until(lambda: len(rig.server.asked) == 1)
    rig.tap(Key.HELP)
    rig.tap(Key.CALL_NURSE)
    await rig.until(lambda: len(rig.server.asked) == 2)

    wiped_before = rig.window.wiped_count
    rig.conductor.handle(SecondsPassed(seconds=61, time_text="08:06"))
    await rig.until(lambda: rig.server.cancelled_count > 0)

    assert isinstance(rig.conductor.state.screen, Home)
    assert rig.window.wiped_count == wiped_before + 1
    assert rig.server.cancelled_count == 1
    assert rig.server.asked[-1] == CallHelp(screen="waiting")


async def test_time_and_printer_are_looked_after() -> None:
    rig = Rig(ScriptedServer())
    running = asyncio.create_task(rig.conductor.run())
    while not rig.conductor.paper:  # noqa: ASYNC110 - the line looks at it as often
        await asyncio.sleep(0)

    assert rig.conductor.paper == "paper_near_end"
    assert rig.conductor.state.time_text == "08:05"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await rig.conductor.stop()
    rig.scan(CARD)
    assert rig.conductor.state.session is None


async def test_nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    printer = NotedPrinter(PaperOut("no roll"))
    rig = Rig(ScriptedServer(identified(visit()), checked_in(), NoAnswer), printer)
    await rig.check_in()
    await rig.until_printing_is(PrintState.FAILED)
    rig.tap(Key.HOME)
    rig.scan(f"{SLIP_PREFIX}other")
    await rig.until_screen(Refusal)

    assert caplog.text.count("not printed") == 1
    secrets = (CARD, ID_NUMBER, MASKED_NAME, "A16", SLIP_CODE, "other", "session-1")
    assert [secret for secret in secrets if secret in caplog.text] == []
