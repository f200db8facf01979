"""Carries out what the flow decides: the one place where the flow meets line, printer and voice.

Everything runs in one asyncio loop. Printing runs in a thread of its own, scanners have theirs;
both hand their results over with `call_soon_threadsafe`.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from hardware.errors import PrinterError
from hardware.slip import Slip
from hardware.ticket_printer import TicketPrinter
from kiosk.cash.cash_desk import CashDesk
from kiosk.deferral_slip import make_deferral_slip
from kiosk.flow.bills import DeferralFacts, KeptFacts, PaidFacts, Paying
from kiosk.flow.cash import CashStanding, wanted
from kiosk.flow.course import step
from kiosk.flow.events import (
    OUTLIVES_THE_PATIENT,
    AbsencesTold,
    Ask,
    CashChanged,
    CheckInOffline,
    Effect,
    Event,
    LineChanged,
    NotAnswered,
    OfflineCheckInAllowed,
    PaymentTold,
    PrintEnded,
    PrintFailure,
    PrintReleased,
    PrintSlip,
    Replied,
    ReportPrintEnded,
    SecondsPassed,
    Speak,
    SpeechEnded,
    StopSpeaking,
    Wipe,
)
from kiosk.flow.forgetting import start
from kiosk.flow.slip_facts import Provisional
from kiosk.flow.state import Home, Waiting
from kiosk.input_devices import InputDevices
from kiosk.payment_slip import make_kept_slip, make_payment_slip
from kiosk.presenter.views import View, spoken_texts
from kiosk.presenter.window import Presenter
from kiosk.report_printer import ReportPrinter
from kiosk.slip import make_provisional_slip, make_slip
from queue_server.client.line import NoAnswer
from queue_server.contract.absence import Absences
from queue_server.contract.messages import ReplyBody, RequestBody
from queue_server.contract.payments import Payment

TICK_S = 0.5
PRINTER_CHECK_S = 60.0
WAITING_SHOWN_AFTER_S = 0.15
"""An answer that comes sooner takes the place of what was asked from, with no screen between."""
NUMBER_SHOWN_WITHIN_S = 0.15
"""A slip is made after that: made while the screen is drawn, it would hold up the number on it."""
_UNKNOWN_FAILURE = PrintFailure(sentence_zh="", sentence_en="", may_have_printed=True)
_log = logging.getLogger(__name__)


class Server(Protocol):
    """Whoever answers requests; in the product the `Line`."""

    async def ask(self, body: RequestBody) -> ReplyBody:
        """Return the reply.

        Raises:
            NoAnswer: none came in time.
        """
        ...


class Alone(Protocol):
    """Whoever checks in without a server; in the product the `OfflineDesk`."""

    async def check_in(self, effect: CheckInOffline) -> Event:
        """Return what became of it: what is checked in is on the kiosk's own disk."""
        ...


class Window(Protocol):
    """Whatever shows views; in the product the `KioskApp`."""

    def show(self, view: View) -> None:
        """Show `view`."""
        ...

    def wipe(self) -> None:
        """Drop whatever was shown."""
        ...


class Voice(Protocol):
    """Whoever reads a screen aloud; in the product the `ScreenVoice`."""

    def say(
        self, texts: Sequence[str], *, language: str, name: str, on_end: Callable[[], None]
    ) -> None:
        """Begin to read; `on_end` is called when all was said."""
        ...

    def silence(self) -> None:
        """Fall silent at once."""
        ...

    def wipe(self) -> None:
        """Fall silent and forget what was said."""
        ...


