"""An MDT clinic of three doctors, of whom two must be there, beside their own queues."""

from types import MappingProxyType

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.team import Member, Team
from queue_server.rules.terms import DaySecond, PatientId, QueueId
from queue_server.rules.ticket import Ticket

CLINIC = QueueId("diabetes-mdt")
OUYANG, HAN, BAI = QueueId("endocrinology-1"), QueueId("orthopaedics-1"), QueueId("ophthalmology-1")
SHEN = QueueId("cardiology-1")
DOCTORS = (OUYANG, HAN, BAI)
QUEUES = (CLINIC, *DOCTORS, SHEN)
POLICIES = dict.fromkeys(QUEUES, Policy())
TEAM = Team(
    members=(
        Member(id=OUYANG, zh="欧阳静", en="Dr. Ouyang Jing"),
        Member(id=HAN, zh="韩铁山", en="Dr. Han Tieshan"),
        Member(id=BAI, zh="白露", en="Dr. Bai Lu"),
    ),
    quorum=frozenset({OUYANG, HAN}),
    lead=OUYANG,
)
TEAMS = MappingProxyType({CLINIC: TEAM})
NINE = DaySecond(9 * 3600)


class Clinic:
    """A day that the acts of a test are played on, with all that was written."""

    def __init__(self, waiting_count: int = 2) -> None:
        self.day: Day = open_day(QUEUES)
        self.entries: list[happened.Entry] = []
        for number in range(1, waiting_count + 1):
            patient = PatientId(f"patient-{number}")
            self.act(asked.AddWalkIn(queue=CLINIC, prefix="M", patient=patient))

    def act(self, *commands: asked.Command, by: str = "doctor:ouyang") -> happened.Entry:
        for command in commands:
            act = Act(command=command, at_s=NINE, by=by)
            entry, self.day = decide_and_apply(self.day, act, POLICIES, {}, TEAMS)
            self.entries.append(entry)
        return entry

    def refused(self, command: asked.Command) -> Refused:
        try:
            self.act(command)
        except Refused as refused:
            return refused
        raise AssertionError(command)

    @property
    def queue(self) -> Queue:
        return self.day.queues[CLINIC]

    @property
    def in_room(self) -> Ticket:
        assert self.queue.in_room is not None
        return self.queue.tickets[self.queue.in_room]

    def join(self, *doctors: QueueId) -> None:
        for doctor in doctors:
            self.act(asked.JoinTeam(queue=CLINIC, member=doctor))

    def call(self) -> Ticket:
        self.act(asked.CallNext(queue=CLINIC))
        return self.in_room

    def come(self, *doctors: QueueId) -> None:
        for doctor in doctors:
            self.act(self.coming(doctor))

    def coming(self, doctor: QueueId) -> asked.Command:
        return asked.ComeToPatient(queue=CLINIC, ticket=self.in_room.id, member=doctor)

    def done(self, doctor: QueueId) -> asked.Command:
        return asked.EndTurn(queue=CLINIC, ticket=self.in_room.id, member=doctor)

    def ending(self, doctor: QueueId, why: str) -> asked.Command:
        return asked.EndForTeam(queue=CLINIC, ticket=self.in_room.id, member=doctor, why=why)
