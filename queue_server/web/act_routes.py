"""`POST /api/queues/{queue}/...`: everything that can be asked of a queue, and by whom."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from queue_server.rules import commands as asked
from queue_server.rules.events import Called, Entry, TicketEvent, TransferredIn
from queue_server.rules.queue import Queue
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    RefusalCode,
    TicketId,
    TicketKind,
)
from queue_server.service.setup import Setup
from queue_server.web.access import require_queue
from queue_server.web.bodies import (
    AbsenceAct,
    Act,
    CallAct,
    CrossCallAct,
    ExtraAct,
    GradeAct,
    MoveAct,
    NoteAct,
    PriorityAct,
    QueueAct,
    TicketAct,
    TransferAct,
    UndoAct,
    WalkInAct,
    WantedAct,
)
from queue_server.web.desk import Desk
from queue_server.web.users import NURSES, STAFF, Role, User

NURSE: Final = NURSES
DOCTOR: Final = frozenset({Role.DOCTOR})

QUEUE_ACTS: Final[Mapping[str, tuple[type[asked.Command], frozenset[Role]]]] = {
    "call-next": (asked.CallNext, STAFF),
    "pause": (asked.Pause, STAFF),
    "reopen": (asked.Reopen, STAFF),
    "attend": (asked.Attend, STAFF),
    "confirm-stop": (asked.ConfirmStop, STAFF),
    "withdraw-stop": (asked.WithdrawStop, STAFF),
}
"""Acts on a whole queue, by the end of their address."""

TICKET_ACTS: Final[Mapping[str, tuple[type[asked.TicketCommand], frozenset[Role]]]] = {
    "check-in": (asked.CheckIn, NURSE),
    "cancel-check-in": (asked.CancelCheckIn, NURSE),
    "recall": (asked.Recall, STAFF),
    "start": (asked.Start, DOCTOR),
    "finish": (asked.Finish, DOCTOR),
    "miss": (asked.Miss, STAFF),
    "away-for-results": (asked.SendForResults, DOCTOR),
    "results-ready": (asked.NoteResultsReady, STAFF),
    "hold": (asked.Hold, STAFF),
    "resume": (asked.Resume, STAFF),
    "cancel": (asked.Cancel, NURSE),
}
"""Acts on one ticket that need no more than to know which."""


class Done(BaseModel):
    """It is on disk: as which entry of the day's journal, and about which ticket."""

    entry: int
    ticket: str | None


