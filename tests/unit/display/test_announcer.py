import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.announcer import Announcer, Pace
from hardware.voice.chime import DURATION_S
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.reading import chinese, english
from hardware.voice.synthesiser import Synthesiser
from queue_server.contract.boards import AreaBoard, Call
from queue_server.contract.device_messages import Heard
from queue_server.rules.terms import TicketState
from tests.unit.display.samples import NOW, board, call, room, ticket
from tests.unit.display.virtual_time import Played, SimulatedLoudspeaker, VirtualTime

FRESH_S = 90
ROOMS = 4


def called(sequence: int, at: datetime = NOW, **changed: Any) -> Call:
    """The call of the patient who belongs to room `sequence % ROOMS`: few sentences to make."""
    index = sequence % ROOMS
    fields = {
        "called_at": at,
        "fresh_until": at + timedelta(seconds=FRESH_S),
        "room": f"room-20{index + 1}",
        "number": f"A{index}",
        "spoken_zh": f"请A{index}号单某到20{index + 1}诊室就诊。",
        "spoken_en": f"Number A{index}, please go to Room 20{index + 1}.",
    }
    return call(sequence, **{**fields, **changed})


@dataclass
class Area:
    """One announcer with its loudspeaker, in virtual time."""

    time: VirtualTime
    player: SimulatedLoudspeaker
    announcer: Announcer
    heard: list[Heard] = field(default_factory=list)

    def spoken(self) -> list[str]:
        return [played.name for played in self.player.played]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sentences of these tests, made beforehand: making them takes real time."""
    folder = tmp_path_factory.mktemp("sounds")

    async def make() -> None:
        synthesiser = Synthesiser(folder)
        for one in map(called, range(ROOMS)):
            await synthesiser.sound(chinese(one.spoken_zh, name=one.spoken_name_zh))
            await synthesiser.sound(english(one.spoken_en))
        await synthesiser.close()

    asyncio.run(make())
    return folder


@asynccontextmanager
async def opened(sounds: Path, *, has_loudspeaker: bool = True) -> AsyncIterator[Area]:
    time = VirtualTime(NOW)
    player = SimulatedLoudspeaker(time)
    loudspeaker = Loudspeaker(Synthesiser(sounds), player, sounds / "chime" / "chime.wav")
    heard: list[Heard] = []
    announcer = Announcer(
        loudspeaker if has_loudspeaker else None,
        now=time.now,
        sleep=time.sleep,
        acknowledge=heard.append,
        pace=Pace(),
    )
    running = asyncio.create_task(announcer.run())
    try:
        yield Area(time=time, player=player, announcer=announcer, heard=heard)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_call_is_spoken_twice_with_a_pause_and_acknowledged(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        await area.time.run_for(60)

    first, second = area.player.played
    assert first.name == second.name == "1-A1"
    assert (first.ended_at - first.began_at).total_seconds() > DURATION_S + 4
    assert (second.began_at - first.ended_at).total_seconds() == Pace().pause_s
    assert [(heard.sequence, heard.was_spoken) for heard in area.heard] == [(1, True)]


async def test_two_calls_at_once_are_spoken_one_after_the_other(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(2))
        area.announcer.offer(called(1))
        await area.time.run_for(120)

    assert area.spoken() == ["1-A1", "1-A1", "2-A2", "2-A2"]
    assert_one_at_a_time(area.player.played)


async def test_a_call_that_comes_twice_is_spoken_as_one(sounds: Path) -> None:
    async with opened(sounds) as area:
        for _ in range(3):
            area.announcer.offer(called(1))
            await area.time.run_for(20)
            area.announcer.look_at(board([in_room(called(1))], last_calls=[called(1)]))
            await area.time.run_for(20)

    assert area.spoken() == ["1-A1", "1-A1"]
    assert len(area.heard) == 1


async def test_the_same_sequence_of_the_next_day_is_another_call(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        await area.time.run_for(86_400)
        area.announcer.offer(called(1, area.time.now()))
        await area.time.run_for(60)

    assert area.spoken() == ["1-A1"] * 4


async def test_a_stale_call_is_not_spoken_and_that_is_told(sounds: Path) -> None:
    async with opened(sounds) as area:
        await area.time.run_for(FRESH_S)
        area.announcer.offer(called(1, NOW))
        await area.time.run_for(60)

    assert area.spoken() == []
    assert [(heard.was_spoken, heard.why_not) for heard in area.heard] == [(False, "stale")]


async def test_after_an_absence_the_fresh_calls_of_the_board_are_spoken_in_order(
    sounds: Path,
) -> None:
    async with opened(sounds) as area:
        await area.time.run_for(FRESH_S)
        missed = [called(1, NOW), called(2, area.time.now()), called(3, area.time.now())]
        area.announcer.look_at(board([in_room(one) for one in missed], last_calls=missed))
        await area.time.run_for(120)

    assert area.spoken() == ["2-A2", "2-A2", "3-A3", "3-A3"]
    assert [heard.sequence for heard in area.heard] == [2, 3]


async def test_a_recall_is_a_call_of_its_own(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        await area.time.run_for(60)
        area.announcer.offer(called(5, area.time.now(), is_recall=True))
        await area.time.run_for(60)

    assert area.spoken() == ["1-A1", "1-A1", "5-A1", "5-A1"]


async def test_a_call_that_is_called_anew_meanwhile_is_not_repeated(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        await area.time.run_for(2)
        area.announcer.offer(called(5, is_recall=True))
        await area.time.run_for(90)

    assert area.spoken() == ["1-A1", "5-A1", "5-A1"]


async def test_a_call_that_was_withdrawn_is_not_repeated(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        await area.time.run_for(2)
        area.announcer.look_at(board([room(1)], published_at=area.time.now()))
        await area.time.run_for(60)

    assert area.spoken() == ["1-A1"]
    assert area.heard[0].was_spoken


async def test_a_board_older_than_the_call_withdraws_nothing(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.look_at(board([room(1)], published_at=NOW - timedelta(seconds=5)))
        area.announcer.offer(called(1))
        await area.time.run_for(60)

    assert area.spoken() == ["1-A1", "1-A1"]


async def test_a_repetition_never_makes_another_call_stale(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        area.announcer.offer(called(2, fresh_until=NOW + timedelta(seconds=15)))
        await area.time.run_for(90)

    assert area.spoken() == ["1-A1", "2-A2"]
    assert [heard.was_spoken for heard in area.heard] == [True, True]


async def test_without_a_loudspeaker_each_call_is_shown_for_its_time(sounds: Path) -> None:
    async with opened(sounds, has_loudspeaker=False) as area:
        area.announcer.offer(called(1))
        area.announcer.offer(called(2))
        shown = []
        for _ in range(4):
            await area.time.run_for(5)
            current = area.announcer.shown(area.time.now())
            shown.append(current.sequence if current else None)

    assert shown == [1, 2, 2, None]
    assert [(heard.was_spoken, heard.why_not) for heard in area.heard] == [
        (False, "no loudspeaker is set up"),
        (False, "no loudspeaker is set up"),
    ]


async def test_a_call_lies_over_the_board_for_nine_seconds_of_its_announcement(
    sounds: Path,
) -> None:
    async with opened(sounds) as area:
        area.announcer.offer(called(1))
        await area.time.run_for(8.9)
        before = area.announcer.shown(area.time.now())
        await area.time.run_for(0.2)
        after = area.announcer.shown(area.time.now())

    assert before == called(1)
    assert after is None


async def test_an_unplugged_loudspeaker_is_found_before_the_first_call_and_told_once(
    sounds: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(sounds) as area:
        area.player.is_plugged_in = False
        await area.time.run_for(1)
        assert area.announcer.sound.has_fault
        for sequence in (1, 2):
            area.announcer.offer(called(sequence))
        await area.time.run_for(60)
        area.player.is_plugged_in = True
        area.announcer.offer(called(3))
        await area.time.run_for(60)

    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    assert [(heard.was_spoken, heard.why_not) for heard in area.heard] == [
        (False, "NO_SOUND"),
        (False, "NO_SOUND"),
        (True, ""),
    ]
    assert not area.announcer.sound.has_fault


async def test_a_silenced_board_shows_calls_and_does_not_speak(sounds: Path) -> None:
    async with opened(sounds) as area:
        area.announcer.be_silent(True)
        area.announcer.offer(called(1))
        await area.time.run_for(20)
        area.announcer.be_silent(False)
        area.announcer.offer(called(2))
        await area.time.run_for(60)

    assert area.spoken() == ["2-A2", "2-A2"]
    assert [heard.why_not for heard in area.heard] == ["silenced", ""]


Step = tuple[int, str]
steps = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(["call", "call", "lost call", "repeat", "board", "old board"]),
    ),
    max_size=14,
)


@given(steps, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_whatever_comes_each_fresh_call_is_spoken_once_in_order_and_never_two_at_a_time(
    sounds: Path, plan: list[Step], dice: Any
) -> None:
    async def follow_plan() -> tuple[Area, Morning]:
        async with opened(sounds) as area:
            morning = Morning(area, dice)
            for wait_s, what in [*plan, (0, "board")]:
                await area.time.run_for(wait_s)
                morning.do(what)
            await area.time.run_for(2000)
            return area, morning

    area, morning = asyncio.run(follow_plan())

    assert_one_at_a_time(area.player.played)
    begun = first_rounds(area.player.played)
    for sequence, began_at in begun.items():
        assert began_at < morning.calls[sequence - 1].fresh_until, "a stale call was spoken"
    for before, after in pairwise(begun):
        assert before < after or morning.known_at[after] >= begun[before], "out of order"
    # Whatever was known is acknowledged, exactly once.
    assert sorted(heard.sequence for heard in area.heard) == sorted(morning.known_at)
    assert {heard.sequence for heard in area.heard if heard.was_spoken} == set(begun)


class Morning:
    """A server that calls, a line that loses and repeats."""

    def __init__(self, area: Area, dice: Any) -> None:
        self.calls: list[Call] = []
        self.known_at: dict[int, datetime] = {}
        self._boards: list[AreaBoard] = []
        self._area = area
        self._dice = dice

    def do(self, what: str) -> None:
        now = self._area.time.now()
        match what:
            case "call":
                self.calls.append(called(len(self.calls) + 1, now))
                self._deliver(self.calls[-1])
            case "lost call":
                self.calls.append(called(len(self.calls) + 1, now))
            case "repeat" if self.calls:
                self._deliver(self._dice.choice(self.calls))
            case "board":
                self._boards.append(server_board(self.calls, now))
                self._show(self._boards[-1])
            case "old board" if self._boards:
                self._show(self._dice.choice(self._boards))

    def _deliver(self, one: Call) -> None:
        self.known_at.setdefault(one.sequence, self._area.time.now())
        self._area.announcer.offer(one)

    def _show(self, shown: AreaBoard) -> None:
        now = self._area.time.now()
        for one in shown.last_calls:
            if now < one.fresh_until:
                self.known_at.setdefault(one.sequence, now)
        self._area.announcer.look_at(shown)


def first_rounds(played: list[Played]) -> dict[int, datetime]:
    """Return when each call began; the rounds of a call stand together, at most two."""
    begun: dict[int, datetime] = {}
    for sequence, rounds in groupby(played, key=lambda one: int(one.name.split("-")[0])):
        assert sequence not in begun, "a call was spoken again"
        times = [one.began_at for one in rounds]
        assert len(times) <= 2
        begun[sequence] = times[0]
    return begun


def assert_one_at_a_time(played: list[Played]) -> None:
    for before, after in pairwise(played):
        assert before.ended_at <= after.began_at


def in_room(one: Call) -> Any:
    return room(
        int(one.room[-1]) - 1,
        in_room=ticket(one.number, one.masked_name, state=TicketState.CALLED),
    )


def server_board(calls: list[Call], at: datetime) -> AreaBoard:
    latest = {one.room: one for one in calls}
    return board([in_room(one) for one in latest.values()], last_calls=calls[-8:], published_at=at)
