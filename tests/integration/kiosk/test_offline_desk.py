"""The kiosk alone: who is checked in by his card, and how that reaches the server later."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from kiosk.flow.events import CheckedInOffline, CheckInOffline, NotCheckedInOffline
from kiosk.flow.slip_facts import Provisional
from kiosk.offline import desk as desk_module
from kiosk.offline.desk import OfflineDesk, number_prefix
from kiosk.offline.outbox import Outbox
from queue_server.client.line import NoAnswer
from queue_server.contract.device_messages import OfflineRules
from queue_server.contract.messages import Refused, ReplyBody, RequestBody, TakenOver, TakeOver
from queue_server.contract.virtual_card import CARD_LIFE_S, CLOCK_SKEW_S, CardReader
from queue_server.records.virtual_card import CardIssuer, public_key
from queue_server.rules.terms import CardId, DeviceId, RefusalCode, SiteId

SITE = SiteId("north")
KEY = OKPKey.generate_key("Ed25519")
BEIJING = timezone(timedelta(hours=8))
MORNING = datetime(2026, 11, 23, 8, 5, tzinfo=BEIJING)
WAIT_S = 8.0
_ids = count(1)


class SettableClock:
    """Stands still until a test sets it."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


class ScriptedServer:
    """Gives the answers of its script, one a question, in order; then it takes over."""

    def __init__(self, *script: ReplyBody | type[NoAnswer]) -> None:
        self._script = list(script)
        self.asked: list[tuple[str | None, TakeOver]] = []
        self.has_taken_over = asyncio.Event()

    async def ask(self, body: RequestBody, *, request_id: str | None = None) -> ReplyBody:
        assert isinstance(body, TakeOver)
        self.asked.append((request_id, body))
        answer = self._script.pop(0) if self._script else TakenOver()
        if isinstance(answer, type):
            raise NoAnswer("request")
        if not self._script:
            self.has_taken_over.set()
        return answer


class ADesk:
    """A desk at work, and what it has said."""

    def __init__(self, path: Path) -> None:
        self.clock = SettableClock()
        self.outbox = Outbox(path)
        self.said: asyncio.Queue[bool] = asyncio.Queue()
        self.desk = OfflineDesk(
            self.outbox,
            thread=ThreadPoolExecutor(max_workers=1),
            site=SITE,
            device=DeviceId("kiosk-01"),
            now=self.clock,
            new_id=lambda: f"id-{next(_ids)}",
        )
        self.desk.on_change = self.said.put_nowait
        self._task: asyncio.Task[None] | None = None

    async def start(self, server: ScriptedServer, *, rules: OfflineRules | None = None) -> None:
        self._task = asyncio.create_task(self.desk.run(server))
        if rules is not None:
            self.desk.learn(rules)
            await self.until_said(True)

    async def until_said(self, expected: bool) -> None:
        async with asyncio.timeout(WAIT_S):
            while await self.said.get() is not expected:
                pass

    async def until_kept(self, expected: OfflineRules) -> None:
        async with asyncio.timeout(WAIT_S):
            while await self.desk._do(self.outbox.rules) != expected:
                pass

    async def until_empty(self) -> None:
        async with asyncio.timeout(WAIT_S):
            while await self.desk._do(self.outbox.oldest) is not None:
                pass

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self.desk._thread.shutdown)

    async def check_in(self, card: str) -> CheckedInOffline | NotCheckedInOffline:
        return await self.desk.check_in(CheckInOffline(ask_number=7, card=card))

    async def checked_in(self, token_id: str) -> Provisional:
        done = await self.check_in(card(token_id, self.clock.now))
        assert isinstance(done, CheckedInOffline)
        return done.provisional

    async def code_of(self, text: str) -> str:
        refused = await self.check_in(text)
        assert isinstance(refused, NotCheckedInOffline)
        assert refused.ask_number == 7
        return refused.code


def rules(*, may_check_in: bool = True) -> OfflineRules:
    return OfflineRules(
        published_at=MORNING,
        may_check_in=may_check_in,
        card_keys=CardReader([public_key(KEY)], SITE).public_keys(),
        day_rolls_over_s=4 * 3600,
    )


def card(token_id: str, now: datetime = MORNING, *, key: OKPKey = KEY, site: str = SITE) -> str:
    return CardIssuer(key, site).issue(CardId("card-1"), now, token_id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
async def make_desk(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[], ADesk]]:
    monkeypatch.setattr(desk_module, "TRY_AGAIN_AFTER_S", 0.01)
    made: list[ADesk] = []

    def make() -> ADesk:
        made.append(ADesk(path))
        return made[-1]

    yield make
    for one in made:
        if one._task is not None and not one._task.done():
            await one.stop()


async def test_a_genuine_card_gets_a_number_of_this_kiosk(make_desk: Callable[[], ADesk]) -> None:
    desk = make_desk()
    await desk.start(ScriptedServer(), rules=rules())

    first, second = await desk.checked_in("token-1"), await desk.checked_in("token-2")

    assert (first.number, second.number) == ("K01-001", "K01-002")
    assert first.slip_code.startswith("hk:offline:")
    assert first.slip_code != second.slip_code
    assert first.checked_in_at == MORNING


