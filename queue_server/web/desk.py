"""What all routes work with: the queue service, who is signed in, and what each did last."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from fastapi import Request

from queue_server.records.records import Patient
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.terms import RequestId
from queue_server.rules.ticket import Ticket
from queue_server.service.audit_facts import AnyAuditFact
from queue_server.service.facts import AnyFact
from queue_server.service.now import Now
from queue_server.service.queue_service import QueueService
from queue_server.web.access import Access
from queue_server.web.live import Live
from queue_server.web.own_acts import OwnActs
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.queue_parts import QueueParts
from queue_server.web.ready_views import ReadyViews
from queue_server.web.second_factor import CodeCheck
from queue_server.web.sessions import Sessions
from queue_server.web.throttle import SignInThrottle
from queue_server.web.users import PasswordCheck, User, Users

ANSWER_WITHIN_S: Final = 5.0
AUDITED_FOR: Final = timedelta(minutes=10)
PASSWORDS_AT_ONCE: Final = 2
"""Each check takes 64 MB of memory and a core."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The web's state beside the queues."""

    service: QueueService
    users: Users
    passwords: PasswordCheck
    sessions: Sessions
    throttle: SignInThrottle
    codes: CodeCheck
    code_clock: Callable[[], datetime]
    """The real time, by which the codes of authenticator apps go."""
    access: Access
    live: Live
    ready: ReadyViews
    takes_payments: bool = False
    own_acts: OwnActs = field(default_factory=OwnActs)
    restored: set[str] = field(default_factory=set)
    """Who (`User.by`) is still signed in from before a restart; his acts must be read again."""
    password_turns: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(PASSWORDS_AT_ONCE)
    )

    def parts(self, now: Now) -> QueueParts:
        """Return the parts of pages that show `now`."""
        setup = self.service.setup
        return self.ready.part(
            ("parts",),
            (now.day_on, now.change_count, setup, now),
            lambda: QueueParts(ready=self.ready, setup=setup, now=now),
        )

    async def act(
        self, user: User, command: Command, request_id: str, patient: Patient | None = None
    ) -> Entry:
        """Do what `user` asks, and wait until it is on disk.

        `patient` is whom a walk-in is about.

        Raises:
            Refused: it can't be done.
            Problem: NO_ANSWER in time.
        """
        day_on = self.service.now.day_on
        # Nobody gets another one's answer by guessing his request id.
        own_id = RequestId(f"{user.role}-{user.name}-{request_id}")
        acted = self.service.act(command, by=user.by, request_id=own_id, patient=patient)
        entry = await _answer(acted)
        self.own_acts.add(day_on, entry)
        self.live.look_again()
        return entry

    async def act_for_patient(self, ticket: Ticket, command: Command, request_id: str) -> Entry:
        """Do what the patient of `ticket` asks on his phone, and wait until it is on disk.

        Raises:
            Refused: it can't be done.
            Problem: NO_ANSWER in time.
        """
        own_id = RequestId(f"phone-{ticket.patient}-{request_id}")
        entry = await _answer(self.service.act(command, by="phone", request_id=own_id))
        self.live.look_again()
        return entry

    async def remember_acts(self, user: User) -> None:
        """Read again what `user` did today: what the journal knows can be taken back."""
        self.restored.discard(user.by)
        written = await asyncio.to_thread(lambda: list(self.service.entries()))
        self.own_acts.read_again(user.by, written)

    async def note(self, user: User, fact: AnyFact) -> None:
        """Keep a fact that `user` tells, and wait until it is on disk."""
        await _answer(self.service.note(fact, by=user.by))

    async def audit(self, request: Request, user: User, fact: AnyAuditFact) -> None:
        """Write down what `user` is about to be shown, and return when it is on disk.

        A page that stays open, or is asked for again and again, is written down once: anew only
        when it has not been asked for during `AUDITED_FOR`.

        Raises:
            Problem: NO_ANSWER in time, or NOT_SIGNED_IN any more: he must not be shown it.
        """
        session = self.sessions.session(self.access.token(request))
        if session is None:
            raise Problem(ProblemCode.NOT_SIGNED_IN)
        what, at = (self.service.now.day_on, fact), self.service.clock()
        last_at = session.audited.get(what)
        if last_at is None or last_at + AUDITED_FOR <= at:
            await self.note(user, fact)
        session.audited[what] = at

    async def begin_page(self, request: Request, user: User, fact: AnyAuditFact) -> None:
        """Open a live page: audited, and with the acts that `user` can take back."""
        if user.by in self.restored:
            await self.remember_acts(user)
        await self.audit(request, user, fact)


def watched_by(desk: Desk, user: User, now: Now) -> tuple[object, ...]:
    """Return the parts of the day that a user's page is made of: the queues of his areas."""
    queues = [
        now.day.queues[one.id]
        for area in user.areas
        for one in desk.service.setup.all_queues_of(area)
    ]
    return (now.day_on, now.patients, *queues, desk.own_acts.last(now, user.by))


def is_wanted(desk: Desk, token: str, day_on: date) -> bool:
    """Tell whether a live page goes on: for its user, and for the day it was opened on.

    The next day has other names, so the page asks anew.
    """
    return desk.sessions.user(token) is not None and desk.service.now.day_on == day_on


async def _answer(future: "Future[T]") -> T:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await asyncio.wrap_future(future)
    except TimeoutError:
        raise Problem(ProblemCode.NO_ANSWER) from None
