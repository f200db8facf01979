"""Patients who pay at kiosks: by phone, by code, in notes; who cancel, leave, pay late."""

import asyncio
from typing import Final

from kiosk.flow.bills import Bills, Channels, Paid, Paying
from kiosk.flow.events import Key, Scanned, Tapped
from kiosk.flow.state import Home, Refusal, Waiting
from queue_server.contract.payments import PaymentState
from queue_server.payments.terms import Channel
from queue_server.records.records import Patient
from tests.simulation.kiosk_device import KioskDevice
from tests.simulation.money import CHANNELS, SimulatedMoney
from tests.simulation.world import World

TRIES_MAX: Final = 5
ACTS_MAX: Final = 25
NOTES_FEN: Final = (100, 500, 1000, 2000, 5000, 10000)
PAYS_AGAIN: Final = (PaymentState.CLOSED, PaymentState.FAILED, PaymentState.REFUNDED)


class Payer:
    """One patient; what he holds in his hand is phone and purse."""

    def __init__(
        self, world: World, kiosks: list[KioskDevice], money: SimulatedMoney, patient: Patient
    ) -> None:
        self._world = world
        self._kiosks = kiosks
        self._money = money
        self._patient = patient
        self._chance = world.chance(f"payer-{patient.patient_id}")
        self._scanned: set[str] = set()
        """The codes that he has photographed already."""

    async def walk(self) -> None:
        """Come now and then as long as he owes something."""
        await asyncio.sleep(self._chance.uniform(0.0, 200.0))
        for _ in range(TRIES_MAX):
            if self._money.counter.owes(self._patient.patient_id):
                kiosk = self._chance.choice(self._kiosks)
                async with kiosk.place:
                    await self._use(kiosk)
            await asyncio.sleep(self._chance.uniform(20.0, 120.0))

    async def _use(self, kiosk: KioskDevice) -> None:
        if not isinstance(kiosk.state.screen, Home):
            kiosk.handle(Tapped(key=Key.HOME))
        kiosk.handle(Tapped(key=Key.PAY))
        await asyncio.sleep(self._chance.uniform(0.5, 3.0))
        self._identify(kiosk)
        for _ in range(ACTS_MAX):
            await kiosk.wait_until(lambda screen: not isinstance(screen, Waiting), 30.0)
            await asyncio.sleep(self._chance.uniform(0.5, 3.0))
            if self._chance.random() < 0.02:
                kiosk.machine.tell("is left alone")
                return
            if not self._go_on(kiosk):
                return

    def _identify(self, kiosk: KioskDevice) -> None:
        assert self._patient.id_number is not None
        kiosk.handle(Scanned(code=self._patient.id_number))

    def _go_on(self, kiosk: KioskDevice) -> bool:
        """Do what the screen asks for; tell whether something is still to be done."""
        screen = kiosk.state.screen
        match screen:
            case Bills():
                if len(screen.sheets) > 1 and self._chance.random() < 0.3:
                    kiosk.handle(Tapped(key=Key.BILL, argument=0))
                kiosk.handle(Tapped(key=Key.PAY))
            case Channels():
                self._choose(kiosk, screen)
            case Paying():
                return self._pay(kiosk, screen)
            case Paid():
                self._world.count("patients who have paid")
                kiosk.handle(Tapped(key=Key.DONE))
                return False
            case Refusal():
                kiosk.handle(Tapped(key=Key.TRY_AGAIN))
                if not isinstance(kiosk.state.screen, Waiting | Bills | Refusal | Home):
                    self._identify(kiosk)
                return not isinstance(kiosk.state.screen, Home)
            case _:
                return False
        return True

    def _choose(self, kiosk: KioskDevice, screen: Channels) -> None:
        if self._chance.random() < 0.35:
            code = self._money.new_code(self._chance.choice(CHANNELS))
            kiosk.handle(Scanned(code=code))
            return
        channels = screen.bills.channels
        argument = channels.index(Channel.CASH) if Channel.CASH in channels else 0
        if self._chance.random() < 0.5:
            argument = self._chance.randrange(len(channels))
        kiosk.handle(Tapped(key=Key.CHANNEL, argument=argument))

    def _pay(self, kiosk: KioskDevice, screen: Paying) -> bool:
        payment = screen.payment
        if not screen.is_live:
            if payment.state in PAYS_AGAIN:
                kiosk.handle(Tapped(key=Key.PAY))
                return True
            kiosk.handle(Tapped(key=Key.DONE))
            return False
        if not screen.is_patients_turn:
            return True
        if self._chance.random() < 0.06:
            kiosk.handle(Tapped(key=Key.CANCEL_PAYMENT))
            return True
        if self._chance.random() < 0.03:
            kiosk.machine.tell("is left alone with a payment")
            return False
        if payment.channel == Channel.CASH:
            self._insert(kiosk, screen)
        elif payment.is_scanned:
            self._money.finish_typing(payment.payment_id)
        elif payment.qr_text and payment.qr_text not in self._scanned:
            self._scanned.add(payment.qr_text)
            self._use_phone(payment.qr_text)
        return True

    def _use_phone(self, token: str) -> None:
        """Pay soon, or much later, or not at all."""
        pick = self._chance.random()
        if pick < 0.1:
            return
        delay_s = self._chance.uniform(1.0, 15.0 if pick < 0.75 else 250.0)
        self._world.loop.call_later(delay_s, self._money.pay, token)

    def _insert(self, kiosk: KioskDevice, screen: Paying) -> None:
        assert screen.payment.cash is not None
        missing_fen = screen.payment.amount_fen - kiosk.state.cash.in_fen
        fitting = [note for note in NOTES_FEN if note <= missing_fen] or [NOTES_FEN[0]]
        note = self._chance.choice(NOTES_FEN) if self._chance.random() < 0.2 else fitting[-1]
        if kiosk.cash.insert(note):
            kiosk.machine.tell(f"a note of {note} fen goes in")
