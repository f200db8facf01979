"""What all routes work with: the queue service, who is signed in, and what each did last."""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, TypeVar

from queue_server.records.records import Patient
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.terms import RequestId
from queue_server.service.facts import DeviceCommanded, HelpAnswered, NoticesSet
from queue_server.service.now import Now
from queue_server.service.queue_service import QueueService
from queue_server.web.access import Access
from queue_server.web.live import Live
from queue_server.web.own_acts import OwnActs
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.sessions import Sessions, Throttle
from queue_server.web.users import PasswordCheck, User, Users

ANSWER_WITHIN_S: Final = 5.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The web's state beside the queues."""

    service: QueueService
    users: Users
    passwords: PasswordCheck
    sessions: Sessions
    throttle: Throttle
    access: Access
    live: Live
    own_acts: OwnActs = field(default_factory=OwnActs)

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

    async def note(self, user: User, fact: HelpAnswered | NoticesSet | DeviceCommanded) -> None:
        """Keep a fact that `user` tells, and wait until it is on disk."""
        await _answer(self.service.note(fact, by=user.by))


def watched_by(desk: Desk, user: User, now: Now) -> tuple[object, ...]:
    """Return the parts of the day that a user's page is made of: the queues of his areas."""
    queues = [
        now.day.queues[one.id] for area in user.areas for one in desk.service.setup.queues_of(area)
    ]
    return (now.day_on, now.patients, *queues, desk.own_acts.last(now, user.by))


async def _answer(future: "Future[T]") -> T:
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await asyncio.wrap_future(future)
    except TimeoutError:
        raise Problem(ProblemCode.NO_ANSWER) from None