class Conductor:
    """Owns the kiosk's state.

    Args:
        presenter: makes views of states.
        server: answers requests.
        printer: prints slips.
        voice: reads aloud.
        alone: checks in while the server is away; None: nobody does.
        report_printer: prints reports on A4; None: none are printed here.
        cash: takes notes; None: this kiosk takes none.
        now: gives the present instant in the hospital's time zone.
        monotonic: gives seconds that only go forward.
    """

    def __init__(  # noqa: PLR0913 - what a kiosk has
        self,
        presenter: Presenter,
        *,
        server: Server,
        printer: TicketPrinter,
        voice: Voice,
        alone: Alone | None = None,
        report_printer: ReportPrinter | None = None,
        cash: CashDesk | None = None,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._presenter = presenter
        self._server = server
        self._printer = printer
        self._voice = voice
        self._alone = alone
        self._report_printer = report_printer
        self._cash = cash
        self._now = now
        self._monotonic = monotonic
        self._window: Window | None = None
        self._asking: dict[int, asyncio.Task[None]] = {}
        self._in_background: set[asyncio.Task[None]] = set()
        """Slips, calls for help and cancelled payments: they outlive the patient's session."""
        self._printer_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printer")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._held: asyncio.TimerHandle | None = None
        """Set while the former screen still stands there, in the hope of a quick answer."""
        self._devices = InputDevices()
        self.state = start(presenter.settings)
        self.paper = ""
        """What the printer last said of itself, for the technician's desk."""

    @property
    def is_free(self) -> bool:
        """Whether nobody is using the kiosk, and nothing is being printed."""
        is_home = isinstance(self.state.screen, Home) and self.state.session is None
        return is_home and not self._in_background

    @property
    def parts(self) -> str:
        """How scanners and readers are, for the technician's desk."""
        return " ".join((*self._devices.parts(), *((self._cash.part,) if self._cash else ())))

    def view(self) -> View:
        """Return what is to be seen now."""
        return self._presenter.present(self.state)

    def start(self, window: Window, devices: InputDevices) -> None:
        """Begin to listen; to be called inside the running loop."""
        self._loop = asyncio.get_running_loop()
        self._window = window
        self._devices = devices
        devices.start(self._heard, lambda: self._now().date())
        if self._cash is not None:
            self._cash.start(self._cash_changed, self.payment_told)

    async def run(self) -> None:
        """Let time pass, and look after the printer, until cancelled."""
        last_s = self._monotonic()
        printer_checked_s = last_s - PRINTER_CHECK_S
        while True:
            now_s = self._monotonic()
            time_text = self._now().strftime("%H:%M")
            self.handle(SecondsPassed(seconds=now_s - last_s, time_text=time_text))
            last_s = now_s
            if now_s - printer_checked_s >= PRINTER_CHECK_S:
                printer_checked_s = now_s
                self._start_in_background(self._check_printer())
            await asyncio.sleep(TICK_S)

    async def stop(self) -> None:
        """Stop in reverse: devices, voice, requests; a slip that is being printed is finished."""
        self._let_go()
        if self._cash is not None:
            await self._cash.stop()
        self._devices.stop()
        self._voice.silence()
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._in_background, return_exceptions=True)
        self._printer_thread.shutdown(wait=False)
        if self._report_printer is not None:
            await self._report_printer.stop()

    def line_changed(self, is_up: bool) -> None:
        """Take in that the line to the server came or went."""
        self.handle(LineChanged(is_up=is_up))

    def absences_told(self, told: Absences) -> None:
        """Take in which doctors see nobody at the moment."""
        self.handle(AbsencesTold(doctors=tuple(told.doctors), paused=frozenset(told.paused)))

    def payment_told(self, payment: Payment) -> None:
        """Take in what the server tells of a payment by itself."""
        self.handle(PaymentTold(payment=payment))

    def _cash_changed(self, standing: CashStanding) -> None:
        self.handle(CashChanged(standing=standing))

    def offline_check_in_changed(self, is_allowed: bool) -> None:
        """Take in whether patients may be checked in without the server."""
        self.handle(OfflineCheckInAllowed(is_allowed=is_allowed))

    def handle(self, event: Event) -> None:
        """Take in an event; to be called in the loop's thread."""
        was_waiting = isinstance(self.state.screen, Waiting)
        self.state, effects = step(self.state, event, self._presenter.settings)
        if isinstance(self.state.screen, Waiting) and self.state.help is None:
            if not was_waiting and self._loop is not None:
                self._held = self._loop.call_later(WAITING_SHOWN_AFTER_S, self._show_held)
        else:
            self._let_go()
        for effect in effects:
            self._carry_out(effect)
        if self._cash is not None:
            screen, is_line_up = self.state.screen, self.state.is_line_up
            paying = screen if isinstance(screen, Paying) else None
            self._cash.want(None if paying is None else wanted(paying, is_line_up=is_line_up))
        self._show()

    def _show(self) -> None:
        if self._window is not None and self._held is None:
            self._window.show(self.view())

    def _show_held(self) -> None:
        self._let_go()
        self._show()

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Ask():
                self._start_asking(effect)
            case CheckInOffline():
                self._start_in_background(self._check_in_offline(effect))
            case PrintSlip():
                self._start_in_background(self._print(effect))
            case PrintReleased():
                self._start_in_background(self._print_report(effect))
            case Speak():
                self._speak()
            case StopSpeaking():
                self._voice.silence()
            case Wipe():
                self._wipe()

    # --- asking ------------------------------------------------------------------------------

    def _start_asking(self, effect: Ask) -> None:
        if isinstance(effect.body, OUTLIVES_THE_PATIENT):
            self._start_in_background(self._ask(effect))
        else:
            task = asyncio.get_running_loop().create_task(self._ask(effect))
            self._asking[effect.ask_number] = task

    async def _ask(self, effect: Ask) -> None:
        number = effect.ask_number
        try:
            body = await self._server.ask(effect.body)
        except NoAnswer:
            _log.warning("No answer to %s", type(effect.body).__name__)
            answer: Event = NotAnswered(ask_number=number)
        else:
            answer = Replied(ask_number=number, body=body)
        self._asking.pop(number, None)
        self.handle(answer)

    async def _check_in_offline(self, effect: CheckInOffline) -> None:
        assert self._alone is not None, "it is only allowed where somebody does it"
        self.handle(await self._alone.check_in(effect))

    def _wipe(self) -> None:
        self._let_go()
        for task in self._asking.values():
            task.cancel()
        self._asking.clear()
        self._voice.wipe()
        if self._window is not None:
            self._window.wipe()

    # --- voice and devices -------------------------------------------------------------------

    def _speak(self) -> None:
        session = self.state.session
        self._voice.say(
            list(spoken_texts(self.view())),
            language=self.state.language,
            name=session.masked_name if session else "",
            on_end=lambda: self.handle(SpeechEnded()),
        )

    def _heard(self, event: Event) -> None:
        assert self._loop is not None
        # Between the end of the loop and the end of a device something may still come.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.handle, event)

    # --- printing ----------------------------------------------------------------------------

    def _start_in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._in_background.add(task)
        task.add_done_callback(self._in_background.discard)

    async def _print(self, effect: PrintSlip) -> None:
        loop = asyncio.get_running_loop()
        failure = None
        await asyncio.sleep(NUMBER_SHOWN_WITHIN_S)
        try:
            slip = self._slip(effect)
            await loop.run_in_executor(self._printer_thread, self._printer.print_slip, slip)
            self.paper = "ok"
        except PrinterError as error:
            _log.warning("A slip was not printed: %s", error)
            self.paper = error.code
            failure = PrintFailure(
                sentence_zh=error.sentence_zh,
                sentence_en=error.sentence_en,
                may_have_printed=error.may_have_printed,
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the patient's check-in stands
            _log.exception("The slip or the printer's driver failed: %s", type(error).__name__)
            failure = _UNKNOWN_FAILURE
        self.handle(PrintEnded(print_number=effect.print_number, failure=failure))

    async def _print_report(self, effect: PrintReleased) -> None:
        assert self._report_printer is not None, "reports are only offered where they are printed"
        failure = await self._report_printer.print_released(effect.release)
        self.handle(ReportPrintEnded(print_number=effect.print_number, failure=failure))

    def _slip(self, effect: PrintSlip) -> Slip:
        facts, words = effect.facts, self._presenter.wordings[effect.language]
        hospital = self._presenter.hospital_name(effect.language)
        if isinstance(facts, Provisional):
            return make_provisional_slip(facts, words, hospital=hospital, printed_at=self._now())
        if isinstance(facts, PaidFacts):
            return make_payment_slip(facts, words, hospital=hospital, printed_at=self._now())
        if isinstance(facts, KeptFacts):
            return make_kept_slip(facts, words, hospital=hospital, printed_at=self._now())
        if isinstance(facts, DeferralFacts):
            return make_deferral_slip(facts, words, hospital=hospital, printed_at=self._now())
        return make_slip(facts, words, hospital=hospital, printed_at=self._now())

    async def _check_printer(self) -> None:
        loop = asyncio.get_running_loop()
        status = await loop.run_in_executor(self._printer_thread, self._printer.status)
        conditions: set[str] = set(status.conditions)
        if self._report_printer is not None:
            conditions |= (await self._report_printer.status()).conditions
        self.paper = " ".join(sorted(conditions)) or "ok"
