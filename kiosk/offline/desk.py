"""Checks in by the virtual card alone while the server is away, and hands over when it is back."""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol, TypeVar

from msgspec.structs import replace

from kiosk.flow.events import CheckedInOffline, CheckInOffline, NotCheckedInOffline
from kiosk.flow.slip_facts import Provisional
from kiosk.flow.state import Trouble
from kiosk.offline.outbox import CardSeen, OfflineCheckIn, Outbox, OutboxUnusable, ReadCard
from queue_server.client.line import NoAnswer
from queue_server.contract.device_messages import OfflineRules
from queue_server.contract.messages import Refused, ReplyBody, RequestBody, TakenOver, TakeOver
from queue_server.contract.virtual_card import CLOCK_SKEW_S, CardError, CardReader, key_of_text
from queue_server.rules.terms import DeviceId, RefusalCode, SiteId

TRY_AGAIN_AFTER_S: Final = 5.0
_NO_ANSWERS: Final = frozenset({RefusalCode.BUSY, RefusalCode.REQUEST_EXPIRED})
"""What the server says when it has not decided: the same is asked again."""
_log = logging.getLogger(__name__)
T = TypeVar("T")


class Asker(Protocol):
    """Whoever answers requests; in the product the `Line`."""

    async def ask(self, body: RequestBody, *, request_id: str | None = None) -> ReplyBody:
        """Return the reply; raises `NoAnswer`."""
        ...


class OfflineDesk:
    """What a kiosk does without its server. `run()` keeps it at work until it is cancelled.

    Args:
        outbox: where check-ins lie until the server has them.
        thread: one thread, in which the outbox is used.
        site: whose cards are good.
        device: the kiosk.
        now: gives the present instant in the hospital's time zone.
        new_id: gives a fresh, unpredictable id of `[a-z0-9-]`.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        thread: Executor,
        site: SiteId,
        device: DeviceId,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._outbox = outbox
        self._thread = thread
        self._site = site
        self._number_prefix = number_prefix(device)
        self._now = now
        self._new_id = new_id
        self._is_open = False
        self._rules: OfflineRules | None = None
        self._kept: OfflineRules | None = None
        self._is_line_up = False
        self._told: bool | None = None
        self._work = asyncio.Event()
        self.on_change: Callable[[bool], None] = lambda may_check_in: None
        """Called with whether patients may be checked in without the server."""

    async def run(self, server: Asker) -> None:
        """Open the outbox, and hand over what is in it whenever the server is there."""
        try:
            await self._open()
            while True:
                await self._work.wait()
                self._work.clear()
                await self._keep_rules()
                await self._hand_over_all(server)
        finally:
            self._is_open = False
            self._thread.submit(self._outbox.close)

    def line_changed(self, is_up: bool) -> None:
        """Take in that the line to the server came or went."""
        self._is_line_up = is_up
        self._work.set()

    def learn(self, rules: OfflineRules) -> None:
        """Take in what the server allows; it is kept for a start without the server."""
        self._rules = rules
        if self._kept is None or not _says_the_same(rules, self._kept):
            self._work.set()
        self._tell()

    async def check_in(self, effect: CheckInOffline) -> CheckedInOffline | NotCheckedInOffline:
        """Check in whoever shows this card; what is told as checked in is on disk."""
        number = effect.ask_number
        try:
            provisional = await self._checked_in(effect.card)
        except CardError as error:
            return NotCheckedInOffline(ask_number=number, code=error.code)
        except OutboxUnusable as error:
            _log.error("A check-in without the server can't be kept: %s", error)
            return NotCheckedInOffline(ask_number=number, code=Trouble.NO_OUTBOX)
        return CheckedInOffline(ask_number=number, provisional=provisional)

    # --- inside --------------------------------------------------------------------------------

    async def _open(self) -> None:
        while not self._is_open:
            try:
                await self._do(self._outbox.open, self._now())
                kept = await self._do(self._outbox.rules)
            except OutboxUnusable as error:
                _log.error("No check-in without the server: the outbox can't be used: %s", error)
                await asyncio.sleep(TRY_AGAIN_AFTER_S)
                continue
            self._is_open = True
            self._kept = kept
            self._rules = self._rules or kept
            self._work.set()
            self._tell()

    async def _keep_rules(self) -> None:
        rules = self._rules
        if rules is None or (self._kept is not None and _says_the_same(rules, self._kept)):
            return
        try:
            await self._do(self._outbox.keep_rules, rules)
        except OutboxUnusable as error:
            _log.error("The rules for a start without the server are not kept: %s", error)
        else:
            self._kept = rules

    async def _checked_in(self, card: str) -> Provisional:
        rules, now = self._rules, self._now()
        if rules is None or not self._may_check_in():
            raise OutboxUnusable("there is no outbox, or the site does not allow it")
        reader = CardReader([key_of_text(key) for key in rules.card_keys], self._site)
        claims = reader.read(card, now)
        add = partial(
            self._outbox.add,
            ReadCard(
                text=card,
                token_id=claims.token_id,
                expires_at=claims.expires_at + timedelta(seconds=CLOCK_SKEW_S),
            ),
            now=now,
            day_on=(now - timedelta(seconds=rules.day_rolls_over_s)).date(),
            request_id=self._new_id(),
            number_prefix=self._number_prefix,
        )
        try:
            kept = await self._do(add)
        except CardSeen:
            raise CardError(RefusalCode.CARD_USED, "was shown here before") from None
        self._work.set()
        return Provisional(number=kept.number, slip_code=kept.slip_code, checked_in_at=now)

    def _tell(self) -> None:
        if self._told != self._may_check_in():
            self._told = self._may_check_in()
            self.on_change(self._told)

    def _may_check_in(self) -> bool:
        return self._is_open and self._rules is not None and self._rules.may_check_in

    async def _hand_over_all(self, server: Asker) -> None:
        while self._is_line_up:
            try:
                check_in = await self._do(self._outbox.oldest)
                if check_in is None:
                    return
                is_done = await self._hand_over(server, check_in)
            except OutboxUnusable as error:
                _log.error("The outbox can't be used: %s", error)
                is_done = False
            if not is_done:
                await asyncio.sleep(TRY_AGAIN_AFTER_S)

    async def _hand_over(self, server: Asker, check_in: OfflineCheckIn) -> bool:
        """Hand one over; tell whether the server has decided."""
        body = TakeOver(
            card=check_in.card,
            checked_in_at=check_in.checked_in_at,
            number=check_in.number,
            slip_code=check_in.slip_code,
        )
        try:
            reply = await server.ask(body, request_id=check_in.request_id)
        except NoAnswer:
            return False
        if isinstance(reply, TakenOver):
            _log.info("Check-in %s has been taken over", check_in.number)
            await self._do(self._outbox.forget, check_in.request_id)
            return True
        if isinstance(reply, Refused) and reply.code in _NO_ANSWERS:
            return False
        code = reply.code if isinstance(reply, Refused) else type(reply).__name__
        _log.error(
            "Check-in %s can't be handed over (%s): tell the nurses / 离线签到无法转入，请通知护士",
            check_in.number,
            code,
        )
        await self._do(self._outbox.put_aside, check_in.request_id, str(code))
        return True

    async def _do(self, what: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, what, *arguments)


def number_prefix(device: DeviceId) -> str:
    """Return what a kiosk's provisional numbers begin with: `K01` of `kiosk-01`."""
    digits = re.search(r"[0-9]+$", device)
    return device[0].upper() + (digits[0] if digits and digits[0] != device else "")


def _says_the_same(one: OfflineRules, other: OfflineRules) -> bool:
    return replace(one, published_at=other.published_at) == other