async def test_cards_that_are_not_good_are_refused(make_desk: Callable[[], ADesk]) -> None:
    desk = make_desk()
    await desk.start(ScriptedServer(), rules=rules())
    await desk.checked_in("token-1")
    foreign = OKPKey.generate_key("Ed25519")
    desk.clock.now = MORNING + timedelta(seconds=CARD_LIFE_S + CLOCK_SKEW_S)
    codes = [
        await desk.code_of(card("token-1", desk.clock.now)),
        await desk.code_of(card("token-2")),
        await desk.code_of(card("token-3", desk.clock.now, key=foreign)),
        await desk.code_of(card("token-4", desk.clock.now, site="south")),
        await desk.code_of("https://example.org/menu"),
    ]

    unknown = RefusalCode.CARD_UNKNOWN
    assert codes == [RefusalCode.CARD_USED, RefusalCode.CARD_EXPIRED, unknown, unknown, unknown]
    assert (await desk.checked_in("token-5")).number == "K01-002"


async def test_it_works_after_a_start_without_a_server(make_desk: Callable[[], ADesk]) -> None:
    before = make_desk()
    server = ScriptedServer()
    await before.start(server, rules=rules())
    before.desk.line_changed(True)
    await before.checked_in("token-1")
    async with asyncio.timeout(WAIT_S):
        await server.has_taken_over.wait()
    await before.stop()

    after = make_desk()
    await after.start(ScriptedServer())
    await after.until_said(True)

    assert (await after.checked_in("token-2")).number == "K01-002"


async def test_a_site_that_does_not_allow_it_any_more_is_obeyed_also_after_a_start(
    make_desk: Callable[[], ADesk],
) -> None:
    before = make_desk()
    await before.start(ScriptedServer(), rules=rules())
    before.desk.learn(rules(may_check_in=False))
    await before.until_said(False)
    assert await before.code_of(card("token-1")) == "NO_OUTBOX"
    await before.until_kept(rules(may_check_in=False))
    await before.stop()

    after = make_desk()
    await after.start(ScriptedServer())

    await after.until_said(False)


async def test_check_ins_are_handed_over_one_by_one_in_order_and_then_deleted(
    make_desk: Callable[[], ADesk],
) -> None:
    desk, server = make_desk(), ScriptedServer()
    await desk.start(server, rules=rules())
    for number in range(5):
        desk.clock.now = MORNING + timedelta(seconds=number)
        await desk.checked_in(f"token-{number}")
    assert server.asked == []

    desk.desk.line_changed(True)
    await desk.until_empty()

    assert [body.number for _, body in server.asked] == [f"K01-00{n}" for n in range(1, 6)]
    assert [body.checked_in_at for _, body in server.asked] == [
        MORNING + timedelta(seconds=number) for number in range(5)
    ]


async def test_without_an_answer_the_same_is_asked_again_with_the_same_id(
    make_desk: Callable[[], ADesk],
) -> None:
    busy, expired = (
        Refused(code=code, message_zh="", message_en="")
        for code in (RefusalCode.BUSY, RefusalCode.REQUEST_EXPIRED)
    )
    desk, server = make_desk(), ScriptedServer(NoAnswer, busy, expired, TakenOver())
    await desk.start(server, rules=rules())
    provisional = await desk.checked_in("token-1")

    desk.desk.line_changed(True)
    async with asyncio.timeout(WAIT_S):
        await server.has_taken_over.wait()

    assert len(server.asked) == 4
    [(request_id, body)] = {*server.asked}
    assert body.slip_code == provisional.slip_code == f"hk:offline:{request_id}"


async def test_one_that_the_server_can_t_read_holds_nobody_up(
    make_desk: Callable[[], ADesk],
) -> None:
    bad = Refused(code=RefusalCode.BAD_REQUEST, message_zh="", message_en="")
    desk, server = make_desk(), ScriptedServer(bad, TakenOver())
    await desk.start(server, rules=rules())
    await desk.checked_in("token-1")
    await desk.checked_in("token-2")

    desk.desk.line_changed(True)
    async with asyncio.timeout(WAIT_S):
        await server.has_taken_over.wait()

    assert [body.number for _, body in server.asked] == ["K01-001", "K01-002"]


async def test_a_disk_that_can_t_be_written_refuses_the_check_in(
    make_desk: Callable[[], ADesk],
) -> None:
    desk = make_desk()
    await desk.start(ScriptedServer(), rules=rules())

    def fill() -> None:
        database = desk.outbox._opened()
        database.execute("PRAGMA max_page_count = 1")
        database.execute("PRAGMA query_only = ON")

    await desk.desk._do(fill)

    assert await desk.code_of(card("token-1")) == "NO_OUTBOX"


async def test_without_a_folder_it_goes_on_trying_and_says_nothing_may_be_done(
    make_desk: Callable[[], ADesk], path: Path
) -> None:
    await asyncio.to_thread(path.mkdir)
    desk = make_desk()
    await desk.start(ScriptedServer())
    desk.desk.learn(rules())
    await desk.until_said(False)
    assert await desk.code_of(card("token-1")) == "NO_OUTBOX"

    await asyncio.to_thread(path.rmdir)

    await desk.until_said(True)


@pytest.mark.parametrize(
    ("device", "prefix"),
    [("kiosk-01", "K01"), ("lobby", "L"), ("hall-east-12", "H12"), ("7", "7")],
)
def test_a_number_says_which_kiosk_it_is_from(device: str, prefix: str) -> None:
    assert number_prefix(DeviceId(device)) == prefix


async def test_numbers_begin_anew_with_the_clinic_day_not_with_midnight(
    make_desk: Callable[[], ADesk],
) -> None:
    desk = make_desk()
    await desk.start(ScriptedServer(), rules=rules())
    numbers = []
    for hour in (23, 24 + 3, 24 + 4):
        desk.clock.now = MORNING.replace(hour=0) + timedelta(hours=hour)
        numbers.append((await desk.checked_in(f"token-{hour}")).number)

    assert numbers == ["K01-001", "K01-002", "K01-001"]
