"""After the faults: everybody sees the truth, hears the calls, and is answered as before."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import aiomqtt

from queue_server.contract import topics
from queue_server.contract.codec import decode
from queue_server.contract.messages import CheckIn, Request
from queue_server.rules.terms import AreaId, DeviceId
from tests.simulation.processes.lives import lives_of
from tests.simulation.processes.people import Doctor, Nurse
from tests.simulation.processes.records import LineIs, Record, Sent, read_notes
from tests.simulation.processes.relay import Relay
from tests.simulation.processes.rig import Rig
from tests.simulation.processes.truth import stored_replies
from tests.simulation.world import Violation

SETTLED_WITHIN_S: Final = 60.0
LOOK_S: Final = 0.25
ASKED_AGAIN: Final = 60


class LastLook:
    """Looks at everything once the faults are over."""

    def __init__(self, rig: Rig, doctors: Sequence[Doctor], nurse: Nurse) -> None:
        self._rig = rig
        self._doctors = doctors
        self._nurse = nurse
        self._notes: dict[str, list[Record]] = {device: [] for device in rig.building.plan}
        self._read_to = dict.fromkeys(rig.building.plan, 0)

    async def look(self) -> None:
        """Look.

        Raises:
            Violation: with what is not as it should be.
        """
        await self._wait(self._what_is_not_shown)
        half = len(self._doctors) // 2
        await self._call_and_hear(self._doctors[:half])
        wires = [
            self._rig.building.relays[device]
            for device, placed in self._rig.building.plan.items()
            if placed.kind == "area"
        ]
        for wire in wires:
            wire.cut()
        await self._call_and_hear(self._doctors[half:], then=wires)
        await self._wait(self._what_is_not_shown)
        await self._ask_again()
        self._rig.story.tell("last look", "is over")

    async def _call_and_hear(self, doctors: Sequence[Doctor], then: Sequence[Relay] = ()) -> None:
        """Let doctors call, then heal the wires; every call is spoken."""
        called_from = {area: len(calls) for area, calls in self._rig.truth.calls.items()}
        for doctor in doctors:
            await self._nurse.add(doctor.queue)
            _require(await doctor.call(), f"{doctor.queue} can't call anybody")
        for wire in then:
            wire.heal()
        await self._wait(lambda: self._what_is_not_spoken(called_from))

    async def _wait(self, what_is_wrong: Callable[[], str]) -> None:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + SETTLED_WITHIN_S
        while wrong := self._looked(what_is_wrong):
            _require(loop.time() < give_up_at, f"long after the last fault: {wrong}")
            await asyncio.sleep(LOOK_S)

    def _looked(self, what_is_wrong: Callable[[], str]) -> str:
        self._rig.truth.read(self._rig.journal)
        for device in self._notes:
            path = self._rig.folder / f"{device}.jsonl"
            new, self._read_to[device] = read_notes(path, self._read_to[device])
            self._notes[device] += new
        return what_is_wrong()

    def _what_is_not_shown(self) -> str:
        for device, placed in self._rig.building.plan.items():
            lines = [note for note in self._notes[device] if isinstance(note, LineIs)]
            if not lines or not lines[-1].is_up:
                return f"{device} has no line"
            changes = self._rig.truth.boards[placed.shows].changes if placed.shows else []
            if changes:
                shown = lives_of(self._notes[device])[-1].boards[-1:]
                if not shown or shown[0].digest != changes[-1].board.digest:
                    return f"{device} does not show {changes[-1].board.rooms}"
        return ""

    def _what_is_not_spoken(self, called_from: dict[AreaId, int]) -> str:
        for device, placed in self._rig.building.plan.items():
            if placed.kind == "area":
                area = AreaId(placed.shows)
                wanted = list(self._rig.truth.calls[area])[called_from[area] :]
                spoken = lives_of(self._notes[device])[-1].spoken()
                missing = [one for one in wanted if one not in spoken]
                if missing:
                    return f"{device} has not spoken {missing}"
        return ""

    async def _ask_again(self) -> None:
        """Send requests of the day once more: each gets the answer it got."""
        site = self._rig.hospital.setup.site.id
        replies = stored_replies(self._rig.journal)
        sent = self._some_check_ins(set(replies))
        async with aiomqtt.Client(
            "127.0.0.1", self._rig.broker_port, protocol=aiomqtt.ProtocolVersion.V311
        ) as client:
            await client.subscribe([(topics.reply(site, device), 1) for device, _ in sent])
            for device, payload in sent:
                await client.publish(topics.request(site, device), payload, qos=1)
            wanted = {payload.decode() for payload in replies.values()}
            try:
                async with asyncio.timeout(SETTLED_WITHIN_S):
                    left = len(sent)
                    async for message in client.messages:
                        assert isinstance(message.payload, bytes)
                        is_same = message.payload.decode() in wanted
                        _require(is_same, f"another answer than before: {message.payload!r}")
                        left -= 1
                        if left == 0:
                            break
            except TimeoutError:
                raise Violation(f"{left} requests that were sent again got no answer") from None
        self._rig.story.counts["requests sent again after all, answered alike"] = len(sent)

    def _some_check_ins(self, answered: set[str]) -> list[tuple[DeviceId, bytes]]:
        found: dict[str, tuple[DeviceId, bytes]] = {}
        for device, notes in self._notes.items():
            for note in notes:
                if isinstance(note, Sent):
                    request = decode(note.payload.encode(), Request)
                    kept_as = f"{device}/{request.request_id}"
                    if isinstance(request.body, CheckIn) and kept_as in answered:
                        found[kept_as] = (DeviceId(device), note.payload.encode())
        return list(found.values())[:ASKED_AGAIN]


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Violation(what)
