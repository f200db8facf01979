"""Carries a take-over out: checked in as of then, or a fact for the nurses; answered either way."""

from queue_server.contract.messages import TakenOver, TakeOver
from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode, TicketId
from queue_server.service import facts
from queue_server.service.draft import Draft
from queue_server.service.identification import Found
from queue_server.service.jobs import Asked
from queue_server.service.take_over import (
    HAS_A_PLACE,
    Conflict,
    NotTakenOver,
    require_believable,
    tickets_to_check_in,
    why_card_is_refused,
)


def taken_over(draft: Draft, job: Asked, body: TakeOver) -> TakenOver:
    """Take over what a kiosk has accepted while it was alone.

    Raises:
        Refused: BUSY: the records can't be asked, nothing was added.
    """
    try:
        tickets = _checked_in_as_of_then(draft, job, body)
    except NotTakenOver as conflict:
        fact: facts.AnyFact = facts.NotTakenOver(
            conflict_id=job.request.request_id,
            slip_code=body.slip_code,
            device=job.device,
            number=body.number,
            checked_in_at=body.checked_in_at,
            why=conflict.why,
            patient=job.found.patient.patient_id if isinstance(job.found, Found) else None,
            tickets=tuple(ticket.id for ticket in conflict.tickets),
            has_a_place=conflict.why in HAS_A_PLACE,
        )
    else:
        fact = facts.TakenOver(
            slip_code=body.slip_code,
            device=job.device,
            number=body.number,
            checked_in_at=body.checked_in_at,
            tickets=tickets,
        )
    draft.note(fact, by=job.device)
    return TakenOver()


def _checked_in_as_of_then(draft: Draft, job: Asked, body: TakeOver) -> tuple[TicketId, ...]:
    if isinstance(job.found, Refused):
        if job.found.code is RefusalCode.BUSY:
            raise job.found
        raise NotTakenOver(why_card_is_refused(job.found.code))
    assert isinstance(job.found, Found)
    require_believable(draft.setup, draft.now, draft.at, body)
    draft.meet(job.found)
    assert job.found.card_token_id is not None
    try:
        draft.redeem(job.found.card_token_id)
    except Refused:
        raise NotTakenOver(Conflict.CARD_USED) from None
    patient, at_s = job.found.patient.patient_id, draft.second_of(body.checked_in_at)
    tickets = tickets_to_check_in(draft.setup, draft.now, patient, at_s)
    for ticket in tickets:
        command = asked.CheckIn(queue=ticket.queue, ticket=ticket.id)
        draft.act(command, by=job.device, at_s=at_s)
    return tuple(ticket.id for ticket in tickets)
