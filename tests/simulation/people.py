"""Who comes, waits, treats and helps: patients at kiosks, doctors and nurses at browsers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from random import Random
from typing import Any, Final, TypeVar

from kiosk.flow.events import Key, Scanned, Tapped
from kiosk.flow.state import (
    Arrived,
    ArrivedOffline,
    Home,
    MyPlace,
    OneVisit,
    Refusal,
    Screen,
    Visits,
    Waiting,
)
from queue_server.contract.boards import Notice
from queue_server.records.records import Patient
from queue_server.records.virtual_card import CardIssuer
from queue_server.rules import commands as asked
from queue_server.rules.events import Entry
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, QueueStatus, RequestId, TicketId, TicketKind
from queue_server.rules.terms import TicketState as State
from queue_server.rules.ticket import ticket_id
from queue_server.service.facts import HelpAnswered, NoticesSet
from queue_server.service.now import Now
from queue_server.site import QueueSetup
from tests.simulation.hospital import CARD_KEY, Hospital, seconds_to
from tests.simulation.kiosk_device import KioskDevice
from tests.simulation.server import Server, ServerGone
from tests.simulation.witness import Witness
from tests.simulation.world import World

T = TypeVar("T")
TRIES_MAX: Final = 6
HTTP_WITHIN_S: Final = 5.0
PATIENCE: Final = 4
COMES_BACK: Final = (State.BOOKED, State.MISSED, State.AWAY_FOR_RESULTS)


class NotDone(Exception):
    """The browser has given up: whether it was done is not known."""


class Browser:
    """A page that sends the same request again, with the same id, until it is answered."""

    def __init__(self, world: World, server: Server, witness: Witness, user: str) -> None:
        self.user = user
        self.chance = world.chance(user)
        self._world = world
        self._server = server
        self._witness = witness
        self._seen: Now | None = None

    def look(self) -> Now | None:
        """Return what the page shows: old, while the server is not there."""
        if self._server.writer is not None:
            self._seen = self._server.writer.now
        return self._seen

    async def act(self, command: asked.Command) -> None:
        """Do it, or be refused.

        Raises:
            NotDone: nobody answered.
        """
        request_id = RequestId(f"{self.user}-{self.chance.getrandbits(64):016x}")
        self._witness.asked_by[self.user] += 1
        entry: Entry | None = None
        for _ in range(TRIES_MAX):
            try:
                entry = await self._try(lambda: self._server.act(command, self.user, request_id))
            except (ServerGone, TimeoutError):
                await asyncio.sleep(1.0)
                continue
            except Refused as refused:
                self._world.tell(self.user, f"is refused {refused.code}")
                return
            self._world.count("acts answered")
            is_there = self._witness.entries[entry.number - 1].entry == entry
            assert is_there, f"{self.user} was told of {entry}"
            return
        raise NotDone

    async def note(self, fact: NoticesSet | HelpAnswered) -> None:
        """Tell something; it may be lost."""
        try:
            await self._try(lambda: self._server.note(fact, self.user))
        except (ServerGone, TimeoutError):
            self._world.tell(self.user, "could not tell")

    async def _try(self, hand_in: Callable[[], "Future[T]"]) -> T:
        """Send one request over a network that may lose it, or its answer, or bring it twice."""
        weather = self._world.weather
        await asyncio.sleep(self.chance.uniform(0.0, 2.0) * weather.latency_s)
        if self.chance.random() < weather.http_lost:
            await asyncio.sleep(HTTP_WITHIN_S)
            raise TimeoutError
        if self.chance.random() < weather.doubled / 4:
            await self._answer(hand_in())
        answer = await self._answer(hand_in())
        if self.chance.random() < weather.http_lost:
            await asyncio.sleep(HTTP_WITHIN_S)
            raise TimeoutError
        return answer

    async def _answer(self, given: "Future[T]") -> T:
        settled = asyncio.Event()
        given.add_done_callback(lambda _: settled.set())
        async with asyncio.timeout(HTTP_WITHIN_S):
            await settled.wait()
        return given.result()


class Doctor:
    """Calls, treats, sends away, misses: one queue."""

    def __init__(self, browser: Browser, queue: QueueId) -> None:
        self._browser = browser
        self._queue = queue

    async def work(self) -> None:
        """Go on for ever."""
        chance = self._browser.chance
        while True:
            await asyncio.sleep(chance.uniform(2.0, 30.0))
            now = self._browser.look()
            if now is not None:
                try:
                    await self._browser.act(self._next_act(now, chance))
                except NotDone:
                    continue

    async def call_until_heard(self) -> None:
        """Call the next one, or the one in the room again, on a calm day."""
        now = self._browser.look()
        assert now is not None
        await self._browser.act(asked.Reopen(queue=self._queue))
        await self._browser.act(asked.CallNext(queue=self._queue))

    def _next_act(self, now: Now, chance: Random) -> asked.Command:
        queue = now.day.queues[self._queue]
        seen = now.day.entry_count if chance.random() < 0.8 else None
        call_next = asked.CallNext(queue=self._queue, seen_entry=seen)
        if chance.random() < 0.1:
            # Of a colleague who may be calling the same one at this moment.
            colleague = now.day.queues[chance.choice(sorted(now.day.queues))]
            if colleague.id != self._queue and colleague.order:
                return asked.CrossCall(
                    queue=self._queue,
                    from_queue=colleague.id,
                    ticket=colleague.order[0],
                    seen_entry=seen,
                )
        if queue.in_room is None:
            return call_next
        kinds: list[type[asked.TicketCommand]] = [asked.Finish, asked.SendForResults]
        if queue.tickets[queue.in_room].state is State.CALLED:
            kinds = [asked.Start, asked.Start, asked.Recall, asked.Miss]
        kind = chance.choice(kinds)
        if chance.random() < 0.4:
            return call_next
        return kind(queue=self._queue, ticket=queue.in_room, seen_entry=seen)


class Nurse:
    """Re-orders, adds, holds, sends elsewhere, takes back."""

    def __init__(self, browser: Browser, hospital: Hospital) -> None:
        self._browser = browser
        self._queues = hospital.setup.all_queues()

    async def work(self) -> None:
        """Go on for ever."""
        chance = self._browser.chance
        while True:
            await asyncio.sleep(chance.uniform(2.0, 30.0))
            now = self._browser.look()
            if now is None:
                continue
            if chance.random() < 0.1:
                await self._browser.note(self._fact(now, chance))
                continue
            command = self._next_act(now, chance)
            if command is not None:
                try:
                    await self._browser.act(command)
                except NotDone:
                    continue

    def _fact(self, now: Now, chance: Random) -> NoticesSet | HelpAnswered:
        if now.help_calls:
            return HelpAnswered(help_id=now.help_calls[0].help_id)
        text = f"{chance.randrange(100)}"
        notice = Notice(text_zh=text, text_en=text)
        return NoticesSet(area=chance.choice(self._queues).area, notices=(notice,))

    def _next_act(self, now: Now, chance: Random) -> asked.Command | None:
        setup = chance.choice(self._queues)
        queue = now.day.queues[setup.id]
        if queue.status is not QueueStatus.OPEN:
            return asked.Reopen(queue=setup.id)
        if chance.random() < 0.3:
            return self._act_on_queue(setup, chance)
        return self._act_on_ticket(setup, now, chance)

    def _act_on_queue(self, setup: QueueSetup, chance: Random) -> asked.Command:
        pick = chance.random()
        if pick < 0.5:
            kind = TicketKind.EMERGENCY if chance.random() < 0.2 else TicketKind.ORDINARY
            return asked.AddWalkIn(queue=setup.id, prefix=setup.prefix, kind=kind)
        return (asked.Undo if pick < 0.85 else asked.Pause)(queue=setup.id)

    def _act_on_ticket(self, setup: QueueSetup, now: Now, chance: Random) -> asked.Command | None:
        queue = now.day.queues[setup.id]
        seen = now.day.entry_count if chance.random() < 0.8 else None
        tickets = sorted(queue.tickets)
        if not tickets:
            return None
        ticket = chance.choice(queue.order or tickets)
        pick = chance.random()
        if pick < 0.4:
            beside = chance.choice(queue.order or tickets)
            return asked.Move(
                queue=setup.id, ticket=ticket, before=beside, why="老人", seen_entry=seen
            )
        if pick < 0.55:
            other = chance.choice(self._queues).id
            return asked.Transfer(queue=setup.id, ticket=ticket, to_queue=other, seen_entry=seen)
        if pick < 0.8:
            return self._noted(setup, ticket, pick, chance)
        kinds = [asked.Hold, asked.Resume, asked.NoteResultsReady, asked.CheckIn, asked.CallTicket]
        return chance.choice(kinds)(queue=setup.id, ticket=chance.choice(tickets))

    def _noted(
        self, setup: QueueSetup, ticket: TicketId, pick: float, chance: Random
    ) -> asked.Command:
        """Return what the nurse has found out about a patient."""
        if pick < 0.65:
            return asked.GrantPriority(queue=setup.id, ticket=ticket, rank="aged_80")
        if pick < 0.7:
            return asked.Grade(queue=setup.id, ticket=ticket, level=chance.randrange(1, 5))
        if pick < 0.75:
            doctor = chance.choice(self._queues).id
            if chance.random() < 0.5:
                return asked.AskForDoctor(queue=setup.id, ticket=ticket, doctor=doctor)
            return asked.WriteNote(queue=setup.id, ticket=ticket, note="听力不佳")
        return asked.CancelCheckIn(queue=setup.id, ticket=ticket)


class PatientWalk:
    """One patient: comes to a kiosk, tries again, comes back when he has missed his call."""

    def __init__(
        self,
        world: World,
        hospital: Hospital,
        kiosks: list[KioskDevice],
        witness: Witness,
        patient: Patient,
    ) -> None:
        self._world = world
        self._kiosks = kiosks
        self._witness = witness
        self._patient = patient
        self._visits = hospital.visits(patient.patient_id)
        self._queues = hospital.setup.queues
        self._card_id = hospital.card_id(patient.patient_id)
        self._issuer = CardIssuer(CARD_KEY, hospital.setup.site.id)
        self._chance = world.chance(patient.patient_id)
        self._provisional_slip = ""

    def tickets(self) -> list[tuple[QueueId, TicketId]]:
        """Return his tickets."""
        return [
            (
                one.queue_id,
                ticket_id(one.queue_id, f"{self._queues[one.queue_id].prefix}{one.number:03d}"),
            )
            for one in self._visits
        ]

    async def walk(self) -> None:
        """Come in time, and again whenever there is something to check in for."""
        slot = min(one.slot.start_s for one in self._visits if one.slot)
        first = next(one.slot for one in self._visits if one.slot and one.slot.start_s == slot)
        await asyncio.sleep(max(0.0, seconds_to(first) + self._chance.uniform(-300.0, 120.0)))
        for _ in range(PATIENCE):
            is_wanted = any(self._witness.state_of(*one) in COMES_BACK for one in self.tickets())
            if is_wanted or self._provisional_slip:
                kiosk = self._chance.choice(self._kiosks)
                async with kiosk.place:
                    await self._use(kiosk)
            await asyncio.sleep(self._chance.uniform(20.0, 150.0))

    async def _use(self, kiosk: KioskDevice) -> None:
        if not isinstance(kiosk.state.screen, Home):
            # Whoever stood there has left without a word: the kiosk forgets him first.
            kiosk.handle(Tapped(key=Key.HOME))
        kiosk.handle(Tapped(key=Key.CHECK_IN))
        await asyncio.sleep(self._chance.uniform(0.5, 3.0))
        slip, self._provisional_slip = self._provisional_slip, ""
        kiosk.handle(Scanned(code=slip or self._code()))
        for _ in range(8):
            await kiosk.wait_until(lambda screen: not isinstance(screen, Waiting), 30.0)
            await asyncio.sleep(self._chance.uniform(0.5, 4.0))
            if self._chance.random() < 0.02:
                kiosk.machine.tell("is left alone")
                return
            if not self._go_on(kiosk, kiosk.state.screen):
                return

    def _code(self) -> str:
        if self._chance.random() < 0.4:
            token_id = f"{self._chance.getrandbits(64):016x}"
            return self._issuer.issue(self._card_id, self._world.now(), token_id)
        assert self._patient.id_number is not None
        return self._patient.id_number

    def _go_on(self, kiosk: KioskDevice, screen: Screen) -> bool:
        """Press what leads on; tell whether something is still to be done."""
        match screen:
            case OneVisit():
                kiosk.handle(Tapped(key=Key.CHECK_IN))
                return isinstance(kiosk.state.screen, Waiting) or self._leave(kiosk)
            case Visits():
                visits = kiosk.state.session.visits if kiosk.state.session else ()
                open_ones = [index for index, one in enumerate(visits) if one.can_check_in]
                if not open_ones:
                    return self._leave(kiosk)
                kiosk.handle(Tapped(key=Key.VISIT, argument=open_ones[0]))
                return True
            case ArrivedOffline(provisional=provisional):
                self._provisional_slip = provisional.slip_code
                return self._leave(kiosk)
            case Arrived(facts=facts):
                self._world.count("patients checked in")
                place = facts.visit.ticket_id
                self._world.tell(self._patient.patient_id, f"holds the slip of {place}")
                return self._leave(kiosk)
            case MyPlace():
                return self._leave(kiosk)
            case Refusal(code=code):
                self._world.count(f"refused {code}")
                if self._chance.random() < 0.2:
                    kiosk.handle(Tapped(key=Key.HELP))
                    kiosk.handle(Tapped(key=Key.CALL_NURSE))
                    kiosk.handle(Tapped(key=Key.CLOSE_HELP))
                kiosk.handle(Tapped(key=Key.TRY_AGAIN))
                return self._after_refusal(kiosk)
            case _:
                return False

    def _after_refusal(self, kiosk: KioskDevice) -> bool:
        shown: Any = kiosk.state.screen
        if isinstance(shown, Home):
            return False
        if not isinstance(shown, Waiting | Visits | Refusal | OneVisit | MyPlace):
            kiosk.handle(Scanned(code=self._code()))
        return True

    def _leave(self, kiosk: KioskDevice) -> bool:
        kiosk.handle(Tapped(key=Key.DONE))
        return False
