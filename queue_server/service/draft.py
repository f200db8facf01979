"""The running day while one batch is decided: it grows with each job, and its batch with it.

What it holds is written in one commit. Nothing of it is told to anybody before.
"""

from collections.abc import Iterable
from datetime import datetime

from queue_server.contract.messages import Visit
from queue_server.journal.journal import Batch, Journal, JournaledEntry, StoredReply
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.events import Entry
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, PatientId, QueueId, RefusalCode, RequestId, TicketId
from queue_server.rules.ticket import Ticket
from queue_server.service import facts
from queue_server.service.clinic_day import day_second, local_time
from queue_server.service.day_records import missing_tickets
from queue_server.service.identification import Found
from queue_server.service.jobs import Asked
from queue_server.service.now import Now, Session, with_decided, with_patients
from queue_server.service.policy_book import setup_under
from queue_server.service.policy_facts import PolicyTookEffect
from queue_server.service.receipt_lookup import ReceiptDesk
from queue_server.service.setup import Setup
from queue_server.service.visit_view import visit_of


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
        self.receipts = receipts
        self._replies: dict[RequestId, bytes] = {}
        self._new_requests: frozenset[RequestId] = frozenset()

    def look_up_replies(self, jobs: Iterable[Asked]) -> None:
        """Ask the journal once for what many requests got already, if they were made before."""
        asked_ids = [job.kept_as for job in jobs]
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

    def known_reply(self, request_id: RequestId) -> bytes | None:
        """Return what that request got already; None: it has not been made before."""
        known = self._replies.get(request_id)
        if known is None and request_id not in self._new_requests:
            known = self._journal.reply_to(request_id)
        return known

    def remember(self, request_id: RequestId, payload: bytes) -> None:
        """Keep what a request gets, for when it is made again."""
        self._replies[request_id] = payload
        self.batch.replies.append(
            StoredReply(request_id=request_id, replied_at=self.at, payload=payload)
        )
