"""What is said of a doctor at the MDT clinic of his team: there, with the patient, done.

He says so himself. That he is there, or has left, a nurse of the area may say for him, who sees it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends

from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, RefusalCode, TicketId
from queue_server.web.access import require_queue
from queue_server.web.act_routes import Done, done
from queue_server.web.bodies import ReasonedAct, TeamAct, TicketAct
from queue_server.web.desk import Desk
from queue_server.web.users import STAFF, Role, User

MEMBER_ACTS: Final[Mapping[str, type[asked.MemberCommand]]] = {
    "join-team": asked.JoinTeam,
    "leave-team": asked.LeaveTeam,
}
"""Acts at a clinic, by the end of their address."""

MEMBER_TICKET_ACTS: Final[Mapping[str, type[asked.MemberTicketCommand]]] = {
    "come-to-patient": asked.ComeToPatient,
    "end-turn": asked.EndTurn,
}
"""Acts about the patient in the room."""

_Endpoint = Callable[..., Awaitable[Done]]


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of a team's doctors; who is not of the team is refused by the rules."""
    router = APIRouter(prefix="/api/queues/{queue}", tags=["acts"])
    for name, command in MEMBER_ACTS.items():
        router.post(f"/{name}", name=name, summary=command.__doc__)(_endpoint(desk, command))
    for name, ticket_command in MEMBER_TICKET_ACTS.items():
        router.post(f"/{name}", name=name, summary=ticket_command.__doc__)(
            _ticket_endpoint(desk, ticket_command)
        )

    @router.post("/end-for-team", summary=asked.EndForTeam.__doc__)
    async def end_for_team(
        queue: str, body: ReasonedAct, user: Annotated[User, Depends(desk.access.doctor)]
    ) -> Done:
        ticket, member = TicketId(body.ticket), own_queue(user)
        return await done(
            desk, user, asked.EndForTeam, queue, body, ticket=ticket, member=member, why=body.why
        )

    return router


def own_queue(user: User) -> QueueId:
    """Return the queue by which the team knows a doctor."""
    assert user.own_queue is not None, "only doctors come here"
    return user.own_queue


def _member(user: User, named: str | None) -> QueueId:
    """Return whom `user` speaks of: a doctor of himself, a nurse of whom she names.

    Raises:
        Refused: NOT_ALLOWED: a doctor names a colleague; NOT_IN_TEAM: a nurse names nobody.
    """
    if user.role is Role.DOCTOR:
        if named not in (None, user.own_queue):
            raise Refused(RefusalCode.NOT_ALLOWED)
        return own_queue(user)
    if named is None:
        raise Refused(RefusalCode.NOT_IN_TEAM)
    return QueueId(named)


def _endpoint(desk: Desk, command: type[asked.MemberCommand]) -> _Endpoint:
    async def act(
        queue: str, body: TeamAct, user: Annotated[User, Depends(desk.access.one_of(STAFF))]
    ) -> Done:
        clinic = require_queue(user, queue)
        return await done(desk, user, command, clinic, body, member=_member(user, body.member))

    return act


def _ticket_endpoint(desk: Desk, command: type[asked.MemberTicketCommand]) -> _Endpoint:
    async def act(
        queue: str, body: TicketAct, user: Annotated[User, Depends(desk.access.doctor)]
    ) -> Done:
        ticket, member = TicketId(body.ticket), own_queue(user)
        return await done(desk, user, command, queue, body, ticket=ticket, member=member)

    return act