_Endpoint = Callable[..., Awaitable[Done]]


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of all acts."""
    router = APIRouter(prefix="/api/queues/{queue}", tags=["acts"])
    for name, (queue_command, roles) in QUEUE_ACTS.items():
        router.post(f"/{name}", name=name, summary=queue_command.__doc__)(
            _queue_endpoint(desk, queue_command, roles)
        )
    for name, (ticket_command, roles) in TICKET_ACTS.items():
        router.post(f"/{name}", name=name, summary=ticket_command.__doc__)(
            _ticket_endpoint(desk, ticket_command, roles)
        )
    _add_nurse_acts(router, desk)
    _add_shared_acts(router, desk)
    _add_calls(router, desk)
    return router


def _queue_endpoint(desk: Desk, command: type[asked.Command], roles: frozenset[Role]) -> _Endpoint:
    async def act(
        queue: str, body: QueueAct, user: Annotated[User, Depends(desk.access.one_of(roles))]
    ) -> Done:
        return await done(desk, user, command, queue, body)

    return act


def _ticket_endpoint(
    desk: Desk, command: type[asked.TicketCommand], roles: frozenset[Role]
) -> _Endpoint:
    async def act(
        queue: str, body: TicketAct, user: Annotated[User, Depends(desk.access.one_of(roles))]
    ) -> Done:
        return await done(desk, user, command, queue, body, ticket=TicketId(body.ticket))

    return act


def _add_nurse_acts(router: APIRouter, desk: Desk) -> None:
    nurse = Depends(desk.access.nurse)

    @router.post("/move", summary=asked.Move.__doc__)
    async def move(queue: str, body: MoveAct, user: Annotated[User, nurse]) -> Done:
        return await done(
            desk,
            user,
            asked.Move,
            queue,
            body,
            ticket=TicketId(body.ticket),
            before=TicketId(body.before) if body.before is not None else None,
            after=TicketId(body.after) if body.after is not None else None,
            why=body.why,
        )

    @router.post("/wanted", summary=asked.AskForDoctor.__doc__)
    async def wanted(queue: str, body: WantedAct, user: Annotated[User, nurse]) -> Done:
        doctor = QueueId(body.doctor) if body.doctor is not None else None
        ticket = TicketId(body.ticket)
        return await done(desk, user, asked.AskForDoctor, queue, body, ticket=ticket, doctor=doctor)

    @router.post("/priority", summary=asked.GrantPriority.__doc__)
    async def priority(queue: str, body: PriorityAct, user: Annotated[User, nurse]) -> Done:
        ticket = TicketId(body.ticket)
        return await done(
            desk,
            user,
            asked.GrantPriority,
            queue,
            body,
            ticket=ticket,
            rank=body.rank,
            proof=body.proof.strip(),
        )

    @router.post("/walk-in", summary=asked.AddWalkIn.__doc__)
    async def walk_in(queue: str, body: WalkInAct, user: Annotated[User, nurse]) -> Done:
        queue_id = require_queue(user, queue)
        patient_id = PatientId(body.patient) if body.patient is not None else None
        patient = None
        if patient_id is not None:
            patient = await asyncio.to_thread(desk.service.records.patient, patient_id)
        command = asked.AddWalkIn(
            queue=queue_id,
            seen_entry=body.seen_entry,
            prefix=desk.service.setup.queues[queue_id].prefix,
            kind=TicketKind(body.kind),
            rank=_walk_in_rank(desk.service.setup, queue_id, body),
            patient=patient_id,
            level=body.level if body.kind == "emergency" else None,
        )
        return _told(await desk.act(user, command, body.request_id, patient))


def _add_shared_acts(router: APIRouter, desk: Desk) -> None:
    both = Depends(desk.access.one_of(STAFF))

    @router.post("/transfer", summary=asked.Transfer.__doc__)
    async def transfer(queue: str, body: TransferAct, user: Annotated[User, both]) -> Done:
        ticket, to_queue = TicketId(body.ticket), QueueId(body.to_queue)
        return await done(desk, user, asked.Transfer, queue, body, ticket=ticket, to_queue=to_queue)

    @router.post("/absence", summary=AbsenceAct.__doc__)
    async def absence(queue: str, body: AbsenceAct, user: Annotated[User, both]) -> Done:
        told: dict[str, Any] = {
            "cause": AbsenceCause(body.cause) if body.cause is not None else None,
            "returns_s": _day_second(body.returns_at) if body.returns_at is not None else None,
        }
        if body.kind == "stopped":
            return await done(desk, user, asked.Stop, queue, body, approval=body.approval, **told)
        kind = AbsenceKind(body.kind)
        return await done(desk, user, asked.ReportAbsence, queue, body, kind=kind, **told)

    @router.post("/undo", summary=asked.Undo.__doc__)
    async def undo(queue: str, body: UndoAct, user: Annotated[User, both]) -> Done:
        return await done(desk, user, asked.Undo, queue, body, entry=body.entry)

    @router.post("/grade", summary=asked.Grade.__doc__)
    async def grade(queue: str, body: GradeAct, user: Annotated[User, both]) -> Done:
        ticket = TicketId(body.ticket)
        return await done(desk, user, asked.Grade, queue, body, ticket=ticket, level=body.level)

    @router.post("/note", summary=asked.WriteNote.__doc__)
    async def note(queue: str, body: NoteAct, user: Annotated[User, both]) -> Done:
        ticket = TicketId(body.ticket)
        return await done(desk, user, asked.WriteNote, queue, body, ticket=ticket, note=body.note)


def _add_calls(router: APIRouter, desk: Desk) -> None:
    both = Depends(desk.access.one_of(STAFF))
    doctor = Depends(desk.access.doctor)

    @router.post("/call", summary=asked.CallTicket.__doc__)
    async def call(queue: str, body: CallAct, user: Annotated[User, both]) -> Done:
        queue_id, ticket = require_queue(user, queue), TicketId(body.ticket)
        if not body.why.strip() and _is_out_of_turn(desk.service.now.day.queues[queue_id], ticket):
            raise Refused(RefusalCode.REASON_MISSING)
        return await done(desk, user, asked.CallTicket, queue, body, ticket=ticket, why=body.why)

    @router.post("/cross-call", summary=asked.CrossCall.__doc__)
    async def cross_call(queue: str, body: CrossCallAct, user: Annotated[User, doctor]) -> Done:
        queue_id, from_queue = require_queue(user, queue), QueueId(body.from_queue)
        if from_queue not in [one.id for one in desk.service.setup.colleagues_of(queue_id)]:
            raise Refused(RefusalCode.NOT_ALLOWED)
        if not body.why.strip():
            raise Refused(RefusalCode.REASON_MISSING)
        ticket = TicketId(body.ticket)
        return await done(
            desk,
            user,
            asked.CrossCall,
            queue,
            body,
            ticket=ticket,
            from_queue=from_queue,
            why=body.why,
        )

    @router.post("/extra", summary="Give the next number beyond those that could be booked.")
    async def extra(queue: str, body: ExtraAct, user: Annotated[User, doctor]) -> Done:
        queue_id, patient, id_number = require_queue(user, queue), None, body.id_number.strip()
        if id_number:
            records = desk.service.records
            patient = await asyncio.to_thread(records.patient_by_id_number, id_number)
            if patient is None:
                raise Refused(RefusalCode.ID_NUMBER_UNKNOWN)
        command = asked.AddWalkIn(
            queue=queue_id,
            seen_entry=body.seen_entry,
            prefix=desk.service.setup.queues[queue_id].prefix,
            patient=patient.patient_id if patient else None,
            is_extra=True,
        )
        return _told(await desk.act(user, command, body.request_id, patient))


def _is_out_of_turn(queue: Queue, ticket: TicketId) -> bool:
    """Tell whether a call of `ticket` passes others, which has to be explained."""
    return ticket in queue.order[1:]


async def done(
    desk: Desk, user: User, command: type[asked.Command], queue: str, body: Act, **parts: Any
) -> Done:
    """Ask `command` of `queue` for `user`, and tell as which entry it stands in the journal."""
    queue_id = require_queue(user, queue)
    made = command(queue=queue_id, seen_entry=body.seen_entry, **parts)
    return _told(await desk.act(user, made, body.request_id))


def _told(entry: Entry) -> Done:
    about = [event for event in entry.events if isinstance(event, TicketEvent)]
    # Whoever is called: that another one was finished by it comes first in the entry.
    called = [event for event in about if isinstance(event, Called)]
    told = next(iter((*called, *about)), None)
    if told is None:
        return Done(entry=entry.number, ticket=None)
    # Who comes into an area queue may go over to a doctor's at once.
    arrived = [one for one in about if isinstance(one, TransferredIn)]
    went_to = [one.ticket for one in arrived if one.from_ticket == told.ticket]
    return Done(entry=entry.number, ticket=next(iter(went_to), told.ticket))


def _day_second(clock: str) -> DaySecond:
    hours, minutes = clock.split(":")
    return DaySecond(int(hours) * 3600 + int(minutes) * 60)


def _walk_in_rank(setup: Setup, queue: QueueId, body: WalkInAct) -> PriorityRank | None:
    """Return the rank of a priority walk-in, which must be one of the policy's."""
    if body.kind != "priority":
        return None
    known = setup.policies[queue].priority_ranks
    if body.rank not in known:
        listed = ", ".join(known)
        raise Refused(RefusalCode.UNKNOWN_RANK, rank=body.rank or "-", known=listed)
    return PriorityRank(body.rank)
