"""A clinic morning in memory: the demo hospital's site, patients by name, acts one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from queue_server.journal.journal import JournaledEntry
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.records import Patient, Sex
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide
from queue_server.rules.numbering import ticket_number
from queue_server.rules.terms import (
    DaySecond,
    FullName,
    PatientId,
    QueueId,
    Slot,
    TicketId,
)
from queue_server.rules.ticket import Ticket, ticket_id
from queue_server.service.now import Now, open_now, with_entry
from queue_server.service.setup import Setup, make_setup
from queue_server.site import Site, load_site

BEIJING = timezone(timedelta(hours=8))
MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=BEIJING)
CARDIOLOGY = QueueId("cardiology-1")
DERMATOLOGY = QueueId("dermatology-1")
EIGHT_S = 8 * 3600


def demo_site() -> Site:
    return load_site(DEMO_SITE_FILE)


def slot(start_s: int) -> Slot:
    return Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + 1800))


class Morning:
    """Acts are decided by the rules at `now_s`; what is refused raises."""

    def __init__(
        self, names: Sequence[str] = (), policy: Mapping[str, object] | None = None
    ) -> None:
        site = demo_site()
        self.setup: Setup = make_setup(replace(site, policy={**site.policy, **(policy or {})}))
        patients = {
            PatientId(name): Patient(
                patient_id=PatientId(name),
                full_name=FullName(name),
                sex=Sex.MALE,
                birth_on=date(1990, 1, 1),
                id_number=None,
            )
            for name in names
        }
        self.now: Now = open_now(self.setup, MONDAY, patients)
        self.now_s = DaySecond(EIGHT_S)

    def act(self, command: asked.Command) -> None:
        act = Act(command=command, at_s=self.now_s, by="nurse:li")
        entry = decide(self.now.day, act, self.setup.policies)
        written_at = MIDNIGHT + timedelta(seconds=self.now_s)
        written = JournaledEntry(day_on=MONDAY, written_at=written_at, entry=entry)
        self.now = with_entry(self.setup, self.now, written)

    def book(
        self, number: int, *, queue: QueueId = CARDIOLOGY, name: str = "", start_s: int = EIGHT_S
    ) -> TicketId:
        text = ticket_number(self.setup.queues[queue].prefix, number)
        ticket = ticket_id(queue, text)
        self.act(
            asked.IssueTicket(
                queue=queue,
                ticket=ticket,
                number=text,
                slot=slot(start_s),
                patient=PatientId(name) if name else None,
            )
        )
        return ticket

    def check_in(self, ticket: TicketId, queue: QueueId = CARDIOLOGY) -> None:
        self.act(asked.CheckIn(queue=queue, ticket=ticket))

    def ticket(self, ticket: TicketId, queue: QueueId = CARDIOLOGY) -> Ticket:
        return self.now.day.queues[queue].tickets[ticket]
