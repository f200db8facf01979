"""What a doctor says of himself at the MDT clinic of his team: there, with the patient, done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends

from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId, TicketId
from queue_server.web.act_routes import Done, done
from queue_server.web.bodies import QueueAct, ReasonedAct, TicketAct
from queue_server.web.desk import Desk
from queue_server.web.users import User

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


def _endpoint(desk: Desk, command: type[asked.MemberCommand]) -> _Endpoint:
    async def act(
        queue: str, body: QueueAct, user: Annotated[User, Depends(desk.access.doctor)]
    ) -> Done:
        return await done(desk, user, command, queue, body, member=own_queue(user))

    return act


def _ticket_endpoint(desk: Desk, command: type[asked.MemberTicketCommand]) -> _Endpoint:
    async def act(
        queue: str, body: TicketAct, user: Annotated[User, Depends(desk.access.doctor)]
    ) -> Done:
        ticket, member = TicketId(body.ticket), own_queue(user)
        return await done(desk, user, command, queue, body, ticket=ticket, member=member)

    return act
