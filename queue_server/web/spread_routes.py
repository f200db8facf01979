"""Sending a patient to a colleague who would see him sooner, or asking him whether he wants to."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends

from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, RefusalCode, TicketId
from queue_server.web.access import require_queue
from queue_server.web.act_routes import Done, done
from queue_server.web.bodies import ColleagueAct
from queue_server.web.desk import Desk
from queue_server.web.users import User

_COMMANDS: Final = (("spread", asked.Spread), ("offer-colleague", asked.OfferColleague))


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the nurse who spreads the waiting."""
    router = APIRouter(prefix="/api/queues/{queue}", tags=["acts"])
    for name, command in _COMMANDS:
        _add(router, desk, name, command)
    return router


def _add(
    router: APIRouter, desk: Desk, name: str, command: type[asked.Spread | asked.OfferColleague]
) -> None:
    nurse = Depends(desk.access.nurse)

    @router.post(f"/{name}", name=name, summary=command.__doc__)
    async def act(queue: str, body: ColleagueAct, user: Annotated[User, nurse]) -> Done:
        to_queue = QueueId(body.to_queue)
        if to_queue not in desk.service.setup.stand_ins_of(require_queue(user, queue)):
            raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=to_queue)
        ticket = TicketId(body.ticket)
        return await done(desk, user, command, queue, body, ticket=ticket, to_queue=to_queue)
