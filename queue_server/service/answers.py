"""The answers to requests: made from the running day, stored with what they say."""

from datetime import timedelta
from typing import NamedTuple

import msgspec

from queue_server.contract.codec import encode
from queue_server.contract.doctor_choice import ChooseDoctor
from queue_server.contract.inpatient import FindDayBill, FindSettlement, FindStay
from queue_server.contract.insurance import CancelInsurance
from queue_server.contract.messages import (
    CLOCK_SKEW_S,
    CallHelp,
    CheckedIn,
    CheckIn,
    FindPlace,
    HelpCalled,
    Identified,
    Identify,
    PlaceFound,
    Reply,
    ReplyBody,
    TakeOver,
)
from queue_server.contract.messages import Refused as RefusedReply
from queue_server.contract.offers import AnswerOffer
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    TellNote,
)
from queue_server.contract.receipt_messages import ListReceipts, PrintReceipt
from queue_server.contract.report_messages import (
    ListReports,
    PayCopies,
    PrintReport,
    ProveIdentity,
    TellPrinted,
)
from queue_server.journal.entry_codec import decode_events, encode_events
from queue_server.rules import commands as asked
from queue_server.rules.events import Entry
from queue_server.rules.policy_text import rule_text
from queue_server.rules.queue import goes_on_as
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, QueueId, RefusalCode, RequestId
from queue_server.service import facts
from queue_server.service.copies_to_pay import copies_to_pay
from queue_server.service.draft import Draft
from queue_server.service.identification import Found
from queue_server.service.jobs import Acted, Asked, MoneyAnswer, MoneyQuestion, Noted
from queue_server.service.now import with_patients
from queue_server.service.payment_desk import PaymentDesk
from queue_server.service.policy_facts import (
    PolicyCancelled,
    PolicySaved,
    require_possible_policy,
)
from queue_server.service.receipting import answer_about_receipts
from queue_server.service.report_facts import DayBillShown, SettlementShown
from queue_server.service.reporting import answer_about_reports
from queue_server.service.taking_over import taken_over
from queue_server.service.visit_view import ticket_of_slip, visits_of
from queue_server.service.wanted_doctor import ask_with_check_in, doctor_chosen

_UNKEPT = (
    FindOwed | FollowPayment | ListReports | ListReceipts | FindStay | FindDayBill | FindSettlement
)
"""These change nothing, and what is owed or reported tells of illnesses: it is not kept."""


class Answer(NamedTuple):
    """A reply, and what became of the request: `ok`, `repeated`, or the refusal's code."""

    payload: bytes
    outcome: str


def answer_device(draft: Draft, job: Asked) -> Answer:
    """Return the reply to a device's request: the first one again if it is known."""
    request_id = RequestId(job.request.request_id)
    known = draft.known_reply(job.kept_as)
    if known is not None:
        return Answer(payload=known, outcome="repeated")
    if _is_expired(draft, job):
        expired = Refused(RefusalCode.REQUEST_EXPIRED)
        payload = encode(_reply(draft, request_id, _refused(expired)))
        return Answer(payload=payload, outcome=expired.code)
    outcome = "ok"
    try:
        body = _body(draft, job)
    except Refused as refused:
        body = _refused(refused)
        outcome = refused.code
        if refused.code is RefusalCode.BUSY and isinstance(job.request.body, TakeOver):
            # No answer yet: the kiosk keeps it and asks again with the same id.
            return Answer(payload=encode(_reply(draft, request_id, body)), outcome=outcome)
    payload = encode(_reply(draft, request_id, body))
    if not isinstance(job.request.body, _UNKEPT):
        draft.remember(job.kept_as, payload)
    return Answer(payload=payload, outcome=outcome)


