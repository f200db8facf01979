"""The answers to requests: made from the running day, stored with what they say.

One `Draft` is the state while a batch is decided: it grows with each job, and what it holds
is written in one commit. Nothing of it is told to anybody before.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
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
    Visit,
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
from queue_server.journal.journal import Batch, Journal, JournaledEntry, StoredReply
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.events import Entry
from queue_server.rules.policy_text import rule_text
from queue_server.rules.queue import goes_on_as
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, PatientId, QueueId, RefusalCode, RequestId, TicketId
from queue_server.rules.ticket import Ticket
from queue_server.service import facts
from queue_server.service.clinic_day import day_second, local_time
from queue_server.service.copies_to_pay import copies_to_pay
from queue_server.service.day_records import missing_tickets
from queue_server.service.identification import Found
from queue_server.service.jobs import Acted, Asked, MoneyAnswer, MoneyQuestion, Noted
from queue_server.service.now import Now, Session, with_decided, with_patients
from queue_server.service.payment_desk import PaymentDesk
from queue_server.service.policy_book import setup_under
from queue_server.service.policy_facts import (
    PolicyCancelled,
    PolicySaved,
    PolicyTookEffect,
    require_possible_policy,
)
from queue_server.service.receipt_lookup import ReceiptDesk
from queue_server.service.receipting import answer_about_receipts
from queue_server.service.report_facts import DayBillShown, SettlementShown
from queue_server.service.reporting import answer_about_reports
from queue_server.service.setup import Setup
from queue_server.service.taking_over import taken_over
from queue_server.service.visit_view import ticket_of_slip, visit_of, visits_of
from queue_server.service.wanted_doctor import ask_with_check_in, doctor_chosen


class Answer(NamedTuple):
    """A reply, and what became of the request: `ok`, `repeated`, or the refusal's code."""

    payload: bytes
    outcome: str