def handed_over(draft: Draft, job: Asked, desk: PaymentDesk | None) -> Refused | None:
    """Hand a request about money over to the desk, if it is new; else return its refusal.

    Of one that was answered before, the refusal is not the answer.
    """
    if desk is None:
        return Refused(RefusalCode.PAYMENTS_OFF)
    if draft.known_reply(job.kept_as) is not None or _is_expired(draft, job):
        return Refused(RefusalCode.REQUEST_EXPIRED)
    body = job.request.body
    patient, copies = None, []
    try:
        if not isinstance(body, FollowPayment | CancelPayment | CancelInsurance | TellNote):
            assert isinstance(body, MoneyQuestion)
            session = draft.session_of(job, body.session_id)
            if isinstance(body, FindDayBill | FindSettlement) and not session.is_proven:
                raise Refused(RefusalCode.PROOF_MISSING)
            patient = session.patient
        if isinstance(body, PayCopies):
            copies = copies_to_pay(draft, job, body)
    except Refused as refused:
        return refused
    desk.take(job, patient, copies)
    return None


def _is_expired(draft: Draft, job: Asked) -> bool:
    if job.told is not None:
        return False  # it was in time when it was begun
    return draft.at - timedelta(seconds=CLOCK_SKEW_S) > job.request.expires_at


def answer_unreadable(draft: Draft, request_id: str, detail: str) -> bytes:
    """Return the refusal of a payload that is no request."""
    refused = Refused(RefusalCode.BAD_REQUEST, detail=detail[:200])
    return encode(_reply(draft, RequestId(request_id), _refused(refused)))


def _body(draft: Draft, job: Asked) -> ReplyBody:  # noqa: C901, PLR0911 - one case a kind of request
    body = job.request.body
    if isinstance(body, MoneyQuestion):
        return _told_by_desk(draft, job, body)
    match body:
        case Identify():
            return _identified(draft, job)
        case CheckIn() as check_in:
            return _checked_in(draft, job, check_in)
        case FindPlace(slip_code=code):
            ticket = ticket_of_slip(draft.now, code)
            return PlaceFound(visit=draft.visit(ticket))
        case AnswerOffer() as answer:
            return _offer_answered(draft, job, answer)
        case ChooseDoctor() as chosen:
            return doctor_chosen(draft, job, chosen)
        case CallHelp(screen=screen):
            help_id = job.request.request_id
            draft.note(
                facts.HelpCalled(help_id=help_id, device=job.device, screen=screen),
                by=job.device,
            )
            return HelpCalled()
        case TakeOver():
            return taken_over(draft, job, body)
        case ProveIdentity() | ListReports() | PrintReport() | TellPrinted():
            return answer_about_reports(draft, job, body)
        case ListReceipts() | PrintReceipt():
            return answer_about_receipts(draft, job, body, draft.receipts)


def _told_by_desk(draft: Draft, job: Asked, body: MoneyQuestion) -> MoneyAnswer:
    if isinstance(job.told, Refused):
        raise job.told
    assert job.told is not None
    if isinstance(body, FindDayBill | FindSettlement):
        # Whose session it names was looked up when it was asked.
        patient = draft.session_of(job, body.session_id).patient
        is_of_day = isinstance(body, FindDayBill)
        shown = DayBillShown if is_of_day else SettlementShown
        fact = shown(session_id=body.session_id, device=job.device, patient=patient)
        draft.note(fact, by=job.device)
    return job.told


def _identified(draft: Draft, job: Asked) -> Identified:
    found = job.found
    if isinstance(found, Refused):
        raise found
    assert isinstance(found, Found)
    if found.card_token_id is not None:
        draft.redeem(found.card_token_id)
    patient = found.patient
    draft.meet(found)
    session_id = job.request.request_id
    identified = facts.Identified(
        session_id=session_id,
        device=job.device,
        patient=patient.patient_id,
        is_by_card=found.is_by_card,
    )
    draft.note(identified, by=job.device)
    return Identified(
        session_id=session_id,
        masked_name=draft.now.masked_names[patient.patient_id],
        visits=visits_of(
            draft.setup, draft.now, draft.at_s, patient.patient_id, found.appointments
        ),
    )