class Draft:
    """The state and the batch while the jobs of one commit are decided."""

    def __init__(
        self,
        setup: Setup,
        journal: Journal,
        now: Now,
        at: datetime,
        receipts: ReceiptDesk | None = None,
    ) -> None:
        self.setup = setup
        self.now = now
        self.at = local_time(setup.site, at)
        self.at_s: DaySecond = self.second_of(self.at)
        """The second of the clinic day at which this batch is decided."""
        self.batch = Batch()
        self._journal = journal
        self._receipts = receipts
        self._replies: dict[RequestId, bytes] = {}
        self._new_requests: frozenset[RequestId] = frozenset()

    def look_up_replies(self, jobs: Iterable[Asked]) -> None:
        """Ask the journal once for what many requests got already, if they were made before."""
        asked_ids = [_kept_as(job) for job in jobs]
        self._replies = self._journal.replies_to(asked_ids)
        self._new_requests = frozenset(asked_ids).difference(self._replies)

    def second_of(self, instant: datetime) -> DaySecond:
        """Return the second of the clinic day at `instant`."""
        return day_second(self.setup.site, self.now.day_on, instant)

    def act(self, command: asked.Command, by: str, at_s: DaySecond | None = None) -> Entry:
        """Decide `command`, as of `at_s` if that is not now, and add what follows.

        Raises:
            Refused: nothing was added.
        """
        act = Act(command=command, at_s=self.at_s if at_s is None else at_s, by=by)
        entry, day = decide_and_apply(
            self.now.day, act, self.setup.policies, self.setup.area_queues, self.setup.teams
        )
        written = JournaledEntry(day_on=self.now.day_on, written_at=self.at, entry=entry)
        self.now = with_decided(self.setup, self.now, written, day)
        self.batch.entries.append(written)
        return entry

    def note(self, fact: facts.AnyFact, by: str) -> None:
        """Add a fact."""
        written = facts.written_fact(fact, self.now, self.at, by)
        self.now = facts.with_fact(self.now, written)
        self.batch.facts.append(written)

    def let_policy_take_effect(self) -> None:
        """Let the version whose time has come hold from here on."""
        waiting = self.now.policy_book.waiting
        if waiting is not None and waiting.effective_at <= self.at:
            self.note(PolicyTookEffect(number=waiting.number), by="rule")
            self.setup = setup_under(self.setup, self.now.policy_book)

    def meet(self, found: Found) -> None:
        """Know the patient, and what was booked for him today since the day was read."""
        if found.patient.patient_id not in self.now.patients:
            self.now = with_patients(self.now, {found.patient.patient_id: found.patient})
        today = [one for one in found.appointments if one.day_on == self.now.day_on]
        for command in missing_tickets(self.setup, self.now, today):
            self.act(command, by="records")

    def redeem(self, card_token_id: str) -> None:
        """Let the code of a virtual card in, once.

        Raises:
            Refused: CARD_USED.
        """
        used = card_token_id in self.batch.redeemed_cards
        if used or self._journal.card_is_redeemed(card_token_id):
            raise Refused(RefusalCode.CARD_USED)
        self.batch.redeemed_cards.append(card_token_id)

    # --- devices ---------------------------------------------------------------------------------

    def answer_device(self, job: Asked) -> Answer:
        """Return the reply to a device's request: the first one again if it is known."""
        request_id = RequestId(job.request.request_id)
        kept_as = _kept_as(job)
        known = self._known_reply(kept_as)
        if known is not None:
            return Answer(payload=known, outcome="repeated")
        if self._is_expired(job):
            expired = Refused(RefusalCode.REQUEST_EXPIRED)
            payload = encode(self._reply(request_id, _refused(expired)))
            return Answer(payload=payload, outcome=expired.code)
        outcome = "ok"
        try:
            body = self._body(job)
        except Refused as refused:
            body = _refused(refused)
            outcome = refused.code
            if refused.code is RefusalCode.BUSY and isinstance(job.request.body, TakeOver):
                # No answer yet: the kiosk keeps it and asks again with the same id.
                return Answer(payload=encode(self._reply(request_id, body)), outcome=outcome)
        payload = encode(self._reply(request_id, body))
        unkept = (
            FindOwed
            | FollowPayment
            | ListReports
            | ListReceipts
            | FindStay
            | FindDayBill
            | FindSettlement
        )
        if not isinstance(job.request.body, unkept):
            # These change nothing, and what is owed or reported tells of illnesses: it is not kept.
            self._remember(kept_as, payload)
        return Answer(payload=payload, outcome=outcome)

    def handed_over(self, job: Asked, desk: PaymentDesk | None) -> Refused | None:
        """Hand a request about money over to the desk, if it is new; else return its refusal.

        Of one that was answered before, the refusal is not the answer.
        """
        if desk is None:
            return Refused(RefusalCode.PAYMENTS_OFF)
        if self._known_reply(_kept_as(job)) is not None or self._is_expired(job):
            return Refused(RefusalCode.REQUEST_EXPIRED)
        body = job.request.body
        patient, copies = None, []
        try:
            if not isinstance(body, FollowPayment | CancelPayment | CancelInsurance | TellNote):
                assert isinstance(body, MoneyQuestion)
                session = self.session_of(job, body.session_id)
                if isinstance(body, FindDayBill | FindSettlement) and not session.is_proven:
                    raise Refused(RefusalCode.PROOF_MISSING)
                patient = session.patient
            if isinstance(body, PayCopies):
                copies = copies_to_pay(self, job, body)
        except Refused as refused:
            return refused
        desk.take(job, patient, copies)
        return None

    def _is_expired(self, job: Asked) -> bool:
        if job.told is not None:
            return False  # it was in time when it was begun
        return self.at - timedelta(seconds=CLOCK_SKEW_S) > job.request.expires_at

    def answer_unreadable(self, request_id: str, detail: str) -> bytes:
        """Return the refusal of a payload that is no request."""
        refused = Refused(RefusalCode.BAD_REQUEST, detail=detail[:200])
        return encode(self._reply(RequestId(request_id), _refused(refused)))

    def _body(self, job: Asked) -> ReplyBody:  # noqa: C901, PLR0911 - one case a kind of request
        body = job.request.body
        if isinstance(body, MoneyQuestion):
            return self._told_by_desk(job, body)
        match body:
            case Identify():
                return self._identified(job)
            case CheckIn() as check_in:
                return self._checked_in(job, check_in)
            case FindPlace(slip_code=code):
                ticket = ticket_of_slip(self.now, code)
                return PlaceFound(visit=self.visit(ticket))
            case AnswerOffer() as answer:
                return self._offer_answered(job, answer)
            case ChooseDoctor() as chosen:
                return doctor_chosen(self, job, chosen)
            case CallHelp(screen=screen):
                help_id = job.request.request_id
                self.note(
                    facts.HelpCalled(help_id=help_id, device=job.device, screen=screen),
                    by=job.device,
                )
                return HelpCalled()
            case TakeOver():
                return taken_over(self, job, body)
            case ProveIdentity() | ListReports() | PrintReport() | TellPrinted():
                return answer_about_reports(self, job, body)
            case ListReceipts() | PrintReceipt():
                return answer_about_receipts(self, job, body, self._receipts)

    def _told_by_desk(self, job: Asked, body: MoneyQuestion) -> MoneyAnswer:
        if isinstance(job.told, Refused):
            raise job.told
        assert job.told is not None
        if isinstance(body, FindDayBill | FindSettlement):
            # Whose session it names was looked up when it was asked.
            patient = self.session_of(job, body.session_id).patient
            is_of_day = isinstance(body, FindDayBill)
            shown = DayBillShown if is_of_day else SettlementShown
            fact = shown(session_id=body.session_id, device=job.device, patient=patient)
            self.note(fact, by=job.device)
        return job.told

    def _identified(self, job: Asked) -> Identified:
        found = job.found
        if isinstance(found, Refused):
            raise found
        assert isinstance(found, Found)
        if found.card_token_id is not None:
            self.redeem(found.card_token_id)
        patient = found.patient
        self.meet(found)
        session_id = job.request.request_id
        identified = facts.Identified(
            session_id=session_id,
            device=job.device,
            patient=patient.patient_id,
            is_by_card=found.is_by_card,
        )
        self.note(identified, by=job.device)
        return Identified(
            session_id=session_id,
            masked_name=self.now.masked_names[patient.patient_id],
            visits=visits_of(
                self.setup, self.now, self.at_s, patient.patient_id, found.appointments
            ),
        )

    def _checked_in(self, job: Asked, check_in: CheckIn) -> CheckedIn:
        patient = self.session_of(job, check_in.session_id).patient
        ticket = goes_on_as(self.now.day, self.own_ticket(patient, check_in.ticket_id))
        command = asked.CheckIn(queue=ticket.queue, ticket=ticket.id)
        if check_in.doctor is not None:
            ask_with_check_in(self, job, ticket, QueueId(check_in.doctor))
        self.act(command, by=job.device)
        text = rule_text(self.setup.policies[ticket.queue])
        return CheckedIn(
            # Unknown after a restart while the records can't be asked.
            masked_name=self.now.masked_names.get(patient, ""),
            # Out of an area queue he may have gone over to a doctor's already.
            visit=self.visit(
                goes_on_as(self.now.day, self.now.day.queues[ticket.queue].tickets[ticket.id])
            ),
            checked_in_at=self.at,
            rule_text_zh=list(text.zh),
            rule_text_en=list(text.en),
        )

    def _offer_answered(self, job: Asked, answer: AnswerOffer) -> PlaceFound:
        patient = self.session_of(job, answer.session_id).patient
        own = self.own_ticket(patient, answer.ticket_id)
        ticket = goes_on_as(self.now.day, own)
        if ticket.id != own.id if answer.accepts else ticket.stays:
            # It is so already: his answer has come before, and its reply was lost.
            return PlaceFound(visit=self.visit(ticket))
        command = asked.AnswerOffer(queue=ticket.queue, ticket=ticket.id, accepts=answer.accepts)
        self.act(command, by=job.device)
        answered = self.now.day.queues[ticket.queue].tickets[ticket.id]
        return PlaceFound(visit=self.visit(goes_on_as(self.now.day, answered)))

    def session_of(self, job: Asked, session_id: str) -> Session:
        """Return the session that the asking device has opened.

        Raises:
            Refused: SESSION_ENDED.
        """
        session = self.now.sessions.get(session_id)
        if session is None or session.device != job.device or session.ends_at < self.at:
            raise Refused(RefusalCode.SESSION_ENDED)
        return session

    def own_ticket(self, patient: PatientId, ticket: str) -> Ticket:
        """Return a ticket of the patient, by the id that a device was told.

        Raises:
            Refused: WRONG_DAY or UNKNOWN_TICKET.
        """
        ticket_text, _, day_on = ticket.partition("@")
        queue = self.now.day.queues.get(QueueId(ticket_text.partition(":")[0]))
        if day_on and queue is not None:
            raise Refused(RefusalCode.WRONG_DAY, day=day_on, slot="")
        found = queue.tickets.get(TicketId(ticket_text)) if queue is not None else None
        if found is None or found.patient != patient:
            raise Refused(RefusalCode.UNKNOWN_TICKET, number=ticket_text.partition(":")[2])
        return found

    def visit(self, ticket: Ticket) -> Visit:
        """Return a ticket as devices are told of it."""
        return visit_of(self.setup, self.now, self.at_s, ticket)

    # --- browsers --------------------------------------------------------------------------------

    def answer_browser(self, job: Acted) -> Entry:
        """Do what a browser asks, once for each request id.

        Raises:
            Refused: now, or the first time this request was made.
        """
        known = self._known_reply(job.request_id)
        if known is not None:
            return _told_again(known)
        try:
            entry = self.act(job.command, job.by)
            if job.patient is not None and job.patient.patient_id not in self.now.patients:
                self.now = with_patients(self.now, {job.patient.patient_id: job.patient})
        except Refused as refused:
            self._remember(job.request_id, msgspec.json.encode(_refused(refused)))
            raise
        self._remember(job.request_id, _told(entry))
        return entry

    def answer_note(self, job: Noted) -> None:
        """Add the fact a browser tells.

        Raises:
            Refused: it can't be as the policies stand by now.
        """
        if isinstance(job.fact, PolicySaved | PolicyCancelled):
            require_possible_policy(self.setup.site, self.now.policy_book, job.fact, self.at)
        self.note(job.fact, job.by)

    # --- replies ---------------------------------------------------------------------------------

    def _known_reply(self, request_id: RequestId) -> bytes | None:
        known = self._replies.get(request_id)
        if known is None and request_id not in self._new_requests:
            known = self._journal.reply_to(request_id)
        return known

    def _remember(self, request_id: RequestId, payload: bytes) -> None:
        self._replies[request_id] = payload
        self.batch.replies.append(
            StoredReply(request_id=request_id, replied_at=self.at, payload=payload)
        )

    def _reply(self, request_id: RequestId, body: ReplyBody) -> Reply:
        return Reply(request_id=request_id, replied_at=self.at, body=body)


def _kept_as(job: Asked) -> RequestId:
    # Two devices may count alike; neither may get what was told to the other's patient.
    return RequestId(f"{job.device}/{job.request.request_id}")


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