def _checked_in(draft: Draft, job: Asked, check_in: CheckIn) -> CheckedIn:
    patient = draft.session_of(job, check_in.session_id).patient
    ticket = goes_on_as(draft.now.day, draft.own_ticket(patient, check_in.ticket_id))
    command = asked.CheckIn(queue=ticket.queue, ticket=ticket.id)
    if check_in.doctor is not None:
        ask_with_check_in(draft, job, ticket, QueueId(check_in.doctor))
    draft.act(command, by=job.device)
    text = rule_text(draft.setup.policies[ticket.queue])
    return CheckedIn(
        # Unknown after a restart while the records can't be asked.
        masked_name=draft.now.masked_names.get(patient, ""),
        # Out of an area queue he may have gone over to a doctor's already.
        visit=draft.visit(
            goes_on_as(draft.now.day, draft.now.day.queues[ticket.queue].tickets[ticket.id])
        ),
        checked_in_at=draft.at,
        rule_text_zh=list(text.zh),
        rule_text_en=list(text.en),
    )


def _offer_answered(draft: Draft, job: Asked, answer: AnswerOffer) -> PlaceFound:
    patient = draft.session_of(job, answer.session_id).patient
    own = draft.own_ticket(patient, answer.ticket_id)
    ticket = goes_on_as(draft.now.day, own)
    if ticket.id != own.id if answer.accepts else ticket.stays:
        # It is so already: his answer has come before, and its reply was lost.
        return PlaceFound(visit=draft.visit(ticket))
    command = asked.AnswerOffer(queue=ticket.queue, ticket=ticket.id, accepts=answer.accepts)
    draft.act(command, by=job.device)
    answered = draft.now.day.queues[ticket.queue].tickets[ticket.id]
    return PlaceFound(visit=draft.visit(goes_on_as(draft.now.day, answered)))


def answer_browser(draft: Draft, job: Acted) -> Entry:
    """Do what a browser asks, once for each request id.

    Raises:
        Refused: now, or the first time this request was made.
    """
    known = draft.known_reply(job.request_id)
    if known is not None:
        return _told_again(known)
    try:
        entry = draft.act(job.command, job.by)
        if job.patient is not None and job.patient.patient_id not in draft.now.patients:
            draft.now = with_patients(draft.now, {job.patient.patient_id: job.patient})
    except Refused as refused:
        draft.remember(job.request_id, msgspec.json.encode(_refused(refused)))
        raise
    draft.remember(job.request_id, _told(entry))
    return entry


def answer_note(draft: Draft, job: Noted) -> None:
    """Add the fact a browser tells.

    Raises:
        Refused: it can't be as the policies stand by now.
    """
    if isinstance(job.fact, PolicySaved | PolicyCancelled):
        require_possible_policy(draft.setup.site, draft.now.policy_book, job.fact, draft.at)
    draft.note(job.fact, job.by)


def _reply(draft: Draft, request_id: RequestId, body: ReplyBody) -> Reply:
    return Reply(request_id=request_id, replied_at=draft.at, body=body)


def _refused(refused: Refused) -> RefusedReply:
    return RefusedReply(
        code=refused.code, message_zh=refused.message_zh, message_en=refused.message_en
    )


def _told(entry: Entry) -> bytes:
    kept = {"number": entry.number, "at_s": entry.at_s, "by": entry.by, "do": entry.do}
    return msgspec.json.encode({**kept, "events": encode_events(entry).decode()})


def _told_again(payload: bytes) -> Entry:
    kept = msgspec.json.decode(payload)
    if "code" in kept:
        raise Refused.again(RefusalCode(kept["code"]), kept["message_zh"], kept["message_en"])
    return Entry(
        number=kept["number"],
        at_s=DaySecond(kept["at_s"]),
        by=kept["by"],
        do=kept["do"],
        events=decode_events(kept["events"]),
    )
